//! Tests of the HTTP contract: bodies, headers, errors, framing, origins, OpenAPI.

mod bodies;
mod codes;
mod cors;
mod errors;
mod framing;
mod headers;
mod language;
mod openapi;
mod optional_fields;
mod origin;
mod pages;
mod proxies;
mod slow_clients;
mod times;
