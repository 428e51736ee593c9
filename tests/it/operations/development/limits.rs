//! The rate limits of `daemun dev`.

use std::collections::BTreeMap;

use clap::{Args, Command, FromArgMatches};
use daemun::config::{Config, Options, with_development_defaults};

/// Returns the default of each rate limit, by its flag.
fn limits(command: &Command) -> BTreeMap<String, u32> {
    let arguments = command.get_arguments().filter_map(|argument| {
        let flag = argument.get_long()?;
        let default = argument.get_default_values().first()?;
        flag.starts_with("limit-").then_some((flag, default))
    });
    arguments
        .map(|(flag, default)| (flag.to_owned(), default.to_str().unwrap().parse().unwrap()))
        .collect()
}

fn is_accepted(flag: &str, limit: u32) -> bool {
    let command = Options::augment_args(Command::new("daemun"));
    let arguments = ["daemun".to_owned(), format!("--{flag}={limit}")];
    let matches = command.try_get_matches_from(arguments).unwrap();
    Config::parse(&Options::from_arg_matches(&matches).unwrap()).is_ok()
}

#[test]
fn each_limit_is_ten_times_the_usual_one_or_its_maximum() {
    let command = Options::augment_args(Command::new("daemun"));
    let usual = limits(&command);
    let development = limits(&with_development_defaults(command));
    assert!(usual.len() >= 13, "{usual:?}");
    for (flag, usual) in usual {
        let limit = development[&flag];
        assert!(is_accepted(&flag, limit), "--{flag} {limit}");
        if limit != usual * 10 {
            assert!(limit < usual * 10, "--{flag} {limit}");
            assert!(!is_accepted(&flag, limit + 1), "--{flag} {limit}");
        }
    }
}
