//! Libraries, functions and words that only some places may name.

use super::{
    assert_none,
    source::{Source, sources},
    tokens::words,
};

/// Words of the code, with the places that may use them.
const WORDS: [(&str, &[&str]); 18] = [
    ("diesel", &["store/"]),
    ("diesel_migrations", &["store/"]),
    ("actix_web", &["http/", "app/"]),
    ("actix_http", &["http/connection/server.rs"]),
    ("actix_server", &["http/connection/server.rs", "app/"]),
    ("httparse", &["http/connection/framing.rs"]),
    ("bcrypt", &["hash/"]),
    ("bcrypt_lanes", &["hash/"]),
    ("StatusCode", &["http/"]),
    ("altcha", &["throttle/proof_of_work"]),
    ("lettre", &["mail/"]),
    ("ureq", &["webhooks/client.rs"]),
    ("rustls", &["webhooks/client.rs"]),
    ("rustls_native_certs", &["webhooks/client.rs"]),
    ("governor", &["http/rate_limit/"]),
    ("rpassword", &["cli/"]),
    ("minicbor", &["passkeys/webauthn/"]),
    ("prometheus_client", &["telemetry/metrics/"]),
];

/// Paths of the code, with the places that may use them. Arguments are no environment.
const PATHS: [(&str, &[&str]); 11] = [
    ("env::var", &["config/"]),
    ("env::vars", &["config/"]),
    ("env::var_os", &["config/"]),
    ("env::vars_os", &["config/"]),
    ("env::set_var", &[]),
    ("thread::spawn", &["hash/"]),
    ("thread::Builder", &["hash/", "passwords/"]),
    ("tokio::task::spawn_blocking", &["blocking.rs"]),
    ("web::block", &[]),
    ("SystemTime::now", &["clock.rs"]),
    // One function opens every session: a second factor is asked for there.
    ("sessions::insert", &["service/sessions/open.rs"]),
];

/// Modules that the domain may not use, because it does no input or output.
const NOT_IN_DOMAIN: [&str; 9] = [
    "fs",
    "io",
    "TcpListener",
    "TcpStream",
    "UdpSocket",
    "ToSocketAddrs",
    "thread",
    "tokio",
    "tracing",
];

#[test]
fn libraries_stay_where_they_belong() {
    assert_none(sources("src").iter().flat_map(broken));
}

#[test]
fn planted_uses_in_the_wrong_place_are_seen() {
    for (path, text, expected) in [
        (
            "service/log_in.rs",
            "fn f() -> StatusCode {}",
            "names StatusCode",
        ),
        (
            "service/log_in.rs",
            "use diesel::prelude::*;",
            "names diesel",
        ),
        ("cli/serve.rs", "use actix_web::App;", "names actix_web"),
        ("http/captcha.rs", "use altcha::Challenge;", "names altcha"),
        (
            "service/log_in.rs",
            "fn f() { bcrypt::hash(1) }",
            "names bcrypt",
        ),
        (
            "cli/serve.rs",
            "fn f() { std::env::var(1) }",
            "uses env::var",
        ),
        ("http/me.rs", "use std::env::var;", "uses env::var"),
        (
            "service/sessions/log_in.rs",
            "fn f() { sessions::insert(tx, &record) }",
            "uses sessions::insert",
        ),
        (
            "domain/user.rs",
            "use std::{fmt, io::Read};",
            "the domain uses io",
        ),
        (
            "cli/serve.rs",
            "#[arg(long, env = 1)] x: u8",
            "reads the environment",
        ),
        ("throttle/mod.rs", "impl Service {}", "implements Service"),
        (
            "outbox/worker.rs",
            "impl Clone for Service {}",
            "implements Service",
        ),
        (
            "http/routes/sessions/list.rs",
            "use super::super::accounts::me::X;",
            "http/routes/accounts",
        ),
        (
            "service/log_in.rs",
            "fn f() -> io::Result<Result<(), A>> {}",
            "nests results",
        ),
        (
            "service/log_in.rs",
            "fn f() -> Result<\n    Result<(), A>,\n    B,\n> {}",
            "nests results",
        ),
    ] {
        let broken = broken(&Source::new(path, text));
        assert_eq!(broken.len(), 1, "{path}: {broken:?}");
        assert!(broken[0].contains(expected), "{broken:?}, not {expected}");
    }
}

