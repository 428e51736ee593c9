//! A value that the database stores sealed.

/// A value that the database stores sealed, with the name that it was sealed for.
#[derive(Clone, Debug)]
pub struct SealedValue {
    /// The key of its row.
    pub name: String,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
    /// False if the service can replace a value that no secret opens.
    pub is_needed: bool,
}
