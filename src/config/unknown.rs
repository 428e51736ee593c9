//! Variables that look like settings and are none.

use clap::{Args, Command};

use super::{Options, PREFIX, variables};

/// Variables that begin with our prefix and are none of our settings, each with the nearest that is. Orchestrators make some up
/// for a service of this name, so they are worth a warning and no more.
#[must_use]
pub fn unknown_variables() -> Vec<(String, Option<String>)> {
    let command = Options::augment_args(Command::new("daemun"));
    let known: Vec<String> = command
        .get_arguments()
        .filter_map(|argument| argument.get_env()?.to_str().map(str::to_owned))
        .collect();
    variables()
        .into_iter()
        .filter(|name| !known.contains(name))
        .map(|name| {
            let nearest = known
                .iter()
                .min_by_key(|known| strsim::levenshtein(known, &name));
            // A name that shares little more than the prefix is no slip of the pen.
            let own_letters = name.len().saturating_sub(PREFIX.len());
            let nearest = nearest
                .filter(|known| strsim::levenshtein(known, &name) * 3 <= own_letters)
                .cloned();
            (name, nearest)
        })
        .collect()
}
