//! Tests of the tables, on each database.

mod captcha_uses;
mod challenges;
mod events;
mod file_modes;
mod first_start;
mod invitations;
mod limits;
mod mail_requests;
mod migrations;
mod outbox;
mod second_factors;
mod sessions;
mod transactions;
mod users;
