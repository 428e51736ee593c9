//! Roles: names that the operator gives an account, for the app's other services to interpret.

use serde::Serialize;

use super::text_list::TextList;
use crate::domain::invalid::Invalid;

/// The name of a role, such as `editor` or `billing:read`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role(String);

/// The roles of an account. They serialize as a JSON array, in the order in which the operator
/// gave them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Roles(TextList);

impl Role {
    /// The most characters of a name.
    pub const MAX: usize = 63;

    /// Parses a name: `[a-z0-9][a-z0-9_.:-]{0,62}`.
    pub fn parse(name: &str) -> Result<Self, Invalid> {
        if name.is_empty() {
            return Err(Invalid::TooShort);
        }
        if name.len() > Self::MAX {
            return Err(Invalid::TooLong);
        }
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_accepted = name
            .bytes()
            .enumerate()
            .all(|(place, byte)| is_plain(byte) || (place > 0 && b"_.:-".contains(&byte)));
        if is_accepted {
            Ok(Self(name.to_owned()))
        } else {
            Err(Invalid::InvalidCharacters)
        }
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Roles {
    /// The most roles of an account.
    pub const MAX: usize = 32;

    /// Returns a list of roles, each once.
    pub fn new(roles: &[Role]) -> Result<Self, Invalid> {
        let list = Self(TextList::of(roles.iter().map(|role| role.0.as_str())));
        if list.iter().count() > Self::MAX {
            return Err(Invalid::TooLong);
        }
        Ok(list)
    }

    /// Returns stored roles without checking today's rules.
    #[must_use]
    pub const fn from_stored(joined: String) -> Self {
        Self(TextList::from_stored(joined))
    }

    /// Returns the names joined by commas, which is also the stored form.
    #[must_use]
    pub fn joined(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_their_pattern() {
        for accepted in [
            "a",
            "0",
            "editor",
            "billing:read",
            "a_b.c:d-e",
            &"a".repeat(63),
        ] {
            assert!(Role::parse(accepted).is_ok(), "{accepted}");
        }
        for (rejected, reason) in [
            ("", Invalid::TooShort),
            (&*"a".repeat(64), Invalid::TooLong),
            ("-a", Invalid::InvalidCharacters),
            (":a", Invalid::InvalidCharacters),
            ("Admin", Invalid::InvalidCharacters),
            ("a,b", Invalid::InvalidCharacters),
            ("a b", Invalid::InvalidCharacters),
            ("관리자", Invalid::InvalidCharacters),
        ] {
            assert_eq!(Role::parse(rejected), Err(reason), "{rejected}");
        }
    }

    #[test]
    fn account_has_at_most_32_roles_each_once() {
        let numbered = |count: usize| -> Vec<_> {
            let names = (0..count).map(|number| Role::parse(&format!("r{number}")).unwrap());
            names.collect()
        };
        assert!(Roles::new(&numbered(32)).is_ok());
        assert_eq!(Roles::new(&numbered(33)), Err(Invalid::TooLong));
        let twice = [numbered(32), numbered(32)].concat();
        assert_eq!(Roles::new(&twice).unwrap().iter().count(), 32);
    }
}
