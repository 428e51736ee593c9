//! The landing pages of mailed links. A page consumes the link's token only when its button is
//! pressed.

mod texts;

use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;

use super::frame::PageFrame;
use crate::http::{
    openapi::error_responses::error_responses, problem::Problem, settings::Settings,
};
use texts::{CommonTexts, PageTexts, PasswordTexts};

const SCRIPT: &str = include_str!("email_link/script.js");

error_responses!(EmailLinkErrors: &[]);

/// Show the landing page of a verification link
///
/// For users. The page reads the token from the fragment of its address, which no server sees. Its
/// button sends the token to `POST /email/verify`, with the account's password if no user is logged
/// in. A mail scanner that opens the link does not consume it. If `DAEMUN_APP_URL` has the origin
/// of `DAEMUN_PUBLIC_URL`, the password also logs the user in, by the cookie. The page is in
/// English or Korean, by `Accept-Language`.
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
    let frame = PageFrame::of(&request);
    let language = frame.language;
    let page = LandingPage::new("verify", frame, PageTexts::of_verification(language));
    respond(&LandingPage {
        password: Some(PasswordTexts::of(language)),
        ..page
    })
}

/// Show the landing page of a password reset link
///
/// For users. The page reads the token from the fragment of its address. Its button sends the
/// token and the new password to `POST /password/reset`. If `DAEMUN_APP_URL` has the origin of
/// `DAEMUN_PUBLIC_URL`, the new password also logs the user in, by the cookie. The page is in
/// English or Korean, by `Accept-Language`.
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
    let frame = PageFrame::of(&request);
    let language = frame.language;
    let min_length = settings.rules.password_min;
    let page = LandingPage::new("reset", frame, PageTexts::of_reset(language));
    respond(&LandingPage {
        hint: Some(PasswordHint {
            min_length,
            text: texts::password_hint(language, min_length),
        }),
        ..page
    })
}

/// A landing page. It has a field for a new password if it has a hint, and for the current password
/// otherwise.
#[derive(Template)]
#[template(path = "pages/email_link.html")]
struct LandingPage {
    name: &'static str,
    frame: PageFrame,
    texts: PageTexts,
    common: CommonTexts,
    done: &'static str,
    continue_to: String,
    password: Option<PasswordTexts>,
    hint: Option<PasswordHint>,
    script: &'static str,
}

struct PasswordHint {
    min_length: usize,
    text: String,
}

impl LandingPage {
    fn new(name: &'static str, frame: PageFrame, texts: PageTexts) -> Self {
        let app = &frame.pages().branding;
        Self {
            name,
            common: CommonTexts::of(frame.language),
            done: match app.url {
                Some(_) => texts.done,
                None => texts.done_alone,
            },
            continue_to: texts::continue_to(frame.language, &app.name),
            password: None,
            hint: None,
            script: SCRIPT,
            frame,
            texts,
        }
    }
}

fn respond(page: &LandingPage) -> Result<HttpResponse, Problem> {
    let html = page.render()?;
    Ok(page.frame.response(Some(SCRIPT)).body(html))
}
