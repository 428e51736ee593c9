//! The section *Rate limits*: one number a limit, and a switch for all of them.

use clap::Args;

use crate::{
    config::{read::Reader, setting::Setting},
    domain::rate_limit::RateLimits,
};

/// The highest cap on rows that anonymous requests insert.
const MOST_ROWS: u32 = 10_000_000;

#[derive(Args, Clone)]
#[command(next_help_heading = "Rate limits")]
pub(in crate::config) struct LimitArgs {
    /// Enforce the limits below, including the lockout of accounts: on or off; off for load tests
    /// only
    #[arg(
        long,
        env = "DAEMUN_RATE_LIMITS",
        value_name = "SWITCH",
        default_value = "on"
    )]
    rate_limits: Setting,

    /// Signups a minute from one client IP, at each replica
    #[arg(
        long,
        env = "DAEMUN_LIMIT_SIGN_UPS",
        value_name = "NUMBER",
        default_value = "20"
    )]
    limit_sign_ups: Setting,

    /// Logins a minute from one client IP, at each replica
    #[arg(
        long,
        env = "DAEMUN_LIMIT_LOG_INS",
        value_name = "NUMBER",
        default_value = "30"
    )]
    limit_log_ins: Setting,

    /// Failed logins a minute from one client IP, across all replicas
    #[arg(
        long,
        env = "DAEMUN_LIMIT_NETWORK_FAILURES",
        value_name = "NUMBER",
        default_value = "10"
    )]
    limit_network_failures: Setting,

    /// Failed logins with one identifier, or from one recognized device, before the exponential
    /// backoff starts
    #[arg(
        long,
        env = "DAEMUN_LIMIT_FAILURES",
        value_name = "NUMBER",
        default_value = "5"
    )]
    limit_failures: Setting,

    /// Consecutive failed logins of an account before only recognized devices may log in, 10 to 100
    #[arg(
        long,
        env = "DAEMUN_LIMIT_ACCOUNT_FAILURES",
        value_name = "NUMBER",
        default_value = "100"
    )]
    limit_account_failures: Setting,

    /// Changes of email or username a day of one account
    #[arg(
        long,
        env = "DAEMUN_LIMIT_CHANGES",
        value_name = "NUMBER",
        default_value = "5"
    )]
    limit_changes: Setting,

    /// Attempts to change an email or username an hour from one client IP, across all replicas
    #[arg(
        long,
        env = "DAEMUN_LIMIT_NETWORK_CHANGES",
        value_name = "NUMBER",
        default_value = "20"
    )]
    limit_network_changes: Setting,

    /// Wrong codes an hour in the sessions of one account before the exponential backoff starts
    #[arg(
        long,
        env = "DAEMUN_LIMIT_CODES",
        value_name = "NUMBER",
        default_value = "10"
    )]
    limit_codes: Setting,

    /// Requests a minute from one client IP to `/email/resend` and `/password/forgot` together, at
    /// each replica
    #[arg(
        long,
        env = "DAEMUN_LIMIT_MAIL_REQUESTS",
        value_name = "NUMBER",
        default_value = "10"
    )]
    limit_mail_requests: Setting,

    /// Mails of one kind an hour to one mailbox that anyone can trigger; at most one a
    /// minute, or a fifth of them if that is more
    #[arg(
        long,
        env = "DAEMUN_LIMIT_MAILS",
        value_name = "NUMBER",
        default_value = "5"
    )]
    limit_mails: Setting,

    /// Mails of one kind an hour to one mailbox that one client IP can trigger
    #[arg(
        long,
        env = "DAEMUN_LIMIT_CLIENT_MAILS",
        value_name = "NUMBER",
        default_value = "2"
    )]
    limit_client_mails: Setting,

    /// Pending mail requests across all replicas; further ones are rejected
    #[arg(
        long,
        env = "DAEMUN_LIMIT_WAITING_REQUESTS",
        value_name = "NUMBER",
        default_value = "200000"
    )]
    limit_waiting_requests: Setting,

    /// Unverified signups across all replicas; further ones are rejected
    #[arg(
        long,
        env = "DAEMUN_LIMIT_WAITING_SIGN_UPS",
        value_name = "NUMBER",
        default_value = "100000"
    )]
    limit_waiting_sign_ups: Setting,

    /// Rows of the audit log for failed and refused attempts; further ones share rows without a
    /// client IP
    #[arg(
        long,
        env = "DAEMUN_LIMIT_EVENTS",
        value_name = "NUMBER",
        default_value = "1000000"
    )]
    limit_events: Setting,
}

impl LimitArgs {
    /// Returns the limits, or `None` if they are off.
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> Option<RateLimits> {
        let is_on = reader.switch("DAEMUN_RATE_LIMITS", &self.rate_limits);
        let mut number =
            |name, text, range| reader.number(&format!("DAEMUN_LIMIT_{name}"), text, range);
        let limits = RateLimits {
            sign_ups: number("SIGN_UPS", &self.limit_sign_ups, 1..=10_000),
            log_ins: number("LOG_INS", &self.limit_log_ins, 1..=10_000),
            network_failures: number("NETWORK_FAILURES", &self.limit_network_failures, 1..=10_000),
            failures: number("FAILURES", &self.limit_failures, 1..=100),
            // NIST SP 800-63B section 3.2.2 allows at most 100 consecutive failures.
            account_failures: number("ACCOUNT_FAILURES", &self.limit_account_failures, 10..=100),
            changes: number("CHANGES", &self.limit_changes, 1..=1_000),
            network_changes: number("NETWORK_CHANGES", &self.limit_network_changes, 1..=10_000),
            codes: number("CODES", &self.limit_codes, 1..=100),
            mail_requests: number("MAIL_REQUESTS", &self.limit_mail_requests, 1..=10_000),
            mails: number("MAILS", &self.limit_mails, 1..=60),
            client_mails: number("CLIENT_MAILS", &self.limit_client_mails, 1..=60),
            waiting_requests: number(
                "WAITING_REQUESTS",
                &self.limit_waiting_requests,
                1..=MOST_ROWS,
            ),
            waiting_sign_ups: number(
                "WAITING_SIGN_UPS",
                &self.limit_waiting_sign_ups,
                1..=MOST_ROWS,
            ),
            events: number("EVENTS", &self.limit_events, 1..=MOST_ROWS),
        };
        is_on.then_some(limits)
    }
}
