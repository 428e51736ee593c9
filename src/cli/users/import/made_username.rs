//! Usernames for accounts that have none in the other system.

use std::iter;

use base32::Alphabet;
use clap::ValueEnum;
use sha2::{Digest, Sha256};

use crate::{
    domain::account::{email::Email, username::Username},
    random,
    service::ImportedUsername,
};

/// The source of usernames for lines without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum UsernameSource {
    /// The part of the email address before the `@`; if it is taken or not allowed, with a suffix
    Email,
    /// A random name, such as `user-7k2m9qx4ta`
    Random,
}

/// The characters of a local part that a suffix leaves room for.
const STEM: usize = 19;

/// The random usernames that are tried: a collision is unlikely already.
const TRIES: usize = 3;

impl UsernameSource {
    /// Returns the usernames for the account with this email, the preferred one first. Those of
    /// [`Self::Email`] are the same at every run. `avoids_first` leaves the preferred one out.
    pub(super) fn usernames(self, email: &Email, avoids_first: bool) -> ImportedUsername {
        let names: Vec<_> = match self {
            Self::Email => {
                let stem = stem(email);
                let digest = Sha256::digest(email.key().as_str());
                let plain = iter::once(stem.clone()).skip(usize::from(avoids_first));
                let suffix = |length: usize| coded(digest.get(..length).unwrap_or_default());
                let marked = [4, 7].map(|length| {
                    let short: String = stem.chars().take(STEM).collect();
                    format!("{}-{}", short.trim_end_matches(SEPARATORS), suffix(length))
                });
                plain.chain(marked).collect()
            }
            Self::Random => (0..TRIES)
                .map(|_| format!("user-{}", coded(&random::bytes::<6>())))
                .collect(),
        };
        let allowed = names.iter().filter_map(|name| Username::parse(name).ok());
        ImportedUsername::FirstFree(allowed.collect())
    }
}

/// The signs that a username has only inside.
const SEPARATORS: [char; 3] = ['.', '_', '-'];

/// Returns the local part of an address with the characters of usernames, at most 32.
fn stem(email: &Email) -> String {
    let address = email.as_str();
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    // What follows a plus sign is no part of the name.
    let name = local.split('+').next().unwrap_or_default();
    let mut stem = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            stem.push(character);
        } else if !stem.ends_with(SEPARATORS) {
            let is_separator = SEPARATORS.contains(&character);
            stem.push(if is_separator { character } else { '-' });
        }
    }
    let stem: String = stem
        .trim_matches(SEPARATORS)
        .chars()
        .take(Username::MAX)
        .collect();
    let stem = stem.trim_end_matches(SEPARATORS);
    if stem.is_empty() { "user" } else { stem }.to_owned()
}

/// Returns bytes as lower-case letters and digits that are easy to read.
fn coded(bytes: &[u8]) -> String {
    base32::encode(Alphabet::Crockford, bytes).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: UsernameSource, email: &str, avoids_first: bool) -> Vec<String> {
        let email = Email::parse(email).unwrap();
        let ImportedUsername::FirstFree(names) = source.usernames(&email, avoids_first) else {
            panic!("no username is given");
        };
        names.iter().map(|name| name.as_str().to_owned()).collect()
    }

    #[test]
    fn usernames_are_the_local_parts_and_then_have_a_suffix() {
        let longest = format!("{}@example.com", "a".repeat(64));
        for (email, first, count) in [
            ("Minji.Kim@example.com", "Minji.Kim", 3),
            ("minji+news@example.com", "minji", 3),
            ("o'neill!x@example.com", "o-neill-x", 3),
            ("_minji_@example.com", "minji", 3),
            (&longest, &"a".repeat(32), 3),
        ] {
            let made = names(UsernameSource::Email, email, false);
            assert_eq!((made[0].as_str(), made.len()), (first, count), "{email}");
            assert_eq!(names(UsernameSource::Email, email, true), made[1..]);
        }
    }

    #[test]
    fn reserved_and_short_local_parts_have_a_suffix_at_once() {
        for (email, start) in [
            ("info@example.com", "info-"),
            ("a@example.com", "a-"),
            ("+@example.com", "user-"),
        ] {
            let made = names(UsernameSource::Email, email, false);
            assert_eq!(made.len(), 2, "{email}: {made:?}");
            assert!(made.iter().all(|name| name.starts_with(start)), "{made:?}");
        }
    }

    #[test]
    fn usernames_of_two_addresses_with_one_local_part_differ_in_their_suffixes() {
        let one = names(UsernameSource::Email, "kim@a.example", false);
        let other = names(UsernameSource::Email, "kim@b.example", false);
        assert_eq!(one[0], other[0]);
        assert_ne!(one[1], other[1]);
        assert_eq!(
            one,
            names(UsernameSource::Email, "KIM@a.example", false)
                .iter()
                .map(|n| n.to_lowercase())
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn random_usernames_reveal_nothing() {
        let made = names(UsernameSource::Random, "minji@example.com", false);
        assert_eq!(made.len(), 3);
        assert!(
            made.iter()
                .all(|name| name.starts_with("user-") && name.len() == 15)
        );
    }
}
