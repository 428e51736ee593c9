//! Tests of email verification, changes of email and requests for mail.

mod change;
mod link_pages;
mod requests;
mod typed_input;
mod verify;
