//! Credentials: passwords, tokens, verification codes, and the secret that keys their digests.

pub mod challenge;
pub mod invitation;
pub mod password;
pub mod password_strength;
pub mod sealing_keys;
pub mod secret;
pub mod token;
