//! The reasons for which a field of a request is rejected.

/// Builds the reasons, their codes and the list of all from one table, so that none is forgotten.
macro_rules! reasons {
    ($($(#[$meaning:meta])+ $name:ident => $code:literal,)+) => {
        /// The reason why a field was rejected. Its code is part of the API: never renamed, never
        /// reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Invalid {
            $($(#[$meaning])+ $name,)+
        }

        impl Invalid {
            /// Every reason, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Returns the stable code for clients, such as `too_short`.
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
    /// The field occurs twice.
    DuplicateField => "duplicate_field",
    /// The field conflicts with another one of the request.
    ConflictingField => "conflicting_field",
    /// The JSON type of the value is not that of the field.
    InvalidType => "invalid_type",
    /// The value is none of the field's choices, is outside its range or lacks its format.
    InvalidValue => "invalid_value",
    /// The value is shorter than the field's minimum.
    TooShort => "too_short",
    /// The value is longer than the field's maximum.
    TooLong => "too_long",
    /// The object is nested deeper than the field's maximum.
    TooDeep => "too_deep",
    /// The object is larger than the field's maximum.
    TooLarge => "too_large",
    /// The value contains a character that the field does not accept, or not beside the adjacent
    /// characters.
    InvalidCharacters => "invalid_characters",
    /// A username starts or ends with something other than a letter or digit.
    InvalidStart => "invalid_start",
    /// A username mixes scripts whose letters look alike, such as Latin and Cyrillic.
    MixedScripts => "mixed_scripts",
    /// A username mixes right-to-left letters and digits so that the order on screen is unclear
    /// (RFC 5893).
    MixedDirections => "mixed_directions",
    /// The username is reserved for the service.
    Reserved => "reserved",
    /// The value is not one email address.
    InvalidEmail => "invalid_email",
    /// The operator accepts no addresses of this domain.
    EmailDomainNotAllowed => "email_domain_not_allowed",
    /// Another account has this username.
    UsernameTaken => "username_taken",
    /// Another account has this email address.
    EmailTaken => "email_taken",
    /// Another account has this external id.
    ExternalIdTaken => "external_id_taken",
    /// The password is one that an attacker tries first.
    PasswordCommon => "password_common",
    /// The password is the username.
    PasswordEqualsUsername => "password_equals_username",
    /// The password is the email or its local part.
    PasswordEqualsEmail => "password_equals_email",
    /// The form of a password hash is unknown, or the hash is damaged.
    PasswordHashUnknown => "password_hash_unknown",
    /// The form of a password hash needs a setting that the operator has not made.
    PasswordHashUnconfigured => "password_hash_unconfigured",
    /// The cost of a bcrypt hash is outside its bounds.
    BcryptCost => "bcrypt_cost",
    /// An Argon2 hash needs too much memory, or less than its lanes need.
    Argon2Memory => "argon2_memory",
    /// The passes of an Argon2 hash are outside their bounds.
    Argon2Time => "argon2_time",
    /// The lanes of an Argon2 hash are outside their bounds.
    Argon2Lanes => "argon2_lanes",
    /// A hash by scrypt needs too much memory.
    ScryptMemory => "scrypt_memory",
    /// The parallelism of a hash by scrypt is outside its bounds.
    ScryptParallelism => "scrypt_parallelism",
    /// The iterations of a hash by PBKDF2 are outside their bounds.
    Pbkdf2Iterations => "pbkdf2_iterations",
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
            let is_snake_case = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
            assert!(code.bytes().all(is_snake_case), "{code}");
        }
    }
}
