//! The rows of the audit log.

use diesel::{Insertable, Queryable, Selectable};
use serde_json::{Map, Value, json};

use crate::{
    domain::{
        account::ids::EventId,
        event::{Event, OccurredEvent, Recording, RollUp},
        timestamp::Timestamp,
    },
    store::{error::StoreError, schema::events},
};

#[derive(Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub(super) struct NewEventRow {
    id: String,
    #[diesel(column_name = type_)]
    name: &'static str,
    at: i64,
    user_id: Option<String>,
    actor: String,
    ip: Option<String>,
    user_agent: Option<String>,
    session_id: Option<String>,
    request_id: Option<String>,
    detail: Option<String>,
    roll_up: Option<String>,
    count: i64,
    last_at: i64,
}

impl NewEventRow {
    /// Returns the row of an event: the first event of its subject if it shares the row.
    pub(super) fn of(occurred: &OccurredEvent, roll_up: Option<String>) -> Self {
        let OccurredEvent { id, event, context } = occurred;
        let event_type = event.event_type();
        // A row of all subjects is none's.
        let is_of_all = roll_up.is_some() && context.roll_up == Some(RollUp::All);
        let client = context.client.as_ref().filter(|_| !is_of_all);
        let user = context.user.filter(|_| !is_of_all);
        let is_counted = roll_up.is_some() && event_type.recording() != Recording::Sampled;
        let at = context.at.as_micros();
        Self {
            id: id.to_string(),
            name: event_type.name(),
            at,
            user_id: user.map(|user| user.to_string()),
            actor: context.actor.to_string(),
            ip: client.map(|client| client.ip.clone()),
            user_agent: client.map(|client| client.user_agent.clone()),
            session_id: context.session.map(|session| session.to_string()),
            request_id: client.map(|client| client.request_id.clone()),
            detail: event.detail().map(|detail| Value::from(detail).to_string()),
            roll_up,
            count: is_counted.into(),
            last_at: at,
        }
    }

    pub(super) fn roll_up(&self) -> Option<&str> {
        self.roll_up.as_deref()
    }

    pub(super) const fn count(&self) -> i64 {
        self.count
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = events)]
pub(super) struct Row {
    id: String,
    #[diesel(column_name = type_)]
    name: String,
    at: i64,
    user_id: Option<String>,
    actor: String,
    ip: Option<String>,
    user_agent: Option<String>,
    session_id: Option<String>,
    request_id: Option<String>,
    detail: Option<String>,
    count: i64,
    last_at: i64,
}

impl Row {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Returns the detail, with the number of events in the row where they are counted.
    fn detail(&self) -> Result<Option<Map<String, Value>>, StoreError> {
        let detail = self.detail.as_deref().map(serde_json::from_str);
        let detail = detail
            .transpose()
            .map_err(|_not_an_object| StoreError::corrupt("events", "detail", &self.id))?;
        if self.count == 0 {
            return Ok(detail);
        }
        let mut detail: Map<_, _> = detail.unwrap_or_default();
        let last_at = Timestamp::from_micros(self.last_at).rfc3339();
        detail.insert(String::from("count"), json!(self.count));
        detail.insert(String::from("last_at"), json!(last_at));
        Ok(Some(detail))
    }
}

impl TryFrom<Row> for Event {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id =
            EventId::parse(&row.id).ok_or_else(|| StoreError::corrupt("events", "id", &row.id))?;
        Ok(Self {
            id,
            detail: row.detail()?,
            name: row.name,
            at: Timestamp::from_micros(row.at),
            user_id: row.user_id,
            actor: row.actor,
            ip: row.ip,
            user_agent: row.user_agent,
            session_id: row.session_id,
            request_id: row.request_id,
        })
    }
}
