//! The behaviour of daemun, seen from outside: the real binary, a real database, real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

mod absent_database;
mod access_tokens;
mod address;
mod authorization;
mod binary;
mod bodies;
mod captcha;
mod changes;
mod client_ips;
mod codes;
mod config;
mod config_empty;
mod config_mail;
mod cookie;
mod cors;
mod database_backup;
mod database_copy;
mod databases;
mod errors;
mod file_modes;
mod framing;
mod full_disk;
mod guessing;
mod headers;
mod idempotency;
mod language;
mod late_mail;
mod layers;
mod lifetimes;
mod limits;
mod link_pages;
mod lock_out;
mod login;
mod logout;
mod logs;
mod mail;
mod mail_command;
mod mail_requests;
mod me;
mod migrations;
mod neighbours;
mod openapi;
mod optional_fields;
mod origin;
mod outbox;
mod overload;
mod pages;
mod password;
mod places;
mod postgres_faults;
mod proxies;
mod recovery;
mod replicas;
mod required;
mod restart;
mod round_trips;
mod sessions;
mod shield;
mod signals;
mod signup;
mod slow;
mod sqlite_faults;
mod stop;
mod store;
mod store_challenges;
mod store_limits;
mod store_mail_requests;
mod store_outbox;
mod store_sessions;
mod times;
mod timing;
mod typed_input;
mod user_command;
mod usernames;
mod verification;
