//! Attempts at a password or code, and the counters that each of them fails in.

mod codes;
mod guess;

use super::{
    Throttle,
    keys::{CounterKey, Share},
    proof_of_work::CaptchaCheck,
};
use crate::{
    domain::{
        account::{email::EmailKey, identifier::Identifier, ids::UserId, user::User},
        client::Client,
        credential::token::TokenHash,
        event::LogInMethod,
    },
    events::SecurityEvent,
    store::tables::idempotency_keys::IdempotencyKeyUse,
};

pub(super) use guess::Guess;

/// An attempt at a password or code.
#[derive(Clone)]
pub struct Attempt {
    /// The limits on its failures.
    pub(super) guess: Guess,
    /// The counters of its failures in the order of their subjects. A recognized device of the
    /// account has a counter of its own instead.
    pub(super) counters: Vec<Share>,
    /// The account.
    pub(super) account: Option<UserId>,
    /// The device token that the client presented.
    pub(super) device: Option<TokenHash>,
    /// The client.
    pub(super) client: Client,
    /// The event of a failure, and the account that it is about. It is recorded where the failure
    /// is settled.
    pub(super) failure: Option<(SecurityEvent, Option<UserId>)>,
    /// `true` if the lockout after consecutive failures refuses it. A caller with a session is not
    /// locked out by the failures of others.
    pub(super) counts_lockout: bool,
    /// The proof of work, where one may be required.
    pub(super) check: Option<CaptchaCheck>,
}

impl Attempt {
    /// Returns the account whose consecutive failed logins the attempt counts among. Second factors
    /// are counted apart: a client that guesses them knows the password.
    pub(super) fn failed_login_of(&self) -> Option<UserId> {
        match self.guess {
            Guess::Password | Guess::LoginCode => self.account,
            Guess::Code | Guess::OwnCode | Guess::SecondFactor => None,
        }
    }

    /// The same attempt, for which a proof of work may be required.
    #[must_use]
    pub fn with_proof(self, check: CaptchaCheck) -> Self {
        Self {
            check: Some(check),
            ..self
        }
    }

    /// A passkey as a second factor. Its signature cannot be guessed, so wrong ones are counted for
    /// the client IP alone, and the wrong codes of others do not refuse it.
    #[must_use]
    pub fn passkey(client: &Client) -> Self {
        Self {
            guess: Guess::SecondFactor,
            counters: Vec::new(),
            account: None,
            device: None,
            client: client.clone(),
            failure: None,
            counts_lockout: false,
            check: None,
        }
    }

    /// The same attempt, whose failure is this event of an account.
    #[must_use]
    pub fn failing_as(self, failure: SecurityEvent, account: Option<UserId>) -> Self {
        Self {
            failure: Some((failure, account)),
            ..self
        }
    }

    /// The same attempt as a login by this method.
    fn into_log_in(self, method: LogInMethod) -> Self {
        let account = self.account;
        self.failing_as(SecurityEvent::LoginFailed { method }, account)
    }
}

impl Throttle {
    /// A login with an identifier, which an account may or may not have.
    #[must_use]
    pub fn login(
        &self,
        identifier: &Identifier,
        account: Option<UserId>,
        device: Option<&TokenHash>,
        client: &Client,
    ) -> Attempt {
        let key = CounterKey::IdentifierFailures(identifier);
        self.attempt(&key, account, device, client)
            .into_log_in(LogInMethod::Password)
    }

    /// A login by a retry of a signup. It is counted for the account that the idempotency key
    /// created, under the account's present username. A retry with another body is counted under
    /// the key: the username in it may be another account's, whose logins must not be delayed.
    #[must_use]
    pub fn retried_sign_up(
        &self,
        key: &IdempotencyKeyUse,
        found: Option<&User>,
        device: Option<&TokenHash>,
        client: &Client,
    ) -> Attempt {
        if let Some(user) = found {
            let name = Identifier::Username(user.username.key().clone());
            return self.login(&name, Some(user.id), device, client);
        }
        let key = CounterKey::RetryFailures(&key.key_hash);
        self.attempt(&key, None, device, client)
            .into_log_in(LogInMethod::Password)
    }

    /// A re-authentication with the caller's password. Its failures count for the account too, but
    /// the failures of others do not refuse it.
    #[must_use]
    pub fn confirmation(&self, user: UserId, client: &Client) -> Attempt {
        Attempt {
            counts_lockout: false,
            ..self.attempt(
                &CounterKey::ConfirmationFailures(user),
                Some(user),
                None,
                client,
            )
        }
    }

    /// A second factor of a login. Wrong ones are counted for the account, whatever challenge they
    /// are for; those of a recognized device are counted for the device.
    #[must_use]
    pub fn second_factor(
        &self,
        user: UserId,
        device: Option<&TokenHash>,
        client: &Client,
    ) -> Attempt {
        Attempt {
            guess: Guess::SecondFactor,
            ..self.attempt(
                &CounterKey::SecondFactorFailures(user),
                Some(user),
                device,
                client,
            )
        }
    }

    /// A password beside the right link of a mailbox. Only its reader has the link, so the failures
    /// of others do not refuse it.
    #[must_use]
    pub fn link_password(
        &self,
        mailbox: &EmailKey,
        account: Option<UserId>,
        client: &Client,
    ) -> Attempt {
        Attempt {
            counts_lockout: false,
            ..self.attempt(&CounterKey::LinkFailures(mailbox), account, None, client)
        }
    }

    fn attempt(
        &self,
        key: &CounterKey<'_>,
        account: Option<UserId>,
        device: Option<&TokenHash>,
        client: &Client,
    ) -> Attempt {
        Attempt {
            guess: Guess::Password,
            counters: vec![Share::whole(self.0.keys.subject(key))],
            account,
            device: device.cloned(),
            client: client.clone(),
            failure: None,
            counts_lockout: true,
            check: None,
        }
    }
}
