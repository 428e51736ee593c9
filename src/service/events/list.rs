//! Lists events of the audit log.

use crate::{
    domain::{
        account::ids::{EventId, UserId},
        event::{Event, EventQuery},
    },
    service::{Caller, Error, Service},
    store::tables::events,
};

/// A page of a list, as a client requests it.
#[derive(Clone, Debug)]
pub struct Page {
    /// The cursor of the page before, or `None` for the first page.
    pub cursor: Option<String>,
    /// Entries at most.
    pub limit: i64,
}

/// A page of events.
#[derive(Debug)]
pub struct EventPage {
    /// The events, the newest first.
    pub events: Vec<Event>,
    /// The cursor of the next page, or `None` on the last one.
    pub next_cursor: Option<String>,
}

impl Service {
    /// Returns a page of the events of the caller's account, the newest first, as the owner reads
    /// them.
    pub async fn list_own_events(&self, caller: &Caller, page: Page) -> Result<EventPage, Error> {
        let query = EventQuery {
            user: Some(caller.user.id),
            ..EventQuery::default()
        };
        let name = list_name(caller.user.id);
        let EventPage {
            events,
            next_cursor,
        } = self.page_of_events(&name, query, page).await?;
        Ok(EventPage {
            events: events.into_iter().map(Event::for_owner).collect(),
            next_cursor,
        })
    }

    /// Returns a page of the events that a query finds, the newest first. Its `before` and `limit`
    /// are those of the page.
    pub async fn list_all_events(&self, query: EventQuery, page: Page) -> Result<EventPage, Error> {
        let name = format!("all events {query:?}");
        self.page_of_events(&name, query, page).await
    }

    async fn page_of_events(
        &self,
        list: &str,
        query: EventQuery,
        page: Page,
    ) -> Result<EventPage, Error> {
        let now = self.clock.now();
        let before = match &page.cursor {
            Some(cursor) => Some(self.open_cursor(list, cursor, now)?),
            None => None,
        };
        let before = before.map(|place| place.try_into().map(EventId::from_bytes));
        let query = EventQuery {
            before: before
                .transpose()
                .map_err(|_of_another_kind| Error::CursorInvalid)?,
            // One more shows whether another page follows.
            limit: page.limit.saturating_add(1),
            ..query
        };
        let mut events = self.list_events(query).await?;
        let most = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let has_next = events.len() > most;
        events.truncate(most);
        let end = events.last().filter(|_| has_next);
        let next_cursor = end.map(|event| self.cursor(list, event.id.as_bytes(), now));
        Ok(EventPage {
            next_cursor: next_cursor.transpose()?,
            events,
        })
    }

    /// Returns the events that a query finds.
    pub async fn list_events(&self, query: EventQuery) -> Result<Vec<Event>, Error> {
        let listed = self.database.read(move |tx| events::list(tx, &query));
        Ok(listed.await?)
    }
}

/// Returns the name of an account's list, to which its cursors are bound.
fn list_name(user: UserId) -> String {
    format!("events of {user}")
}
