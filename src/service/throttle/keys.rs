//! The counters of the limits: what each counts, and for whom.

use std::time::Duration;

use crate::{
    domain::{
        account::{email::EmailKey, identifier::Identifier, ids::UserId, user::User},
        credential::token::TokenHash,
        message::MessageKind,
        network::Network,
        rate_limit::RateLimits,
        rate_limit::Subject,
        timestamp::Timestamp,
    },
    service::Service,
    store::{
        StoreError, Tx,
        tables::counters::{self, Count, CounterRule},
    },
};

/// A mail that anyone can trigger, as it is counted.
pub(crate) struct CountedMail<'a> {
    /// What it is counted as.
    pub kind: MessageKind,
    /// The mailbox that it goes to.
    pub mailbox: &'a EmailKey,
    /// The client that triggered it, if one alone did; see [`Service::mail_client`].
    pub client: Option<Subject>,
}

/// A counter that several clients may share.
#[derive(Clone, Copy)]
pub(crate) struct Share {
    pub(crate) subject: Subject,
    /// How many times the quota of one client it has.
    pub(crate) quotas: u8,
}

/// What a counter stands at once one more was counted there.
#[derive(Clone, Copy)]
pub(crate) struct Hit {
    pub(crate) share: Share,
    pub(crate) count: Count,
}

impl Share {
    /// A counter of one client.
    pub(crate) const fn whole(subject: Subject) -> Self {
        Self { subject, quotas: 1 }
    }

    /// Returns so many for each client.
    pub(crate) fn times(self, each: i64) -> i64 {
        each * i64::from(self.quotas)
    }
}

impl Hit {
    /// Takes it back.
    pub(crate) fn take_back(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        counters::refund(tx, &self.share.subject, self.count)
    }
}

/// Counts one more in each of these, by a rule for one client. The inner error is the first that is full.
pub(crate) fn hit_all(
    tx: &mut Tx<'_>,
    shares: Vec<Share>,
    rule: CounterRule,
    now: Timestamp,
) -> Result<Result<Vec<Hit>, Share>, StoreError> {
    let mut hits = Vec::with_capacity(shares.len());
    for share in shares {
        let rule = rule.times(share.quotas.into());
        match counters::hit(tx, &share.subject, rule, now)? {
            Some(count) => hits.push(Hit { share, count }),
            None => return Ok(Err(share)),
        }
    }
    Ok(Ok(hits))
}

impl Service {
    /// A keyed digest of a client's network and a mailbox, for [`CountedMail::client`]. It says nothing of either, and is another for
    /// another mailbox. In IPv6 the network is the /48 with one quota: three /64 of one subscriber would use up all of a mailbox's
    /// mails.
    pub(crate) fn mail_client(&self, mailbox: &EmailKey, ip: &str) -> Subject {
        let network = Network::widest_of_text(ip);
        let parts = [mailbox.as_str().as_bytes(), network.as_bytes()];
        self.0.secret.mac("client of a mail", &parts)
    }

    /// Counts a mail that anyone can trigger; returns whether it may be sent. A mailbox gets one a minute and a few an hour of each
    /// kind, and fewer of one client: a stranger who uses those up leaves the owner some. A suppressed mail is logged.
    pub(crate) fn mail_allowed(
        &self,
        tx: &mut Tx<'_>,
        mail: &CountedMail<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(limits) = self.0.limits else {
            return Ok(true);
        };
        let suppressed = self.count_mail(tx, mail, &limits, now)?;
        if let Some(reason) = suppressed {
            tracing::info!(
                event = "mail.suppressed",
                message.kind = mail.kind.as_str(),
                reason,
                "a mail was not sent: its mailbox or client had enough of this kind"
            );
        }
        Ok(suppressed.is_none())
    }

