//! Releases of the service, in their order.

use std::fmt;

/// A release: its major, minor and patch version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release([u64; 3]);

impl Release {
    /// Reads a version of Semantic Versioning 2.0.0. A pre-release counts as its release.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let core = text.split(['-', '+']).next()?;
        let numbers: Vec<_> = core
            .split('.')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .ok()?;
        numbers.try_into().ok().map(Self)
    }

    /// Returns the release of this program.
    ///
    /// # Panics
    /// Never: Cargo accepts only a version that parses.
    #[must_use]
    #[expect(clippy::expect_used, reason = "Cargo accepts no other version")]
    pub fn own() -> Self {
        Self::parse(env!("CARGO_PKG_VERSION")).expect("Cargo.toml has a version")
    }
}

impl fmt::Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([major, minor, patch]) = self;
        write!(formatter, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_ordered_by_number() {
        let releases = ["0.2.0", "0.2.1-rc.1", "0.10.0", "1.0.0+build"];
        let releases = releases.map(|text| Release::parse(text).unwrap());
        assert!(releases.is_sorted());
        assert_eq!(releases[1].to_string(), "0.2.1");
        assert_eq!(Release::own().to_string(), env!("CARGO_PKG_VERSION"));
    }

    #[test]
    fn other_texts_are_no_release() {
        for text in [
            "", "1", "0.2", "0.2.0.1", "v0.2.0", "0.2.x", "0..2", "0.2.-1",
        ] {
            assert_eq!(Release::parse(text), None, "{text}");
        }
    }
}
