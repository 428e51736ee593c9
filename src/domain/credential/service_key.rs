//! Service keys: the names of other services, what each may do, and until when.

use std::time::Duration;

use crate::domain::{account::text_list::TextList, timestamp::Timestamp};

/// A permission of a service key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Introspect tokens.
    Introspect,
    /// Read accounts and their sessions.
    UsersRead,
    /// Create, change and delete accounts.
    UsersWrite,
    /// Read the audit log.
    EventsRead,
    /// Create, list and revoke invitations.
    InvitationsWrite,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 5] = [
        Self::Introspect,
        Self::UsersRead,
        Self::UsersWrite,
        Self::EventsRead,
        Self::InvitationsWrite,
    ];

    /// Returns the public name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Introspect => "introspect",
            Self::UsersRead => "users:read",
            Self::UsersWrite => "users:write",
            Self::EventsRead => "events:read",
            Self::InvitationsWrite => "invitations:write",
        }
    }

    /// Returns the scope with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// The scopes of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(TextList);

impl Scopes {
    /// Returns a list of scopes, each once.
    #[must_use]
    pub fn new(scopes: &[Scope]) -> Self {
        Self(TextList::of(scopes.iter().map(|scope| scope.name())))
    }

    /// Returns stored scopes. A later release may have stored a name that this one lacks.
    #[must_use]
    pub const fn from_stored(joined: String) -> Self {
        Self(TextList::from_stored(joined))
    }

    /// Returns the names joined by commas, which is also the stored form.
    #[must_use]
    pub fn joined(&self) -> &str {
        self.0.as_str()
    }

    /// Returns whether the key has a scope.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.0.iter().any(|name| name == scope.name())
    }
}

impl Default for Scopes {
    /// The scopes of a key that names none: it introspects tokens.
    fn default() -> Self {
        Self::new(&[Scope::Introspect])
    }
}

/// A service key, without its secrets.
#[derive(Clone, Debug)]
pub struct ServiceKey {
    /// The name of the service.
    pub name: String,
    /// The permissions.
    pub scopes: Scopes,
    /// The time at which the present secret was created.
    pub created_at: Timestamp,
    /// The time from which the present secret is rejected.
    pub expires_at: Option<Timestamp>,
    /// The time of the last use of the present secret, to the hour.
    pub last_used_at: Option<Timestamp>,
    /// The secret before the last renewal, until it ends.
    pub previous: Option<PreviousSecret>,
}

/// The secret of a key before its last renewal.
#[derive(Clone, Copy, Debug)]
pub struct PreviousSecret {
    /// The time from which it is rejected.
    pub ends_at: Timestamp,
    /// The time of its last use, to the hour.
    pub last_used_at: Option<Timestamp>,
}

impl ServiceKey {
    /// The most characters of a name.
    pub const MAX_NAME: usize = 64;

    /// The uses of a secret within this time are recorded once.
    const USE_INTERVAL: Duration = Duration::from_hours(1);

    /// Returns whether a text can be the name of a service.
    #[must_use]
    pub fn is_name(text: &str) -> bool {
        (1..=Self::MAX_NAME).contains(&text.len())
            && text.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
            })
    }

    /// Returns whether the use of a secret is to be recorded, given its last recorded use.
    #[must_use]
    pub fn is_use_recorded(last_used_at: Option<Timestamp>, now: Timestamp) -> bool {
        last_used_at.is_none_or(|last| now >= last.plus(Self::USE_INTERVAL))
    }

    /// Returns the expiry of a secret that replaces the present one: each lives as long.
    #[must_use]
    pub fn renewed_expiry(&self, now: Timestamp) -> Option<Timestamp> {
        let expires_at = self.expires_at?;
        Some(now.plus(expires_at.since(self.created_at)))
    }

    /// Returns the time at which the present secret ends after a renewal.
    #[must_use]
    pub fn overlap_end(&self, now: Timestamp, overlap: Duration) -> Timestamp {
        let end = now.plus(overlap);
        self.expires_at
            .map_or(end, |expires_at| end.min(expires_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_parsed_by_their_names() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.name()), Some(scope));
        }
        assert_eq!(Scope::parse("users"), None);
    }

    #[test]
    fn key_has_the_scopes_that_it_names_each_once() {
        let scopes = Scopes::new(&[Scope::UsersRead, Scope::EventsRead, Scope::UsersRead]);
        assert_eq!(scopes.joined(), "users:read,events:read");
        for scope in Scope::ALL {
            let is_named = [Scope::UsersRead, Scope::EventsRead].contains(&scope);
            assert_eq!(scopes.has(scope), is_named, "{scope:?}");
        }
        assert!(Scopes::default().has(Scope::Introspect));
        let later = Scopes::from_stored(String::from("users:read,users:impersonate"));
        assert!(later.has(Scope::UsersRead) && !later.has(Scope::UsersWrite));
    }

    #[test]
    fn renewed_secret_lives_as_long_and_no_overlap_prolongs_the_old_one() {
        let at = |hours: i64| Timestamp::from_seconds(hours * 3_600);
        let key = |expires_at| ServiceKey {
            name: String::from("billing"),
            scopes: Scopes::default(),
            created_at: at(0),
            expires_at,
            last_used_at: None,
            previous: None,
        };
        let (eternal, mortal) = (key(None), key(Some(at(10))));
        assert_eq!(eternal.renewed_expiry(at(9)), None);
        assert_eq!(mortal.renewed_expiry(at(9)), Some(at(19)));
        let overlap = Duration::from_hours(5);
        assert_eq!(eternal.overlap_end(at(9), overlap), at(14));
        assert_eq!(mortal.overlap_end(at(9), overlap), at(10));
        assert_eq!(mortal.overlap_end(at(2), overlap), at(7));
    }
}
