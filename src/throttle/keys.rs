//! The keys of the counters: what each counts, and for which account, mailbox, device or client IP.
//!
//! A key is a digest under the service's secret, so the database holds no name or address for it.

use crate::{
    domain::{
        account::{
            email::EmailKey,
            identifier::Identifier,
            ids::{ChallengeId, SessionId, UserId},
            user::User,
            username::UsernameKey,
        },
        client::network::Network,
        credential::{secret::Secret, token::TokenHash},
        message::MessageKind,
        rate_limit::Subject,
    },
    store::{
        StoreError, Tx,
        tables::counters::{self, Count},
    },
};

/// A counter of one account, mailbox, device or token.
pub(super) enum CounterKey<'a> {
    /// Failed logins with an identifier, whether an account has it or not.
    IdentifierFailures(&'a Identifier),
    /// Failed logins from a recognized device.
    DeviceFailures(&'a TokenHash),
    /// Failed re-authentications in the sessions of an account.
    ConfirmationFailures(UserId),
    /// Wrong second factors of an account, at logins and in its sessions.
    SecondFactorFailures(UserId),
    /// Failed re-authentications in one session.
    SessionFailures(SessionId),
    /// Wrong passwords beside the right links of a mailbox.
    LinkFailures(&'a EmailKey),
    /// Wrong codes in the sessions of an account.
    CodeFailures(UserId),
    /// Retries of a signup with another body, by the hash of its idempotency key.
    RetryFailures(&'a [u8]),
    /// Passwords that were compared with that of a pending signup.
    SignUpRepeats(&'a UsernameKey),
    /// Attempts with the token of a password reset.
    ResetTries(ChallengeId),
    /// Changes of email or username of an account.
    Changes(UserId),
    /// Mails of one kind to a mailbox.
    Mails(MessageKind, &'a EmailKey),
    /// Mails of one kind that a client triggered.
    ClientMails(MessageKind, &'a Subject),
    /// Notices of one kind to the owner of an account.
    Notices(MessageKind, UserId),
}

/// A counter for each network that a client IP is part of.
pub(super) enum NetworkKey<'a> {
    /// Failed attempts within a minute.
    FailuresThisMinute,
    /// Failed attempts within an hour.
    FailuresThisHour,
    /// Signups within an hour.
    SignUpsThisHour,
    /// Attempts to change an email or username.
    Changes,
    /// Wrong codes of a mailbox.
    MailboxCodes(&'a EmailKey),
    /// Wrong invitations.
    Invitations,
}

/// A counter that several clients may share.
#[derive(Clone, Copy)]
pub(super) struct Share {
    pub(super) subject: Subject,
    /// The quota of the counter, in quotas of one client.
    pub(super) quotas: u8,
}

/// The state of a counter right after it counted one more.
#[derive(Clone, Copy)]
pub(super) struct Hit {
    pub(super) share: Share,
    pub(super) count: Count,
}

/// Derives the digests of keys.
#[derive(Clone)]
pub(super) struct CounterKeys(pub(super) Secret);

impl Share {
    /// A counter of one client.
    pub(super) const fn whole(subject: Subject) -> Self {
        Self { subject, quotas: 1 }
    }

    /// Returns the quota of the counter where one client has `each`.
    pub(super) fn times(self, each: i64) -> i64 {
        each * i64::from(self.quotas)
    }
}

impl Hit {
    /// Removes the hit from its counter.
    pub(super) fn refund(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        counters::refund(tx, &self.share.subject, self.count)
    }
}

impl CounterKeys {
    pub(super) fn subject(&self, key: &CounterKey<'_>) -> Subject {
        // The labels are part of stored digests: another spelling would restart the counters.
        let mac = |parts: &[&[u8]]| self.0.mac("limit", parts);
        let of_user =
            |label: &str, user: &UserId| mac(&[label.as_bytes(), user.to_string().as_bytes()]);
        match key {
            CounterKey::IdentifierFailures(identifier) => {
                mac(&[b"failures of an identifier", identifier.as_str().as_bytes()])
            }
            CounterKey::DeviceFailures(token) => mac(&[b"failures of a device", token.as_bytes()]),
            CounterKey::ConfirmationFailures(user) => of_user("failures in confirmations", user),
            CounterKey::SecondFactorFailures(user) => of_user("wrong second factors", user),
            CounterKey::SessionFailures(session) => {
                mac(&[b"failures in a session", session.to_string().as_bytes()])
            }
            CounterKey::LinkFailures(mailbox) => mac(&[
                b"wrong passwords beside a link",
                mailbox.as_str().as_bytes(),
            ]),
            CounterKey::CodeFailures(user) => of_user("wrong codes of an account", user),
            CounterKey::RetryFailures(key_hash) => mac(&[b"retries of a sign-up", key_hash]),
            CounterKey::SignUpRepeats(name) => {
                mac(&[b"repeats of a sign-up", name.as_str().as_bytes()])
            }
            CounterKey::ResetTries(id) => mac(&[b"tries of a token", id.as_bytes()]),
            CounterKey::Changes(user) => of_user("changes of an account", user),
            CounterKey::Mails(kind, mailbox) => {
                let kind = kind.as_str().as_bytes();
                mac(&[b"mails to a mailbox", kind, mailbox.as_str().as_bytes()])
            }
            CounterKey::ClientMails(kind, client) => {
                mac(&[b"mails of a client", kind.as_str().as_bytes(), &client[..]])
            }
            CounterKey::Notices(kind, user) => mac(&[
                b"notices",
                kind.as_str().as_bytes(),
                user.to_string().as_bytes(),
            ]),
        }
    }

    /// Returns the counters of both identifiers of an account.
    pub(super) fn identifiers(&self, user: &User) -> [Subject; 2] {
        [
            Identifier::Username(user.username.key().clone()),
            Identifier::Email(user.email.key().clone()),
        ]
        .map(|identifier| self.subject(&CounterKey::IdentifierFailures(&identifier)))
    }

    /// Returns a counter for each network of a client IP, the narrowest first, so that the rows
    /// that most clients share are locked last.
    pub(super) fn shares(&self, key: &NetworkKey<'_>, ip: &str) -> Vec<Share> {
        let parts: &[&[u8]] = match key {
            NetworkKey::FailuresThisMinute => &[b"failures of a network in a minute"],
            NetworkKey::FailuresThisHour => &[b"failures this hour"],
            NetworkKey::SignUpsThisHour => &[b"sign-ups this hour"],
            NetworkKey::Changes => &[b"changes of a network"],
            NetworkKey::MailboxCodes(mailbox) => {
                &[b"wrong codes of a mailbox", mailbox.as_str().as_bytes()]
            }
            NetworkKey::Invitations => &[b"wrong invitations"],
        };
        let share = |network: &Network| Share {
            subject: self
                .0
                .mac("limit", &[parts, &[network.as_bytes()]].concat()),
            quotas: network.quotas(),
        };
        Network::all_of_text(ip).iter().map(share).collect()
    }

    /// Returns a counter that nothing reads: a write in place of one that a mailbox does not need.
    pub(super) fn stand_in(&self, mailbox: &EmailKey, number: u8) -> Subject {
        let parts = [mailbox.as_str().as_bytes(), &[number]];
        self.0.mac("write in place of another", &parts)
    }

    /// Returns the digest of a client's network and a mailbox. It reveals neither, and differs for
    /// each mailbox. In IPv6 the network is the /48 with one quota: three /64 of one subscriber
    /// would use up all of a mailbox's mails.
    pub(super) fn mail_client(&self, mailbox: &EmailKey, ip: &str) -> Subject {
        let network = Network::widest_of_text(ip);
        let parts = [mailbox.as_str().as_bytes(), network.as_bytes()];
        self.0.mac("client of a mail", &parts)
    }
}
