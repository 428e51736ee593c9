//! Joins the fields of request bodies to the domain's rules; it must not know any rule itself.

use validator::ValidationError;

use crate::{
    domain::{
        account::{email::Email, username::Username},
        credential::password::NewPassword,
        invalid::Invalid,
    },
    http::settings::Rules,
};

/// The header that makes a sign-up safe to repeat.
pub(crate) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// Visible ASCII characters of an idempotency key: 16 make a collision by chance impossible.
const KEY_MIN: usize = 16;
const KEY_MAX: usize = 255;

/// An idempotency key by its form.
pub(crate) fn idempotency_key(key: &[u8]) -> Result<(), Invalid> {
    if key.len() < KEY_MIN {
        Err(Invalid::TooShort)
    } else if key.len() > KEY_MAX {
        Err(Invalid::TooLong)
    } else if key.iter().all(u8::is_ascii_graphic) {
        Ok(())
    } else {
        Err(Invalid::InvalidCharacters)
    }
}

/// A refusal as validator carries it.
pub(crate) fn refused(reason: Invalid) -> ValidationError {
    ValidationError::new(reason.code())
}

/// The number of characters that a field's length was held against.
pub(crate) fn limit(field: &str, reason: Invalid, rules: &Rules) -> Option<usize> {
    let (least, most) = match field {
        "username" => (Username::MIN, Username::MAX),
        "email" => (1, Email::MAX),
        "password" | "new_password" => (rules.password_min, NewPassword::MAX),
        IDEMPOTENCY_KEY => (KEY_MIN, KEY_MAX),
        _ => return None,
    };
    if reason == Invalid::TooShort {
        Some(least)
    } else {
        (reason == Invalid::TooLong).then_some(most)
    }
}

/// A user name by the domain's rules.
pub(crate) fn username(value: &str) -> Result<(), ValidationError> {
    Username::parse(value).map(drop).map_err(refused)
}

/// An e-mail address by the domain's rules.
pub(crate) fn email(value: &str) -> Result<(), ValidationError> {
    Email::parse(value).map(drop).map_err(refused)
}

/// A new password by the domain's rules and the configured minimum.
pub(crate) fn new_password(value: &str, rules: &Rules) -> Result<(), ValidationError> {
    NewPassword::parse(value, rules.password_min)
        .map(drop)
        .map_err(refused)
}
