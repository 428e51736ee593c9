//! Who may name whom: the rules of the house, read from the sources themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Each room and the rooms that it may name besides itself; whoever is not listed here may not exist.
const ROOMS: [(&str, &[&str]); 14] = [
    ("lib", EVERY),
    ("main", &["cli"]),
    (
        "cli",
        &[
            "app",
            "service",
            "http",
            "mail",
            "config",
            "telemetry",
            "clock",
            "domain",
        ],
    ),
    ("app", EVERY),
    ("http", &["service", "domain"]),
    (
        "service",
        &["store", "mail", "hash", "blocking", "clock", "domain"],
    ),
    ("store", &["domain"]),
    ("hash", &["clock"]),
    ("mail", &["config", "blocking", "domain"]),
    ("config", &["domain"]),
    ("clock", &["domain"]),
    ("domain", &[]),
    ("telemetry", &[]),
    ("blocking", &[]),
];
const EVERY: &[&str] = &["*"];

/// What only some places may name, as whole words of the code.
const KEPT: [(&str, &[&str]); 13] = [
    ("diesel", &["store/"]),
    ("diesel_migrations", &["store/"]),
    ("actix_web", &["http/", "app/"]),
    ("actix_http", &["http/connection/server.rs"]),
    ("actix_server", &["http/connection/server.rs", "app/"]),
    ("httparse", &["http/connection/framing.rs"]),
    ("bcrypt", &["hash/"]),
    ("bcrypt_lanes", &["hash/"]),
    ("StatusCode", &["http/"]),
    ("altcha", &["service/throttle/proof_of_work/"]),
    ("lettre", &["mail/"]),
    ("governor", &["http/middleware/rate_limit/"]),
    ("rpassword", &["cli/"]),
];

/// Paths that only some places may use; arguments are no environment.
const KEPT_PATHS: [(&str, &[&str]); 10] = [
    ("env::var", &["config/"]),
    ("env::vars", &["config/"]),
    ("env::var_os", &["config/"]),
    ("env::vars_os", &["config/"]),
    ("env::set_var", &[]),
    ("thread::spawn", &["hash/"]),
    (
        "thread::Builder",
        &["hash/", "service/passwords/estimator.rs"],
    ),
    ("tokio::task::spawn_blocking", &["blocking.rs"]),
    ("web::block", &[]),
    ("SystemTime::now", &["clock.rs"]),
];

/// What the domain has no use for: it does no input or output.
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

/// File names that say nothing.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "common", "types", "misc"];

/// Lines of a file at most, its unit tests not counted.
const LENGTH: usize = 400;

#[test]
fn the_sources_keep_the_rules_of_the_house() {
    let broken = broken_rules(&sources());
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_rule_is_seen_when_it_is_broken() {
    for (path, text, told) in [
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
            "service/login.rs",
            "use crate::http::Code;",
            "service names http",
        ),
        (
            "service/login.rs",
            "fn f() -> StatusCode {}",
            "names StatusCode",
        ),
        (
            "domain/user.rs",
            "use crate::clock::Clock;",
            "domain names clock",
        ),
        (
            "domain/user.rs",
            "use std::{fmt, io::Read};",
            "domain does io",
        ),
        ("clock.rs", "use super::store::Db;", "clock names store"),
        (
            "blocking.rs",
            "use crate::domain::time;",
            "blocking names domain",
        ),
        (
            "store/users.rs",
            "use crate::clock::Clock;",
            "store names clock",
        ),
        (
            "hash/mod.rs",
            "use crate::domain::time;",
            "hash names domain",
        ),
        (
            "service/login.rs",
            "use diesel::prelude::*;",
            "names diesel",
        ),
        ("cli/serve.rs", "use actix_web::App;", "names actix_web"),
        ("http/captcha.rs", "use altcha::Challenge;", "names altcha"),
        (
            "service/login.rs",
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
            "cli/serve.rs",
            "#[arg(long, env = 1)] x: u8",
            "reads the environment",
        ),
        ("http/utils.rs", "", "says nothing"),
        ("nowhere/mod.rs", "", "is no room"),
    ] {
        let text = format!("//! What it is for.\n{text}\n");
        let broken = broken_rules(&[(PathBuf::from(path), text)]);
        assert_eq!(broken.len(), 1, "{path}: {broken:?}");
        assert!(broken[0].contains(told), "{broken:?} instead of {told}");
    }
    let long = format!("//! Long.\n{}", "const A: u8 = 1;\n".repeat(LENGTH));
    assert_eq!(broken_rules(&[("app.rs".into(), long)]).len(), 1);
    assert_eq!(
        broken_rules(&[("app.rs".into(), "use std::fmt;\n".into())]).len(),
        1
    );
}

