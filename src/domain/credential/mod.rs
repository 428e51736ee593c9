//! Credentials: passwords, tokens, codes, and the secret that keys their digests.

pub mod challenge;
pub mod invitation;
pub mod passkey;
pub mod password;
pub mod password_strength;
pub mod recovery_code;
pub mod sealing_keys;
pub mod secret;
pub mod service_key;
pub mod token;
pub mod totp;
pub mod typed_code;
pub mod webhook_secret;
