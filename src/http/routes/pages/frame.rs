//! The frame of every page: the app's name above, and the headers of the response.

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, http::header, web};

use crate::{
    domain::language::Language,
    http::{extract::language, page_settings::PageSettings, settings::Settings},
};

/// The language of a page, and the settings that its frame shows.
pub struct PageFrame {
    pub language: Language,
    settings: web::Data<Settings>,
}

impl PageFrame {
    /// Chooses the language by `Accept-Language`.
    pub fn of(request: &HttpRequest) -> Self {
        Self {
            language: language::accepted(request.headers()),
            settings: Settings::of(request),
        }
    }

    pub fn pages(&self) -> &PageSettings {
        &self.settings.pages
    }

    /// Starts the response with a page, which has at most one script.
    pub fn response(&self, script: Option<&str>) -> HttpResponseBuilder {
        let mut response = HttpResponse::Ok();
        response
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, self.pages().policy(script)))
            .insert_header((header::CONTENT_LANGUAGE, self.language.tag()))
            .insert_header((header::VARY, "accept-language"));
        response
    }
}
