//! The quota of mails that anyone can trigger: for each mailbox, each client and each owner.

use std::{fmt, time::Duration};

use super::keys::{CounterKey, CounterKeys};
use crate::{
    domain::{
        account::{email::EmailKey, ids::UserId},
        message::MessageKind,
        rate_limit::{RateLimits, Subject},
        timestamp::Timestamp,
    },
    store::{
        StoreError, Tx,
        tables::counters::{self, CounterRule},
    },
};

const HOUR: Duration = Duration::from_hours(1);

/// The number of notices of changed factors that an owner gets, in quotas of other notices.
const FACTOR_NOTICES: i64 = 10;

/// A mail that anyone can trigger.
pub struct CountedMail<'a> {
    /// The kind that it is counted as.
    pub kind: MessageKind,
    /// The mailbox that receives it.
    pub mailbox: &'a EmailKey,
    /// The client that triggered it, if one alone did; see [`MailQuota::client`].
    pub client: Option<Subject>,
}

/// Counts mails in the transaction that enqueues them.
#[derive(Clone)]
pub struct MailQuota {
    keys: CounterKeys,
    limits: Option<RateLimits>,
}

impl fmt::Debug for MailQuota {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MailQuota")
    }
}

impl MailQuota {
    pub(super) const fn new(keys: CounterKeys, limits: Option<RateLimits>) -> Self {
        Self { keys, limits }
    }

    /// Returns the digest of a client and a mailbox, for [`CountedMail::client`].
    #[must_use]
    pub fn client(&self, mailbox: &EmailKey, ip: &str) -> Subject {
        self.keys.mail_client(mailbox, ip)
    }

    /// Counts a mail. Returns whether it may be sent. A mailbox gets one mail a minute and a few
    /// an hour of each kind, and fewer of one client, so an attacker leaves the owner some. Above
    /// five an hour, it gets a fifth of them a minute. A suppressed mail is logged.
    pub fn admits(
        &self,
        tx: &mut Tx<'_>,
        mail: &CountedMail<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(limits) = &self.limits else {
            return Ok(true);
        };
        let suppressed = self.count(tx, mail, limits, now)?;
        if let Some(reason) = suppressed {
            tracing::info!(
                event = "mail.suppressed",
                message.kind = mail.kind.as_str(),
                reason,
                "mail not sent: its mailbox or client reached the quota of this kind"
            );
        }
        Ok(suppressed.is_none())
    }

    /// Counts a mail, unless a limit is reached. Returns that limit.
    fn count(
        &self,
        tx: &mut Tx<'_>,
        mail: &CountedMail<'_>,
        limits: &RateLimits,
        now: Timestamp,
    ) -> Result<Option<&'static str>, StoreError> {
        let by_client = match mail.client {
            Some(client) => {
                let client = self
                    .keys
                    .subject(&CounterKey::ClientMails(mail.kind, &client));
                let rule = CounterRule::at_most(limits.client_mails.into(), HOUR);
                match counters::first_hit(tx, &client, rule, now)? {
                    Some(count) => Some((client, count)),
                    None => return Ok(Some("client_in_an_hour")),
                }
            }
            None => None,
        };
        let most = i64::from(limits.mails);
        let rule = CounterRule {
            spacing: spacing(limits.mails),
            ..CounterRule::at_most(most, HOUR)
        };
        let mailbox = self
            .keys
            .subject(&CounterKey::Mails(mail.kind, mail.mailbox));
        if counters::first_hit(tx, &mailbox, rule, now)?.is_some() {
            return Ok(None);
        }
        if let Some((client, count)) = by_client {
            counters::refund(tx, &client, count)?;
        }
        let count = counters::count(tx, &mailbox, now)?;
        let is_used_up = count.is_some_and(|count| count.times >= most);
        Ok(Some(mailbox_limit(is_used_up)))
    }

    /// Counts a notice to the owner of an account. Returns whether it may be sent. An owner gets a
    /// few notices of each kind an hour: an attacker who knows the password could flood the mailbox
    /// otherwise, and hide another mail in the flood. A change of factors needs every factor, so
    /// ten times as many are sent: none of the owner's own changes goes unreported.
    pub fn admits_notice(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        kind: MessageKind,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(limits) = &self.limits else {
            return Ok(true);
        };
        let subject = self.keys.subject(&CounterKey::Notices(kind, user));
        let factor = if kind.reports_factors() {
            FACTOR_NOTICES
        } else {
            1
        };
        let rule = CounterRule::at_most(i64::from(limits.mails) * factor, HOUR);
        let is_allowed = counters::first_hit(tx, &subject, rule, now)?.is_some();
        if !is_allowed {
            tracing::info!(event = "mail.suppressed", message.kind = kind.as_str(), user.id = %user, reason = "account_in_an_hour", "mail not sent: its owner reached the quota of this kind");
        }
        Ok(is_allowed)
    }
}

/// Returns the pause between two mails, of which a mailbox gets `mails` an hour.
fn spacing(mails: u32) -> Duration {
    let a_fifth_a_minute = counters::LONGEST_SPACING * 5 / mails.max(1);
    a_fifth_a_minute.min(counters::LONGEST_SPACING)
}

const fn mailbox_limit(is_used_up: bool) -> &'static str {
    if is_used_up {
        "mailbox_in_an_hour"
    } else {
        "mailbox_in_a_minute"
    }
}
