//! Sends what waits in the outbox, a few at a time and again where it has to; it must not know the words of a message.

use std::{pin::pin, time::Duration};

use tokio::{
    task::{JoinError, JoinSet},
    time::{Instant, sleep},
};

use super::{Accounts, Error};
use crate::{
    domain::{
        challenge::{self, CODE_LIFE},
        time::Timestamp,
    },
    mail::{Content, Failure, Mailer, Proof, Verdict},
    store::{
        StoreError, Tx,
        outbox::{self, Message, Outcome},
    },
};

/// Messages that are on their way at the same time.
const AT_A_TIME: usize = 4;

/// How often the outbox is looked into for what other replicas wrote and for what has to be tried again.
const POLL: Duration = Duration::from_secs(2);

/// How long a message belongs to who took it, and how often that is renewed while a server thinks about it. What a process died
/// with is sent by the next one after this long.
const LEASE: Duration = Duration::from_secs(30);
const RENEWAL: Duration = Duration::from_secs(10);

/// Waits after a server refused a message for now; the last one over and over, until it is no longer worth sending.
const BACK_OFF: [Duration; 6] = [
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(1),
];

/// Waits while no server can be reached: doubled from the first to the last, and then one message is tried for all. It is short,
/// because codes are good for minutes only, and because one connection a minute is no burden.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LAST_PAUSE: Duration = Duration::from_mins(1);

/// How often, and after which waits, it is tried to write down that a message was sent: what is not written is sent again.
const SETTLING_TRIES: u32 = 12;
const SETTLING_WAIT: Duration = Duration::from_secs(5);

/// What sending a message told of the way out.
enum Sign {
    Open,
    Shut(Failure),
    Nothing,
}

/// Whether the way out is open, and when it is worth another look where it is not.
struct Way {
    pause: Option<Duration>,
    until: Instant,
}

impl Accounts {
    /// Whether there is a way to send mail. Without one nothing is written into the outbox.
    #[must_use]
    pub fn has_mail(&self) -> bool {
        self.0.mailer.is_some()
    }

    /// Tells the sender that a message was written. It looks by itself every other second too: this only saves the wait.
    pub(super) fn mail_is_waiting(&self) {
        self.0.mail_waiting.notify_one();
    }

    /// Sends what waits until `stop` comes to pass, and then what is on its way. Returns at once where there is no way out.
    pub async fn send_mail(self, stop: impl Future<Output = ()>) {
        let Some(mailer) = &self.0.mailer else {
            return;
        };
        let mut stop = pin!(stop);
        let mut sends = JoinSet::new();
        let mut way = Way::open();
        loop {
            if let Err(error) = self.take(&mut sends, &way).await {
                way.shut();
                tracing::warn!(%error, "the outbox could not be looked into; mail waits");
            }
            tokio::select! {
                () = &mut stop => break,
                Some(ended) = sends.join_next() => way.note(ended),
                () = self.0.mail_waiting.notified() => {}
                () = sleep(POLL) => {
                    if sends.is_empty() {
                        mailer.hang_up().await;
                    }
                }
            }
        }
        while sends.join_next().await.is_some() {}
        mailer.hang_up().await;
    }

    /// Takes as many messages as may be on their way.
    async fn take(&self, sends: &mut JoinSet<Sign>, way: &Way) -> Result<(), Error> {
        let free = way.width().saturating_sub(sends.len());
        let now = self.0.clock.now();
        if free == 0 || !self.read(move |tx| outbox::has_due(tx, now)).await? {
            return Ok(());
        }
        let (until, limit) = (now.plus(LEASE), i64::try_from(free).unwrap_or(1));
        let taken = self
            .write(move |tx| outbox::claim(tx, now, until, limit))
            .await?;
        for message in taken {
            sends.spawn(self.clone().post(message));
        }
        Ok(())
    }

    /// Sends one message and writes down what became of it.
    async fn post(self, message: Message) -> Sign {
        let Some(mailer) = &self.0.mailer else {
            return Sign::Nothing;
        };
        let (id, now) = (message.id, self.0.clock.now());
        let proof = self.proof(&message, mailer, now);
        let Some(proof) = proof.filter(|_| message.expires_at > now) else {
            tracing::warn!(event = "mail.expired", message.id = %id, message.kind = message.kind.as_str(), "a message was not sent while it was of use");
            self.settle(move |tx| outbox::finish(tx, id, Outcome::Expired))
                .await;
            return Sign::Nothing;
        };
        if message.kind.is_request() {
            if let Err(error) = self.resolve(message).await {
                tracing::warn!(%error, message.id = %id, "whom a message is for could not be looked up; it is tried again");
            }
            return Sign::Nothing;
        }
        match self.send(mailer, &message, proof).await {
            Ok(_answer) => {
                tracing::info!(event = "mail.sent", message.id = %id, message.kind = message.kind.as_str(), "a message was sent");
                self.settle(move |tx| outbox::finish(tx, id, Outcome::Sent))
                    .await;
                Sign::Open
            }
            Err(failure) => self.not_sent(&message, failure).await,
        }
    }