    /// Returns the limit that is reached, if one is; nothing is counted then.
    fn count_mail(
        &self,
        tx: &mut Tx<'_>,
        mail: &CountedMail<'_>,
        limits: &RateLimits,
        now: Timestamp,
    ) -> Result<Option<&'static str>, StoreError> {
        const HOUR: Duration = Duration::from_hours(1);
        let subject = |what: &str, whom: &[u8]| {
            let kind = mail.kind.as_str().as_bytes();
            self.0.secret.mac("limit", &[what.as_bytes(), kind, whom])
        };
        let rule = counters::CounterRule::at_most(i64::from(limits.client_mails), HOUR);
        let client = mail
            .client
            .map(|client| subject("mails of a client", &client));
        let by_client = match client {
            Some(client) => match counters::first_hit(tx, &client, rule, now)? {
                Some(count) => Some((client, count)),
                None => return Ok(Some("client_in_an_hour")),
            },
            None => None,
        };
        let most = i64::from(limits.mails);
        let rule = counters::CounterRule {
            spacing: counters::LONGEST_SPACING,
            ..counters::CounterRule::at_most(most, HOUR)
        };
        let mailbox = subject("mails to a mailbox", mail.mailbox.as_str().as_bytes());
        if counters::first_hit(tx, &mailbox, rule, now)?.is_some() {
            return Ok(None);
        }
        if let Some((client, count)) = by_client {
            counters::refund(tx, &client, count)?;
        }
        let count = counters::count(tx, &mailbox, now)?;
        let is_used_up = count.is_some_and(|count| count.times >= most);
        Ok(Some(if is_used_up {
            "mailbox_in_an_hour"
        } else {
            "mailbox_in_a_minute"
        }))
    }

    /// The counters of a client IP's failures within the hour.
    pub(crate) fn failures_this_hour(&self, ip: &str) -> Vec<Share> {
        self.shares(&[b"failures this hour"], ip)
    }

    /// A counter for each network of a client IP, the narrowest first, so that the rows that most clients share are locked last.
    pub(crate) fn shares(&self, what: &[&[u8]], ip: &str) -> Vec<Share> {
        let networks = Network::all_of_text(ip);
        let share = |network: &Network| Share {
            subject: self
                .0
                .secret
                .mac("limit", &[what, &[network.as_bytes()]].concat()),
            quotas: network.quotas(),
        };
        networks.iter().map(share).collect()
    }

    /// The counters of both identifiers of an account.
    pub(crate) fn identifier_subjects(&self, user: &User) -> [Subject; 2] {
        [
            Identifier::Username(user.username.key().clone()),
            Identifier::Email(user.email.key().clone()),
        ]
        .map(|identifier| self.identifier_subject(&identifier))
    }

    /// What failures with an identifier are counted under.
    pub(crate) fn identifier_subject(&self, identifier: &Identifier) -> Subject {
        self.subject("failures of an identifier", identifier.as_str().as_bytes())
    }

    /// What failures are counted under in what an account's own sessions confirm by its password.
    pub(crate) fn confirmation_subject(&self, user: UserId) -> Subject {
        self.subject("failures in confirmations", user.to_string().as_bytes())
    }

    /// The counter of wrong passwords beside the right links of a mailbox.
    pub(crate) fn link_subject(&self, mailbox: &EmailKey) -> Subject {
        self.subject("wrong passwords beside a link", mailbox.as_str().as_bytes())
    }

    /// The counter of wrong codes that an account's own sessions present.
    pub(crate) fn codes_subject(&self, user: UserId) -> Subject {
        self.subject("wrong codes of an account", user.to_string().as_bytes())
    }

    /// What a known device's failures are counted under.
    pub(crate) fn device_subject(&self, token: &TokenHash) -> Subject {
        self.subject("failures of a device", token.as_bytes())
    }

    /// What is counted, told by what and for whom.
    pub(crate) fn subject(&self, what: &str, whom: &[u8]) -> Subject {
        self.0.secret.mac("limit", &[what.as_bytes(), whom])
    }
}
