//! Proofs of a mailbox: a link's token or a typed code, and what each of them is found to prove; it must not know what follows.

use crate::{
    domain::{
        account::{email::EmailKey, pending_sign_up::PendingSignUp},
        credential::{
            challenge::{self, Challenge, PresentedToken, Purpose},
            password::Password,
        },
    },
    service::{
        Caller, Error, Service,
        throttle::{attempt::Attempt, reservation::Reservation},
    },
    store::tables::{challenges, pending_sign_ups},
};

/// What somebody presents who reads a mailbox.
#[derive(Clone)]
pub enum Proof {
    /// A link's token.
    Token(String),
    /// A code that was typed.
    Code(String),
}

/// The same where no session tells whose it is: a code alone could be anybody's.
#[derive(Clone)]
pub enum MailboxProof {
    /// A link's token.
    Token(String),
    /// A code that was typed, and the mailbox that it came to.
    Code(String, EmailKey),
}

/// A request to verify an email address.
pub enum VerifyEmail {
    /// A proof in a session of the account.
    BySession(Proof),
    /// A proof and the account's password, or `None` for a password that no account can have.
    ByPassword(MailboxProof, Option<Password>),
}

/// What is proved.
pub(crate) enum Proved {
    /// That an account's owner reads a mailbox.
    Challenge(Challenge),
    /// That somebody who signed up does.
    SignUp(PendingSignUp),
}

impl Service {
    /// The challenge of this token, if it is for one of these purposes. It stays unused.
    pub(crate) async fn challenge_of_token(
        &self,
        token: &str,
        purposes: &[Purpose],
    ) -> Result<Option<Challenge>, Error> {
        let Some(token) = PresentedToken::of(token) else {
            return Ok(None);
        };
        let (id, now) = (token.id, self.0.clock.now());
        let found = self.read(move |tx| challenges::by_id(tx, id, now)).await?;
        Ok(found.filter(|found| {
            purposes.contains(&found.purpose) && token.proves(&self.0.secret, found.purpose)
        }))
    }

    /// The sign-up of this token. It stays unused.
    pub(crate) async fn sign_up_of_token(
        &self,
        token: &str,
    ) -> Result<Option<PendingSignUp>, Error> {
        let token = PresentedToken::of(token);
        let token = token.filter(|token| token.proves(&self.0.secret, Purpose::SignUp));
        let Some(token) = token else {
            return Ok(None);
        };
        let now = self.0.clock.now();
        self.read(move |tx| pending_sign_ups::by_id(tx, token.id, now))
            .await
    }

    /// The challenge of this code among those of the caller. The attempt is counted before anything is compared.
    pub(crate) async fn challenge_of_code(
        &self,
        code: &str,
        caller: &Caller,
        purposes: &'static [Purpose],
    ) -> Result<Option<Challenge>, Error> {
        let (user, now) = (caller.user.id, self.0.clock.now());
        let (reservation, tried) = self
            .reserve_with(self.own_code_attempt(caller), move |tx| {
                challenges::try_codes_of_user(tx, user, purposes, now)
            })
            .await?;
        let found = self.matching(tried, code);
        if found.is_some() {
            // The wrong ones before it stay counted: whoever has a mailbox too would buy guesses at another's code with it.
            self.take_back(reservation).await;
        } else {
            self.settle(reservation).await;
        }
        Ok(found)
    }

    /// The one among these challenges whose code it is.
    pub(crate) fn matching(&self, tried: Vec<Challenge>, code: &str) -> Option<Challenge> {
        tried
            .into_iter()
            .find(|tried| challenge::is_code(code, &self.0.secret, tried.purpose, tried.id))
    }

    /// What this code proves to whoever gives the mailbox that it came to. The try is counted in the same transaction in which
    /// codes are looked for, so that it takes as long whether there are any.
    pub(crate) async fn proved_by_code(
        &self,
        attempt: Attempt,
        code: &str,
        mailbox: EmailKey,
    ) -> Result<(Reservation, Option<Proved>), Error> {
        let now = self.0.clock.now();
        let (reservation, (tried, waiting)) = self
            .reserve_with(attempt, move |tx| {
                let purpose = Purpose::VerifyEmail;
                Ok((
                    challenges::try_codes_of_mailbox(tx, &mailbox, purpose, now)?,
                    pending_sign_ups::try_codes_of_mailbox(tx, &mailbox, now)?,
                ))
            })
            .await?;
        let sign_up = waiting
            .into_iter()
            .find(|tried| challenge::is_code(code, &self.0.secret, Purpose::SignUp, tried.id));
        let challenge = self.matching(tried, code);
        let proved = challenge.map(Proved::Challenge);
        Ok((reservation, proved.or(sign_up.map(Proved::SignUp))))
    }
}
