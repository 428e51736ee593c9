//! Email addresses: the accepted syntax, and the key by which they are compared.

use std::fmt;

use crate::domain::invalid::Invalid;

/// The most octets of a local part (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL: usize = 64;

/// An email address `local@domain`: an ASCII dot-atom, and a public domain name, which may be
/// internationalised. Quotes, address literals and bare hosts such as `localhost` are rejected.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    written: String,
    key: EmailKey,
}

impl Email {
    /// The most code points as written, and the most octets as sent, with the domain in A-labels
    /// (RFC 5321, section 4.5.3.1.3: a path of 256 without its angle brackets).
    pub const MAX: usize = 254;

    /// Parses an address, trimmed. The work is bounded for every length.
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

    /// Returns a stored address without checking today's rules.
    #[must_use]
    pub fn from_stored(written: String, key: String) -> Self {
        Self {
            written,
            key: EmailKey(key),
        }
    }

    /// Returns the address as written. A non-ASCII domain is in its mapped form (UTS 46), which has
    /// no invisible characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Returns the address for mail servers: ASCII only, the domain in A-labels, the local part as
    /// written.
    #[must_use]
    pub fn as_sent(&self) -> String {
        format!("{}@{}", local_part(&self.written), self.key.domain())
    }

    /// Returns the key by which the address is unique.
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

/// The key by which an address is unique: ASCII lower case, the domain in A-labels (RFC 5890).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailKey(String);

impl EmailKey {
    /// Returns the key of a text, or `None` if it can be no address.
    #[must_use]
    pub fn of(raw: &str) -> Option<Self> {
        Email::parse(raw).ok().map(|email| email.key)
    }

    /// Returns the key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the domain, in A-labels.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').unwrap_or_default().1
    }
}

impl fmt::Debug for EmailKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmailKey(hidden)")
    }
}

/// Returns the part before the `@`, or the whole text if there is none.
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

/// Returns whether a text is a dot-atom (RFC 5322, section 3.2.3) without white space and comments.
fn is_dot_atom(local: &str) -> bool {
    let is_atext =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

/// Returns whether a name has a top-level domain, which is alphabetic or an A-label (RFC 1123,
/// section 2.1). `localhost` and bare IPv4 addresses have none.
fn is_public(ascii_domain: &str) -> bool {
    ascii_domain.rsplit_once('.').is_some_and(|(_, top)| {
        top.starts_with("xn--") || top.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests;
