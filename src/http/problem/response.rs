//! The response of a problem: its headers and its document.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};

use super::{
    Problem,
    document::{Occurrence, ProblemDocument},
    rate_limit_headers,
};

impl Problem {
    /// Renders the response.
    #[must_use]
    pub fn response(&self, occurrence: &Occurrence<'_>) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.code.status());
        response
            .insert_header((header::CONTENT_TYPE, "application/problem+json"))
            .insert_header((header::CONTENT_LANGUAGE, occurrence.language.tag()));
        self.add_headers(&mut response);
        let document = ProblemDocument::new(self, occurrence);
        match serde_json::to_string(&document) {
            Ok(body) => response.body(body),
            Err(error) => {
                tracing::error!(%error, "could not serialize a problem document");
                response.finish()
            }
        }
    }

    fn add_headers(&self, response: &mut HttpResponseBuilder) {
        if self.code.status() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, self.challenge));
        }
        if let Some(seconds) = self.retry_after.or(self.code.default_retry_after()) {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(exceeded) = &self.exceeded {
            response
                .append_header((
                    rate_limit_headers::POLICY,
                    rate_limit_headers::policy(&exceeded.policy),
                ))
                .append_header((
                    rate_limit_headers::STATE,
                    rate_limit_headers::nothing_left(exceeded),
                ));
        }
        if let Some(allow) = &self.allow {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
    }
}
