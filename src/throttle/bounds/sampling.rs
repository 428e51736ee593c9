//! Events of attempts that no transaction counts: the first of a subject in 10 minutes is recorded.
//! The others are log lines alone, so a flood of refused attempts writes nothing.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use crate::{
    domain::{
        account::ids::UserId, client::Client, event::RollUp, rate_limit::Subject,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    throttle::{Error, Throttle, attempt::Attempt, keys::NetworkKey},
};

/// Subjects that are remembered. Events of further ones are log lines alone.
const CAPACITY: usize = 10_000;

/// The subjects of the events that this process recorded in the present 10 minutes.
#[derive(Debug, Default)]
pub(in crate::throttle) struct SampledSubjects(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    number: i64,
    subjects: HashSet<(&'static str, Subject)>,
}

impl SampledSubjects {
    /// Returns whether the event is the first of its subject.
    fn is_first(&self, kind: &'static str, subject: Subject, at: Timestamp) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = RollUp::window(at);
        if window.number != number {
            window.number = number;
            window.subjects.clear();
        }
        window.subjects.len() < CAPACITY && window.subjects.insert((kind, subject))
    }
}

impl Throttle {
    /// Records that a limit refused the attempt. The subject is the identifier, which an account
    /// may or may not have, so that both cost the same writes.
    pub(in crate::throttle) async fn throttled(
        &self,
        error: Error,
        attempt: &Attempt,
    ) -> Result<Error, Error> {
        let Error::TooMany(exceeded) = &error else {
            return Ok(error);
        };
        let limit = exceeded.policy.name.as_str();
        let now = self.0.clock.now();
        let event = SecurityEvent::LoginThrottled { limit };
        let subject = match attempt.counters.first() {
            Some(share) => Some(share.subject),
            None => self.client_subject(&attempt.client),
        };
        let is_first = subject.is_some_and(|subject| self.0.sampled.is_first(limit, subject, now));
        let (client, account) = (&attempt.client, attempt.account);
        self.sample(event, client, account, is_first).await?;
        Ok(error)
    }

    /// Records that a client presented a wrong, expired or used proof of work.
    pub async fn captcha_rejected(&self, client: &Client) -> Result<(), Error> {
        let now = self.0.clock.now();
        let event = SecurityEvent::CaptchaRejected;
        let name = event.event_type().name();
        let is_first = self
            .client_subject(client)
            .is_some_and(|subject| self.0.sampled.is_first(name, subject, now));
        self.sample(event, client, None, is_first).await
    }

    /// Returns the subject of a client IP.
    fn client_subject(&self, client: &Client) -> Option<Subject> {
        let key = NetworkKey::FailuresThisHour;
        let networks = self.0.keys.shares(&key, &client.ip);
        networks.first().map(|share| share.subject)
    }

    /// Records the first event of a subject. Further ones are for the sinks alone.
    async fn sample(
        &self,
        event: SecurityEvent,
        client: &Client,
        account: Option<UserId>,
        is_first: bool,
    ) -> Result<(), Error> {
        let (database, now) = (&self.0.database, self.0.clock.now());
        if is_first {
            let context = self.attempted(client, account, now);
            database.write(move |tx| event.record(tx, context)).await?;
        } else {
            let context = client.as_anonymous(account, now);
            database.emit(&event.unrecorded(context));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_event_of_a_subject_kind_and_window_is_sampled() {
        let (sampled, now) = (SampledSubjects::default(), Timestamp::from_seconds(0));
        assert!(sampled.is_first("failures", [1; 32], now));
        assert!(!sampled.is_first("failures", [1; 32], now));
        assert!(sampled.is_first("network-failures", [1; 32], now));
        assert!(sampled.is_first("failures", [2; 32], now));
        let later = Timestamp::from_seconds(600);
        assert!(sampled.is_first("failures", [1; 32], later));
    }
}
