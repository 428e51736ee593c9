//! The table of the oldest release that may use the database.

use diesel::{QueryDsl, RunQueryDsl};

use crate::store::{
    error::StoreError,
    release::Release,
    schema::minimum_version,
    tx::{Tx, with_conn},
};

/// Returns the oldest release that may use the database.
pub(super) fn get(tx: &mut Tx<'_>) -> Result<Option<Release>, StoreError> {
    let rows: Vec<String> = with_conn!(tx, c => minimum_version::table
        .select(minimum_version::version)
        .load(c))?;
    let releases: Vec<_> = rows
        .iter()
        .map(|row| {
            Release::parse(row)
                .ok_or_else(|| StoreError::corrupt("minimum_version", "version", row))
        })
        .collect::<Result<_, _>>()?;
    Ok(releases.into_iter().max())
}
