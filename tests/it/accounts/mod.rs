//! Tests of accounts: signup, the caller's own account, usernames.

mod events;
mod export;
mod idempotency;
mod idempotency_key;
mod invitations;
mod me;
mod pending_sign_up;
mod profile;
mod sign_up;
mod usernames;
