//! The errors of a copy, each one line without URL or value.

use std::fmt;

use thiserror::Error;

use crate::store::{backend::transaction::TransactionError, error::StoreError};

/// One end of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The database that is read.
    Source,
    /// The database that is written.
    Target,
}

/// The reason why nothing was copied. The target is still empty.
#[derive(Debug, Error)]
pub enum CopyError {
    /// The source has no tables of this service.
    #[error("the source is no database of this service")]
    NoSource,
    /// The schema of the source is of an earlier version.
    #[error("the source's schema is older than this version; run `daemun migrate` on it first")]
    OlderSource,
    /// The schema of one side is of a later version.
    #[error("the {0}'s schema is newer than this version; use the version that made it")]
    Newer(Side),
    /// This table of the target has rows.
    #[error("the target is not empty: `{0}` has rows; use a database that was never used")]
    NotEmpty(&'static str),
    /// The rows read back from this table differ from the source.
    #[error("`{0}` read back from the target differs from the source; nothing was kept")]
    Differs(&'static str),
    /// A database failed.
    #[error("the {0}: {1}")]
    Store(Side, StoreError),
}

impl CopyError {
    /// Returns a function that adds the side to a failure of the store.
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

/// The error of a transaction on the source. A [`StoreError`] alone does not say which side failed.
pub(crate) struct SourceError(pub(crate) CopyError);

/// The error of a transaction on the target. A [`StoreError`] alone does not say which side failed.
pub(crate) struct TargetError(pub(crate) CopyError);

macro_rules! side_error {
    ($error:ident, $side:expr) => {
        impl From<CopyError> for $error {
            fn from(error: CopyError) -> Self {
                Self(error)
            }
        }

        impl From<StoreError> for $error {
            fn from(error: StoreError) -> Self {
                Self(CopyError::Store($side, error))
            }
        }

        impl TransactionError for $error {
            fn store_error(&self) -> Option<&StoreError> {
                match &self.0 {
                    CopyError::Store(side, error) if *side == $side => Some(error),
                    CopyError::NoSource
                    | CopyError::OlderSource
                    | CopyError::Newer(_)
                    | CopyError::NotEmpty(_)
                    | CopyError::Differs(_)
                    | CopyError::Store(..) => None,
                }
            }
        }
    };
}
side_error!(SourceError, Side::Source);
side_error!(TargetError, Side::Target);
