//! The texts of mail in English.

use std::time::Duration;

use super::{KindTexts, SharedTexts, Span};
use crate::domain::{
    credential::challenge::{CODE_LIFE, CODE_TRIES},
    message::MessageKind,
};

pub(super) const SHARED: SharedTexts = SharedTexts {
    greeting: "Hello,",
    code: "Your code, to enter on the page that asks for it",
    button_fails: "If the button does not work, open this address:",
    delayed: "This message was delayed, and its code has expired. The link still works.",
    when: "Time",
    device: "Device",
    network: "IP address",
    unknown_device: "unknown",
    apple_device: "an Apple device",
    secrecy: "We will never ask you for this code or link. Do not share them.",
};

/// A new password undoes what another person changed: a reset needs only the mailbox.
const NOT_YOU: &str = "If this was not you, request a new password right away on the login page. A new password logs out every other device and cancels pending changes.";
const IF_YOU: &str = "If this was you, you do not need to do anything.";

pub(super) fn texts(kind: MessageKind, service: &str, username: Option<&str>) -> KindTexts {
    let account = match username {
        Some(username) => format!("your account {username} at {service}"),
        None => format!("your account at {service}"),
    };
    match kind {
        MessageKind::SignUp => KindTexts {
            subject: "Verify your email to finish signing up",
            opening: format!(
                "This email address was used to sign up at {service}. If this was you, verify the address. You will need the password that you chose."
            ),
            action: "Verify email",
            closing: vec![
                "If this was not you, ignore this message. No account is created unless the address is verified.",
            ],
        },
        MessageKind::AccountExists => KindTexts {
            subject: "You already have an account",
            opening: format!(
                "Someone tried to use this email address for an account at {service}. You already have an account with it, so nothing was changed."
            ),
            action: "",
            closing: vec![
                "If this was you, log in with this address. If you forgot your password, request a new one on the login page.",
                "If this was not you, you do not need to do anything.",
            ],
        },
        MessageKind::VerifyEmail => KindTexts {
            subject: "Verify your email address",
            opening: format!(
                "An account at {service} was created with this email address. If the account is yours, verify the address."
            ),
            action: "Verify email",
            closing: vec![
                "If you have no account there, ignore this message. The address stays unverified.",
            ],
        },
        MessageKind::ChangeEmail => KindTexts {
            subject: "Verify your new email address",
            opening: format!(
                "An account at {service} is about to change its email address to this one. If the account is yours, verify the address."
            ),
            action: "Verify email",
            closing: vec![
                "If you did not request this, ignore this message. The account keeps its current address.",
            ],
        },
        MessageKind::ResetPassword => KindTexts {
            subject: "Choose a new password",
            opening: format!(
                "A new password was requested for your account at {service}. If this was you, choose it now. This logs you out on every device."
            ),
            action: "Choose a new password",
            closing: vec![
                "If this was not you, ignore this message. Your password stays the same.",
            ],
        },
        MessageKind::PasswordChanged => KindTexts {
            subject: "Your password was changed",
            opening: format!("The password of {account} was changed."),
            action: "",
            closing: vec![IF_YOU, NOT_YOU],
        },
        MessageKind::EmailChangeRequested => KindTexts {
            subject: "Your email address is about to change",
            opening: format!(
                "Someone who knows your password requested a new email address for {account}. Nothing changes until the new address is verified."
            ),
            action: "",
            closing: vec![IF_YOU, NOT_YOU],
        },
        MessageKind::EmailChanged => KindTexts {
            subject: "Your email address was changed",
            opening: format!(
                "The email address of {account} was changed. This is the last message to the old address."
            ),
            action: "",
            closing: vec![
                IF_YOU,
                "If this was not you, another person controls your account now. Contact the operator of the service.",
            ],
        },
        MessageKind::NewDevice => KindTexts {
            subject: "A new device logged in",
            opening: format!("A device that was not used before logged in to {account}."),
            action: "",
            closing: vec![IF_YOU, NOT_YOU],
        },
    }
}

pub(super) fn validity(has_code: bool, link_life: Option<Duration>) -> Option<String> {
    let code = format!(
        "The code is valid for {} and {CODE_TRIES} attempts",
        span(CODE_LIFE)
    );
    match (has_code, link_life) {
        (true, Some(life)) => Some(format!("{code}, the link for {}.", span(life))),
        (true, None) => Some(format!("{code}.")),
        (false, Some(life)) => Some(format!(
            "The link is valid for {} from the time of the request.",
            span(life)
        )),
        (false, None) => None,
    }
}

fn span(life: Duration) -> String {
    match Span::of(life) {
        Span::Hours(hours) => format!("{hours} hours"),
        Span::Minutes(minutes) => format!("{minutes} minutes"),
    }
}
