//! What an e-mail address may be and when two of them are the same one; it must not know who has which.

use std::fmt;

use crate::domain::invalid::Invalid;

/// Octets of a local part at most (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL: usize = 64;

/// One e-mail address: `local@domain` with a dot-atom of ASCII before the `@` and a public, possibly internationalised
/// domain name behind it; no quotes, no address literals, no bare host such as `localhost`.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    written: String,
    key: EmailKey,
}

impl Email {
    /// Code points at most as written, and octets at most as sent, with the domain in A-labels
    /// (RFC 5321, section 4.5.3.1.3: a path of 256 less its angle brackets).
    pub const MAX: usize = 254;

    /// Reads one address without the white space around it. Work is bounded, whatever the length.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let raw = raw.trim();
        if raw.chars().nth(Self::MAX).is_some() {
            return Err(Invalid::TooLong);
        }
        let (local, domain) = raw.rsplit_once('@').ok_or(Invalid::InvalidEmail)?;
        if local.len() > MAX_LOCAL {
            return Err(Invalid::TooLong);
        }
        let ascii_domain = idna::domain_to_ascii_strict(domain).or(Err(Invalid::InvalidEmail))?;
        if !is_dot_atom(local) || !is_public(&ascii_domain) {
            return Err(Invalid::InvalidEmail);
        }
        let key = format!("{}@{ascii_domain}", local.to_ascii_lowercase());
        if key.len() > Self::MAX {
            return Err(Invalid::TooLong);
        }
        Ok(Self {
            written: written_form(raw, local, domain),
            key: EmailKey(key),
        })
    }

    /// An address that was parsed when it was stored; today's rules are not asked.
    #[must_use]
    pub fn from_stored(written: String, key: String) -> Self {
        Self {
            written,
            key: EmailKey(key),
        }
    }

    /// As written; a domain in other scripts than ASCII in its mapped form (UTS 46), which has no invisible characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// As mail servers take it: ASCII alone, the domain in A-labels, the local part as written.
    #[must_use]
    pub fn as_sent(&self) -> String {
        let (_, ascii_domain) = self.key.0.rsplit_once('@').unwrap_or_default();
        format!("{}@{ascii_domain}", local_part(&self.written))
    }

    /// What makes it unique.
    #[must_use]
    pub fn key(&self) -> &EmailKey {
        &self.key
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Email(hidden)")
    }
}

/// What an address is unique by and looked up by: ASCII lower case, the domain in A-labels (RFC 5890).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailKey(String);

impl EmailKey {
    /// The key of any text that could be somebody's address, `None` for what could be nobody's.
    #[must_use]
    pub fn of(raw: &str) -> Option<Self> {
        Email::parse(raw).ok().map(|email| email.key)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EmailKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmailKey(hidden)")
    }
}

/// The part before the `@`, the whole text where there is none.
pub(crate) fn local_part(email: &str) -> &str {
    email.rsplit_once('@').map_or(email, |(local, _)| local)
}

fn written_form(raw: &str, local: &str, domain: &str) -> String {
    if domain.is_ascii() {
        return raw.to_owned();
    }
    let (mapped, _) = idna::domain_to_unicode(domain);
    format!("{local}@{mapped}")
}

/// RFC 5322, section 3.2.3, without white space and comments.
fn is_dot_atom(local: &str) -> bool {
    let is_atext =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

/// Whether the name has a top-level domain, which is alphabetic or an A-label (RFC 1123, section 2.1): thus `localhost`
/// and bare IPv4 addresses are none.
fn is_public(ascii_domain: &str) -> bool {
    ascii_domain.rsplit_once('.').is_some_and(|(_, top)| {
        top.starts_with("xn--") || top.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests;
