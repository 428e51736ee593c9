//! The landing pages of links in mails.

use base64::{Engine, engine::general_purpose::STANDARD};
use daemun::domain::credential::challenge::Purpose;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::{PASSWORD, Reply, Service};

const PAGES: [&str; 2] = ["/email/verify", "/password/reset"];
const APP: [(&str, &str); 3] = [
    ("DAEMUN_APP_NAME", "R&D 대문"),
    ("DAEMUN_APP_URL", "https://app.example.com/?a=b&c=d"),
    ("DAEMUN_APP_COLOR", "#17695a"),
];

fn page(service: &Service, path: &str, language: &str) -> Reply {
    let call = service.get(path).header("accept-language", language);
    call.send().assert(200)
}

/// Returns the text between two tags.
fn between<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<{name}>")).unwrap();
    rest.split_once(&format!("</{name}>")).unwrap().0
}

#[test]
fn pages_load_and_run_only_their_own_content() {
    for settings in [&[][..], &APP] {
        let service = Service::start_with(settings);
        for path in PAGES {
            check_content(&page(&service, path, "en"));
        }
    }
}

fn check_content(reply: &Reply) {
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("referrer-policy"), "no-referrer");
    let policy = reply.header("content-security-policy");
    for (directive, name) in [("style-src", "style"), ("script-src", "script")] {
        let digest = STANDARD.encode(Sha256::digest(between(&reply.text, name)));
        let source = format!("{directive} 'sha256-{digest}';");
        assert!(policy.contains(&source), "{policy} lacks {source}");
    }
    for directive in [
        "default-src 'none'",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(directive), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    for loading in ["src=", "url(", "http:", "@import", " style=", " onclick"] {
        assert!(!reply.text.contains(loading), "{loading}");
    }
}

#[test]
fn pages_wear_the_name_the_url_and_the_color_of_the_app() {
    let service = Service::start_with(&APP);
    for (path, language, link) in [
        (PAGES[0], "en", "Continue to R&#38;D 대문"),
        (PAGES[1], "ko", "R&#38;D 대문 계속하기"),
    ] {
        let text = page(&service, path, language).text;
        assert!(text.contains(" · R&#38;D 대문</title>"), "{text}");
        assert!(text.contains("<header>R&#38;D 대문</header>"), "{text}");
        assert!(text.contains("--accent: #17695a;"), "{text}");
        let link = format!(" href=\"https://app.example.com/?a=b&#38;c=d\" hidden>{link}</a>");
        assert!(text.contains(&link), "{text}");
        assert!(!text.contains("You can close this page"), "{text}");
    }
}

#[test]
fn pages_request_the_cookie_if_it_reaches_the_app() {
    for (public, app, is_requested) in [
        (
            "https://example.com/auth",
            "https://example.com/#/home",
            true,
        ),
        ("https://example.com:443", "https://example.com/app", true),
        ("http://localhost:8080", "http://localhost:8080", true),
        ("https://auth.example.com", "https://app.example.com", false),
        ("https://example.com", "http://example.com", false),
        ("http://localhost:8080", "http://localhost:5173", false),
        ("https://example.com", "", false),
        ("", "https://example.com", false),
    ] {
        let service =
            Service::start_with(&[("DAEMUN_PUBLIC_URL", public), ("DAEMUN_APP_URL", app)]);
        for path in PAGES {
            let text = page(&service, path, "en").text;
            let requests = text.contains(" data-transport=\"cookie\"");
            assert_eq!(requests, is_requested, "{public} {app}: {text}");
        }
    }
}

#[test]
fn pages_of_an_app_without_a_url_link_nowhere() {
    let service = Service::start();
    for path in PAGES {
        let text = page(&service, path, "en").text;
        assert!(
            !text.contains("href=") && !text.contains("https:"),
            "{text}"
        );
        assert!(text.contains("You can close this page"), "{text}");
    }
}

#[test]
fn pages_follow_the_requested_language() {
    let service = Service::start();
    for (path, english, korean) in [
        (PAGES[0], "Verify your email address", "이메일 주소 인증"),
        (PAGES[1], "Set a new password", "새 비밀번호 설정"),
    ] {
        for (language, title) in [("en", english), ("ko", korean)] {
            let reply = page(&service, path, language);
            assert_eq!(reply.header("content-language"), language);
            assert!(reply.header("vary").contains("accept-language"));
            assert!(reply.text.contains(&format!("<html lang=\"{language}\">")));
            assert!(reply.text.contains(&format!("<h1>{title}</h1>")));
        }
    }
}

#[test]
fn opening_a_page_does_not_consume_the_link() {
    let service = Service::start_with(&[("DAEMUN_MAIL_URL", "file://mail")]);
    let minji = service.sign_up("minji");
    let token = service.mailbox().token(Purpose::VerifyEmail, &minji.email);
    for _ in 0..10 {
        for method in ["GET", "HEAD"] {
            // A link scanner may send the fragment, which a browser never sends.
            let path = format!("/email/verify?token={token}");
            service.call(method, &path).send().assert(200);
        }
    }
    let body = json!({ "token": token, "password": PASSWORD });
    service.post("/email/verify", &body).send().assert(200);
}

#[test]
fn the_reset_page_shows_the_configured_minimum_length() {
    let service = Service::start_with(&[("DAEMUN_PASSWORD_MIN", "14")]);
    let reply = page(&service, "/password/reset", "en");
    assert!(reply.text.contains("minlength=\"14\""));
    assert!(reply.text.contains("At least 14 characters"));
}
