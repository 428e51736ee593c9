//! Resolves requests for mail: looks the account up, and enqueues the mail that it gets.

use crate::{
    domain::{
        account::{email::EmailKey, ids::ChallengeId, pending_sign_up::PendingSignUp, user::User},
        credential::challenge::{ChallengeLifetime, Purpose},
        message::{MailRequestKind, MessageKind},
        timestamp::Timestamp,
    },
    outbox::{ChallengeMail, Outbox, OutboxMail, Trigger},
    random,
    store::{
        StoreError, Tx,
        tables::{
            mail_requests::{self, MailRequest},
            pending_sign_ups, users,
        },
    },
};

/// Deletes the request and enqueues its mail, unless another replica did.
pub(super) fn resolve(
    tx: &mut Tx<'_>,
    outbox: &Outbox,
    request: &MailRequest,
    now: Timestamp,
) -> Result<(), StoreError> {
    let is_ours = mail_requests::delete(tx, &[&request.id])? == 1;
    if !is_ours || request.expires_at <= now {
        return Ok(());
    }
    let Some(mailbox) = EmailKey::of(&request.mailbox) else {
        return Ok(());
    };
    let trigger = Trigger {
        client: request.client,
        language: request.language,
    };
    match request.kind {
        MailRequestKind::Reset => send_reset(tx, outbox, &mailbox, trigger, now),
        MailRequestKind::Verification => send_verification(tx, outbox, &mailbox, trigger, now),
        MailRequestKind::LogIn => send_log_in_code(tx, outbox, &mailbox, trigger, now),
    }
}

/// Sends a login code to the owner of a verified address. The reader of another mailbox first takes
/// the account over, or completes the signup.
fn send_log_in_code(
    tx: &mut Tx<'_>,
    outbox: &Outbox,
    mailbox: &EmailKey,
    trigger: Trigger,
    now: Timestamp,
) -> Result<(), StoreError> {
    match users::by_email(tx, mailbox)? {
        Some(found) if found.user.email_verified => {
            send_to_owner(tx, outbox, &found.user, Purpose::LogIn, trigger, now)
        }
        Some(found) => send_to_owner(
            tx,
            outbox,
            &found.user,
            Purpose::ResetPassword,
            trigger,
            now,
        ),
        None => send_verification(tx, outbox, mailbox, trigger, now),
    }
}

fn send_reset(
    tx: &mut Tx<'_>,
    outbox: &Outbox,
    mailbox: &EmailKey,
    trigger: Trigger,
    now: Timestamp,
) -> Result<(), StoreError> {
    match users::by_email(tx, mailbox)? {
        Some(found) => send_to_owner(
            tx,
            outbox,
            &found.user,
            Purpose::ResetPassword,
            trigger,
            now,
        ),
        None => Ok(()),
    }
}

fn send_to_owner(
    tx: &mut Tx<'_>,
    outbox: &Outbox,
    user: &User,
    purpose: Purpose,
    trigger: Trigger,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mail = ChallengeMail {
        user,
        purpose,
        mailbox: &user.email,
        trigger,
    };
    outbox.send_challenge(tx, &mail, now)?;
    Ok(())
}

fn send_verification(
    tx: &mut Tx<'_>,
    outbox: &Outbox,
    mailbox: &EmailKey,
    trigger: Trigger,
    now: Timestamp,
) -> Result<(), StoreError> {
    match users::by_email(tx, mailbox)? {
        Some(found) if found.user.email_verified => Ok(()),
        Some(found) => {
            outbox.send_verification(tx, &found.user, trigger, now)?;
            Ok(())
        }
        None => match pending_sign_ups::newest_by_mailbox(tx, mailbox, now)? {
            Some((pending, expires_at)) => remind(tx, outbox, (pending, expires_at), trigger, now),
            None => Ok(()),
        },
    }
}

/// Sends a pending signup another code. Earlier codes stay valid. The signup expires no later for
/// it: otherwise its username would reveal whether the mailbox has an account, which gets no
/// reminder.
fn remind(
    tx: &mut Tx<'_>,
    outbox: &Outbox,
    (pending, expires_at): (PendingSignUp, Timestamp),
    trigger: Trigger,
    now: Timestamp,
) -> Result<(), StoreError> {
    let counted = trigger.counted(MessageKind::SignUp, pending.email.key());
    if !outbox.admits(tx, &counted, now)? {
        return Ok(());
    }
    let again = PendingSignUp {
        id: ChallengeId::new(now, &random::bytes()),
        ..pending
    };
    let life = ChallengeLifetime::new(Purpose::SignUp, now, true).until(expires_at);
    pending_sign_ups::insert(tx, &again, &life)?;
    OutboxMail::sign_up(&again, trigger.language).enqueue(tx, now)
}
