//! Removes every second factor of an account, and records each one.

use crate::{
    domain::{account::ids::UserId, event::EventContext},
    events::SecurityEvent,
    store::{StoreError, Tx, tables::second_factors},
};

/// Removes every factor of an account, with its recovery codes and the trust in its devices.
/// Returns whether it had a factor.
pub(in crate::service) fn remove_all(
    tx: &mut Tx<'_>,
    user: UserId,
    context: &EventContext,
) -> Result<bool, StoreError> {
    let removed = second_factors::remove_all(tx, user)?;
    let had_factor = removed.totp || !removed.passkeys.is_empty();
    if removed.totp {
        SecurityEvent::TotpDisabled.record(tx, context.clone())?;
    }
    for passkey in removed.passkeys {
        SecurityEvent::PasskeyRemoved { passkey }.record(tx, context.clone())?;
    }
    Ok(had_factor)
}