#[test]
fn a_cycle_is_told_with_its_members() {
    let file = |path: &str, text: &str| (PathBuf::from(path), format!("//! It.\n{text}\n"));
    let broken = broken_rules(&[
        file("http/a.rs", "use super::{b::X, c};"),
        file("http/b.rs", "use crate::http::c::Y;"),
        file("http/c.rs", "fn f() { super::a::g() }"),
        file("http/d.rs", "use super::a;"),
    ]);
    assert_eq!(broken, ["a cycle: http::a → http::b → http::c → http::a"]);
}

#[test]
fn what_only_looks_like_a_breach_is_none() {
    let innocent = "//! diesel is named in words, so is crate::store.\n\
        // use crate::store::Db;\n\
        /* actix_web /* nested */ bcrypt */\n\
        const TEXT: &str = \"crate::store \\\" diesel\";\n\
        const RAW: &str = r#\"use \"diesel\" here\"#;\n\
        const MARK: char = '\"'; use diesel_like::x; fn f<'a>() { options.bcrypt_cost; }\n\
        #[cfg(test)]\nmod tests { use crate::store::Db; }\n";
    let broken = broken_rules(&[("http/me.rs".into(), innocent.into())]);
    assert!(broken.is_empty(), "{broken:?}");
}

/// Every source file, by its path below `src`.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    assert!(
        files.len() > 40,
        "the sources are where they are looked for"
    );
    files
}

fn broken_rules(files: &[(PathBuf, String)]) -> Vec<String> {
    let mut broken = Vec::new();
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in files {
        let path = path.to_str().unwrap();
        // A file of tests alone is part of its module's tests.
        if path.ends_with("/tests.rs") {
            continue;
        }
        let code = code(text);
        let spelled = paths(&code);
        broken.extend(form(path, text));
        broken.extend(kept(path, &code, &spelled));
        let module = module(path);
        let modules: Vec<_> = spelled
            .iter()
            .filter_map(|named| absolute(named, &module))
            .collect();
        broken.extend(layers(path, &module[0], &modules));
        let inside = modules.iter().filter(|named| named[0] == module[0]);
        let siblings = inside.filter_map(|named| named.get(1));
        named
            .entry(module.join("::"))
            .or_default()
            .extend(siblings.map(|sibling| format!("{}::{sibling}", module[0])));
    }
    broken.extend(cycle(&named).map(|cycle| format!("a cycle: {}", cycle.join(" → "))));
    broken
}

/// The rules about a file itself.
fn form(path: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    if !text.starts_with("//! ") {
        broken.push(format!(
            "{path} does not open with what it is responsible for"
        ));
    }
    let lines = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap()
        .lines()
        .count();
    if lines > LENGTH {
        broken.push(format!("{path} has {lines} lines, more than {LENGTH}"));
    }
    let stem = Path::new(path).file_stem().unwrap().to_str().unwrap();
    if EMPTY_NAMES.contains(&stem) {
        broken.push(format!("{path}: the name says nothing"));
    }
    broken
}

/// The rules about what only some may name.
fn kept(path: &str, code: &str, paths: &[Vec<String>]) -> Vec<String> {
    let is_allowed = |places: &[&str]| places.iter().any(|place| path.starts_with(place));
    let mut broken = Vec::new();
    for (word, places) in KEPT {
        if !is_allowed(places) && words(code).any(|found| found == word) {
            broken.push(format!("{path} names {word}"));
        }
    }
    for (kept, places) in KEPT_PATHS {
        let kept_path: Vec<_> = kept.split("::").collect();
        let is_used = paths.iter().any(|path| {
            path.windows(kept_path.len())
                .any(|window| window == kept_path)
        });
        if !is_allowed(places) && is_used {
            broken.push(format!("{path} uses {kept}"));
        }
    }
    if path.starts_with("domain/") {
        let is_io =
            |path: &&Vec<String>| path[0] == "std" || path[0] == "tokio" || path[0] == "tracing";
        let io = paths.iter().filter(is_io).flatten();
        let io = io.filter(|name| NOT_IN_DOMAIN.contains(&name.as_str()));
        broken.extend(io.map(|name| format!("{path}: the domain does {name}")));
    }
    let reads = code.contains("env =") || code.contains("env=");
    if reads && !path.starts_with("config/") {
        broken.push(format!("{path} reads the environment"));
    }
    broken
}

