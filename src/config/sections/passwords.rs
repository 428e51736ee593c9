//! The section *Passwords*: the rules for a new password.

use clap::Args;

use crate::config::{read::Reader, setting::Setting};

#[derive(Args, Clone)]
#[command(next_help_heading = "Passwords")]
pub(in crate::config) struct PasswordArgs {
    /// Minimum length of a new password in characters, 8 to 64
    #[arg(
        long,
        env = "DAEMUN_PASSWORD_MIN",
        value_name = "NUMBER",
        default_value = "8"
    )]
    password_min: Setting,
}

/// The settings of the section *Passwords*, checked.
#[derive(Clone, Debug)]
pub struct PasswordConfig {
    /// The minimum number of code points of a new password.
    pub min_length: usize,
}

impl PasswordArgs {
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> PasswordConfig {
        PasswordConfig {
            min_length: reader.number("DAEMUN_PASSWORD_MIN", &self.password_min, 8..=64),
        }
    }
}
