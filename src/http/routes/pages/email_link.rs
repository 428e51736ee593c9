//! The pages that links in mails open: opening one uses nothing up, its button does; it must not know what a token proves.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use askama::Template;
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::{
    domain::language::Language,
    http::{
        extract::language, openapi::error_responses::failures, problem::Problem, settings::Settings,
    },
};

const STYLE: &str = include_str!("email_link/style.css");
const SCRIPT: &str = include_str!("email_link/script.js");

/// Nothing is loaded, and nothing runs but what is in the page itself (CSP Level 3, section 2.3.1); a form that a broken script
/// lets through goes nowhere, so no password gets into an address.
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

/// What a page says, in one language.
struct Texts {
    title: &'static str,
    lead: &'static str,
    field: &'static str,
    button: &'static str,
    done: &'static str,
    /// Without a token.
    missing: &'static str,
    unreachable: &'static str,
    without_script: &'static str,
}

/// What the page that verifies says besides, where a session does not do.
struct PasswordTexts {
    asked: &'static str,
    other_account: &'static str,
    wrong: &'static str,
}

failures!(LinkPageFailures: &[]);

/// The page of a link that verifies an address
///
/// For people: reads the token from the address's fragment, which no server sees, and sends it to `POST /email/verify` when its
/// button is pressed; mail scanners that open links use nothing up. English or Korean by `Accept-Language`.
#[utoipa::path(
    tag = "e-mail",
    operation_id = "get_verification_page",
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html",
         headers(("Content-Language" = String, description = "`en` or `ko`"))),
        LinkPageFailures
    )
)]
#[get("/email/verify")]
pub async fn get_verification_page(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let language = language::accepted(request.headers());
    let (texts, password) = verification_texts(language);
    response(&LinkPage {
        password: Some(password),
        ..LinkPage::new("verify", language, texts)
    })
}

/// The page of a link that leads to a new password
///
/// For people: reads the token from the address's fragment and sends it to `POST /password/reset` with the new password when its
/// button is pressed. English or Korean by `Accept-Language`.
#[utoipa::path(
    tag = "e-mail",
    operation_id = "get_password_reset_page",
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html",
         headers(("Content-Language" = String, description = "`en` or `ko`"))),
        LinkPageFailures
    )
)]
#[get("/password/reset")]
pub async fn get_password_reset_page(
    request: HttpRequest,
    settings: web::Data<Settings>,
) -> Result<HttpResponse, Problem> {
    let language = language::accepted(request.headers());
    let min_length = settings.rules.password_min;
    let text = match language {
        Language::English => {
            format!("At least {min_length} characters. Several words make a good one.")
        }
        Language::Korean => format!("{min_length}자 이상. 여러 단어를 이어 쓰면 좋습니다."),
    };
    response(&LinkPage {
        hint: Some(PasswordHint { min_length, text }),
        ..LinkPage::new("reset", language, reset_texts(language))
    })
}

/// One landing page. It asks for a new password if it has a hint, and for the current one otherwise.
#[derive(Template)]
#[template(path = "pages/email_link.html")]
struct LinkPage {
    name: &'static str,
    language: Language,
    texts: Texts,
    password: Option<PasswordTexts>,
    hint: Option<PasswordHint>,
    style: &'static str,
    script: &'static str,
}

struct PasswordHint {
    min_length: usize,
    text: String,
}

impl LinkPage {
    const fn new(name: &'static str, language: Language, texts: Texts) -> Self {
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

fn response(page: &LinkPage) -> Result<HttpResponse, Problem> {
    let html = page.render()?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .insert_header((header::CONTENT_LANGUAGE, page.language.tag()))
        .insert_header((header::VARY, "accept-language"))
        .body(html))
}

const fn verification_texts(language: Language) -> (Texts, PasswordTexts) {
    match language {
        Language::English => (
            Texts {
                title: "Verify your e-mail address",
                lead: "Press the button to confirm that this address is yours.",
                field: "Password of the account",
                button: "Verify my address",
                done: "Your e-mail address is verified. You can close this page.",
                missing: "This page works with the link from the mail. Open the link again, or type the code from the mail.",
                unreachable: "The service cannot be reached. Please try it again.",
                without_script: "This page needs JavaScript. Without it, type the code from the mail instead.",
            },
            PasswordTexts {
                asked: "Type the password that you chose at sign-up. If you did not sign up, close this page: the address then stays unverified.",
                other_account: "The link is not valid any longer, or is for another account than the one that is logged in here. If it is for another account, type that account’s password.",
                wrong: "This is not the password of the account.",
            },
        ),
        Language::Korean => (
            Texts {
                title: "이메일 주소 인증",
                lead: "버튼을 누르면 본인의 주소임이 확인됩니다.",
                field: "계정의 비밀번호",
                button: "내 주소 인증하기",
                done: "이메일 주소가 인증되었습니다. 이 페이지를 닫아도 됩니다.",
                missing: "이 페이지는 메일의 링크로 열어야 합니다. 링크를 다시 열거나 메일의 코드를 입력하세요.",
                unreachable: "서비스에 연결할 수 없습니다. 다시 해 주세요.",
                without_script: "이 페이지에는 자바스크립트가 필요합니다. 쓸 수 없으면 메일의 코드를 입력하세요.",
            },
            PasswordTexts {
                asked: "가입할 때 정한 비밀번호를 입력하세요. 가입한 적이 없다면 이 페이지를 닫으세요. 주소는 인증되지 않은 채로 남습니다.",
                other_account: "링크가 더 이상 유효하지 않거나, 지금 로그인한 계정의 링크가 아닙니다. 다른 계정의 링크라면 그 계정의 비밀번호를 입력하세요.",
                wrong: "이 계정의 비밀번호가 아닙니다.",
            },
        ),
    }
}

const fn reset_texts(language: Language) -> Texts {
    match language {
        Language::English => Texts {
            title: "Set a new password",
            lead: "The account is logged out everywhere when the new password is set.",
            field: "New password",
            button: "Set the password",
            done: "The new password is set. You can close this page and log in.",
            missing: "This page works with the link from the mail. Open the link again, or type the code from the mail.",
            unreachable: "The service cannot be reached. Please try it again.",
            without_script: "This page needs JavaScript. Without it, type the code from the mail instead.",
        },
        Language::Korean => Texts {
            title: "새 비밀번호 설정",
            lead: "새 비밀번호를 설정하면 모든 기기에서 로그아웃됩니다.",
            field: "새 비밀번호",
            button: "비밀번호 설정하기",
            done: "새 비밀번호가 설정되었습니다. 이 페이지를 닫고 로그인하세요.",
            missing: "이 페이지는 메일의 링크로 열어야 합니다. 링크를 다시 열거나 메일의 코드를 입력하세요.",
            unreachable: "서비스에 연결할 수 없습니다. 다시 해 주세요.",
            without_script: "이 페이지에는 자바스크립트가 필요합니다. 쓸 수 없으면 메일의 코드를 입력하세요.",
        },
    }
}
