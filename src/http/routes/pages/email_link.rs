//! The landing pages of mailed links. A page consumes the link's token only when its button is
//! pressed.

mod texts;

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use askama::Template;
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::{
    domain::language::Language,
    http::{
        extract::language, openapi::error_responses::error_responses, problem::Problem,
        settings::Settings,
    },
};
use texts::{PageTexts, PasswordTexts};

const STYLE: &str = include_str!("email_link/style.css");
const SCRIPT: &str = include_str!("email_link/script.js");

/// The page loads nothing, and only its own script and style apply (CSP Level 3, section 2.3.1). If
/// the script fails, the form is not submitted, so that no password gets into an address.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; connect-src 'self'; form-action 'none'; base-uri 'none'; \
         frame-ancestors 'none'",
        source_of(STYLE),
        source_of(SCRIPT),
    )
});

fn source_of(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

error_responses!(EmailLinkErrors: &[]);

/// Show the landing page of a verification link
///
/// For users. The page reads the token from the fragment of its address, which no server sees. Its
/// button sends the token to `POST /email/verify`. A mail scanner that opens the link does not
/// consume it. The page is in English or Korean, by `Accept-Language`.
#[utoipa::path(
    tag = "email",
    operation_id = "get_verification_page",
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html",
         headers(("Content-Language" = String, description = "`en` or `ko`"))),
        EmailLinkErrors
    )
)]
#[get("/email/verify")]
pub async fn get_verification_page(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let language = language::accepted(request.headers());
    response(&LandingPage {
        password: Some(PasswordTexts::of(language)),
        ..LandingPage::new("verify", language, PageTexts::of_verification(language))
    })
}

/// Show the landing page of a password reset link
///
/// For users. The page reads the token from the fragment of its address. Its button sends the
/// token and the new password to `POST /password/reset`. The page is in English or Korean, by
/// `Accept-Language`.
#[utoipa::path(
    tag = "email",
    operation_id = "get_password_reset_page",
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html",
         headers(("Content-Language" = String, description = "`en` or `ko`"))),
        EmailLinkErrors
    )
)]
#[get("/password/reset")]
pub async fn get_password_reset_page(
    request: HttpRequest,
    settings: web::Data<Settings>,
) -> Result<HttpResponse, Problem> {
    let language = language::accepted(request.headers());
    let min_length = settings.rules.password_min;
    response(&LandingPage {
        hint: Some(PasswordHint {
            min_length,
            text: texts::password_hint(language, min_length),
        }),
        ..LandingPage::new("reset", language, PageTexts::of_reset(language))
    })
}

/// A landing page. It has a field for a new password if it has a hint, and for the current password
/// otherwise.
#[derive(Template)]
#[template(path = "pages/email_link.html")]
struct LandingPage {
    name: &'static str,
    language: Language,
    texts: PageTexts,
    password: Option<PasswordTexts>,
    hint: Option<PasswordHint>,
    style: &'static str,
    script: &'static str,
}

struct PasswordHint {
    min_length: usize,
    text: String,
}

impl LandingPage {
    const fn new(name: &'static str, language: Language, texts: PageTexts) -> Self {
        Self {
            name,
            language,
            texts,
            password: None,
            hint: None,
            style: STYLE,
            script: SCRIPT,
        }
    }
}

fn response(page: &LandingPage) -> Result<HttpResponse, Problem> {
    let html = page.render()?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .insert_header((header::CONTENT_LANGUAGE, page.language.tag()))
        .insert_header((header::VARY, "accept-language"))
        .body(html))
}
