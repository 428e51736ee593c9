//! Attempts at a password or code, and the failures that each of them is counted among.

use super::{keys::Share, proof_of_work::Check};
use crate::{
    domain::{
        account::{email::EmailKey, identifier::Identifier, ids::UserId, user::Credentials},
        credential::token::TokenHash,
        rate_limit::RateLimit,
        rate_limit::RateLimits,
    },
    service::{Caller, Service, SessionRequest},
    store::tables::idempotency_keys::IdempotencyKeyUse,
};

/// An attempt at a password or code.
#[derive(Clone)]
pub(crate) struct Attempt {
    /// The limits on its failures.
    pub(crate) guess: Guess,
    /// The counters of its failures in the order of their subjects, unless it comes from a known device of the account.
    pub(crate) counters: Vec<Share>,
    /// The account whose failures in a row it counts among, if there is one.
    pub(crate) account: Option<UserId>,
    /// The device that the client presents.
    pub(crate) device: Option<TokenHash>,
    /// The client IP.
    pub(crate) ip: String,
    /// Whether failures in a row refuse it. A caller with a session is not refused for those of others.
    pub(crate) is_strangers: bool,
    /// The proof of work that may be asked for, where one may.
    pub(crate) check: Option<Check>,
}

/// What an attempt guesses.
#[derive(Clone, Copy)]
pub(crate) enum Guess {
    Password,
    /// A code without a session.
    Code,
    /// A code of the caller's own challenges.
    OwnCode,
}

impl Guess {
    /// The failures without a wait.
    pub(crate) const fn policy(self, limits: &RateLimits) -> RateLimit {
        match self {
            Self::Password | Self::Code => RateLimit::failures(limits),
            Self::OwnCode => RateLimit::wrong_codes(limits),
        }
    }

    /// The failures in a row that are allowed at all. Codes expire, so nothing is gained by many attempts over a long time.
    pub(crate) fn in_a_row(self, limits: &RateLimits) -> i64 {
        match self {
            Self::Password => i64::from(limits.account_failures),
            Self::Code | Self::OwnCode => i64::MAX,
        }
    }
}

impl Attempt {
    /// The same, of which a proof of work may be asked.
    pub(crate) fn behind(self, check: Check) -> Self {
        Self {
            check: Some(check),
            ..self
        }
    }
}

impl Service {
    /// A login with this identifier, which is or is not an account's.
    pub(crate) fn log_in_attempt(
        &self,
        identifier: &Identifier,
        found: Option<&Credentials>,
        opening: &SessionRequest,
    ) -> Attempt {
        Attempt {
            guess: Guess::Password,
            counters: vec![Share::whole(self.identifier_subject(identifier))],
            account: found.map(|credentials| credentials.user.id),
            device: opening.device.clone(),
            ip: opening.ip.clone(),
            is_strangers: true,
            check: None,
        }
    }

    /// A login by a retry of a signup. It is counted for the account that the key made, under its present name. A body that is not
    /// the key's own is counted under the key: the name in it may be another account's, whose log-ins must not have to wait for it.
    pub(crate) fn retry_attempt(
        &self,
        key: &IdempotencyKeyUse,
        found: Option<&Credentials>,
        opening: &SessionRequest,
    ) -> Attempt {
        let subject = match found {
            Some(found) => {
                let name = found.user.username.key().clone();
                self.identifier_subject(&Identifier::Username(name))
            }
            None => self.subject("retries of a sign-up", &key.key_hash),
        };
        Attempt {
            guess: Guess::Password,
            counters: vec![Share::whole(subject)],
            account: found.map(|credentials| credentials.user.id),
            device: opening.device.clone(),
            ip: opening.ip.clone(),
            is_strangers: true,
            check: None,
        }
    }

    /// A confirmation of something by the caller's password: its failures are the account's too, but strangers' failures do not
    /// refuse it.
    pub(crate) fn confirmation_attempt(&self, caller: &Caller) -> Attempt {
        Attempt {
            guess: Guess::Password,
            counters: vec![Share::whole(self.confirmation_subject(caller.user.id))],
            account: Some(caller.user.id),
            device: None,
            ip: caller.ip.clone(),
            is_strangers: false,
            check: None,
        }
    }

    /// A code typed in a session. Wrong ones are counted beyond the life of a challenge, because the caller can ask for as many
    /// challenges as mails are sent.
    pub(crate) fn own_code_attempt(&self, caller: &Caller) -> Attempt {
        Attempt {
            guess: Guess::OwnCode,
            counters: vec![Share::whole(self.codes_subject(caller.user.id))],
            account: None,
            ..self.confirmation_attempt(caller)
        }
    }

    /// A code of a mailbox from a client without a session. Wrong ones are counted for the mailbox and the client IP together,
    /// alike for mailboxes without an account, so that a stranger's failures do not refuse the owner.
    pub(crate) fn code_attempt(&self, mailbox: &EmailKey, ip: &str) -> Attempt {
        let what = [
            &b"wrong codes of a mailbox"[..],
            mailbox.as_str().as_bytes(),
        ];
        let mut counters = self.shares(&what, ip);
        counters.sort_unstable_by_key(|share| share.subject);
        Attempt {
            guess: Guess::Code,
            counters,
            account: None,
            device: None,
            ip: ip.to_owned(),
            is_strangers: true,
            check: None,
        }
    }

    /// A password beside the right link of a mailbox. Only its readers have one, so strangers' failures do not refuse it.
    pub(crate) fn link_attempt(
        &self,
        mailbox: &EmailKey,
        account: Option<UserId>,
        ip: &str,
    ) -> Attempt {
        Attempt {
            guess: Guess::Password,
            counters: vec![Share::whole(self.link_subject(mailbox))],
            account,
            is_strangers: false,
            ..self.code_attempt(mailbox, ip)
        }
    }
}
