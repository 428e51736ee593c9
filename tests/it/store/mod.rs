//! Tests of the tables, on each database.

mod challenges;
mod limits;
mod mail_requests;
mod migrations;
mod outbox;
mod sessions;
mod users;
