//! Adapters from the domain's rules to the `validator` crate.

use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::{
    domain::{
        account::{display_name::DisplayName, email::Email, username::Username},
        credential::password::NewPassword,
        invalid::Invalid,
    },
    http::{extract::free_object::FreeObject, problem::FieldError, settings::Rules},
};

/// Wraps a reason as an error of `validator`.
pub(crate) fn error(reason: Invalid) -> ValidationError {
    ValidationError::new(reason.code())
}

/// Returns the minimum or maximum length that a field breaks.
pub(crate) fn limit(field: &str, reason: Invalid, rules: &Rules) -> Option<usize> {
    let (least, most) = match field {
        "username" => (Username::MIN, Username::MAX),
        "email" => (1, Email::MAX),
        "display_name" | "name" => (1, DisplayName::MAX),
        "password" | "new_password" => (rules.password_min, NewPassword::MAX),
        _ => return None,
    };
    if reason == Invalid::TooShort {
        Some(least)
    } else {
        (reason == Invalid::TooLong).then_some(most)
    }
}

/// Validates a username.
pub(crate) fn username(value: &str) -> Result<(), ValidationError> {
    Username::parse(value).map(drop).map_err(error)
}

/// Validates an email address.
pub(crate) fn email(value: &str) -> Result<(), ValidationError> {
    Email::parse(value).map(drop).map_err(error)
}

/// Validates an email address that an account is to have.
pub(crate) fn new_email(value: &str, rules: &Rules) -> Result<(), ValidationError> {
    let parsed = Email::parse(value).map_err(error)?;
    if rules.email_domains.admits(parsed.key()) {
        Ok(())
    } else {
        Err(error(Invalid::EmailDomainNotAllowed))
    }
}

/// Validates a display name.
pub(crate) fn display_name(value: &str) -> Result<(), ValidationError> {
    DisplayName::parse(value).map(drop).map_err(error)
}

/// Validates an object of an app.
pub(crate) fn free_object(value: &FreeObject) -> Result<(), ValidationError> {
    value.parse().map(drop).map_err(error)
}

/// Validates a new password with the configured minimum length.
pub(crate) fn new_password(value: &str, rules: &Rules) -> Result<(), ValidationError> {
    NewPassword::parse(value, rules.password_min)
        .map(drop)
        .map_err(error)
}

/// Returns the name and the reason of every invalid field, without the values that the errors of
/// `validator` contain.
///
/// The errors of a field on its own precede those of the whole body, because the first reason of a
/// field counts. `whole` is the field that is named for an error of the whole body.
pub(crate) fn field_errors(
    errors: &ValidationErrors,
    whole: &'static str,
    rules: &Rules,
) -> Vec<FieldError> {
    let mut found = Vec::new();
    collect(errors, "", &mut found);
    found.sort_by(|one, other| {
        (one.is_whole_object, &one.name).cmp(&(other.is_whole_object, &other.name))
    });
    found
        .into_iter()
        .map(|InvalidField { name, reason, .. }| {
            let name = if name.is_empty() { whole } else { &name };
            FieldError {
                limit: limit(name, reason, rules),
                ..FieldError::new(name, reason)
            }
        })
        .collect()
}

/// The name under which `validator` reports an error of a whole object.
const WHOLE_OBJECT: &str = "__all__";

/// An invalid field. The name of the body itself is empty.
struct InvalidField {
    is_whole_object: bool,
    name: String,
    reason: Invalid,
}

/// Adds the first error of each field. The nesting of the body's type bounds the recursion.
fn collect(errors: &ValidationErrors, parent: &str, found: &mut Vec<InvalidField>) {
    for (member, kind) in errors.errors() {
        let is_whole_object = member == WHOLE_OBJECT;
        let name = match parent {
            parent if is_whole_object => parent.to_owned(),
            "" => member.to_string(),
            parent => format!("{parent}.{member}"),
        };
        match kind {
            ValidationErrorsKind::Field(errors) => {
                found.extend(errors.first().map(|error| InvalidField {
                    is_whole_object,
                    name,
                    reason: reason(&error.code),
                }));
            }
            ValidationErrorsKind::Struct(errors) => collect(errors, &name, found),
            ValidationErrorsKind::List(items) => {
                for (index, errors) in items {
                    collect(errors, &format!("{name}[{index}]"), found);
                }
            }
        }
    }
}

fn reason(code: &str) -> Invalid {
    Invalid::ALL
        .iter()
        .copied()
        .find(|reason| reason.code() == code)
        .unwrap_or(Invalid::InvalidValue)
}

#[cfg(test)]
mod tests {
    use validator::Validate;

    use super::*;
    use crate::{domain::modes::SignUpMode, service::EmailDomainPolicy};

    #[derive(Validate)]
    struct TestList {
        #[validate(custom(function = "email"))]
        email: &'static str,
        #[validate(nested)]
        items: Vec<TestItem>,
        #[validate(nested)]
        item: TestItem,
    }

    #[derive(Validate)]
    #[validate(schema(function = "odd", skip_on_field_errors = false))]
    struct TestItem {
        #[validate(custom(function = "username"))]
        username: &'static str,
        number: u8,
    }

    fn odd(item: &TestItem) -> Result<(), ValidationError> {
        if item.number % 2 == 1 {
            Ok(())
        } else {
            Err(error(Invalid::InvalidValue))
        }
    }

    #[test]
    fn errors_of_nested_objects_are_named_by_their_path() {
        let item = |username, number| TestItem { username, number };
        let body = TestList {
            email: "x",
            items: vec![item("minji", 1), item("m", 2)],
            item: item("minji", 0),
        };
        let rules = Rules {
            password_min: 8,
            sign_up: SignUpMode::Open,
            email_domains: EmailDomainPolicy::default(),
        };
        let errors = field_errors(&body.validate().unwrap_err(), "email", &rules);
        let errors = errors
            .iter()
            .map(|error| (error.field.as_str(), error.reason));
        assert_eq!(
            errors.collect::<Vec<_>>(),
            [
                ("email", Invalid::InvalidEmail),
                ("items[1].username", Invalid::TooShort),
                ("item", Invalid::InvalidValue),
                ("items[1]", Invalid::InvalidValue),
            ]
        );
    }
}
