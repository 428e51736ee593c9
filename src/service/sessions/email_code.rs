//! Logs in with a mailed code in place of the password. The work and the response are the same
//! whether the account exists or not.

use super::opening::AuthenticatedBy;
use crate::{
    domain::{
        account::{email::EmailKey, identifier::Identifier, ids::UserId},
        credential::challenge::{Challenge, Purpose},
    },
    events::SecurityEvent,
    service::{Error, NewSession, Service, SessionRequest},
    store::tables::challenges,
    throttle::Reservation,
};

/// A login with a mailed code.
pub struct EmailCodeLogIn {
    /// The mailbox that received the code.
    pub mailbox: EmailKey,
    /// The code.
    pub code: String,
    /// The session to open.
    pub opening: SessionRequest,
}

impl Service {
    /// Returns whether owners can log in with a mailed code.
    #[must_use]
    pub const fn allows_email_log_in(&self) -> bool {
        self.policy.email_log_in
    }

    /// Opens a session for a client with the code that the account's mailbox received. The try is
    /// counted in the transaction that looks for codes, so it takes as long whether an account has
    /// the email or not.
    pub async fn log_in_with_code(&self, log_in: EmailCodeLogIn) -> Result<NewSession, Error> {
        let EmailCodeLogIn {
            mailbox,
            code,
            opening,
        } = log_in;
        let found = self.find(&Identifier::Email(mailbox.clone())).await?;
        let account = found.as_ref().map(|found| found.user.id);
        let (reservation, tried) = self.try_login_codes(mailbox, account, &opening).await?;
        let challenge = self
            .matching(tried, &code)
            .filter(|challenge| Some(challenge.user) == account);
        let (Some(found), Some(challenge)) = (found, challenge) else {
            self.throttle.settle(reservation).await?;
            return Err(Error::CodeInvalid);
        };
        if found.disabled {
            let refusal = SecurityEvent::LoginDisabled;
            self.throttle.refund_refused(reservation, refusal).await?;
            return Err(Error::AccountDisabled);
        }
        let (challenge, failures) = (challenge.id, reservation.clone());
        let by = AuthenticatedBy::EmailCode {
            challenge,
            reservation: failures,
        };
        let opened = self.complete_first_factor(&found.user, by, &opening, reservation);
        opened.await?.into_session()
    }

    /// Counts the try, and consumes one attempt of each login code of the mailbox. Both cost the
    /// same for a mailbox without an account or a code.
    async fn try_login_codes(
        &self,
        mailbox: EmailKey,
        account: Option<UserId>,
        opening: &SessionRequest,
    ) -> Result<(Reservation, Vec<Challenge>), Error> {
        let (throttle, device) = (self.throttle.clone(), opening.device.as_ref());
        let attempt = throttle.login_code(&mailbox, account, device, &opening.client);
        let now = self.clock.now();
        let reserved = self.throttle.reserve_with(attempt, move |tx| {
            let tried = challenges::try_codes_of_mailbox(tx, &mailbox, Purpose::LogIn, now)?;
            // The failure of an account and the try of a code are one write each.
            let missing = u8::from(account.is_none()) + u8::from(tried.is_empty());
            throttle.write_stand_ins(tx, &mailbox, missing, now)?;
            Ok(tried)
        });
        Ok(reserved.await?)
    }
}
