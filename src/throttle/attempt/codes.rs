//! Attempts at codes and invitations.

use super::{Attempt, Guess};
use crate::{
    domain::{
        account::{email::EmailKey, identifier::Identifier, ids::UserId},
        client::Client,
        credential::token::TokenHash,
        event::LogInMethod,
    },
    throttle::{
        Throttle,
        keys::{CounterKey, NetworkKey},
    },
};

impl Throttle {
    /// A code typed in a session. Wrong codes are counted beyond the life of a challenge, because
    /// the caller can request as many challenges as mails are sent.
    #[must_use]
    pub fn own_code(&self, user: UserId, client: &Client) -> Attempt {
        Attempt {
            guess: Guess::OwnCode,
            counts_lockout: false,
            ..self.attempt(&CounterKey::CodeFailures(user), None, None, client)
        }
    }

    /// A code of a mailbox from a client without a session. Wrong codes are counted for the
    /// mailbox and the client IP together, alike for mailboxes without an account, so an
    /// attacker's failures do not refuse the owner.
    #[must_use]
    pub fn mailbox_code(&self, mailbox: &EmailKey, client: &Client) -> Attempt {
        self.code(&NetworkKey::MailboxCodes(mailbox), client)
    }

    /// A mailed code in place of the password. It counts like a password, and like other codes.
    #[must_use]
    pub fn login_code(
        &self,
        mailbox: &EmailKey,
        account: Option<UserId>,
        device: Option<&TokenHash>,
        client: &Client,
    ) -> Attempt {
        let login = self.login(&Identifier::Email(mailbox.clone()), account, device, client);
        let mut counters = self.mailbox_code(mailbox, client).counters;
        counters.extend(&login.counters);
        counters.sort_unstable_by_key(|share| share.subject);
        Attempt {
            guess: Guess::LoginCode,
            counters,
            ..login.into_log_in(LogInMethod::EmailCode)
        }
    }

    /// An invitation at a signup. Wrong ones are counted for the client IP.
    #[must_use]
    pub fn invitation(&self, client: &Client) -> Attempt {
        self.code(&NetworkKey::Invitations, client)
    }

    fn code(&self, key: &NetworkKey<'_>, client: &Client) -> Attempt {
        let mut counters = self.0.keys.shares(key, &client.ip);
        counters.sort_unstable_by_key(|share| share.subject);
        Attempt {
            guess: Guess::Code,
            counters,
            account: None,
            device: None,
            client: client.clone(),
            failure: None,
            counts_lockout: true,
            check: None,
        }
    }
}
