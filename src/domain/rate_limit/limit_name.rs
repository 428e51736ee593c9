//! The names of the rate limits.

use std::fmt;

/// Builds the names of the limits, their texts and the list of all from one table.
macro_rules! limit_names {
    ($($(#[$meaning:meta])+ $name:ident => $text:literal,)+) => {
        /// The name of a rate limit in headers, logs and events. It is part of the API: never
        /// renamed, never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum LimitName {
            $($(#[$meaning])+ $name,)+
        }

        impl LimitName {
            /// Every name, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Returns the name as text, such as `log-in`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

limit_names! {
    /// Signups from one client IP.
    SignUp => "sign-up",
    /// Logins from one client IP.
    LogIn => "log-in",
    /// Mail requests from one client IP.
    MailRequest => "mail-request",
    /// Failures from one client IP.
    NetworkFailures => "network-failures",
    /// Failures with one identifier, from one recognized device or in one account's
    /// confirmations.
    Failures => "failures",
    /// Wrong codes in one account's sessions.
    WrongCodes => "wrong-codes",
    /// Changes of email or username of one account.
    Changes => "changes",
    /// Attempts to change an email or username from one client IP.
    NetworkChanges => "network-changes",
    /// Consecutive failures of one account.
    AccountFailures => "account-failures",
}

impl fmt::Display for LimitName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
