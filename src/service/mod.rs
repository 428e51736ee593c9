//! The use cases, one file each. A use case names the mechanisms that it needs as fields of
//! [`Service`].

mod accounts;
mod admin;
mod context;
mod emails;
mod error;
mod events;
mod integrations;
mod invitations;
mod passkeys;
mod password_check;
mod passwords;
mod policy;
mod second_factors;
mod sessions;

use std::sync::Arc;

use crate::{
    clock::Clock,
    database::Database,
    domain::{
        credential::sealing_keys::SealingKeys,
        modes::{CaptchaMode, EmailVerification},
    },
    events::EventMeters,
    outbox::{Outbox, WebhookOutbox},
    passkeys::Passkeys,
    passwords::Passwords,
    throttle::Throttle,
    tokens::Tokens,
};

pub use crate::{
    outbox::ResumedWebhooks,
    passkeys::{PasskeyProof, webauthn::PASSKEY_ALGORITHMS},
    store::{
        Unique,
        tables::{
            mail_requests::MailRequest,
            outbox::OutboxMessage,
            outbox_pauses::ChannelPause,
            totp_secrets::TotpTimes,
            users::{AccountFilter, ListPosition},
            webhook_messages::QueuedWebhook,
        },
    },
    throttle::{CaptchaChallenge, Lockout},
    tokens::{AccessToken, PublishedKey},
};
pub use accounts::{
    export::AccountExport,
    sign_up::{IdempotencyKey, SignUp, SignedUp},
    update::AccountChange,
};
pub use admin::{
    create::{FirstPassword, NewAccount},
    import::{
        ImportOutcome, ImportRefusal, ImportedAccount, ImportedHash, ImportedPassword,
        ImportedUsername,
    },
    list::{AccountList, AccountListPart},
    overview::AccountOverview,
    statistics::{
        ChannelStatistics, DatabaseStatistics, EventStatistics, GateStatistics, HashStatistics,
        PendingReading, Statistics, WebhookStatistics,
    },
    update::UserChange,
};
pub use context::{AccountName, Administrator, Caller, NewSession, SessionOutcome, SessionRequest};
pub use emails::proofs::{MailboxProof, PasswordVerification, Proof, VerifiedEmail, VerifyEmail};
pub use error::{Error, FactorError, PasskeyError};
pub use events::{
    list::{EventPage, Page},
    webhooks::{Replay, ReplayResult, WebhookQueue},
};
pub use integrations::{
    introspect::{IntrospectedToken, TokenUse},
    service_keys::{NewServiceKey, ServiceCredentials},
};
pub use invitations::manage::{CreatedInvitation, InvitationList, Invitees, NewInvitation};
pub use passkeys::{
    log_in::PasskeyLogIn,
    options::{AssertionOptions, RegistrationOptions},
    register::{NewPasskey, RegisteredPasskey},
};
pub use passwords::{change::PasswordChange, reset::PasswordReset};
pub use policy::{EmailDomainPolicy, Policy};
pub use second_factors::{
    confirm::Confirmation,
    log_in::{SecondFactorLogIn, WaitingLogIn},
    overview::SecondFactorOverview,
    proof::SecondFactorProof,
    totp::TotpSetup,
};
pub use sessions::{devices::RecognizedDevices, email_code::EmailCodeLogIn, log_in::LogIn};

/// The mechanisms of the use cases.
#[derive(Debug)]
#[expect(missing_docs, reason = "each field is named after its type")]
pub struct Mechanisms {
    pub database: Database,
    pub event_meters: Arc<EventMeters>,
    pub clock: Clock,
    pub sealing_keys: SealingKeys,
    pub passwords: Passwords,
    pub throttle: Throttle,
    pub passkeys: Passkeys,
    pub outbox: Outbox,
    pub webhooks: WebhookOutbox,
    pub tokens: Tokens,
    pub policy: Policy,
}

/// The use cases over their mechanisms. Clones share them.
#[derive(Clone, Debug)]
pub struct Service {
    database: Database,
    event_meters: Arc<EventMeters>,
    clock: Clock,
    sealing_keys: SealingKeys,
    passwords: Passwords,
    throttle: Throttle,
    passkeys: Passkeys,
    outbox: Outbox,
    webhooks: WebhookOutbox,
    tokens: Tokens,
    policy: Policy,
}

impl Service {
    /// The use cases over these mechanisms.
    #[must_use]
    pub fn new(mechanisms: Mechanisms) -> Self {
        Self {
            database: mechanisms.database,
            event_meters: mechanisms.event_meters,
            clock: mechanisms.clock,
            sealing_keys: mechanisms.sealing_keys,
            passwords: mechanisms.passwords,
            throttle: mechanisms.throttle,
            passkeys: mechanisms.passkeys,
            outbox: mechanisms.outbox,
            webhooks: mechanisms.webhooks,
            tokens: mechanisms.tokens,
            policy: mechanisms.policy,
        }
    }

    /// Returns an error unless the database responds and is migrated.
    pub async fn is_ready(&self) -> Result<(), Error> {
        Ok(self.database.is_ready().await?)
    }

    /// Returns whether mail is configured.
    #[must_use]
    pub fn has_mail(&self) -> bool {
        self.outbox.is_enabled()
    }

    /// Returns the rights of an account with an unverified email.
    #[must_use]
    pub const fn email_verification(&self) -> EmailVerification {
        self.policy.email_verification
    }

    /// Returns the domains that new addresses may have.
    #[must_use]
    pub const fn email_domains(&self) -> &EmailDomainPolicy {
        &self.policy.email_domains
    }

    /// Returns when signup and login require a proof of work.
    #[must_use]
    pub fn captcha_mode(&self) -> CaptchaMode {
        self.throttle.captcha_mode()
    }

    /// Creates a proof-of-work challenge for a client IP.
    pub async fn captcha(&self, ip: &str) -> Result<CaptchaChallenge, Error> {
        Ok(self.throttle.captcha_challenge(ip).await?)
    }

    /// Waits until every accepted password is hashed, and moves the database's log into its file.
    pub async fn close(&self) -> Result<(), Error> {
        self.passwords.drain().await;
        Ok(self.database.checkpoint().await?)
    }
}