    /// Hands a message over, and keeps it taken for as long as that takes.
    async fn send(
        &self,
        mailer: &Mailer,
        message: &Message,
        proof: Proof,
    ) -> Result<String, Failure> {
        let mail = crate::mail::Message {
            id: message.id,
            recipient: &message.recipient,
            language: message.language,
            created_at: message.created_at,
            content: Content::Kind {
                kind: message.kind,
                proof,
                detail: &message.detail,
            },
        };
        let mut sending = pin!(mailer.send(&mail));
        let (id, attempts) = (message.id, message.attempts);
        loop {
            tokio::select! {
                sent = &mut sending => return sent,
                () = sleep(RENEWAL) => {
                    let until = self.0.clock.now().plus(LEASE);
                    let renewed = self.write(move |tx| outbox::retry(tx, id, attempts, until)).await;
                    if let Err(error) = renewed {
                        tracing::warn!(%error, message.id = %id, "a slow message could not be kept");
                    }
                }
            }
        }
    }

    async fn not_sent(&self, message: &Message, failure: Failure) -> Sign {
        let (id, kind, attempts) = (message.id, message.kind.as_str(), message.attempts);
        let now = self.0.clock.now();
        match failure.verdict() {
            Verdict::Unreachable => {
                self.settle(move |tx| outbox::retry(tx, id, attempts, now))
                    .await;
                Sign::Shut(failure)
            }
            Verdict::Temporary => {
                let due_at = now.plus(back_off(attempts)).min(message.expires_at);
                tracing::warn!(event = "mail.delayed", message.id = %id, message.kind = kind, cause = %failure, "a message was refused for now");
                self.settle(move |tx| outbox::retry(tx, id, attempts + 1, due_at))
                    .await;
                Sign::Open
            }
            Verdict::Permanent => {
                tracing::warn!(event = "mail.refused", message.id = %id, message.kind = kind, cause = %failure, "a message was refused for good");
                self.settle(move |tx| outbox::finish(tx, id, Outcome::Failed))
                    .await;
                Sign::Open
            }
        }
    }

    /// What the message proves with, none of it outlived; `None` where nothing would be left of what it is for.
    fn proof(&self, message: &Message, mailer: &Mailer, now: Timestamp) -> Option<Proof> {
        let Some((purpose, id)) = message.kind.purpose().zip(message.reference) else {
            return Some(Proof::default());
        };
        let secret = &self.0.secret;
        let has_code = message.created_at.plus(CODE_LIFE) > now;
        let proof = Proof {
            code: has_code.then(|| challenge::code(secret, purpose, id)),
            token: mailer
                .has_links()
                .then(|| challenge::token(secret, purpose, id)),
        };
        (proof.code.is_some() || proof.token.is_some()).then_some(proof)
    }

    /// Writes down what became of a message, through an outage of the database if it is a short one.
    async fn settle(
        &self,
        write: impl Fn(&mut Tx<'_>) -> Result<(), StoreError> + Copy + Send + 'static,
    ) {
        for _try in 0..SETTLING_TRIES {
            match self.write(write).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%error, "what became of a message could not be written down; it is tried again");
                }
            }
            sleep(SETTLING_WAIT).await;
        }
    }
}

/// The wait after one more refusal for now.
fn back_off(attempts: i64) -> Duration {
    let place = usize::try_from(attempts).unwrap_or(0);
    let last = BACK_OFF.len() - 1;
    BACK_OFF.get(place.min(last)).copied().unwrap_or_default()
}

impl Way {
    fn open() -> Self {
        Self {
            pause: None,
            until: Instant::now(),
        }
    }

    /// How many messages may be on their way: all, one that finds out, or none.
    fn width(&self) -> usize {
        match self.pause {
            None => AT_A_TIME,
            Some(_) if Instant::now() < self.until => 0,
            Some(_) => 1,
        }
    }

    fn note(&mut self, ended: Result<Sign, JoinError>) {
        match ended {
            Ok(Sign::Open) => {
                if self.pause.take().is_some() {
                    tracing::info!(event = "mail.reachable", "mail leaves again");
                }
            }
            Ok(Sign::Shut(failure)) => {
                if self.pause.is_none() {
                    tracing::warn!(event = "mail.unreachable", cause = %failure, "mail cannot leave; it waits, and is tried again");
                }
                self.shut();
            }
            Ok(Sign::Nothing) => {}
            Err(error) => tracing::error!(%error, "sending a message broke off"),
        }
    }

    /// Others that set out before the way was shut find the same: only who found out later makes the wait longer.
    fn shut(&mut self) {
        let now = Instant::now();
        let longer = match self.pause {
            None => FIRST_PAUSE,
            Some(pause) if now >= self.until => (pause * 2).min(LAST_PAUSE),
            Some(_) => return,
        };
        self.pause = Some(longer);
        self.until = now + longer;
    }
}
