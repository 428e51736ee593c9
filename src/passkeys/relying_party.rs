//! The relying party: the domain that passkeys belong to, and the origins that may use them.

use sha2::{Digest, Sha256};
use url::Url;

use crate::domain::host;

/// The relying party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// The RP id: a domain, in lower case.
    pub id: String,
    /// The name that authenticators may show.
    pub name: String,
    /// The accepted origins beside those of the domain, such as `android:apk-key-hash:…`.
    pub listed_origins: Vec<String>,
}

impl RelyingParty {
    /// Returns the SHA-256 of the RP id, with which authenticator data begin.
    #[must_use]
    pub fn id_hash(&self) -> [u8; 32] {
        Sha256::digest(&self.id).into()
    }

    /// Returns whether an origin may use the passkeys: a listed one, or one whose host is the RP id
    /// or below it, over https or on this machine.
    #[must_use]
    pub fn accepts(&self, origin: &str) -> bool {
        if self.listed_origins.iter().any(|listed| listed == origin) {
            return true;
        }
        let Ok(url) = Url::parse(origin) else {
            return false;
        };
        let Some(host) = url.host_str() else {
            return false;
        };
        // Browsers serialize an origin in one way only.
        let is_serialized = url.origin().ascii_serialization() == origin;
        let is_secure =
            url.scheme() == "https" || (url.scheme() == "http" && host::is_loopback(host));
        is_serialized && is_secure && host::is_in_domain(host, &self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(id: &str, listed: &[&str]) -> RelyingParty {
        RelyingParty {
            id: id.to_owned(),
            name: String::from("Example"),
            listed_origins: listed.iter().map(|&origin| origin.to_owned()).collect(),
        }
    }

    #[test]
    fn origins_of_the_domain_over_https_are_accepted() {
        let example = party("example.com", &[]);
        for origin in [
            "https://example.com",
            "https://app.example.com",
            "https://app.example.com:8443",
        ] {
            assert!(example.accepts(origin), "{origin}");
        }
        for origin in [
            "http://example.com",
            "https://notexample.com",
            "https://example.com.evil.test",
            "https://example.com/",
            "https://EXAMPLE.com",
            "https://example.com:443",
            "https://user@example.com",
            "null",
            "",
            "android:apk-key-hash:abc",
        ] {
            assert!(!example.accepts(origin), "{origin}");
        }
    }

    #[test]
    fn plain_http_is_accepted_on_this_machine_only() {
        let local = party("localhost", &[]);
        for origin in [
            "http://localhost:5173",
            "https://localhost",
            "http://app.localhost:8080",
        ] {
            assert!(local.accepts(origin), "{origin}");
        }
        for origin in ["http://127.0.0.1:8080", "http://localhost.example.com"] {
            assert!(!local.accepts(origin), "{origin}");
        }
    }

    #[test]
    fn listed_origins_are_compared_as_texts() {
        let android = party(
            "example.com",
            &["android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS0-H1xKCQcfIoGLck"],
        );
        assert!(
            android.accepts("android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS0-H1xKCQcfIoGLck")
        );
        assert!(
            !android.accepts("android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS0-H1xKCQcfIoGLc")
        );
    }
}