/// The rules about rooms.
fn layers(path: &str, room: &str, names: &[Vec<String>]) -> Vec<String> {
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{path}: {room} is no room of the house")];
    };
    let rooms: BTreeSet<_> = names.iter().map(|named| named[0].as_str()).collect();
    rooms
        .into_iter()
        .filter(|named| *named != room && *allowed != EVERY && !allowed.contains(named))
        .map(|named| format!("{path}: {room} names {named}"))
        .collect()
}

/// `http/me.rs` is `http::me`; `http/mod.rs` is `http`.
fn module(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').map(str::to_owned).collect()
}

/// A path from the crate's root, if it names something of ours.
fn absolute(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    let absolute: Vec<String> = match path[0].as_str() {
        "crate" | "daemun" => path[1..].to_vec(),
        "super" if supers <= module.len() => {
            let parent = &module[..module.len() - supers];
            parent.iter().chain(&path[supers..]).cloned().collect()
        }
        _ => return None,
    };
    // Names in capitals are items of the parent itself.
    let is_module = |name: &&String| name.starts_with(|first: char| first.is_ascii_lowercase());
    let absolute: Vec<_> = absolute.iter().take_while(is_module).cloned().collect();
    (!absolute.is_empty()).then_some(absolute)
}

/// A way from a module back to itself. A folder's `mod.rs` and its files belong together and are not counted.
fn cycle(named: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn walk(
        module: &str,
        named: &BTreeMap<String, BTreeSet<String>>,
        way: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> bool {
        if let Some(start) = way.iter().position(|seen| seen == module) {
            way.drain(..start);
            way.push(module.to_owned());
            return true;
        }
        if !done.insert(module.to_owned()) {
            return false;
        }
        way.push(module.to_owned());
        let next = named.get(module).into_iter().flatten();
        for next in next.filter(|next| *next != module && named.contains_key(*next)) {
            if walk(next, named, way, done) {
                return true;
            }
        }
        way.pop();
        false
    }
    let mut done = BTreeSet::new();
    let modules = named.keys().filter(|module| module.contains("::"));
    modules.into_iter().find_map(|module| {
        let mut way = Vec::new();
        walk(module, named, &mut way, &mut done).then_some(way)
    })
}

/// The text without comments, without what is in quotes, and without its unit tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap();
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment(rest)
        } else if rest.starts_with("r\"") || rest.starts_with("r#") {
            raw_string(rest)
        } else if first == '"' {
            string(rest)
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\") {
            rest[2..].find('\'').map_or(rest.len(), |end| end + 3)
        } else {
            0
        };
        if skipped == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.push(' ');
            rest = &rest[skipped..];
        }
    }
    code
}

fn comment(text: &str) -> usize {
    let mut depth = 0;
    let bytes = text.as_bytes();
    for (place, pair) in bytes.windows(2).enumerate() {
        match pair {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return place + 2;
        }
    }
    text.len()
}

fn string(text: &str) -> usize {
    let mut is_escaped = false;
    for (place, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_string(text: &str) -> usize {
    let hashes = text[1..].bytes().take_while(|byte| *byte == b'#').count();
    if !text[1 + hashes..].starts_with('"') {
        return 1;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let begin = hashes + 2;
    text[begin..]
        .find(&end)
        .map_or(text.len(), |place| begin + place + end.len())
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|character: char| !character.is_alphanumeric() && character != '_')
}

/// Every path of the code, with the groups of `use` spread out: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() || first == '_' {
            let word = words(rest).next().unwrap();
            if path.is_empty() {
                path = groups.last().cloned().unwrap_or_default();
            }
            path.push(word.to_owned());
            let is_continued = rest[word.len()..].starts_with("::");
            if !is_continued {
                paths.push(std::mem::take(&mut path));
            }
            word.len() + if is_continued { 2 } else { 0 }
        } else {
            match first {
                '{' => groups.push(std::mem::take(&mut path)),
                '}' => drop(groups.pop()),
                '<' | '*' => path.clear(),
                _ => {}
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    paths
}
