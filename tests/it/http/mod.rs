//! Tests of the HTTP contract: bodies, headers, problem codes, framing, origins, OpenAPI.

mod bodies;
mod codes;
mod config;
mod cross_origin;
mod framing;
mod headers;
mod language;
mod malformed_requests;
mod openapi;
mod optional_fields;
mod pages;
mod proxies;
mod slow_clients;
mod times;
