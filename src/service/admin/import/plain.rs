//! Rates and hashes the plain passwords of a batch, several at the same time.

use std::time::Duration;

use tokio::{task::JoinSet, time::sleep};

use super::{ImportedAccount, ImportedPassword};
use crate::{
    domain::{account::username::Username, credential::password::NewPassword, invalid::Invalid},
    passwords::{Error as PasswordError, Passwords},
    service::{Error, Service, admin::create::unknown_password},
};

/// The passwords that are rated at the same time.
const RATED_AT_ONCE: usize = 8;

/// The pause before work is tried again that was rejected for lack of capacity.
const PAUSE: Duration = Duration::from_millis(50);

/// The plain password of the account at a place of a batch.
#[derive(Clone)]
pub(super) struct PlainPassword {
    place: usize,
    password: NewPassword,
    username: String,
    email: String,
}

impl PlainPassword {
    /// Returns the password of an account, if it has a plain one.
    pub(super) fn of(place: usize, account: &ImportedAccount) -> Option<Self> {
        let Some(ImportedPassword::Plain(password)) = &account.password else {
            return None;
        };
        let username = account.usernames().first().map(Username::as_str);
        Some(Self {
            place,
            password: password.clone(),
            username: username.unwrap_or_default().to_owned(),
            email: account.email.as_str().to_owned(),
        })
    }
}

impl Service {
    /// Returns the places of the passwords that the rules refuse, with the reasons.
    pub(super) async fn rate_passwords(
        &self,
        plain: Vec<PlainPassword>,
    ) -> Result<Vec<(usize, Invalid)>, Error> {
        let rated = self.for_each_password(plain, RATED_AT_ONCE, rate).await?;
        let refused = rated.into_iter();
        Ok(refused
            .filter_map(|(place, reason)| Some((place, reason?)))
            .collect())
    }

    /// Returns the hashes of the passwords, each with its place. Every lane is used.
    pub(super) async fn hash_passwords(
        &self,
        plain: Vec<PlainPassword>,
    ) -> Result<Vec<(usize, String)>, Error> {
        let lanes = usize::try_from(self.passwords.statistics().lanes).unwrap_or(1);
        self.for_each_password(plain, lanes.max(1), hash).await
    }

    /// Returns a hash that no password matches: of a random password that is forgotten.
    pub async fn unusable_password_hash(&self) -> Result<String, Error> {
        let password = unknown_password()?;
        Ok(hash_patiently(&self.passwords, &password).await?)
    }

    /// Runs work on each password, on up to `at_once` at a time.
    async fn for_each_password<T: Send + 'static, W>(
        &self,
        plain: Vec<PlainPassword>,
        at_once: usize,
        work: impl Fn(Passwords, PlainPassword) -> W,
    ) -> Result<Vec<(usize, T)>, Error>
    where
        W: Future<Output = Result<T, PasswordError>> + Send + 'static,
    {
        let mut tasks = JoinSet::new();
        let mut results = Vec::new();
        let mut waiting = plain.into_iter();
        loop {
            while tasks.len() < at_once
                && let Some(next) = waiting.next()
            {
                let place = next.place;
                let task = work(self.passwords.clone(), next);
                tasks.spawn(async move { (place, task.await) });
            }
            let Some(done) = tasks.join_next().await else {
                return Ok(results);
            };
            let (place, result) = done.map_err(|error| Error::Internal(Box::new(error)))?;
            results.push((place, result?));
        }
    }
}

async fn rate(
    passwords: Passwords,
    plain: PlainPassword,
) -> Result<Option<Invalid>, PasswordError> {
    let PlainPassword {
        password,
        username,
        email,
        ..
    } = plain;
    loop {
        match passwords.refuse_weak(&password, &username, &email).await {
            Ok(()) => return Ok(None),
            Err(PasswordError::Weak(reason)) => return Ok(Some(reason)),
            Err(PasswordError::Overloaded { .. }) => sleep(PAUSE).await,
            Err(error) => return Err(error),
        }
    }
}

async fn hash(passwords: Passwords, plain: PlainPassword) -> Result<String, PasswordError> {
    hash_patiently(&passwords, &plain.password).await
}

/// Hashes a password, and tries again while the hasher is busy.
async fn hash_patiently(
    passwords: &Passwords,
    password: &NewPassword,
) -> Result<String, PasswordError> {
    loop {
        match passwords.hash(password).await {
            Err(PasswordError::Overloaded { .. }) => sleep(PAUSE).await,
            hashed => return hashed,
        }
    }
}
