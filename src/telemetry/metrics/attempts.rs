//! The outcomes of logins and signups, and the requests that were limited or challenged.

use std::fmt;

use super::exposition::Exposition;
use crate::{
    domain::rate_limit::limit_name::LimitName,
    meter::{Counter, CounterSet},
};

/// Declares the values of a label from a table.
macro_rules! label_values {
    ($($(#[$meaning:meta])+ $name:ident { $($(#[$value_meaning:meta])+ $value:ident => $text:literal,)+ })+) => {
        $(
            $(#[$meaning])+
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub enum $name {
                $($(#[$value_meaning])+ $value,)+
            }

            impl $name {
                const ALL: &[Self] = &[$(Self::$value,)+];

                const fn as_str(self) -> &'static str {
                    match self {
                        $(Self::$value => $text,)+
                    }
                }
            }
        )+
    };
}

label_values! {
    /// The route by which a client logged in.
    LogInRoute {
        /// `POST /login`
        Password => "password",
        /// `POST /login/passkey`
        Passkey => "passkey",
        /// `POST /login/code/verify`
        EmailCode => "email_code",
        /// `POST /login/second-factor`
        SecondFactor => "second_factor",
    }

    /// The outcome of a login.
    LogInOutcome {
        /// A session was opened.
        Succeeded => "succeeded",
        /// The first factor was right, and the second one is due.
        SecondFactorRequired => "second_factor_required",
        /// A password, a code or a passkey was wrong.
        Failed => "failed",
        /// The account is disabled.
        Disabled => "disabled",
        /// The email has to be verified first.
        Unverified => "unverified",
        /// A rate limit refused the attempt.
        Throttled => "throttled",
        /// A proof of work was missing or wrong.
        Captcha => "captcha",
        /// The request was not valid.
        Rejected => "rejected",
        /// The service could not check the attempt.
        Unavailable => "unavailable",
    }

    /// The outcome of a signup.
    SignUpOutcome {
        /// The account and its first session exist.
        Created => "created",
        /// The account will exist when its email is verified.
        Pending => "pending",
        /// The username or the email is in use.
        Taken => "taken",
        /// A rate limit refused the attempt.
        Throttled => "throttled",
        /// A proof of work was missing or wrong.
        Captcha => "captcha",
        /// The request was not valid.
        Rejected => "rejected",
        /// The service could not create the account.
        Unavailable => "unavailable",
    }
}

/// Counters of attempts, by outcome.
#[derive(Debug)]
pub struct AttemptMetrics {
    /// One set of outcomes for each method.
    log_ins: Vec<(LogInRoute, CounterSet<LogInOutcome>)>,
    sign_ups: CounterSet<SignUpOutcome>,
    limit_hits: CounterSet<LimitName>,
    captchas_demanded: Counter,
}

impl Default for AttemptMetrics {
    fn default() -> Self {
        let outcomes = || CounterSet::new(LogInOutcome::ALL.iter().copied());
        let methods = LogInRoute::ALL.iter();
        Self {
            log_ins: methods.map(|method| (*method, outcomes())).collect(),
            sign_ups: CounterSet::new(SignUpOutcome::ALL.iter().copied()),
            limit_hits: CounterSet::new(LimitName::ALL.iter().copied()),
            captchas_demanded: Counter::new(),
        }
    }
}

impl AttemptMetrics {
    /// Counts a login.
    pub fn log_in(&self, method: LogInRoute, outcome: LogInOutcome) {
        let outcomes = self.log_ins.iter().find(|(known, _)| *known == method);
        if let Some((_, outcomes)) = outcomes {
            outcomes.increment(outcome);
        }
    }

    /// Counts a signup.
    pub fn sign_up(&self, outcome: SignUpOutcome) {
        self.sign_ups.increment(outcome);
    }

    /// Counts a request that a rate limit refused.
    pub fn limit_hit(&self, limit: LimitName) {
        self.limit_hits.increment(limit);
    }

    /// Counts a request that was refused because it lacked a proof of work.
    pub fn captcha_demanded(&self) {
        self.captchas_demanded.increment();
    }

    pub(super) fn write(&self, out: &mut Exposition<'_>, captchas_solved: u64) -> fmt::Result {
        let log_ins = self.log_ins.iter().flat_map(|(method, outcomes)| {
            let outcomes = outcomes.values();
            outcomes.map(|(outcome, count)| {
                let labels = [("method", method.as_str()), ("outcome", outcome.as_str())];
                (labels, count)
            })
        });
        out.counters(
            "daemun_logins",
            "Login attempts by method and outcome.",
            log_ins,
        )?;
        let sign_ups = self.sign_ups.values();
        out.counters(
            "daemun_signups",
            "Signup attempts by outcome.",
            sign_ups.map(|(outcome, count)| ([("outcome", outcome.as_str())], count)),
        )?;
        let hits = self.limit_hits.values();
        out.counters(
            "daemun_rate_limit_hits",
            "Requests that a rate limit refused, by the name of the limit.",
            hits.map(|(limit, count)| ([("policy", limit.as_str())], count)),
        )?;
        out.counter(
            "daemun_captchas_demanded",
            "Requests that were refused because they lacked a proof of work.",
            self.captchas_demanded.value(),
        )?;
        out.counter(
            "daemun_captchas_solved",
            "Proofs of work that were accepted.",
            captchas_solved,
        )
    }
}
