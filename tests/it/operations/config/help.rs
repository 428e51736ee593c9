//! `--help` and the settings of each subcommand.

use std::net::TcpListener;

use clap::{Args, Command};
use daemun::config::Options;

use crate::support::Service;

/// Returns the variable of every setting.
fn variables() -> Vec<String> {
    let command = Options::augment_args(Command::new("daemun"));
    let variables = command.get_arguments().map(|argument| argument.get_env());
    variables
        .map(|variable| variable.unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// Returns the variables of the settings that `--help` shows.
fn shown(arguments: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let url = ("DATABASE_URL", "postgres://ann:hunter2@db/x");
    let mut command = Service::command_in(folder.path(), &[url]);
    let output = command.args(arguments).arg("--help").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(!help.contains("hunter2"), "{help}");
    let variables = help.split("[env: ").skip(1);
    let end = |character| character == '=' || character == ']';
    variables
        .map(|rest| rest.split(end).next().unwrap().to_owned())
        .collect()
}

#[test]
fn help_of_the_service_shows_every_setting() {
    for arguments in [&["serve"][..], &[]] {
        let shown = shown(arguments);
        for variable in variables() {
            // The switch for cheap hashes is for tests only.
            let is_hidden = variable == "DAEMUN_UNSAFE_FAST_HASHES";
            assert_eq!(shown.contains(&variable), !is_hidden, "{variable}");
        }
    }
}

#[test]
fn help_of_a_subcommand_shows_the_settings_it_uses() {
    let cases: [(&[&str], &[&str], &[&str]); 12] = [
        (
            &["migrate"],
            &["DATABASE_URL", "DAEMUN_DATABASE_WAIT"],
            &["DAEMUN_LISTEN"],
        ),
        (&["openapi"], &[], &["DATABASE_URL"]),
        (
            &["healthcheck"],
            &["DAEMUN_LISTEN"],
            &["DAEMUN_KEEP_ALIVE", "DATABASE_URL"],
        ),
        (&["tune"], &["DAEMUN_HASH_WORKERS"], &["DAEMUN_BCRYPT_COST"]),
        (
            &["database", "copy"],
            &["DAEMUN_DATABASE_POOL"],
            &["DATABASE_URL"],
        ),
        (
            &["database", "backup"],
            &["DATABASE_URL"],
            &["DAEMUN_DATABASE_POOL"],
        ),
        (
            &["key", "rotate"],
            &["DATABASE_URL", "DAEMUN_SECRET"],
            &["DAEMUN_MAIL_URL"],
        ),
        (
            &["invite", "create"],
            &["DATABASE_URL", "DAEMUN_SECRET", "DAEMUN_MAIL_URL"],
            &["DAEMUN_INVITATION_URL", "DAEMUN_BCRYPT_COST"],
        ),
        (
            &["invite", "list"],
            &["DATABASE_URL", "DAEMUN_SECRET"],
            &["DAEMUN_MAIL_URL", "DAEMUN_SIGN_UP"],
        ),
        (
            &["mail", "test"],
            &["DAEMUN_MAIL_URL", "DAEMUN_MAIL_FROM", "DAEMUN_APP_NAME"],
            &["DATABASE_URL"],
        ),
        (
            &["user", "create"],
            &[
                "DATABASE_URL",
                "DAEMUN_BCRYPT_COST",
                "DAEMUN_PASSWORD_MIN",
                "DAEMUN_SECRET",
            ],
            &["DAEMUN_LISTEN", "DAEMUN_MAIL_URL", "DAEMUN_DEVISE_PEPPER"],
        ),
        (
            &["user", "import"],
            &["DATABASE_URL", "DAEMUN_DEVISE_PEPPER", "DAEMUN_WEBHOOK_URL"],
            &["DAEMUN_LISTEN", "DAEMUN_MAIL_URL"],
        ),
    ];
    for (arguments, used, unused) in cases {
        let shown = shown(arguments);
        let is_shown = |name: &&&str| shown.iter().any(|shown| shown == **name);
        let missing: Vec<_> = used.iter().filter(|name| !is_shown(name)).collect();
        assert!(missing.is_empty(), "{arguments:?}: {missing:?}");
        let idle: Vec<_> = unused.iter().filter(is_shown).collect();
        assert!(idle.is_empty(), "{arguments:?}: {idle:?}");
    }
}

#[test]
fn settings_that_a_subcommand_ignores_are_accepted_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let unused = [("DAEMUN_CORS_ORIGINS", "*"), ("DAEMUN_CAPTCHA", "always")];
    for (arguments, code) in [
        (&["openapi"][..], 0),
        (&["healthcheck"], 2),
        (&["user", "list"], 2),
        (
            &["healthcheck", "--captcha", "always", "--cors-origins", ""],
            1,
        ),
    ] {
        let mut command = Service::command_in(folder.path(), &unused);
        let listen = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listen.local_addr().unwrap().to_string();
        drop(listen);
        command.env("DAEMUN_LISTEN", address);
        let output = command.args(arguments).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {output:?}"
        );
    }
}

#[test]
fn settings_may_follow_an_inner_subcommand() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        ["user", "list", "--database-url", "sqlite://flag.db"],
        ["user", "--database-url", "sqlite://flag.db", "list"],
    ] {
        let variable = ("DATABASE_URL", "sqlite://variable.db");
        let mut command = Service::command_in(folder.path(), &[variable]);
        let output = command.args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("flag.db"), "{arguments:?}: {error}");
    }
}
