//! Texts in the requested language.

use daemun::{
    domain::{invalid::Invalid, language::Language},
    http::{ProblemCode, field_text},
};
use serde_json::{Value, json};

use crate::support::{Reply, Service};

fn is_korean(text: &str) -> bool {
    text.chars().any(|letter| ('가'..='힣').contains(&letter))
}

fn refused(service: &Service, language: &str) -> Reply {
    let call = service.post(
        "/signup",
        &json!({ "username": "m", "email": "x", "password": "y" }),
    );
    let reply = call.header("accept-language", language).send();
    reply.assert_problem(422, "validation_failed")
}

fn texts(reply: &Reply) -> Vec<&Value> {
    let errors = reply.json["errors"].as_array().unwrap();
    [&reply.json["title"], &reply.json["detail"]]
        .into_iter()
        .chain(errors.iter().map(|error| &error["message"]))
        .collect()
}

#[test]
fn texts_follow_accept_language_and_codes_do_not() {
    let service = Service::start();
    let english = refused(&service, "en-US,en;q=0.9,ko;q=0.8");
    let korean = refused(&service, "ko-KR,ko;q=0.9,en-US;q=0.8");
    assert_eq!(english.header("content-language"), "en");
    assert_eq!(korean.header("content-language"), "ko");
    assert_eq!(english.refused(), korean.refused());
    for member in ["type", "code", "status", "instance"] {
        assert_eq!(english.json[member], korean.json[member]);
    }
    assert!(
        texts(&korean)
            .into_iter()
            .all(|text| is_korean(text.as_str().unwrap()))
    );
    assert!(
        !texts(&english)
            .into_iter()
            .any(|text| is_korean(text.as_str().unwrap()))
    );
}

#[test]
fn english_is_the_default_language() {
    let service = Service::start();
    for language in ["fr", "*", "", "ko;q=0", "kok", ";;;", "ja, en;q=0.1"] {
        let reply = refused(&service, language);
        assert_eq!(reply.header("content-language"), "en", "{language:?}");
    }
    for language in ["KO", "ko-Kore-KR", "fr, ko;q=0.2", "ko , *;q=0.5"] {
        let reply = refused(&service, language);
        assert_eq!(reply.header("content-language"), "ko", "{language:?}");
    }
}

#[test]
fn errors_before_routing_follow_accept_language_too() {
    let service = Service::start();
    let ask = |method: &str, path: &str| {
        let call = service.call(method, path).header("accept-language", "ko");
        call.send().json["detail"].as_str().unwrap().to_owned()
    };
    for (method, path) in [
        ("GET", "/nowhere"),
        ("GET", "/login"),
        ("GET", "/me"),
        ("POST", "/login"),
    ] {
        assert!(is_korean(&ask(method, path)), "{method} {path}");
    }
}

#[test]
fn every_code_has_its_own_texts_in_both_languages() {
    let mut all = Vec::new();
    for code in ProblemCode::ALL {
        for language in [Language::English, Language::Korean] {
            let texts = code.texts(language);
            for text in [texts.title, texts.detail, texts.advice] {
                assert!(!text.trim().is_empty());
                assert_eq!(is_korean(text), language == Language::Korean, "{text}");
            }
            all.push(texts.title);
            all.push(texts.detail);
        }
    }
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count, "two codes share a text");
    for reason in Invalid::ALL {
        assert!(is_korean(field_text(*reason, Language::Korean)));
        assert!(!is_korean(field_text(*reason, Language::English)));
    }
}
