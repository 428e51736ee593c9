//! Requests for mail by an email alone. The account is looked up after the response, so the
//! response is the same for every email.

use super::resolve::resolve;
use crate::{
    domain::{
        account::{
            email::{Email, EmailKey},
            ids::MessageId,
        },
        client::Client,
        message::MailRequestKind,
    },
    random,
    service::{Error, Service},
    store::{
        StoreError, Tx,
        tables::{
            mail_requests::{self, MailRequest, NewMailRequest},
            pending_sign_ups, users,
        },
    },
    throttle::CappedRows,
};

/// Requests that are looked up in one transaction.
const BATCH: i64 = 64;

impl Service {
    /// Requests a mail that verifies this email.
    pub async fn request_verification(&self, email: &Email, client: &Client) -> Result<(), Error> {
        self.request_mail(MailRequestKind::Verification, email, client)
            .await
    }

    /// Requests a mail that resets the password of the account with this email.
    pub async fn request_reset(&self, email: &Email, client: &Client) -> Result<(), Error> {
        self.request_mail(MailRequestKind::Reset, email, client)
            .await
    }

    /// Requests a code with which the owner of this email logs in. It consumes a proof of work, if
    /// one is required.
    pub async fn request_log_in_code(
        &self,
        email: &Email,
        captcha: Option<&str>,
        client: &Client,
    ) -> Result<(), Error> {
        self.throttle
            .consume_request_proof(captcha, &client.ip)
            .await?;
        self.request_mail(MailRequestKind::LogIn, email, client)
            .await
    }

    /// Stores one row, the same for every email.
    async fn request_mail(
        &self,
        kind: MailRequestKind,
        email: &Email,
        client: &Client,
    ) -> Result<(), Error> {
        let rows = CappedRows::MailRequests;
        self.throttle.refuse_beyond_cap(rows).await?;
        let now = self.clock.now();
        let (id, mailbox) = (MessageId::new(now, &random::bytes()), email.key().clone());
        let language = client.language;
        let client = self.outbox.client(&mailbox, &client.ip);
        let is_new = self
            .database
            .write(move |tx| {
                let request = NewMailRequest {
                    id,
                    kind,
                    mailbox: &mailbox,
                    language,
                    client,
                    expires_at: now.plus(kind.life()),
                };
                mail_requests::insert(tx, &request)
            })
            .await?;
        if is_new {
            self.throttle.row_inserted(rows);
        }
        self.outbox.wake();
        Ok(())
    }

    /// Sends the messages of the outbox until `stop` completes, and resolves requests for mail.
    pub async fn send_mail(self, stop: impl Future<Output = ()>) {
        let outbox = self.outbox.clone();
        outbox
            .run_worker(async || self.resolve_mail_requests().await, stop)
            .await;
    }

    /// Resolves the oldest requests, and returns their number. Those for unknown mailboxes are
    /// deleted together, so a flood of made-up emails costs little. Each of the others has a
    /// transaction of its own, because it locks an account.
    async fn resolve_mail_requests(&self) -> Result<usize, Error> {
        if !self.database.read(mail_requests::has_any).await? {
            return Ok(0);
        }
        let (all, known) = self.database.write(delete_unknown).await?;
        for request in known {
            self.resolve(request).await?;
        }
        Ok(all)
    }

    /// Resolves one request. One that cannot be resolved is deleted, so it blocks no other.
    async fn resolve(&self, request: MailRequest) -> Result<(), Error> {
        let (outbox, now, id) = (self.outbox.clone(), self.clock.now(), request.id.clone());
        let resolved = self
            .database
            .write(move |tx| -> Result<(), Error> { Ok(resolve(tx, &outbox, &request, now)?) })
            .await;
        match resolved {
            Err(Error::Internal(error)) => {
                tracing::error!(event = "mail.unreadable", %error, message.id = id, "a request for mail could not be resolved; it is deleted");
                self.database
                    .write(move |tx| mail_requests::delete(tx, &[&id]))
                    .await?;
                Ok(())
            }
            other => other,
        }
    }
}

/// Deletes the oldest requests whose mailbox neither an account nor a pending signup has. Returns
/// the number of requests looked up, and the others.
fn delete_unknown(tx: &mut Tx<'_>) -> Result<(usize, Vec<MailRequest>), StoreError> {
    let oldest = mail_requests::lock_oldest(tx, BATCH)?;
    // Requests from the outbox of an earlier release have the email as it was written.
    let key = |request: &MailRequest| EmailKey::of(&request.mailbox);
    let keys: Vec<_> = oldest.iter().filter_map(key).collect();
    let mailboxes: Vec<_> = keys.iter().map(EmailKey::as_str).collect();
    let mut known = users::registered_mailboxes(tx, &mailboxes)?;
    known.extend(pending_sign_ups::pending_mailboxes(tx, &mailboxes)?);
    let (known, unknown): (Vec<_>, Vec<_>) = oldest
        .into_iter()
        .partition(|request| key(request).is_some_and(|key| known.contains(key.as_str())));
    let ids: Vec<_> = unknown.iter().map(|request| request.id.as_str()).collect();
    mail_requests::delete(tx, &ids)?;
    Ok((known.len() + unknown.len(), known))
}
