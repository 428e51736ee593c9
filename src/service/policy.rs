//! The decisions of the operator about accounts and sessions.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use crate::domain::{
    account::{email::EmailKey, email_domains::EmailDomainRules},
    modes::{EmailVerification, SignUpMode},
    session::Lifetime,
};

/// The decisions of the operator about accounts and sessions.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The name of the app, which authenticator apps show beside its codes.
    pub app_name: String,
    /// The lifetime of sessions.
    pub lifetime: Lifetime,
    /// The rights of an account with an unverified email. Without mail it is
    /// [`EmailVerification::Off`].
    pub email_verification: EmailVerification,
    /// The time for which a trusted device skips the second factor; `None` trusts no device.
    pub trusted_device: Option<Duration>,
    /// `true` sends owners a notice of a login from a new device.
    pub device_notices: bool,
    /// `true` lets owners log in with a mailed code.
    pub email_log_in: bool,
    /// The time for which the audit log keeps events.
    pub event_retention: Duration,
    /// The clients that may sign up.
    pub sign_up: SignUpMode,
    /// The domains that new addresses may have.
    pub email_domains: EmailDomainPolicy,
}

/// The domains that new addresses may have: every domain until the service reads the lists. The
/// operator may replace them while the service runs. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct EmailDomainPolicy(Arc<RwLock<EmailDomainRules>>);

impl Policy {
    /// Returns whether an account exists only once its email is verified.
    pub(super) const fn requires_verification(&self) -> bool {
        matches!(self.email_verification, EmailVerification::Required)
    }
}

impl EmailDomainPolicy {
    /// Returns whether a new address may have this domain.
    #[must_use]
    pub fn admits(&self, email: &EmailKey) -> bool {
        let rules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rules.admit(email)
    }

    /// Replaces the rules for every clone.
    pub fn replace(&self, rules: EmailDomainRules) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = rules;
    }
}
