//! The table of the service's own secrets.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::{
    domain::{
        credential::secret::{SECRET_BYTES, Secret},
        timestamp::Timestamp,
    },
    store::{
        error::StoreError,
        schema::secrets,
        tx::{Tx, with_conn},
    },
};

/// The name of the secret that signs challenges and keys digests.
const SIGNING: &str = "signing";

/// Returns the service's secret. The first replica to call this stores `random` as the secret of
/// all.
pub fn get_or_insert(
    tx: &mut Tx<'_>,
    random: &[u8; SECRET_BYTES],
    now: Timestamp,
) -> Result<Secret, StoreError> {
    with_conn!(tx, c => diesel::insert_into(secrets::table)
        .values((
            secrets::name.eq(SIGNING),
            secrets::value.eq(&random[..]),
            secrets::created_at.eq(now.as_micros()),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    get(tx)?.ok_or_else(|| StoreError::corrupt("secrets", "value", SIGNING))
}

/// Returns the service's secret, if a start has stored one.
pub fn get(tx: &mut Tx<'_>) -> Result<Option<Secret>, StoreError> {
    let kept = with_conn!(tx, c => secrets::table
        .find(SIGNING)
        .select(secrets::value)
        .get_result::<Vec<u8>>(c)
        .optional())?;
    let secret = kept.map(|bytes| bytes.try_into().map(Secret::new));
    secret
        .transpose()
        .map_err(|_wrong_length| StoreError::corrupt("secrets", "value", SIGNING))
}
