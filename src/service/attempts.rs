//! What keeps guessing in bounds: every try at a password is counted before anything is hashed; it must not know how it ends.
//!
//! Everything is counted under keyed digests, for names that nobody has like for those of accounts. Rows are always taken in the
//! order network, failures, account, so that no two tries wait for each other.

use std::time::Duration;

use super::{
    Accounts, Caller, Error, Opening, abuse,
    captcha::Check,
    reservation::{Counted, Reservation},
};
use crate::{
    domain::{
        email::EmailKey,
        identifier::Identifier,
        limit::{FAILURE_MEMORY, LONGEST_WAIT, Policy, Subject, wait_after},
        network::Network,
        password::Password,
        policy::Limits,
        time::Timestamp,
        token::TokenHash,
        user::{Credentials, UserId},
    },
    store::{StoreError, Tx, counters, devices, failures, idempotency_keys::KeyUse, users},
};

/// The window in which a network's failures are counted to refuse the next; there is another to ask for a proof of work.
const NETWORK_WINDOW: Duration = Duration::from_mins(1);

/// A try at a password.
#[derive(Clone)]
pub(super) struct Attempt {
    /// What it is counted under, unless it comes from a known device of the account.
    subject: Subject,
    /// The account that it is about, if there is one.
    account: Option<UserId>,
    /// The device that it says it comes from.
    device: Option<TokenHash>,
    /// Where it comes from.
    ip: String,
    /// Whether it is refused where too many strangers failed before. A caller with a session is none.
    is_strangers: bool,
    /// The proof of work that may be asked for, where one may.
    check: Option<Check>,
}

impl Attempt {
    /// The same, of which a proof of work may be asked.
    pub(super) fn behind(self, check: Check) -> Self {
        Self {
            check: Some(check),
            ..self
        }
    }
}

impl Accounts {
    /// A log-in with this identifier, which is or is not an account's.
    pub(super) fn log_in_attempt(
        &self,
        identifier: &Identifier,
        found: Option<&Credentials>,
        opening: &Opening,
    ) -> Attempt {
        Attempt {
            subject: self.identifier_subject(identifier),
            account: found.map(|credentials| credentials.user.id),
            device: opening.device.clone(),
            ip: opening.ip.clone(),
            is_strangers: true,
            check: None,
        }
    }

    /// A log-in by a retry of a sign-up. It is counted for the account that the key made, under its present name. A body that is not
    /// the key's own is counted under the key: the name in it may be another account's, whose log-ins must not have to wait for it.
    pub(super) fn retry_attempt(
        &self,
        key: &KeyUse,
        found: Option<&Credentials>,
        opening: &Opening,
    ) -> Attempt {
        let subject = match found {
            Some(found) => {
                let name = found.user.username.key().clone();
                self.identifier_subject(&Identifier::Username(name))
            }
            None => self.subject("retries of a sign-up", &key.key_hash),
        };
        Attempt {
            subject,
            account: found.map(|credentials| credentials.user.id),
            device: opening.device.clone(),
            ip: opening.ip.clone(),
            is_strangers: true,
            check: None,
        }
    }

    /// A confirmation of something by the caller's password: its failures are the account's too, but strangers' failures do not
    /// refuse it.
    pub(super) fn confirmation_attempt(&self, caller: &Caller) -> Attempt {
        Attempt {
            subject: self.confirmation_subject(caller.user.id),
            account: Some(caller.user.id),
            device: None,
            ip: caller.ip.clone(),
            is_strangers: false,
            check: None,
        }
    }

    /// A proof of a mailbox by whoever has no session. Wrong codes are counted under its address and refused alike whoever has it;
    /// a wrong password beside a right link is a failure of the account.
    pub(super) fn proof_attempt(
        &self,
        mailbox: &EmailKey,
        account: Option<UserId>,
        ip: &str,
    ) -> Attempt {
        Attempt {
            subject: account.map_or_else(
                || self.mailbox_subject(mailbox),
                |id| self.confirmation_subject(id),
            ),
            account,
            device: None,
            ip: ip.to_owned(),
            is_strangers: true,
            check: None,
        }
    }

    /// Counts the try, then tells whether the password is the account's. The caller [forgives](Self::forgive) it or takes it back
    /// once it is known to be right; it is taken back here where nothing was hashed.
    pub(super) async fn tried(
        &self,
        attempt: Attempt,
        found: Option<Credentials>,
        password: Option<&Password>,
    ) -> Result<(Result<Credentials, Option<UserId>>, Reservation), Error> {
        let stored = found
            .as_ref()
            .map(|credentials| credentials.password_hash.as_str());
        let (is_right, reservation) = self.try_password(attempt, stored, password).await?;
        let verified = match found {
            Some(credentials) if is_right => Ok(credentials),
            found => Err(found.map(|credentials| credentials.user.id)),
        };
        Ok((verified, reservation))
    }

    /// The same for a password that is not an account's yet.
    pub(super) async fn try_password(
        &self,
        attempt: Attempt,
        stored: Option<&str>,
        password: Option<&Password>,
    ) -> Result<(bool, Reservation), Error> {
        let reservation = self.reserve(attempt).await?;
        match self.is_password_of(stored, password).await {
            Ok(is_right) => Ok((is_right, reservation)),
            Err(error) => {
                self.take_back(reservation).await;
                Err(error)
            }
        }
    }

