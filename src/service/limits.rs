//! Whom limits count, and which mails they allow; it must not know what a try at a password is.

use std::time::Duration;

use super::Accounts;
use crate::{
    domain::{
        email::EmailKey,
        identifier::Identifier,
        limit::Subject,
        network::Network,
        time::Timestamp,
        token::TokenHash,
        user::{User, UserId},
    },
    store::{StoreError, Tx, counters},
};

impl Accounts {
    /// Whether one more mail that anybody could have asked for may go to this mailbox; it is counted then. One a minute, so that
    /// impatience sends one mail, and a few an hour, so that nobody's mailbox is flooded.
    pub(super) fn mail_allowed(
        &self,
        tx: &mut Tx<'_>,
        mailbox: &EmailKey,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(limits) = self.0.limits else {
            return Ok(true);
        };
        let subject = self.subject("mails in an hour", mailbox.as_str().as_bytes());
        let rule = counters::Rule {
            spacing: counters::LONGEST_SPACING,
            ..counters::Rule::at_most(i64::from(limits.mails), Duration::from_hours(1))
        };
        Ok(counters::first_hit(tx, &subject, rule, now)?.is_some())
    }

    /// What a network's failures of the last hour are counted under.
    pub(super) fn network_hour(&self, network: Network) -> Subject {
        self.subject("failures this hour", network.as_bytes())
    }

    /// The same for both identifiers of an account.
    pub(super) fn identifier_subjects(&self, user: &User) -> [Subject; 2] {
        [
            Identifier::Username(user.username.key().clone()),
            Identifier::Email(user.email.key().clone()),
        ]
        .map(|identifier| self.identifier_subject(&identifier))
    }

    /// What failures with an identifier are counted under.
    pub(super) fn identifier_subject(&self, identifier: &Identifier) -> Subject {
        self.subject("failures of an identifier", identifier.as_str().as_bytes())
    }

    /// What failures are counted under in what an account's own sessions confirm by its password.
    pub(super) fn confirmation_subject(&self, user: UserId) -> Subject {
        self.subject("failures in confirmations", user.to_string().as_bytes())
    }

    /// What wrong proofs of a mailbox are counted under.
    pub(super) fn mailbox_subject(&self, mailbox: &EmailKey) -> Subject {
        self.subject("wrong proofs of a mailbox", mailbox.as_str().as_bytes())
    }

    /// What a known device's failures are counted under.
    pub(super) fn device_subject(&self, token: &TokenHash) -> Subject {
        self.subject("failures of a device", token.as_bytes())
    }

    /// What is counted, told by what and for whom.
    pub(super) fn subject(&self, what: &str, whom: &[u8]) -> Subject {
        self.0.secret.mac("limit", &[what.as_bytes(), whom])
    }
}
