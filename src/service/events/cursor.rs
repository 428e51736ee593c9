//! Cursors of lists: opaque, bound to their query, and valid for a day.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    domain::timestamp::Timestamp,
    random,
    service::{Error, Service},
};

/// The use under which cursors are sealed.
const SEAL: &str = "cursor of a list";

/// The time for which a cursor is valid.
const LIFE: Duration = Duration::from_hours(24);

impl Service {
    /// Returns the cursor of the page after this place in a list.
    pub(in crate::service) fn cursor(
        &self,
        list: &str,
        place: &[u8],
        now: Timestamp,
    ) -> Result<String, Error> {
        let expires_at = now.plus(LIFE).as_micros().to_be_bytes();
        let plain = [&expires_at, place].concat();
        let sealed = self.sealing_keys.seal(SEAL, list, &plain, random::bytes());
        let sealed =
            sealed.ok_or_else(|| Error::Internal("a cursor could not be sealed".into()))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Returns the place before the page of a cursor, or an error if the cursor is of another list
    /// or expired.
    pub(in crate::service) fn open_cursor(
        &self,
        list: &str,
        cursor: &str,
        now: Timestamp,
    ) -> Result<Vec<u8>, Error> {
        let sealed = URL_SAFE_NO_PAD.decode(cursor).ok();
        let opened = sealed.and_then(|sealed| self.sealing_keys.open(SEAL, list, &sealed));
        opened
            .and_then(|opened| parse(&opened.plain, now))
            .ok_or(Error::CursorInvalid)
    }
}

fn parse(plain: &[u8], now: Timestamp) -> Option<Vec<u8>> {
    let (expires_at, place) = plain.split_first_chunk()?;
    let expires_at = i64::from_be_bytes(*expires_at);
    (now < Timestamp::from_micros(expires_at)).then(|| place.to_vec())
}