#[test]
fn words_in_text_and_longer_names_are_allowed() {
    let innocent = "//! diesel is a word.\n/* actix_web */ const RAW: &str = r#\"use \"diesel\"\"#;\n\
        use diesel_like::x; fn f<'a>() { options.bcrypt_cost; }\n";
    let broken = broken(&Source::new("http/me.rs", innocent));
    assert!(broken.is_empty(), "{broken:?}");
}

fn broken(source: &Source) -> Vec<String> {
    if source.is_test() {
        return Vec::new();
    }
    [
        confined_words(source),
        confined_paths(source),
        domain(source),
        service(source),
        areas(source),
    ]
    .concat()
}

fn is_at(source: &Source, places: &[&str]) -> bool {
    places.iter().any(|place| source.path.starts_with(place))
}

fn confined_words(source: &Source) -> Vec<String> {
    let broken = WORDS.iter().filter(|(word, places)| {
        !is_at(source, places) && words(&source.code).any(|found| found == *word)
    });
    broken
        .map(|(word, _)| format!("src/{} names {word}", source.path))
        .collect()
}

fn confined_paths(source: &Source) -> Vec<String> {
    let broken = PATHS.iter().filter(|(path, places)| {
        let path: Vec<_> = path.split("::").collect();
        let mut windows = source
            .named()
            .iter()
            .flat_map(|named| named.windows(path.len()));
        !is_at(source, places) && windows.any(|window| window == path)
    });
    let broken = broken.map(|(path, _)| format!("src/{} uses {path}", source.path));
    let code = &source.code;
    let reads = code.contains("env =") || code.contains("env=");
    let environment = (reads && !is_at(source, &["config/"]))
        .then(|| format!("src/{} reads the environment", source.path));
    broken.chain(environment).collect()
}

fn domain(source: &Source) -> Vec<String> {
    if !is_at(source, &["domain/"]) {
        return Vec::new();
    }
    let foreign = source
        .named()
        .iter()
        .filter(|path| ["std", "tokio", "tracing"].contains(&path[0].as_str()));
    let used = foreign
        .flatten()
        .filter(|name| NOT_IN_DOMAIN.contains(&name.as_str()));
    used.map(|name| format!("src/{}: the domain uses {name}", source.path))
        .collect()
}

/// Use cases live in `service`, and no function returns a result within a result.
fn service(source: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    let implements = ["impl Service {", " for Service {"];
    let implements = implements.iter().any(|text| source.code.contains(text));
    if implements && !is_at(source, &["service/"]) {
        broken.push(format!("src/{} implements Service", source.path));
    }
    let dense: String = source.code.split_whitespace().collect();
    if dense.contains("Result<Result<") {
        broken.push(format!("src/{} nests results", source.path));
    }
    broken
}

/// One area of the routes names no other.
fn areas(source: &Source) -> Vec<String> {
    let area = |path: &[String]| match path {
        [http, routes, area, _, ..] if http == "http" && routes == "routes" => Some(area.clone()),
        _ => None,
    };
    let Some(own) = area(&source.module()) else {
        return Vec::new();
    };
    let named = source.own_paths();
    let mut others: Vec<_> = named
        .iter()
        .filter_map(|path| area(path))
        .filter(|area| *area != own && super::source::folder("src/http/routes").join(area).is_dir())
        .collect();
    others.sort();
    others.dedup();
    let others = others.into_iter();
    others
        .map(|other| format!("src/{} names http/routes/{other}", source.path))
        .collect()
}
