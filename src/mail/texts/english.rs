//! The words of mail in English; it must not know any other language.

use std::time::Duration;

use super::{Phrases, Span, Words};
use crate::domain::{
    credential::challenge::{CODE_LIFE, CODE_TRIES},
    message::MessageKind,
};

pub(crate) const PHRASES: Phrases = Phrases {
    greeting: "Hello,",
    code: "Your code, for the page that asks for it",
    button_fails: "If the button does nothing, open this address:",
    delayed: "This message took so long that its code has run out. The link still works.",
    when: "When",
    device: "Device",
    network: "Network address",
    unknown_device: "unknown",
    apple_device: "an Apple device",
    secrecy: "Nobody who works for us asks for the code or the link. Keep them to yourself.",
};

/// What was changed without the owner can be taken back by whoever reads the mailbox.
const NOT_YOU: &str = "If it was not you, ask for a new password right away, where you log in. That logs everybody else out and stops what they began.";
const IF_YOU: &str = "If it was you, there is nothing to do.";

pub(crate) fn words(kind: MessageKind, service: &str, username: Option<&str>) -> Words {
    let account = match username {
        Some(username) => format!("your account {username} at {service}"),
        None => format!("your account at {service}"),
    };
    match kind {
        MessageKind::SignUp => Words {
            subject: "Finish signing up",
            opening: format!(
                "Somebody signed up at {service} with this e-mail address. If it was you, confirm that the address is yours. You will be asked for the password that you chose."
            ),
            action: "Confirm the address",
            closing: vec!["If it was not you, ignore this message: no account is made without it."],
        },
        MessageKind::AccountExists => Words {
            subject: "You already have an account",
            opening: format!(
                "Somebody wanted to use this e-mail address for an account at {service}. You have an account with it already, so nothing was done."
            ),
            action: "",
            closing: vec![
                "If it was you, log in with this address. If you forgot the password, ask for a new one where you log in.",
                "If it was not you, there is nothing to do.",
            ],
        },
        MessageKind::VerifyEmail => Words {
            subject: "Confirm your e-mail address",
            opening: format!(
                "This e-mail address was given for an account at {service}. If the account is yours, confirm that the address is yours too."
            ),
            action: "Confirm the address",
            closing: vec![
                "If you have no account there, ignore this message: the address stays unconfirmed.",
            ],
        },
        MessageKind::ChangeEmail => Words {
            subject: "Confirm your new e-mail address",
            opening: format!(
                "An account at {service} is to have this e-mail address from now on. If the account is yours, confirm that the address is yours too."
            ),
            action: "Confirm the address",
            closing: vec![
                "If you did not ask for this, ignore this message: the account keeps the address that it has.",
            ],
        },
        MessageKind::ResetPassword => Words {
            subject: "Choose a new password",
            opening: format!(
                "Somebody asked for a new password for your account at {service}. If it was you, choose one now. That logs you out on every device."
            ),
            action: "Choose a new password",
            closing: vec!["If it was not you, ignore this message: your password stays as it is."],
        },
        MessageKind::PasswordChanged => Words {
            subject: "Your password was changed",
            opening: format!("The password of {account} was changed."),
            action: "",
            closing: vec![IF_YOU, NOT_YOU],
        },
        MessageKind::EmailChangeRequested => Words {
            subject: "Your e-mail address is about to change",
            opening: format!(
                "Somebody who knows your password wants to change the e-mail address of {account}. Nothing has changed yet: the new address has to be confirmed first."
            ),
            action: "",
            closing: vec![IF_YOU, NOT_YOU],
        },
        MessageKind::EmailChanged => Words {
            subject: "Your e-mail address was changed",
            opening: format!(
                "The e-mail address of {account} was changed. This is the last message to the old one."
            ),
            action: "",
            closing: vec![
                IF_YOU,
                "If it was not you, somebody else has your account now. Write to those who run the service.",
            ],
        },
        MessageKind::NewDevice => Words {
            subject: "A new device logged in",
            opening: format!(
                "Somebody logged in to {account} from a device that was not used for it before."
            ),
            action: "",
            closing: vec![IF_YOU, NOT_YOU],
        },
    }
}

pub(crate) fn good_for(has_code: bool, link_life: Option<Duration>) -> Option<String> {
    let code = format!(
        "The code works for {} and {CODE_TRIES} tries",
        span(CODE_LIFE)
    );
    match (has_code, link_life) {
        (true, Some(life)) => Some(format!("{code}, the link for {}.", span(life))),
        (true, None) => Some(format!("{code}.")),
        (false, Some(life)) => Some(format!(
            "It works for {} from when it was asked for.",
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
