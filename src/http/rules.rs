//! Joins the fields of request bodies to the domain's rules; it must not know any rule itself.

use validator::ValidationError;

use super::settings::Rules;
use crate::domain::{email::Email, invalid::Invalid, password::NewPassword, username::Username};

/// A refusal as validator carries it.
pub(super) fn refused(reason: Invalid) -> ValidationError {
    ValidationError::new(reason.code())
}

/// A user name by the domain's rules.
pub(super) fn username(value: &str) -> Result<(), ValidationError> {
    Username::parse(value).map(drop).map_err(refused)
}

/// An e-mail address by the domain's rules.
pub(super) fn email(value: &str) -> Result<(), ValidationError> {
    Email::parse(value).map(drop).map_err(refused)
}

/// A new password by the domain's rules and the configured minimum.
pub(super) fn new_password(value: &str, rules: &Rules) -> Result<(), ValidationError> {
    NewPassword::parse(value, rules.password_min)
        .map(drop)
        .map_err(refused)
}
