//! The rules of both fields.

use serde_json::{Value, json};

use super::{body, change, me, sign_up};
use crate::support::Service;

/// Returns objects nested this deep.
fn nested(levels: usize) -> Value {
    (1..levels).fold(json!({}), |inner, _| json!({ "a": inner }))
}

/// Returns an object whose compact form has this many bytes.
fn of_bytes(bytes: usize) -> Value {
    json!({ "a": "b".repeat(bytes - 8) })
}

#[test]
fn invalid_values_are_rejected_at_signup_and_by_a_change() {
    let service = Service::start();
    let token = service.sign_up("minji").token;
    let before = me(&service, &token);
    for (more, refused) in [
        (json!({ "display_name": "" }), "display_name too_short"),
        (
            json!({ "display_name": " \u{3000}" }),
            "display_name too_short",
        ),
        (
            json!({ "display_name": "한".repeat(65) }),
            "display_name too_long",
        ),
        (
            json!({ "display_name": "a\nb" }),
            "display_name invalid_characters",
        ),
        (
            json!({ "display_name": "a\u{202e}b" }),
            "display_name invalid_characters",
        ),
        (json!({ "display_name": 7 }), "display_name invalid_type"),
        (json!({ "profile": [] }), "profile invalid_type"),
        (json!({ "profile": "{}" }), "profile invalid_type"),
        (json!({ "profile": nested(9) }), "profile too_deep"),
        (json!({ "profile": of_bytes(4_097) }), "profile too_large"),
        (json!({ "roles": ["admin"] }), "roles unknown_field"),
        (json!({ "metadata": {} }), "metadata unknown_field"),
    ] {
        for reply in [
            sign_up(&service, "other", &more),
            change(&service, &token, &more),
        ] {
            let reply = reply.assert_problem(422, "validation_failed");
            assert_eq!(reply.refused(), [refused], "{more}");
        }
    }
    let more = json!({ "display_name": "", "profile": nested(9), "roles": [] });
    let all = sign_up(&service, "m", &more).refused();
    assert_eq!(
        all,
        [
            "username too_short",
            "display_name too_short",
            "profile too_deep",
            "roles unknown_field"
        ]
    );
    assert_eq!(me(&service, &token), before);
}

#[test]
fn the_largest_and_deepest_values_are_accepted() {
    let service = Service::start();
    let token = service.sign_up("minji").token;
    for body in [
        json!({ "display_name": "한".repeat(64) }),
        json!({ "profile": nested(8) }),
        json!({ "profile": of_bytes(4_096) }),
    ] {
        let changed = change(&service, &token, &body).assert(200).json;
        for (member, value) in body.as_object().unwrap() {
            assert_eq!(changed[member], *value);
        }
    }
    let body = json!({ "profile": nested(32) });
    change(&service, &token, &body).assert_problem(400, "malformed_json");
}

#[test]
fn blanks_between_the_members_of_a_profile_do_not_count() {
    let service = Service::start();
    let token = service.sign_up("minji").token;
    let text = format!("{{\"profile\":{{{}\"a\":1}}}}", " ".repeat(5_000));
    let call = service.call("PATCH", "/me");
    let call = call.body("application/json", text.as_bytes());
    let changed = call.bearer(&token).send().assert(200);
    assert_eq!(changed.json["profile"], json!({ "a": 1 }));
}

#[test]
fn the_last_of_duplicate_members_of_a_profile_counts() {
    let service = Service::start();
    let token = service.sign_up("minji").token;
    let patch = |text: &str| {
        let call = service.call("PATCH", "/me");
        let call = call.body("application/json", text.as_bytes());
        call.bearer(&token).send()
    };
    let changed = patch(r#"{"profile":{"a":[{"b":1,"b":2}],"c":null,"c":3}}"#).assert(200);
    assert_eq!(
        changed.json["profile"],
        json!({ "a": [{ "b": 2 }], "c": 3 })
    );
    let reply = patch(r#"{"profile":{},"profile":{}}"#);
    let reply = reply.assert_problem(422, "validation_failed");
    assert_eq!(reply.refused(), ["profile duplicate_field"]);
}

#[test]
fn messages_name_the_limits_in_both_languages() {
    let service = Service::start();
    let more = json!({ "display_name": "a".repeat(65), "profile": nested(9) });
    for (language, name, profile) in [
        (
            "en",
            "Use at most 64 characters.",
            "Nest at most 8 levels of objects and lists.",
        ),
        (
            "ko",
            "64자 이하여야 합니다.",
            "객체와 배열은 8단계까지만 중첩할 수 있습니다.",
        ),
    ] {
        let call = service.post("/signup", &body("minji", &more));
        let reply = call.header("accept-language", language).send();
        let messages: Vec<_> = (0..2)
            .map(|place| &reply.json["errors"][place]["message"])
            .collect();
        assert_eq!(messages, [name, profile]);
    }
}
