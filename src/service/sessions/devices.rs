//! The recognized devices of an account: listed, and forgotten one by one or all others.

use crate::{
    domain::{
        account::ids::{DeviceId, SessionId, UserId},
        event::EventContext,
        session::device::RecognizedDevice,
    },
    events::SecurityEvent,
    service::{Caller, Error, Service},
    store::{StoreError, Tx, tables::devices},
};

/// The recognized devices of an account.
#[derive(Debug)]
pub struct RecognizedDevices {
    /// The devices, the newest first.
    pub devices: Vec<RecognizedDevice>,
    /// The device from which the session of the request was opened, if it is still recognized.
    pub current: Option<DeviceId>,
}

impl Service {
    /// Returns the caller's recognized devices.
    pub async fn list_devices(&self, caller: &Caller) -> Result<RecognizedDevices, Error> {
        let (user, session, now) = (caller.user.id, caller.session.id, self.clock.now());
        let listed = self
            .database
            .read(move |tx| -> Result<_, StoreError> {
                let mut devices = devices::list(tx, user, now)?;
                for device in &mut devices {
                    device.trusted_until = device.trusted_until.filter(|end| *end > now);
                }
                let own = devices::of_session(tx, session)?;
                let current = devices
                    .iter()
                    .find(|device| Some(&device.token) == own.as_ref());
                let current = current.map(RecognizedDevice::id);
                Ok(RecognizedDevices { devices, current })
            })
            .await?;
        Ok(listed)
    }

    /// Forgets one of the caller's devices: it is neither recognized nor trusted any more.
    pub async fn forget_device(&self, caller: &Caller, id: DeviceId) -> Result<(), Error> {
        let (user, now) = (caller.user.id, self.clock.now());
        let context = caller.context(now);
        self.database
            .write(move |tx| {
                let devices = devices::list(tx, user, now)?;
                let device = devices.iter().find(|device| device.id() == id);
                let device = device.ok_or(Error::DeviceNotFound)?;
                if !devices::delete(tx, user, &device.token)? {
                    return Err(Error::DeviceNotFound);
                }
                Ok(SecurityEvent::DeviceForgotten { devices: 1 }.record(tx, context)?)
            })
            .await
    }

    /// Forgets all of the caller's devices but the one of the session.
    pub async fn forget_other_devices(&self, caller: &Caller) -> Result<(), Error> {
        let (user, session) = (caller.user.id, caller.session.id);
        let context = caller.context(self.clock.now());
        let forgotten = self
            .database
            .write(move |tx| forget_others(tx, user, Some(session), context));
        Ok(forgotten.await?)
    }
}

/// Forgets every device of an account except the one that created the session `kept`.
pub fn forget_others(
    tx: &mut Tx<'_>,
    user: UserId,
    kept: Option<SessionId>,
    context: EventContext,
) -> Result<(), StoreError> {
    let devices = devices::delete_others(tx, user, kept)?;
    if devices > 0 {
        SecurityEvent::DeviceForgotten { devices }.record(tx, context)?;
    }
    Ok(())
}
