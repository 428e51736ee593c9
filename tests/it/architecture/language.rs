//! The language of every text: code comments, messages, names of functions, pages and help.

use std::{fs, path::Path, process::Command};

use super::{
    source::{files, folder},
    tokens,
    words::{OPENINGS, forbidden},
};

/// The files and folders whose texts are checked.
const ROOTS: [&str; 16] = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "benches",
    "clients/typescript",
    "crates",
    "docs",
    "examples",
    "fuzz",
    "kit",
    "migrations",
    "openapi",
    "scripts",
    "src",
    "templates",
    "tests",
];

/// Parts of paths that are skipped: the rules themselves, and what programs wrote.
const SKIPPED: [&str; 9] = [
    "tests/it/architecture/language.rs",
    "tests/it/architecture/words.rs",
    ".min.js",
    "node_modules/",
    "/target/",
    "/dist/",
    "package-lock.json",
    "Cargo.lock",
    // Copies that the package of the client contains.
    "/LICENSE-",
];

/// Mails to people, in which someone is a person and not a program.
const MAILS: &str = "src/mail/texts/";

/// The kinds of files that hold texts.
const KINDS: [&str; 18] = [
    "conf", "css", "ejs", "html", "js", "json", "md", "py", "rs", "sh", "sql", "svelte", "toml",
    "ts", "tsx", "vue", "yaml", "yml",
];

#[test]
fn texts_are_in_plain_english() {
    let mut findings = Vec::new();
    for root in ROOTS {
        let path = folder(root);
        let all = if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        };
        for path in all {
            let name = path.strip_prefix(folder("")).unwrap().to_str().unwrap();
            let kind = path.extension().and_then(|kind| kind.to_str());
            let is_text = kind.is_none_or(|kind| KINDS.contains(&kind));
            if !is_text || SKIPPED.iter().any(|part| name.contains(part)) {
                continue;
            }
            // Files without an extension may be scripts or binaries.
            if let Ok(text) = fs::read_to_string(&path) {
                findings.extend(texts(name, &text));
            }
        }
    }
    findings.sort();
    super::assert_none(findings);
}

#[test]
fn the_help_is_in_plain_english() {
    let mut findings = Vec::new();
    help(&[], &mut findings);
    super::assert_none(findings);
}

/// Checks the help of a subcommand and of the subcommands below.
fn help(command: &[&str], findings: &mut Vec<String>) {
    let binary = env!("CARGO_BIN_EXE_daemun");
    let output = Command::new(binary).args(command).arg("--help").output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let name = format!("daemun {} --help", command.join(" "));
    assert!(text.contains("Usage:"), "{name}: {text}");
    findings.extend(lines(&name, &text));
    let below = text.split("Commands:\n").nth(1).unwrap_or_default();
    let below = below.lines().take_while(|line| line.starts_with("  "));
    for line in below.filter(|line| !line.starts_with("   ")) {
        let subcommand = line.split_whitespace().next().unwrap();
        if subcommand != "help" {
            help(&[command, &[subcommand]].concat(), findings);
        }
    }
}

/// Returns the findings in a file.
fn texts(name: &str, text: &str) -> Vec<String> {
    if Path::new(name).extension().is_none_or(|kind| kind != "rs") {
        return lines(name, text);
    }
    let code = tokens::blanked(text);
    let mut findings = lines(name, &prose(text, &code));
    if name.starts_with(MAILS) {
        findings.retain(|finding| !finding.ends_with(": someone"));
    }
    findings.extend(openings(name, text));
    for (number, line) in (1..).zip(code.lines()) {
        if let Some((_, after)) = line.split_once("fn ") {
            let function = tokens::words(after).next().unwrap_or_default();
            let words = forbidden(&function.replace('_', " "), "");
            findings.extend(
                words
                    .iter()
                    .map(|word| format!("{name}:{number}: {word} in {function}")),
            );
        }
    }
    findings
}

fn lines(name: &str, text: &str) -> Vec<String> {
    let next = text.lines().skip(1).chain([""]);
    let numbered = (1..).zip(text.lines().zip(next));
    let found = numbered.flat_map(|(number, (line, next))| {
        let words = forbidden(line, next).into_iter();
        words.map(move |word| format!("{name}:{number}: {word}"))
    });
    found.collect()
}

/// Returns the comments and the literals of Rust code, with everything else blank. Byte strings are
/// keys, not prose.
fn prose(text: &str, blanked: &str) -> String {
    let pairs = text.chars().zip(blanked.chars());
    let (mut last, mut is_bytes) = (' ', false);
    let kept = pairs.map(|(character, code)| {
        is_bytes = code == ' ' && (is_bytes || (character == '"' && last == 'b'));
        last = code;
        match (character, code) {
            ('\n', _) => '\n',
            (_, ' ') if !is_bytes => character,
            _ => ' ',
        }
    });
    kept.collect()
}

/// Returns the doc comments that open with a relative clause.
fn openings(name: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let mut before = "";
    for (number, line) in (1..).zip(text.lines().map(str::trim_start)) {
        let marker = ["///", "//!"]
            .into_iter()
            .find(|marker| line.starts_with(marker));
        if let Some(marker) = marker
            && !before.starts_with(marker)
        {
            let word = line[3..].split_whitespace().next().unwrap_or_default();
            if OPENINGS.contains(&word) {
                findings.push(format!("{name}:{number}: opens with {word}"));
            }
        }
        before = line;
    }
    findings
}

#[test]
fn planted_texts_are_seen() {
    let rust = "//! Whose it is.\n/// Returns a row.\n/// What it holds.\nfn whom_it_serves() {\n    \
        let nobody = \"asks nobody\"; // He waits.\n}\n";
    let found = texts("src/a.rs", rust);
    let expected = [
        "src/a.rs:5: nobody",
        "src/a.rs:5: he",
        "src/a.rs:1: opens with Whose",
        "src/a.rs:4: whom in whom_it_serves",
    ];
    assert_eq!(found, expected);
    assert_eq!(
        texts("docs/a.md", "Fine.\nIt is told."),
        ["docs/a.md:2: told"]
    );
    assert!(texts("src/a.rs", "let nobody = 1; let told = \"nobody\";").is_empty());
    // A byte string is a key, and the text behind it is prose again.
    let keys =
        "let keys = (b\"asks nobody\", b\"told\");\nlet text = (b\"asks\", \"asks nobody\");";
    assert_eq!(texts("src/a.rs", keys), ["src/a.rs:2: nobody"]);
}
