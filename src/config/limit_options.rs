//! The settings of the limits, as text; they are read in [`super`].

use clap::Args;

use super::{setting::Setting, values::Faults};
use crate::domain::rate_limit::RateLimits;

/// The switch of all limits, and one number a limit.
#[derive(Args, Clone)]
pub(super) struct LimitOptions {
    /// Limit requests and failed log-ins, and lock out who guesses: on or off; off for load tests alone
    #[arg(
        long,
        env = "DAEMUN_RATE_LIMITS",
        value_name = "SWITCH",
        default_value = "on"
    )]
    pub(super) rate_limits: Setting,

    /// Sign-ups a minute from one network address, at this replica
    #[arg(
        long,
        env = "DAEMUN_LIMIT_SIGN_UPS",
        value_name = "NUMBER",
        default_value = "20"
    )]
    pub(super) limit_sign_ups: Setting,

    /// Log-ins a minute from one network address, at this replica
    #[arg(
        long,
        env = "DAEMUN_LIMIT_LOG_INS",
        value_name = "NUMBER",
        default_value = "30"
    )]
    pub(super) limit_log_ins: Setting,

    /// Failed log-ins a minute from one network address, at all replicas
    #[arg(
        long,
        env = "DAEMUN_LIMIT_NETWORK_FAILURES",
        value_name = "NUMBER",
        default_value = "10"
    )]
    pub(super) limit_network_failures: Setting,

    /// Failed log-ins with one identifier, or from one known device, before each further one has to wait
    #[arg(
        long,
        env = "DAEMUN_LIMIT_FAILURES",
        value_name = "NUMBER",
        default_value = "5"
    )]
    pub(super) limit_failures: Setting,

    /// Failed log-ins of one account in a row before only known devices may try, 10 to 100
    #[arg(
        long,
        env = "DAEMUN_LIMIT_ACCOUNT_FAILURES",
        value_name = "NUMBER",
        default_value = "100"
    )]
    pub(super) limit_account_failures: Setting,

    /// Changes of email or username a day of one account
    #[arg(
        long,
        env = "DAEMUN_LIMIT_CHANGES",
        value_name = "NUMBER",
        default_value = "5"
    )]
    pub(super) limit_changes: Setting,

    /// Attempts to change an email or username an hour from one client IP, at all replicas
    #[arg(
        long,
        env = "DAEMUN_LIMIT_NETWORK_CHANGES",
        value_name = "NUMBER",
        default_value = "20"
    )]
    pub(super) limit_network_changes: Setting,

    /// Wrong codes an hour in the sessions of one account before each further one has to wait
    #[arg(
        long,
        env = "DAEMUN_LIMIT_CODES",
        value_name = "NUMBER",
        default_value = "10"
    )]
    pub(super) limit_codes: Setting,

    /// Requests a minute from one client IP to `/email/resend` and `/password/forgot` together, at this replica
    #[arg(
        long,
        env = "DAEMUN_LIMIT_MAIL_REQUESTS",
        value_name = "NUMBER",
        default_value = "10"
    )]
    pub(super) limit_mail_requests: Setting,

    /// Mails an hour to one mailbox that anyone can trigger, for each kind of mail; one a minute at most
    #[arg(
        long,
        env = "DAEMUN_LIMIT_MAILS",
        value_name = "NUMBER",
        default_value = "5"
    )]
    pub(super) limit_mails: Setting,

    /// How many of those one client IP can trigger
    #[arg(
        long,
        env = "DAEMUN_LIMIT_CLIENT_MAILS",
        value_name = "NUMBER",
        default_value = "2"
    )]
    pub(super) limit_client_mails: Setting,

    /// Requests for mail that may wait, at all replicas; further ones are refused
    #[arg(
        long,
        env = "DAEMUN_LIMIT_WAITING_REQUESTS",
        value_name = "NUMBER",
        default_value = "200000"
    )]
    pub(super) limit_waiting_requests: Setting,

    /// Sign-ups that may wait for their mailbox to be verified, at all replicas; further ones are refused
    #[arg(
        long,
        env = "DAEMUN_LIMIT_WAITING_SIGN_UPS",
        value_name = "NUMBER",
        default_value = "100000"
    )]
    pub(super) limit_waiting_sign_ups: Setting,
}

/// Returns the limits, unless they are off.
pub(super) fn limits(faults: &mut Faults, options: &LimitOptions) -> Option<RateLimits> {
    let is_on = faults.switch("DAEMUN_RATE_LIMITS", &options.rate_limits);
    let mut number = |name, text, range| faults.number(name, text, range);
    let limits = RateLimits {
        sign_ups: number("DAEMUN_LIMIT_SIGN_UPS", &options.limit_sign_ups, 1..=10_000),
        log_ins: number("DAEMUN_LIMIT_LOG_INS", &options.limit_log_ins, 1..=10_000),
        network_failures: number(
            "DAEMUN_LIMIT_NETWORK_FAILURES",
            &options.limit_network_failures,
            1..=10_000,
        ),
        failures: number("DAEMUN_LIMIT_FAILURES", &options.limit_failures, 1..=100),
        // NIST SP 800-63B section 3.2.2 allows no more than 100 in a row.
        account_failures: number(
            "DAEMUN_LIMIT_ACCOUNT_FAILURES",
            &options.limit_account_failures,
            10..=100,
        ),
        changes: number("DAEMUN_LIMIT_CHANGES", &options.limit_changes, 1..=1_000),
        network_changes: number(
            "DAEMUN_LIMIT_NETWORK_CHANGES",
            &options.limit_network_changes,
            1..=10_000,
        ),
        codes: number("DAEMUN_LIMIT_CODES", &options.limit_codes, 1..=100),
        mail_requests: number(
            "DAEMUN_LIMIT_MAIL_REQUESTS",
            &options.limit_mail_requests,
            1..=10_000,
        ),
        mails: number("DAEMUN_LIMIT_MAILS", &options.limit_mails, 1..=60),
        client_mails: number(
            "DAEMUN_LIMIT_CLIENT_MAILS",
            &options.limit_client_mails,
            1..=60,
        ),
        waiting_requests: number(
            "DAEMUN_LIMIT_WAITING_REQUESTS",
            &options.limit_waiting_requests,
            1..=10_000_000,
        ),
        waiting_sign_ups: number(
            "DAEMUN_LIMIT_WAITING_SIGN_UPS",
            &options.limit_waiting_sign_ups,
            1..=10_000_000,
        ),
    };
    is_on.then_some(limits)
}
