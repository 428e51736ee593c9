//! The tables, one module each: rows, and the statements that read and write them.

pub mod captcha_uses;
pub mod ceremony_uses;
pub mod challenges;
pub mod counters;
pub mod delivery;
pub mod devices;
pub mod events;
pub mod failures;
pub mod idempotency_keys;
pub mod invitations;
pub mod mail_requests;
pub mod outbox;
pub mod outbox_pauses;
pub mod passkeys;
pub mod pending_sign_ups;
pub mod recovery_codes;
pub mod second_factor_challenges;
pub mod second_factors;
pub mod secrets;
pub mod service_keys;
pub mod sessions;
mod single_use;
pub mod token_keys;
pub mod totp_secrets;
pub mod users;
pub mod webhook_messages;
