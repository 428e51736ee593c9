//! Times in responses.

use serde_json::Value;

use crate::support::{Service, TestService, contract::document};

/// Collects every time below a value, which the name of its member marks.
fn moments<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name.ends_with("_at") {
                    found.extend(member.as_str());
                }
                moments(member, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| moments(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Asserts RFC 3339 in UTC with six fraction digits.
fn assert_form(text: &str) {
    let form = "dddd-dd-ddTdd:dd:dd.ddddddZ";
    let digits = text
        .chars()
        .map(|c| if c.is_ascii_digit() { 'd' } else { c });
    assert_eq!(digits.collect::<String>(), form, "{text}");
}

/// The manual clock stands at a full second, which a formatter may write without a fraction.
#[test]
fn times_have_six_fraction_digits_at_a_full_second() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    for (path, count) in [("/me", 1), ("/session", 2), ("/sessions", 3)] {
        let reply = service.get(path).bearer(&token).send().assert(200);
        let mut found = vec![];
        moments(&reply.json, &mut found);
        assert_eq!(found.len(), count, "{path}");
        for text in found {
            assert_form(text);
            assert!(text.ends_with(".000000Z"), "{text}");
        }
    }
}

#[test]
fn times_have_six_fraction_digits_at_every_moment() {
    let service = Service::start();
    for number in 0..60 {
        let body = serde_json::json!({
            "username": format!("minji{number}"), "email": format!("minji{number}@example.com"),
            "password": crate::support::PASSWORD
        });
        let reply = service.post("/signup", &body).send().assert(201);
        let mut found = vec![];
        moments(&reply.json, &mut found);
        assert_eq!(found.len(), 2);
        for text in found {
            assert_form(text);
        }
    }
}

#[test]
fn times_have_six_fraction_digits_in_every_example() {
    fn examples(value: &Value, found: &mut usize) {
        match value {
            Value::Object(members) => {
                if members
                    .get("format")
                    .is_some_and(|format| format == "date-time")
                {
                    assert_form(members["example"].as_str().unwrap());
                    *found += 1;
                }
                members.values().for_each(|member| examples(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| examples(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = 0;
    examples(document(), &mut found);
    assert_eq!(found, 42);
}
