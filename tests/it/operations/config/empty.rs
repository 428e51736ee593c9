//! Empty settings: an empty value is unset, blanks are an error, and files may hold a byte order
//! mark and blank lines.

use std::{fs, path::Path, process::Output};

use clap::{Args, Command, FromArgMatches};
use daemun::config::{Config, Options};

use crate::support::Service;

/// Returns the variable and the flag of every setting.
fn settings() -> Vec<(String, String)> {
    let command = Options::augment_args(Command::new("daemun"));
    let settings = command.get_arguments().map(|argument| {
        let variable = argument.get_env().expect("a setting has a variable");
        let flag = argument.get_long().expect("a setting has a flag");
        (variable.to_str().unwrap().to_owned(), flag.to_owned())
    });
    settings.collect()
}

fn migrate(folder: &Path, settings: &[(&str, &str)]) -> Output {
    let mut command = Service::command_in(folder, settings);
    command.arg("migrate").output().unwrap()
}

/// Returns the one line on stderr with which these settings are rejected.
#[track_caller]
fn fault(settings: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let refused = migrate(folder.path(), settings);
    assert_eq!(refused.status.code(), Some(2), "{settings:?}: {refused:?}");
    let reported = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(reported.lines().count(), 1, "{settings:?}: {reported}");
    reported.strip_prefix("daemun: ").unwrap().to_owned()
}

#[test]
fn an_empty_variable_is_unset() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings();
    assert!(settings.len() > 40);
    let empty: Vec<_> = settings
        .iter()
        .map(|(variable, _)| (variable.as_str(), ""))
        .collect();
    let done = migrate(folder.path(), &empty);
    assert!(done.status.success(), "{done:?}");
    assert!(folder.path().join("data/daemun.db").is_file());
}

#[test]
fn an_empty_flag_is_unset() {
    let parse = |flags: Vec<String>| {
        let command = Options::augment_args(Command::new("daemun"));
        let arguments = [String::from("daemun")].into_iter().chain(flags);
        let matches = command.get_matches_from(arguments);
        let options = Options::from_arg_matches(&matches).unwrap();
        format!("{:?}", Config::parse(&options).unwrap())
    };
    let empty = settings().into_iter().map(|(_, flag)| format!("--{flag}="));
    assert_eq!(parse(empty.collect()), parse(Vec::new()));
}

#[test]
fn an_empty_variable_yields_to_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    fs::write(&file, "sqlite://elsewhere.db").unwrap();
    let done = migrate(
        folder.path(),
        &[
            ("DATABASE_URL", ""),
            ("DATABASE_URL_FILE", file.to_str().unwrap()),
        ],
    );
    assert!(done.status.success(), "{done:?}");
    assert!(folder.path().join("elsewhere.db").is_file());
}

#[test]
fn blanks_alone_are_rejected() {
    for (variable, _) in settings() {
        let reported = fault(&[("DAEMUN_BCRYPT_COST", "12"), (&variable, "  ")]);
        assert!(reported.starts_with(&variable), "{variable}: {reported}");
        assert!(
            reported.contains("; for example "),
            "{variable}: {reported}"
        );
    }
    let blanks = " ".repeat(40);
    let reported = fault(&[("DAEMUN_SECRET", &blanks)]);
    assert!(reported.starts_with("DAEMUN_SECRET: "), "{reported}");
}

#[test]
fn a_file_may_have_a_byte_order_mark_and_blank_lines() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    let path = file.to_str().unwrap();
    for (number, text) in [
        "sqlite://URL\n",
        "sqlite://URL\r\n",
        "\u{feff}sqlite://URL",
        "\u{feff}\r\n\r\n  sqlite://URL \r\n\r\n",
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("{number}.db");
        fs::write(&file, text.replace("URL", &name)).unwrap();
        let done = migrate(folder.path(), &[("DATABASE_URL_FILE", path)]);
        assert!(done.status.success(), "{text:?}: {done:?}");
        assert!(folder.path().join(name).is_file(), "{text:?}");
    }
    for text in ["", "\n", "\u{feff}", " \r\n\t\n"] {
        fs::write(&file, text).unwrap();
        let reported = fault(&[("DATABASE_URL_FILE", path)]);
        let expected = format!("DATABASE_URL_FILE: {path} holds nothing; for example ");
        assert!(reported.starts_with(&expected), "{text:?}: {reported}");
    }
}

#[test]
fn the_page_of_settings_lists_every_setting() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    let page = fs::read_to_string(page).unwrap();
    let table: Vec<_> = page
        .lines()
        .filter(|line| line.starts_with("| `D"))
        .collect();
    for (variable, _) in settings() {
        if variable == "DAEMUN_UNSAFE_FAST_HASHES" {
            continue;
        }
        let base = variable.strip_suffix("_FILE").unwrap_or(&variable);
        let is_named = table.iter().any(|row| {
            row.contains(&format!("`{variable}`"))
                || (row.contains(&format!("`{base}`")) && row.contains("`_FILE`"))
        });
        assert!(is_named, "{variable}");
    }
}
