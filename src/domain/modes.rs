//! Modes of operation that the operator chooses: CAPTCHA and email verification.

/// When sign-up and log-in ask for a proof of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptchaMode {
    /// Never.
    Off,
    /// After failures and floods.
    Adaptive,
    /// At every sign-up and log-in.
    Always,
}

/// What an address that nobody has verified may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailVerification {
    /// Everything, and no mail is sent by itself.
    Off,
    /// Everything; a sign-up sends a mail.
    Optional,
    /// Nothing: the account exists from verification on.
    Required,
}