    /// Counts the try as a failure and uses its proof of work up, unless a limit refuses it or the proof is wanting: then nothing is
    /// counted, and no hash is worth its while.
    async fn reserve(&self, attempt: Attempt) -> Result<Reservation, Error> {
        if self.0.limits.is_none() {
            self.prove(attempt.check).await?;
            return Ok(Reservation(None));
        }
        let (reservation, ()) = self.reserve_with(attempt, |_tx| Ok(())).await?;
        Ok(reservation)
    }

    /// The same in one transaction with what else the try does, so that it takes as long whether that finds anything to do or not.
    pub(super) async fn reserve_with<T: Send + 'static>(
        &self,
        attempt: Attempt,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<(Reservation, T), Error> {
        let Some(limits) = self.0.limits else {
            self.prove(attempt.check).await?;
            return Ok((Reservation(None), self.write(work).await?));
        };
        // What would not be hashed is not counted, nor does it cost a write.
        self.0.hasher.admits()?;
        let (accounts, tried, now) = (self.clone(), attempt.clone(), self.0.clock.now());
        let counted = self
            .write_unless(move |tx| match accounts.count(tx, &tried, &limits, now)? {
                Ok(counted) => Ok(Ok((counted, work(tx)?))),
                Err(refused) => Ok(Err(refused)),
            })
            .await;
        if let Err(Error::TooMany(exceeded)) = &counted {
            let user = attempt.account.map(|id| id.to_string());
            tracing::warn!(event = "login.throttled", user.id = user, client.ip = %attempt.ip, limit = exceeded.policy.name, "a try at a password was refused before it was looked at");
        }
        counted.map(|(counted, done)| (Reservation(Some(counted)), done))
    }

    fn count(
        &self,
        tx: &mut Tx<'_>,
        attempt: &Attempt,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Result<Counted, Error>, StoreError> {
        let network = Network::of_text(&attempt.ip);
        let minute = self.subject("failures of a network in a minute", network.as_bytes());
        let limit = i64::from(limits.network_failures);
        let quota = counters::Rule::at_most(limit, NETWORK_WINDOW);
        let Some(in_minute) = counters::hit(tx, &minute, quota, now)? else {
            let ends_at = counters::count(tx, &minute, now)?.map_or(now, |count| count.ends_at);
            let policy = Policy::network_failures(limits);
            return Ok(Err(policy.exceeded(Some(ends_at.since(now))).into()));
        };
        let hour = self.network_hour(network);
        let in_hour = counters::hit(tx, &hour, counters::Rule::unlimited(abuse::HOUR), now)?;
        let device = self.known_device(tx, attempt, now)?;
        let subject = device.unwrap_or(attempt.subject);
        let is_suspicious = match &attempt.check {
            Some(check) if check.is_due(true) => abuse::is_suspicious(tx, in_hour, &subject, now)?,
            Some(_) | None => false,
        };
        let waits_until = match count_failure(tx, &subject, limits, now)? {
            Ok(waits_until) => waits_until,
            Err(refused) => return Ok(Err(refused)),
        };
        let account = attempt.account.filter(|_| device.is_none());
        let most = i64::from(limits.account_failures);
        let most = attempt.is_strangers.then_some(most);
        if let Some(id) = account
            && !users::count_failure(tx, id, most)?
        {
            return Ok(Err(Policy::account_failures(limits).exceeded(None).into()));
        }
        if let Some(check) = &attempt.check
            && let Err(refused) = check.pass(tx, is_suspicious)?
        {
            return Ok(Err(refused));
        }
        Ok(Ok(Counted {
            in_minute: (minute, in_minute),
            in_hour: (hour, in_hour),
            subject,
            waits_until,
            account,
            has_known_device: device.is_some(),
        }))
    }

    /// What a known device's failures are counted under. The same look-up is made for names that nobody has.
    fn known_device(
        &self,
        tx: &mut Tx<'_>,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Option<Subject>, StoreError> {
        let Some(token) = &attempt.device else {
            return Ok(None);
        };
        let owner = devices::owner(tx, token, now)?;
        Ok((owner.is_some() && owner == attempt.account).then(|| self.device_subject(token)))
    }
}

/// Until when the subject has to wait now, or why it has to wait already.
fn count_failure(
    tx: &mut Tx<'_>,
    subject: &Subject,
    limits: &Limits,
    now: Timestamp,
) -> Result<Result<Option<Timestamp>, Error>, StoreError> {
    let rule = failures::Rule {
        in_a_row: i64::from(limits.account_failures),
        memory: FAILURE_MEMORY,
        longest_wait: LONGEST_WAIT,
    };
    if let Some(count) = failures::count_one(tx, subject, rule, now)? {
        let until = wait_after(count, limits.failures).map(|wait| now.plus(wait));
        if let Some(until) = until {
            failures::make_wait(tx, subject, until)?;
        }
        return Ok(Ok(until));
    }
    let waits_until = failures::by_subject(tx, subject)?.map(|failures| failures.waits_until);
    let waits_until = waits_until.filter(|until| *until > now);
    Ok(Err(match waits_until {
        Some(until) => Policy::failures(limits)
            .exceeded(Some(until.since(now)))
            .into(),
        None => Policy::account_failures(limits).exceeded(None).into(),
    }))
}
