//! Why one field of a request was refused; it must not know how that is told to a client.

/// Builds the reasons, their codes and the list of all of them from one table, so that none can be forgotten.
macro_rules! reasons {
    ($($(#[$meaning:meta])+ $name:ident => $code:literal,)+) => {
        /// Why a field was refused. A variant's code is part of the contract: never renamed, never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Invalid {
            $($(#[$meaning])+ $name,)+
        }

        impl Invalid {
            /// Every reason, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The stable name that clients compare with, such as `too_short`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

reasons! {
    /// The field is missing.
    Required => "required",
    /// The request has no such field.
    UnknownField => "unknown_field",
    /// The field is there twice.
    DuplicateField => "duplicate_field",
    /// The field does not go with another one of the request.
    ConflictingField => "conflicting_field",
    /// The value has another JSON type than the field.
    InvalidType => "invalid_type",
    /// The value is none of the field's choices.
    InvalidValue => "invalid_value",
    /// The value is shorter than the field's minimum.
    TooShort => "too_short",
    /// The value is longer than the field's maximum.
    TooLong => "too_long",
    /// The value holds a character that the field does not take, or takes nowhere near its neighbours.
    InvalidCharacters => "invalid_characters",
    /// A user name starts or ends with something other than a letter or digit.
    InvalidStart => "invalid_start",
    /// A user name mixes scripts whose letters look alike, such as Latin and Cyrillic.
    MixedScripts => "mixed_scripts",
    /// A user name mixes right-to-left letters and digits so that the order on screen is unclear (RFC 5893).
    MixedDirections => "mixed_directions",
    /// The user name is kept for the service itself.
    Reserved => "reserved",
    /// The value is not one e-mail address.
    InvalidEmail => "invalid_email",
    /// Another account has this user name.
    UsernameTaken => "username_taken",
    /// Another account has this e-mail address.
    EmailTaken => "email_taken",
    /// The password is among the first that an attacker tries.
    PasswordCommon => "password_common",
    /// The password is the username.
    PasswordEqualsUsername => "password_equals_username",
    /// The password is the email or its local part.
    PasswordEqualsEmail => "password_equals_email",
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_distinct_snake_case() {
        let codes: HashSet<_> = Invalid::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), Invalid::ALL.len());
        for code in codes {
            assert!(
                code.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{code}"
            );
        }
    }
}
