//! Why a database could not be copied, as one line that holds neither a URL nor a value.

use std::fmt;

use crate::store::error::StoreError;

/// One end of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Where rows are read.
    Source,
    /// Where they are written.
    Target,
}

/// Why nothing was copied. The target is as empty as it was.
#[derive(Debug)]
pub enum CopyError {
    /// The source has none of our tables.
    NoSource,
    /// The source's schema is that of an earlier version.
    OlderSource,
    /// A schema is that of a later version.
    Newer(Side),
    /// This table of the target has rows.
    NotEmpty(&'static str),
    /// What was read back from this table is not what was written.
    Differs(&'static str),
    /// A database failed.
    Store(Side, StoreError),
}

impl CopyError {
    /// Tells at which end the store failed.
    pub(crate) fn at(side: Side) -> impl Fn(StoreError) -> Self {
        move |error| Self::Store(side, error)
    }
}

impl fmt::Display for Side {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Source => "source",
            Self::Target => "target",
        })
    }
}

impl fmt::Display for CopyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSource => formatter.write_str("the source is no database of this service"),
            Self::OlderSource => formatter.write_str(
                "the source's schema is older than this version; run `daemun migrate` on it first",
            ),
            Self::Newer(side) => write!(
                formatter,
                "the {side}'s schema is newer than this version; use the version that made it"
            ),
            Self::NotEmpty(table) => write!(
                formatter,
                "the target is not empty: `{table}` has rows; name a database that was never used"
            ),
            Self::Differs(table) => write!(
                formatter,
                "`{table}` read back from the target differs from the source; nothing was kept"
            ),
            Self::Store(side, error) => write!(formatter, "the {side}: {error}"),
        }
    }
}

impl std::error::Error for CopyError {}
