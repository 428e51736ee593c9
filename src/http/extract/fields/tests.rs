//! Tests of the reader with a body that has a number, a list and a nested object.

use std::{collections::BTreeMap, num::NonZeroU8};

use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::http::extract::free_object::FreeObject;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct TestBody {
    name: String,
    count: u32,
    weight: Option<f64>,
    tags: Vec<String>,
    place: TestPlace,
    others: Option<Vec<TestPlace>>,
    notes: Option<BTreeMap<String, i8>>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct TestPlace {
    city: String,
    floor: i16,
    kind: TestKind,
    ends: (i8, i8),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TestKind {
    Home,
    Work,
}

fn reading<D: DeserializeOwned>(text: &str) -> (Option<D>, Vec<String>) {
    let mut reading = Fields::parse(text.as_bytes()).unwrap().read::<D>();
    let body = reading.body.take();
    let errors = reading.in_order().into_iter();
    let errors = errors.map(|error| format!("{} {}", error.field, error.reason.code()));
    (body, errors.collect())
}

fn rejected(body: &Value) -> Vec<String> {
    let (body, errors) = reading::<TestBody>(&body.to_string());
    assert!(body.is_some(), "every mistake is replaced by a placeholder");
    errors
}

fn valid() -> Value {
    json!({
        "name": "a", "count": 3, "weight": 1.5, "tags": ["x", "y"],
        "place": { "city": "b", "floor": -1, "kind": "work", "ends": [-1, 1] },
        "others": [{ "city": "c", "floor": 2, "kind": "home", "ends": [0, 0] }],
        "notes": { "n": 1 }
    })
}

#[test]
fn reads_numbers_lists_and_objects() {
    let (body, errors) = reading::<TestBody>(&valid().to_string());
    assert_eq!(errors, [""; 0]);
    let body = body.unwrap();
    assert_eq!((body.count, body.weight), (3, Some(1.5)));
    assert_eq!(body.tags, ["x", "y"]);
    assert_eq!(body.place.kind, TestKind::Work);
    assert_eq!((body.place.floor, body.place.ends), (-1, (-1, 1)));
    assert_eq!(body.others.unwrap()[0].city, "c");
    assert_eq!(body.notes.unwrap()["n"], 1);
}

#[test]
fn names_every_field_of_a_wrong_type_at_any_depth() {
    let body = json!({
        "name": 1, "count": "3", "weight": [], "tags": ["x", 2, null],
        "place": { "city": {}, "floor": 1.5, "kind": "moon", "ends": [1, 2, 3], "door": 1 },
        "others": [{ "city": "c", "floor": 2, "kind": 1, "ends": [0] }, 7],
        "notes": { "n": 1, "m": 300 }
    });
    assert_eq!(
        rejected(&body),
        [
            "name invalid_type",
            "count invalid_type",
            "weight invalid_type",
            "tags[1] invalid_type",
            "tags[2] invalid_type",
            "place.city invalid_type",
            "place.door unknown_field",
            "place.ends invalid_type",
            "place.floor invalid_type",
            "place.kind invalid_value",
            "others[0].ends invalid_type",
            "others[0].kind invalid_type",
            "others[1] invalid_type",
            "notes.m invalid_value",
        ]
    );
}

#[test]
fn text_fields_reject_every_other_type() {
    for wrong in [
        json!(1),
        json!(1.5),
        json!([]),
        json!(["a"]),
        json!({}),
        json!({ "a": 1 }),
        json!(true),
        json!(null),
    ] {
        let mut body = valid();
        body["name"] = wrong;
        assert_eq!(rejected(&body), ["name invalid_type"]);
    }
}

#[test]
fn objects_and_lists_are_not_exchangeable() {
    let mut body = valid();
    body["place"] = json!(["b", -1, "work", [-1, 1]]);
    body["tags"] = json!({ "0": "x" });
    assert_eq!(rejected(&body), ["tags invalid_type", "place invalid_type"]);
}

#[test]
fn missing_and_duplicate_members_of_an_object_are_named() {
    let (body, errors) = reading::<TestBody>(
        r#"{"name":"a","tags":[],"place":{"city":"b","city":"c","kind":"home"},"notes":{"n":1,"n":2}}"#,
    );
    assert_eq!(
        errors,
        [
            "count required",
            "place.city duplicate_field",
            "place.floor required",
            "place.ends required",
            "notes.n duplicate_field",
        ]
    );
    assert_eq!(body.unwrap().place.city, "b");
}

#[derive(Debug, Deserialize)]
struct TestFreeBody {
    name: String,
    data: Option<FreeObject>,
}

#[test]
fn free_objects_keep_the_last_of_duplicate_members() {
    let text = r#"{"name":"a","data":{"n":[{"m":1,"m":2}],"l":null,"n":[{"m":3,"m":4}]}}"#;
    let (body, errors) = reading::<TestFreeBody>(text);
    assert_eq!(errors, [""; 0]);
    let data = body.unwrap().data.unwrap().parse().unwrap();
    assert_eq!(data.as_str(), r#"{"l":null,"n":[{"m":4}]}"#);
}

#[test]
fn free_objects_are_objects_and_free_nothing_else() {
    for (text, expected) in [
        (r#"{"name":"a","data":[]}"#, "data invalid_type"),
        (r#"{"name":"a","data":"{}"}"#, "data invalid_type"),
        (
            r#"{"name":"a","data":{},"data":{}}"#,
            "data duplicate_field",
        ),
    ] {
        let (body, errors) = reading::<TestFreeBody>(text);
        assert_eq!(errors, [expected], "{text}");
        assert_eq!(body.unwrap().name, "a");
    }
}

#[test]
fn a_rejected_object_covers_its_members() {
    let mut reading = Fields::parse(br#"{"name":"a","count":1,"tags":[],"place":1}"#)
        .unwrap()
        .read::<TestBody>();
    for field in ["place.city", "place", "place[0]"] {
        reading.reject(FieldError::new(field, Invalid::TooShort));
    }
    assert_eq!(reading.errors.len(), 1);
    reading.reject(FieldError::new("places", Invalid::TooShort));
    assert_eq!(reading.errors.len(), 2);
}

#[test]
fn numbers_out_of_range_are_invalid_values() {
    for count in [json!(-1), json!(4_294_967_296_u64), json!(u64::MAX)] {
        let mut body = valid();
        body["count"] = count;
        assert_eq!(rejected(&body), ["count invalid_value"]);
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        Fields::parse(format!("{{\"a\":{open}{close}}}").as_bytes())
    };
    assert!(nested(31).is_ok());
    assert_eq!(nested(32).unwrap_err(), Unreadable::Malformed);
    assert_eq!(nested(100_000).unwrap_err(), Unreadable::Malformed);
}

#[derive(Debug, Deserialize)]
struct TestNode {
    next: TestNext,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind")]
enum TestNext {
    Node(Box<TestNode>),
    End,
}

#[derive(Debug, Deserialize)]
struct TestChain {
    link: Box<TestLink>,
}

#[derive(Debug, Deserialize)]
enum TestLink {
    Chain(TestChain),
}

#[test]
fn types_that_contain_themselves_end() {
    let (body, errors) = reading::<TestNode>(r#"{"next":{"kind":"Node","next":{"kind":"End"}}}"#);
    assert_eq!(errors, [""; 0]);
    let TestNext::Node(inner) = body.unwrap().next else {
        panic!("the outer node has a node");
    };
    assert!(matches!(inner.next, TestNext::End));
    let (body, errors) = reading::<TestChain>(r#"{"link":1}"#);
    let ends = body.map(|body| match *body.link {
        TestLink::Chain(chain) => chain.link,
    });
    assert!(ends.is_none());
    assert_eq!(errors, ["link invalid_type"]);
}

#[test]
fn types_that_exclude_zero_have_placeholders() {
    #[derive(Debug, Deserialize)]
    struct TestNumbers {
        one: NonZeroU8,
        other: NonZeroU8,
    }
    let (body, errors) = reading::<TestNumbers>(r#"{"one":0,"other":"x"}"#);
    assert_eq!(errors, ["one invalid_value", "other invalid_type"]);
    let body = body.unwrap();
    assert_eq!(body.one, body.other);
}

#[test]
fn at_most_sixteen_fields_are_listed() {
    let many: Vec<_> = (0..1_000).collect();
    let mut body = valid();
    body["tags"] = json!(many);
    let (_, errors) = reading::<TestBody>(&body.to_string());
    assert_eq!(errors.len(), 16);
}
