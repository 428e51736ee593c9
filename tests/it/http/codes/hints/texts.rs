//! The texts of the hints: they name settings, pages and routes that exist.

use std::{collections::BTreeSet, fs, path::Path};

use clap::Args;
use daemun::{
    config::Options,
    domain::rate_limit::limit_name::LimitName,
    http::{ProblemCode, hint},
};

use super::words;
use crate::support::{
    Service,
    contract::{admin_document, document, operations},
};

/// Returns every hint, with the name of its code or limit.
fn hints() -> Vec<(&'static str, String)> {
    let of_codes = ProblemCode::ALL
        .iter()
        .map(|code| (code.slug(), hint(*code, None)));
    let of_limits = LimitName::ALL.iter().map(|limit| {
        (
            limit.as_str(),
            hint(ProblemCode::TooManyRequests, Some(*limit)),
        )
    });
    of_codes
        .chain(of_limits)
        .filter_map(|(name, hint)| Some((name, hint?.into_owned())))
        .collect()
}

#[test]
fn every_code_has_a_hint_unless_only_the_user_can_help() {
    let without: Vec<_> = ProblemCode::ALL
        .iter()
        .filter(|code| hint(**code, None).is_none())
        .map(|code| code.slug())
        .collect();
    assert_eq!(
        without,
        [
            "invalid_credentials",
            "current_password_wrong",
            "username_taken",
            "email_taken",
            "code_invalid"
        ]
    );
    for (name, hint) in hints() {
        assert!(hint.is_ascii() && hint.len() <= 400, "{name}: {hint}");
        assert!(
            hint.ends_with('.') && !hint.contains("  "),
            "{name}: {hint}"
        );
    }
}

#[test]
fn hints_name_settings_that_exist() {
    let command = Options::augment_args(clap::Command::new("daemun"));
    let settings: BTreeSet<_> = command
        .get_arguments()
        .filter_map(|argument| argument.get_env()?.to_str())
        .collect();
    let mut named = 0;
    for (name, hint) in hints() {
        for setting in words(&hint, "DAEMUN_") {
            assert!(settings.contains(setting), "{name}: {setting}");
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
}

#[test]
fn hints_name_commands_that_exist() {
    let folder = tempfile::tempdir().unwrap();
    let mut named = BTreeSet::new();
    for (_, hint) in hints() {
        let code = hint.split('`').skip(1).step_by(2);
        named.extend(code.filter_map(|code| Some(code.strip_prefix("daemun ")?.to_owned())));
    }
    assert_eq!(
        named.iter().collect::<Vec<_>>(),
        [
            "dev",
            "invite create",
            "invite list",
            "key create",
            "key list",
            "user create",
            "user enable",
            "user unlock"
        ]
    );
    for command in named {
        let mut binary = Service::command_in(folder.path(), &[]);
        let output = binary.args(command.split(' ')).arg("--help").output();
        assert!(output.unwrap().status.success(), "{command}");
    }
}

#[test]
fn hints_name_documentation_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for (name, hint) in hints() {
        for page in words(&hint, "docs/") {
            let (path, section) = page.split_once('#').unwrap_or((page, ""));
            let text = fs::read_to_string(root.join(path));
            let text = text.unwrap_or_else(|error| panic!("{name}: {path}: {error}"));
            let mut headings = text.lines().filter(|line| line.starts_with('#'));
            let is_section = |line: &str| {
                let heading = line.trim_start_matches('#').trim().to_lowercase();
                heading.replace(' ', "-") == section
            };
            assert!(
                section.is_empty() || headings.any(is_section),
                "{name}: {page}"
            );
            named += 1;
        }
    }
    assert!(named > 15, "{named}");
}

#[test]
fn hints_name_routes_that_exist() {
    let documents = [document(), admin_document()];
    let routes: BTreeSet<_> = documents
        .into_iter()
        .flat_map(operations)
        .map(|(path, method, _)| format!("{} {path}", method.to_uppercase()))
        .collect();
    let mut named = 0;
    for (name, hint) in hints() {
        for code in hint.split('`').skip(1).step_by(2) {
            if code.starts_with("GET ") || code.starts_with("POST ") {
                assert!(routes.contains(code), "{name}: {code}");
                named += 1;
            }
        }
    }
    assert!(named > 8, "{named}");
}
