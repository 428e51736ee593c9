//! The fields of a signup that the operator's policy rejects.

use crate::{
    domain::{invalid::Invalid, modes::SignUpMode},
    http::{extract::validate, problem::FieldError, settings::Rules},
};

/// Returns the token of an invitation, trimmed, if it is not empty.
pub(super) fn invitation(field: Option<&str>) -> Option<String> {
    let token = field.map(str::trim).filter(|token| !token.is_empty());
    token.map(str::to_owned)
}

/// Returns the fields that the policy rejects. A mailed invitation overrides the lists of domains,
/// so the domain beside an invitation is checked together with the invitation.
pub(super) fn rejections(
    email: &str,
    invitation_field: Option<&str>,
    rules: &Rules,
    is_rejected: &dyn Fn(&str) -> bool,
) -> Vec<FieldError> {
    if invitation(invitation_field).is_some() || is_rejected("invitation") {
        return Vec::new();
    }
    let mut errors = Vec::new();
    if !is_rejected("email") && validate::new_email(email, rules).is_err() {
        errors.push(FieldError::new("email", Invalid::EmailDomainNotAllowed));
    }
    if rules.sign_up == SignUpMode::Invited {
        errors.push(FieldError::new("invitation", Invalid::Required));
    }
    errors
}
