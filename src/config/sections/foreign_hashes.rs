//! The section *Imported password hashes*: hashes of other systems, until the first login of an
//! account replaces them.

use std::ops::RangeInclusive;

use base64::{Engine, engine::general_purpose::STANDARD};
use clap::Args;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::config::{
    read::Reader,
    setting::{Given, Setting},
};

/// The console of Firebase shows it under Authentication, Users.
const EXAMPLE: &str = "the text `hash_config {…}` of the Firebase console";

/// The memory of the gate in MiB: the least verifies hashes with Firebase's parameters.
const MEMORY: RangeInclusive<u64> = 16..=4096;

/// The parameters that Firebase has for its own hashes.
const ROUNDS: RangeInclusive<u32> = 1..=8;
const MEM_COST: RangeInclusive<u32> = 1..=14;

/// Bytes of a signer key. Firebase makes 64.
const SIGNER_KEY: RangeInclusive<usize> = 16..=64;

/// The most bytes of a salt separator. Firebase has 1.
const SEPARATOR_MAX: usize = 64;

#[derive(Args, Clone)]
#[command(next_help_heading = "Imported password hashes")]
pub(in crate::config) struct ForeignHashArgs {
    /// Memory in MiB that verifications of imported Argon2 and scrypt hashes share, 16 to 4096;
    /// a hash that needs more is rejected
    #[arg(
        long,
        env = "DAEMUN_FOREIGN_HASH_MEMORY",
        value_name = "MIB",
        default_value = "256"
    )]
    foreign_hash_memory: Setting,

    /// Pepper of the Devise application whose hashes are imported
    #[arg(
        long,
        env = "DAEMUN_DEVISE_PEPPER",
        value_name = "PEPPER",
        hide_env_values = true
    )]
    devise_pepper: Option<Setting>,

    /// File that holds the pepper
    #[arg(long, env = "DAEMUN_DEVISE_PEPPER_FILE", value_name = "PATH")]
    devise_pepper_file: Option<Setting>,

    /// Hash parameters of the Firebase project whose hashes are imported: the text
    /// `hash_config {…}` of its console
    #[arg(
        long,
        env = "DAEMUN_FIREBASE_HASH_CONFIG",
        value_name = "TEXT",
        hide_env_values = true
    )]
    firebase_hash_config: Option<Setting>,

    /// File that holds the hash parameters
    #[arg(long, env = "DAEMUN_FIREBASE_HASH_CONFIG_FILE", value_name = "PATH")]
    firebase_hash_config_file: Option<Setting>,
}

/// The settings of the section *Imported password hashes*, checked.
#[derive(Clone, Debug)]
pub struct ForeignHashConfig {
    /// The bytes of memory that verifications share.
    pub memory: u64,
    /// The pepper of a Devise application.
    pub devise_pepper: Option<SecretString>,
    /// The hash parameters of a Firebase project.
    pub firebase: Option<FirebaseHashConfig>,
}

/// The hash parameters of a Firebase project.
#[derive(Clone)]
pub struct FirebaseHashConfig {
    /// The key that a derived key encrypts. It is a secret.
    pub signer_key: Zeroizing<Vec<u8>>,
    /// The bytes that follow each salt.
    pub salt_separator: Vec<u8>,
    /// The block size of scrypt.
    pub rounds: u32,
    /// The binary logarithm of scrypt's N.
    pub mem_cost: u32,
}

impl std::fmt::Debug for FirebaseHashConfig {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FirebaseHashConfig(hidden)")
    }
}

impl ForeignHashArgs {
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> ForeignHashConfig {
        let name = "DAEMUN_FOREIGN_HASH_MEMORY";
        let memory = reader.number(name, &self.foreign_hash_memory, MEMORY);
        ForeignHashConfig {
            memory: memory * 1024 * 1024,
            devise_pepper: self.devise_pepper(reader),
            firebase: self.firebase(reader),
        }
    }

    fn devise_pepper(&self, reader: &mut Reader) -> Option<SecretString> {
        let given = reader.value_or_file(
            ("DAEMUN_DEVISE_PEPPER", self.devise_pepper.given()),
            ("DAEMUN_DEVISE_PEPPER_FILE", self.devise_pepper_file.given()),
        );
        let (name, pepper) = given?;
        if pepper.contains('\0') || pepper.trim().is_empty() {
            reader.fault(format!(
                "{name}: is blank or has a NUL; for example the value of `config.pepper`"
            ));
        }
        Some(pepper.into())
    }

    fn firebase(&self, reader: &mut Reader) -> Option<FirebaseHashConfig> {
        let given = reader.value_or_file(
            (
                "DAEMUN_FIREBASE_HASH_CONFIG",
                self.firebase_hash_config.given(),
            ),
            (
                "DAEMUN_FIREBASE_HASH_CONFIG_FILE",
                self.firebase_hash_config_file.given(),
            ),
        );
        let (name, text) = given?;
        let parsed = FirebaseHashConfig::parse(&text);
        if parsed.is_none() {
            reader.fault(format!(
                "{name}: is no hash configuration of SCRYPT with rounds 1 to 8 and mem_cost 1 to 14; for example {EXAMPLE}"
            ));
        }
        parsed
    }
}

impl FirebaseHashConfig {
    /// Parses the text of the console, on one line or several.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("hash_config").unwrap_or(text);
        let members = text.trim().trim_start_matches('{').trim_end_matches('}');
        let value = |name: &str| {
            members.split([',', '\n']).find_map(|member| {
                let (found, value) = member.split_once(':')?;
                (found.trim() == name).then(|| value.trim().trim_matches('"'))
            })
        };
        if value("algorithm")? != "SCRYPT" {
            return None;
        }
        let bytes = |name| STANDARD.decode(value(name)?).ok();
        let number = |name, range: RangeInclusive<u32>| {
            let number = value(name)?.parse().ok();
            number.filter(|number| range.contains(number))
        };
        let signer_key = Zeroizing::new(bytes("base64_signer_key")?);
        let salt_separator = bytes("base64_salt_separator")?;
        let fits = SIGNER_KEY.contains(&signer_key.len()) && salt_separator.len() <= SEPARATOR_MAX;
        fits.then_some(Self {
            signer_key,
            salt_separator,
            rounds: number("rounds", ROUNDS)?,
            mem_cost: number("mem_cost", MEM_COST)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSOLE: &str = "hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: \
        AAECAwQFBgcICQoLDA0ODw==,\n  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}";

    #[test]
    fn reads_the_text_of_the_console_on_several_lines_or_one() {
        for text in [CONSOLE, &CONSOLE.replace('\n', " ")] {
            let parsed = FirebaseHashConfig::parse(text).expect("valid");
            assert_eq!(parsed.signer_key.len(), 16);
            assert_eq!(parsed.salt_separator, [7]);
            assert_eq!((parsed.rounds, parsed.mem_cost), (8, 14));
            assert_eq!(format!("{parsed:?}"), "FirebaseHashConfig(hidden)");
        }
    }

    #[test]
    fn rejects_other_algorithms_and_parameters_out_of_bounds() {
        for (from, to) in [
            ("SCRYPT", "BCRYPT"),
            ("rounds: 8", "rounds: 9"),
            ("mem_cost: 14", "mem_cost: 15"),
            ("AAEC", "AA*C"),
            ("mem_cost", "memory"),
            ("AAECAwQFBgcICQoLDA0ODw==", "AAEC"),
        ] {
            assert!(FirebaseHashConfig::parse(&CONSOLE.replace(from, to)).is_none());
        }
    }
}
