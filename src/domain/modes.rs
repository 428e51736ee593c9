//! What the operator demands of strangers: the limits, proofs of work and verified mailboxes; it must not know how any is enforced.

/// How often things may happen before they are refused.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Sign-ups a minute from one network address, at one replica.
    pub sign_ups: u32,
    /// Log-ins a minute from one network address, at one replica.
    pub log_ins: u32,
    /// Failed log-ins a minute from one network address.
    pub network_failures: u32,
    /// Failed log-ins with one identifier, or from one known device, before each further one has to wait.
    pub failures: u32,
    /// Failed log-ins of one account in a row before only known devices may try
    /// (at most 100: NIST SP 800-63B-4 section 3.2.2).
    pub account_failures: u32,
    /// Changes of email or username a day of one account.
    pub changes: u32,
    /// Attempts to change an email or username an hour from one client IP.
    pub network_changes: u32,
    /// Wrong codes an hour in one account's sessions before each further one has to wait.
    pub codes: u32,
    /// Requests a minute from one client IP, at one replica, for mail to an address.
    pub mail_requests: u32,
    /// Mails an hour to one mailbox of each kind that anyone can trigger.
    pub mails: u32,
    /// Those of them that one client IP can trigger.
    pub client_mails: u32,
    /// Requests for mail that may wait, at all replicas.
    pub waiting_requests: u32,
    /// Sign-ups that may wait for their mailbox to be verified, at all replicas.
    pub waiting_sign_ups: u32,
}

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
