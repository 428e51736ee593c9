//! The text of an export, part by part, so that memory is bounded whatever the number of events.

use serde_json::to_string;

use super::document::ExportResponse;
use crate::{
    domain::account::ids::{EventId, UserId},
    http::routes::models::EventResponse,
    service::{AccountExport, Error, Service},
};

/// The end of the document: of the list of events, and of the object.
const END: &str = "]}";

/// The text of an export broke off.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The events could not be read.
    #[error(transparent)]
    Service(#[from] Error),
    /// A stored object is no JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// The text of an export. Its first part is the document up to its events. Each further part is a
/// page of events, and the last one is the end.
pub struct ExportText {
    service: Service,
    user: UserId,
    place: Place,
}

/// The place up to which the text was returned.
enum Place {
    Start(Box<AccountExport>),
    /// Before the first event, or after this one.
    Events(Option<EventId>),
    End,
}

impl ExportText {
    /// The text of this export, from its start.
    #[must_use]
    pub fn new(service: Service, export: AccountExport) -> Self {
        Self {
            service,
            user: export.account.user.id,
            place: Place::Start(Box::new(export)),
        }
    }

    /// Returns the next part, or `None` after the last one.
    ///
    /// # Errors
    /// When the events cannot be read. Then the text is incomplete.
    pub async fn next(&mut self) -> Result<Option<String>, ExportError> {
        let (part, place) = match &self.place {
            Place::Start(export) => (start(export)?, Place::Events(None)),
            Place::Events(after) => self.events(*after).await?,
            Place::End => return Ok(None),
        };
        self.place = place;
        Ok(Some(part))
    }

    async fn events(&self, after: Option<EventId>) -> Result<(String, Place), ExportError> {
        let events = self.service.exported_events(self.user, after).await?;
        let Some(last) = events.last().map(|event| event.id) else {
            return Ok((END.to_owned(), Place::End));
        };
        let texts = events
            .into_iter()
            .map(|event| to_string(&EventResponse::from(event)));
        let page = texts.collect::<Result<Vec<_>, _>>()?.join(",");
        let comma = if after.is_some() { "," } else { "" };
        Ok((format!("{comma}{page}"), Place::Events(Some(last))))
    }
}

/// Returns the document without the end of its empty list of events.
fn start(export: &AccountExport) -> serde_json::Result<String> {
    let mut document = to_string(&ExportResponse::from(export))?;
    document.truncate(document.len().saturating_sub(END.len()));
    Ok(document)
}
