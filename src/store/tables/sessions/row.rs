//! The rows of the table of sessions.

use diesel::{Insertable, Queryable, Selectable};

use crate::{
    domain::{
        account::ids::SessionId,
        session::{Session, SessionRecord, authentication_methods::AuthenticationMethods},
        timestamp::Timestamp,
    },
    store::{error::StoreError, schema::sessions},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub(super) struct SessionRow {
    id: String,
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
    ends_at: i64,
    remembered: bool,
    ip: String,
    user_agent: String,
    auth_time: i64,
    amr: String,
    confirmed_at: i64,
}

#[derive(Insertable)]
#[diesel(table_name = sessions)]
pub(super) struct NewSessionRow<'a> {
    id: String,
    pub(super) user_id: String,
    token_hash: &'a [u8],
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
    ends_at: i64,
    remembered: bool,
    ip: &'a str,
    user_agent: &'a str,
    device_hash: &'a [u8],
    auth_time: i64,
    amr: &'a str,
    confirmed_at: i64,
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let id = SessionId::parse(&row.id)
            .ok_or_else(|| StoreError::corrupt("sessions", "id", &row.id))?;
        let created_at = Timestamp::from_micros(row.created_at);
        // A release without this column stores 0.
        let auth_time = match row.auth_time {
            0 => created_at,
            at => Timestamp::from_micros(at),
        };
        Ok(Self {
            id,
            created_at,
            last_seen_at: Timestamp::from_micros(row.last_seen_at),
            expires_at: Timestamp::from_micros(row.expires_at),
            ends_at: Timestamp::from_micros(row.ends_at),
            remembered: row.remembered,
            ip: row.ip,
            user_agent: row.user_agent,
            auth_time,
            amr: AuthenticationMethods::from_stored(row.amr),
            confirmed_at: (row.confirmed_at > 0).then(|| Timestamp::from_micros(row.confirmed_at)),
        })
    }
}

impl<'a> NewSessionRow<'a> {
    pub(super) fn of(new: &'a SessionRecord) -> Self {
        let session = &new.session;
        Self {
            id: session.id.to_string(),
            user_id: new.user_id.to_string(),
            token_hash: new.token_hash.as_bytes(),
            created_at: session.created_at.as_micros(),
            last_seen_at: session.last_seen_at.as_micros(),
            expires_at: session.expires_at.as_micros(),
            ends_at: session.ends_at.as_micros(),
            remembered: session.remembered,
            ip: &session.ip,
            user_agent: &session.user_agent,
            device_hash: new.device.as_ref().map_or(&[], |device| device.as_bytes()),
            auth_time: session.auth_time.as_micros(),
            amr: session.amr.joined(),
            confirmed_at: session.confirmed_at.map_or(0, Timestamp::as_micros),
        }
    }
}
