//! Finds environment variables that look like settings but are not.

use std::env;

use clap::{Args, Command};

use super::sections::Options;

/// The prefix of every variable except `DATABASE_URL` and `DATABASE_URL_FILE`.
const PREFIX: &str = "DAEMUN_";

/// Returns the variables that have our prefix but are no setting, each with the setting of the most
/// similar name. Orchestrators create some for a service of this name, so they are not an error.
#[must_use]
pub fn unknown_variables() -> Vec<(String, Option<String>)> {
    let command = Options::augment_args(Command::new("daemun"));
    let settings: Vec<String> = command
        .get_arguments()
        .filter_map(|argument| argument.get_env()?.to_str().map(str::to_owned))
        .collect();
    let names = variables()
        .into_iter()
        .filter(|name| !settings.contains(name));
    names
        .map(|name| {
            let similar = most_similar(&name, &settings);
            (name, similar)
        })
        .collect()
}

fn most_similar(name: &str, settings: &[String]) -> Option<String> {
    let (distance, setting) = settings
        .iter()
        .map(|setting| (strsim::levenshtein(setting, name), setting))
        .min()?;
    // A name that shares little more than the prefix is no spelling mistake.
    let own_letters = name.len().saturating_sub(PREFIX.len());
    (distance * 3 <= own_letters).then(|| setting.clone())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment besides clap"
)]
fn variables() -> Vec<String> {
    env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with(PREFIX))
        .collect()
}
