//! The section *Password hashing*: bcrypt's cost, and the threads that compute it.

use std::{num::NonZeroUsize, ops::RangeInclusive, time::Duration};

use clap::Args;

use crate::config::{
    read::Reader,
    setting::{Given, Setting},
};

#[derive(Args, Clone)]
#[command(next_help_heading = "Password hashing")]
pub(in crate::config) struct HashingArgs {
    /// bcrypt cost, 10 to 15; each step doubles the work of a login and of an attacker
    #[arg(
        long,
        env = "DAEMUN_BCRYPT_COST",
        value_name = "COST",
        default_value = "12"
    )]
    bcrypt_cost: Setting,

    /// Allow a cost of 4 to 9, for tests only: true or false
    #[arg(
        long,
        env = "DAEMUN_UNSAFE_FAST_HASHES",
        value_name = "SWITCH",
        default_value = "false",
        hide = true
    )]
    unsafe_fast_hashes: Setting,

    /// Implementation of bcrypt: lanes (several hashes at once on a core) or reference (one at a
    /// time)
    #[arg(
        long,
        env = "DAEMUN_HASH_ENGINE",
        value_name = "ENGINE",
        default_value = "lanes"
    )]
    hash_engine: Setting,

    /// Maximum number of hashes that a thread computes at once, 1 to 8; the start measures how many
    /// suit the CPU
    #[arg(
        long,
        env = "DAEMUN_HASH_LANES",
        value_name = "NUMBER",
        default_value = "8"
    )]
    hash_lanes: Setting,

    /// Number of hashing threads [default: one a CPU, one less under a quota of two or more]
    #[arg(long, env = "DAEMUN_HASH_WORKERS", value_name = "NUMBER")]
    hash_workers: Option<Setting>,

    /// Maximum wait before a hash starts, 100ms to 1m; requests that would wait longer are rejected
    #[arg(
        long,
        env = "DAEMUN_HASH_DEADLINE",
        value_name = "DURATION",
        default_value = "2s"
    )]
    hash_deadline: Setting,
}

/// The settings of the section *Password hashing*, checked.
#[derive(Clone, Debug)]
pub struct HashingConfig {
    /// bcrypt's cost.
    pub cost: u32,
    /// The maximum number of hashes that a thread computes at once. `None` selects the reference
    /// engine, which computes one at a time.
    pub lanes: Option<NonZeroUsize>,
    /// The number of hashing threads. `None` leaves it to the number of CPUs.
    pub workers: Option<NonZeroUsize>,
    /// The maximum wait before a hash starts.
    pub deadline: Duration,
}

const DEADLINE: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_mins(1);

impl HashingArgs {
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> HashingConfig {
        HashingConfig {
            cost: self.cost(reader),
            lanes: self.lanes(reader),
            workers: self.hash_workers.given().and_then(|text| {
                NonZeroUsize::new(reader.number("DAEMUN_HASH_WORKERS", text, 1..=1024))
            }),
            deadline: reader.duration("DAEMUN_HASH_DEADLINE", &self.hash_deadline, DEADLINE),
        }
    }

    fn cost(&self, reader: &mut Reader) -> u32 {
        let is_for_tests = reader.switch("DAEMUN_UNSAFE_FAST_HASHES", &self.unsafe_fast_hashes);
        let least = if is_for_tests { 4 } else { 10 };
        reader.number("DAEMUN_BCRYPT_COST", &self.bcrypt_cost, least..=15)
    }

    fn lanes(&self, reader: &mut Reader) -> Option<NonZeroUsize> {
        let has_lanes = reader.choice(
            "DAEMUN_HASH_ENGINE",
            &self.hash_engine,
            ("lanes", true),
            &[("reference", false)],
        );
        let lanes = reader.number("DAEMUN_HASH_LANES", &self.hash_lanes, 1..=8);
        NonZeroUsize::new(lanes).filter(|_| has_lanes)
    }
}
