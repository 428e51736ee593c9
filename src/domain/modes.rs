//! The modes of signup, CAPTCHA, email verification and forward-auth.

/// The clients that may sign up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpMode {
    /// All.
    Open,
    /// Those with an invitation.
    Invited,
    /// None: only an operator creates accounts.
    Closed,
}

/// The conditions under which signup and login require a proof of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptchaMode {
    /// Never.
    Off,
    /// After failures and floods.
    Adaptive,
    /// At every signup and login.
    Always,
}

/// The rights of an account whose email is not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailVerification {
    /// All; a signup sends no mail.
    Off,
    /// All; a signup sends a mail.
    Optional,
    /// None: the account is created at verification.
    Required,
}

/// The statement of the method by which a proxied CORS preflight is recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreflightSource {
    /// The header `X-Forwarded-Method`.
    ForwardedMethod,
    /// The header `X-Original-Method`.
    OriginalMethod,
    /// The method of the authorization request.
    Own,
}

impl SignUpMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Open, Self::Invited, Self::Closed];

    /// Returns the name of the mode, as the setting and clients write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invited => "invited",
            Self::Closed => "closed",
        }
    }
}

impl CaptchaMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Off, Self::Adaptive, Self::Always];

    /// Returns the name of the mode, as the setting and clients write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Adaptive => "adaptive",
            Self::Always => "always",
        }
    }
}

impl EmailVerification {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Off, Self::Optional, Self::Required];

    /// Returns the name of the mode, as the setting and clients write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }
}
