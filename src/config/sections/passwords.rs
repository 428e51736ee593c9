//! The section *Passwords*: the rules for a new password.

use std::{fs::File, path::PathBuf};

use clap::Args;

use crate::config::{
    read::Reader,
    setting::{Given, Setting},
};

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
    /// Filter of leaked passwords to reject, beside the built-in one; see `daemun passwords filter`
    #[arg(long, env = "DAEMUN_PASSWORD_FILTER_FILE", value_name = "FILE")]
    password_filter_file: Option<Setting>,
}

/// The settings of the section *Passwords*, checked.
#[derive(Clone, Debug)]
pub struct PasswordConfig {
    /// The minimum number of code points of a new password.
    pub min_length: usize,
    /// The file of the operator's own filter of leaked passwords.
    pub filter_file: Option<PathBuf>,
}

impl PasswordArgs {
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> PasswordConfig {
        PasswordConfig {
            min_length: reader.number("DAEMUN_PASSWORD_MIN", &self.password_min, 8..=64),
            filter_file: self.filter_file(reader),
        }
    }

    /// Returns the path of a file that can be read. The start reads its content.
    fn filter_file(&self, reader: &mut Reader) -> Option<PathBuf> {
        let path = PathBuf::from(self.password_filter_file.given()?);
        if let Err(error) = File::open(&path) {
            reader.fault(format!(
                "DAEMUN_PASSWORD_FILTER_FILE: cannot read {}: {error}; for example /etc/daemun/leaked.filter",
                path.display()
            ));
        }
        Some(path)
    }
}
