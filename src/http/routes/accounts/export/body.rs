//! The body of a response that is written while it is sent.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};

use super::text::{ExportError, ExportText};

type NextPart = Pin<Box<dyn Future<Output = (ExportText, Result<Option<String>, ExportError>)>>>;

/// The body with the text of an export. The next part is read once the client has taken the last
/// one.
pub(super) struct ExportBody(NextPart);

impl ExportBody {
    pub(super) fn new(text: ExportText) -> Self {
        Self(next_part(text))
    }
}

fn next_part(mut text: ExportText) -> NextPart {
    Box::pin(async move {
        let part = text.next().await;
        (text, part)
    })
}

impl MessageBody for ExportBody {
    type Error = ExportError;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, ExportError>>> {
        let (text, part) = ready!(self.0.as_mut().poll(context));
        self.0 = next_part(text);
        // The connection is closed after an error, so the client does not take the part for the
        // whole.
        if let Err(error) = &part {
            tracing::warn!(%error, "an export broke off");
        }
        Poll::Ready(part.transpose().map(|part| part.map(Bytes::from)))
    }
}
