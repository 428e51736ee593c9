//! The fields of accounts in the bodies of the admin API.

use validator::ValidationError;

use crate::{
    domain::{
        account::{
            change::Change,
            display_name::DisplayName,
            external_id::ExternalId,
            roles::{Role, Roles},
        },
        invalid::Invalid,
    },
    http::{
        extract::{free_object::FreeObject, validate},
        problem::FieldError,
    },
};

/// Parses roles.
pub fn parse_roles(names: &[String]) -> Result<Roles, Invalid> {
    let roles: Result<Vec<_>, _> = names.iter().map(|name| Role::parse(name)).collect();
    Roles::new(&roles?)
}

/// Validates roles.
pub fn roles(names: &[String]) -> Result<(), ValidationError> {
    parse_roles(names).map(drop).map_err(validate::error)
}

/// Validates an external id.
pub fn external_id(text: &str) -> Result<(), ValidationError> {
    ExternalId::parse(text).map(drop).map_err(validate::error)
}

/// Rejects a password hash beside a password: one of them would have no effect.
pub fn exclude_hash(password: Option<&str>, hash: Option<&str>) -> Vec<FieldError> {
    if password.is_some() && hash.is_some() {
        vec![FieldError::new("password_hash", Invalid::ConflictingField)]
    } else {
        Vec::new()
    }
}

/// Validates a change of the display name.
pub fn display_name_change(change: &Change<String>) -> Result<(), ValidationError> {
    let name = change.value();
    name.map_or(Ok(()), |name| {
        DisplayName::parse(name).map(drop).map_err(validate::error)
    })
}

/// Validates a change of the roles.
pub fn roles_change(change: &Change<Vec<String>>) -> Result<(), ValidationError> {
    change.value().map_or(Ok(()), |names| roles(names))
}

/// Validates a change of the metadata.
pub fn metadata_change(change: &Change<FreeObject>) -> Result<(), ValidationError> {
    change.value().map_or(Ok(()), validate::free_object)
}

/// Validates a change of the external id.
pub fn external_id_change(change: &Change<String>) -> Result<(), ValidationError> {
    change.value().map_or(Ok(()), |id| external_id(id))
}
