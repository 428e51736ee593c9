//! Lists of email domains, and the rule that they make for new addresses.

use std::collections::HashSet;

use super::email::EmailKey;

/// Separates a domain from its subdomains.
const DOT: char = '.';

/// An entry of a list: `example.com` matches that domain alone, and `.example.com` matches every
/// domain below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmailDomain {
    /// The domain itself.
    Exact(String),
    /// Every domain below this one.
    Below(String),
}

/// A list of domains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailDomains {
    exact: HashSet<String>,
    parents: HashSet<String>,
}

/// The rule for the domain of a new email address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailDomainRules {
    /// The domains that are accepted. `None` accepts every domain.
    pub allowed: Option<EmailDomains>,
    /// The domains that are rejected. It takes precedence.
    pub denied: Option<EmailDomains>,
}

impl EmailDomain {
    /// Parses an entry. The rules of addresses decide, so that every entry can match one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let Some(parent) = text.strip_prefix(DOT) else {
            let key = EmailKey::of(&format!("x@{text}"))?;
            return Some(Self::Exact(key.domain().to_owned()));
        };
        let key = EmailKey::of(&format!("x@x.{parent}"))?;
        let (_, parent) = key.domain().split_once(DOT)?;
        Some(Self::Below(parent.to_owned()))
    }
}

impl FromIterator<EmailDomain> for EmailDomains {
    fn from_iter<I: IntoIterator<Item = EmailDomain>>(entries: I) -> Self {
        let mut domains = Self::default();
        for entry in entries {
            match entry {
                EmailDomain::Exact(domain) => domains.exact.insert(domain),
                EmailDomain::Below(parent) => domains.parents.insert(parent),
            };
        }
        domains
    }
}

impl EmailDomains {
    /// Returns the number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.exact.len() + self.parents.len()
    }

    /// Returns whether the list has no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether an entry matches the domain of an address.
    fn contains(&self, email: &EmailKey) -> bool {
        let domain = email.domain();
        let mut parents = domain
            .match_indices(DOT)
            .filter_map(|(at, _)| domain.get(at + 1..));
        self.exact.contains(domain) || parents.any(|parent| self.parents.contains(parent))
    }
}

impl EmailDomainRules {
    /// Returns whether a new address may have this domain.
    #[must_use]
    pub fn admit(&self, email: &EmailKey) -> bool {
        let contains = |list: &EmailDomains| list.contains(email);
        self.allowed.as_ref().is_none_or(contains) && !self.denied.as_ref().is_some_and(contains)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> EmailDomains {
        let entries = entries.iter();
        entries
            .map(|entry| EmailDomain::parse(entry).unwrap())
            .collect()
    }

    fn key(email: &str) -> EmailKey {
        EmailKey::of(email).unwrap()
    }

    #[test]
    fn domain_matches_itself_and_a_leading_dot_its_subdomains() {
        let list = list(&["Example.com", ".example.net", ".edu", "bücher.example"]);
        assert_eq!(list.len(), 4);
        for (email, is_in) in [
            ("minji@example.com", true),
            ("MINJI@EXAMPLE.COM", true),
            ("minji@mail.example.com", false),
            ("minji@notexample.com", false),
            ("minji@example.com.evil.example", false),
            ("minji@example.net", false),
            ("minji@mail.example.net", true),
            ("minji@a.b.example.net", true),
            ("minji@notexample.net", false),
            ("minji@school.edu", true),
            ("minji@BÜCHER.example", true),
            ("minji@xn--bcher-kva.example", true),
        ] {
            assert_eq!(list.contains(&key(email)), is_in, "{email}");
        }
    }

    #[test]
    fn entry_that_no_address_can_match_is_rejected() {
        for text in [
            "",
            ".",
            "..example.com",
            "example",
            "*.example.com",
            "@example.com",
            "minji@example.com",
            "example.com.",
            "exa mple.com",
            " example.com",
            "https://example.com",
            "127.0.0.1",
            "[::1]",
        ] {
            assert_eq!(EmailDomain::parse(text), None, "{text}");
        }
    }

    #[test]
    fn denied_domain_is_rejected_even_if_it_is_allowed() {
        let rules = |allowed: &[&str], denied: &[&str]| EmailDomainRules {
            allowed: (!allowed.is_empty()).then(|| list(allowed)),
            denied: (!denied.is_empty()).then(|| list(denied)),
        };
        for (rules, is_admitted) in [
            (rules(&[], &[]), true),
            (rules(&["example.com"], &[]), true),
            (rules(&["example.net"], &[]), false),
            (rules(&[], &["example.com"]), false),
            (rules(&[], &["example.net"]), true),
            (rules(&["example.com"], &["example.com"]), false),
            (rules(&["example.com"], &[".example.com"]), true),
        ] {
            assert_eq!(
                rules.admit(&key("minji@example.com")),
                is_admitted,
                "{rules:?}"
            );
        }
    }
}
