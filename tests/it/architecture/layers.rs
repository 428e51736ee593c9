//! The rooms of `src` and the rooms that each of them may name.

use std::collections::BTreeSet;

use super::{
    assert_none,
    source::{Source, sources},
    tokens::Named,
};

/// Each room with the other rooms that it may name. A room that is not listed may not exist.
const ROOMS: [(&str, &[&str]); 24] = [
    ("lib", EVERY),
    ("main", &["cli"]),
    (
        "cli",
        &[
            "app",
            "service",
            "http",
            "mail",
            "webhooks",
            "config",
            "telemetry",
            "clock",
            "random",
            "domain",
        ],
    ),
    ("app", EVERY),
    ("http", &["service", "telemetry", "domain"]),
    (
        "service",
        &[
            "throttle",
            "passwords",
            "passkeys",
            "tokens",
            "outbox",
            "database",
            "store",
            "events",
            "clock",
            "random",
            "domain",
        ],
    ),
    (
        "throttle",
        &[
            "database", "store", "events", "clock", "random", "meter", "domain",
        ],
    ),
    (
        "passwords",
        &["hash", "database", "store", "blocking", "clock", "domain"],
    ),
    ("passkeys", &["random", "domain"]),
    (
        "tokens",
        &["database", "store", "events", "clock", "random", "domain"],
    ),
    (
        "outbox",
        &[
            "throttle", "mail", "webhooks", "database", "store", "clock", "random", "meter",
            "domain",
        ],
    ),
    ("database", &["blocking", "store", "meter", "domain"]),
    ("store", &["meter", "domain"]),
    ("hash", &["clock", "random", "meter"]),
    ("mail", &["config", "blocking", "domain"]),
    ("webhooks", &["config", "blocking", "domain"]),
    ("events", &["store", "random", "meter", "domain"]),
    ("config", &["domain"]),
    ("clock", &["domain"]),
    ("random", &[]),
    ("meter", &[]),
    ("domain", &[]),
    ("telemetry", &["service", "meter", "domain"]),
    ("blocking", &[]),
];
const EVERY: &[&str] = &["*"];

#[test]
fn rooms_name_only_the_rooms_below() {
    assert_none(sources("src").iter().flat_map(broken));
}

#[test]
fn planted_breaches_of_the_layers_are_seen() {
    for (path, text, expected) in [
        ("http/me.rs", "use crate::store::Db;", "http names store"),
        (
            "http/me.rs",
            "use crate::{domain::{a, b::c}, store};",
            "http names store",
        ),
        ("http/me.rs", "use super::super::store;", "http names store"),
        (
            "http/me.rs",
            "fn f() { crate::config::x() }",
            "http names config",
        ),
        (
            "service/log_in.rs",
            "use crate::http::Code;",
            "service names http",
        ),
        (
            "throttle/attempt.rs",
            "use crate::service::Service;",
            "throttle names service",
        ),
        (
            "passwords.rs",
            "use crate::throttle::Attempt;",
            "passwords names throttle",
        ),
        (
            "database.rs",
            "use crate::clock::Clock;",
            "database names clock",
        ),
        (
            "domain/user.rs",
            "use crate::clock::Clock;",
            "domain names clock",
        ),
        ("clock.rs", "use super::store::Db;", "clock names store"),
        (
            "blocking.rs",
            "use crate::domain::timestamp;",
            "blocking names domain",
        ),
        (
            "store/users.rs",
            "use crate::clock::Clock;",
            "store names clock",
        ),
        (
            "hash/mod.rs",
            "use crate::domain::timestamp;",
            "hash names domain",
        ),
        ("nowhere/mod.rs", "", "nowhere is no room"),
    ] {
        let broken = broken(&Source::new(path, text));
        assert_eq!(broken.len(), 1, "{path}: {broken:?}");
        assert!(broken[0].contains(expected), "{broken:?}, not {expected}");
    }
}

#[test]
fn words_and_unit_tests_break_no_layer() {
    let innocent = "//! Words name crate::store.\n// use crate::store::Db;\n\
        const TEXT: &str = \"crate::store\";\n#[cfg(test)]\nmod tests { use crate::store::Db; }\n";
    let broken = broken(&Source::new("http/me.rs", innocent));
    assert!(broken.is_empty(), "{broken:?}");
}

fn broken(source: &Source) -> Vec<String> {
    let path = format!("src/{}", source.path);
    if source.is_test() {
        return Vec::new();
    }
    let room = source.module().remove(0);
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{path}: {room} is no room of the crate")];
    };
    let named: BTreeSet<_> = source.own_paths().iter().filter_map(first_module).collect();
    named
        .into_iter()
        .filter(|named| *named != room && *allowed != EVERY && !allowed.contains(&named.as_str()))
        .map(|named| format!("{path}: {room} names {named}"))
        .collect()
}

/// Returns the room of a path. A path that begins with a capital names an item of the root.
fn first_module(path: &Named) -> Option<String> {
    let first = path.first()?;
    first
        .starts_with(|first: char| first.is_ascii_lowercase())
        .then(|| first.clone())
}
