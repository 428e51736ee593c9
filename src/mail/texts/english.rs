//! The texts of mail in English.

mod second_factors;

use std::time::Duration;

use super::{KindTexts, SharedTexts, Span};
use crate::domain::{
    credential::challenge::{CODE_LIFE, CODE_TRIES},
    message::MessageKind,
};

pub(super) const SHARED: SharedTexts = SharedTexts {
    greeting: "Hello,",
    code: "Your code, to enter on the page that asks for it",
    invitation: "Your invitation, to enter at signup",
    valid_until: "Valid until",
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
        MessageKind::SignUp => sign_up(service),
        MessageKind::AccountExists => account_exists(service),
        MessageKind::VerifyEmail => verify_email(service),
        MessageKind::ChangeEmail => change_email(service),
        MessageKind::ResetPassword => reset_password(service),
        MessageKind::FirstPassword => first_password(service),
        MessageKind::LogIn => log_in(service),
        MessageKind::PasswordChanged => password_changed(&account),
        MessageKind::EmailChangeRequested => email_change_requested(&account),
        MessageKind::EmailChanged => email_changed(&account),
        MessageKind::NewDevice => new_device(&account),
        MessageKind::TotpEnabled => second_factors::totp_enabled(&account),
        MessageKind::TotpDisabled => second_factors::totp_disabled(&account),
        MessageKind::PasskeyAdded => second_factors::passkey_added(&account),
        MessageKind::PasskeyRemoved => second_factors::passkey_removed(&account),
        MessageKind::PasskeyCounterWentBack => second_factors::passkey_counter(&account),
        MessageKind::RecoveryCodeUsed => second_factors::recovery_code_used(&account),
        MessageKind::SecondFactorGuessed => second_factors::guessed(&account),
        MessageKind::RecoveryCodesRenewed => second_factors::recovery_codes_renewed(&account),
        MessageKind::SecondFactorsReset => second_factors::reset(&account),
        MessageKind::Invitation => invitation(service),
    }
}

fn sign_up(service: &str) -> KindTexts {
    KindTexts {
        subject: "Verify your email to finish signing up",
        opening: format!(
            "This email address was used to sign up at {service}. If this was you, verify the address. You will need the password that you chose."
        ),
        action: "Verify email",
        closing: vec![
            "If this was not you, ignore this message. No account is created unless the address is verified.",
        ],
    }
}

fn account_exists(service: &str) -> KindTexts {
    KindTexts {
        subject: "You already have an account",
        opening: format!(
            "This email address was entered for a new account at {service}, or for a change of email. You already have an account with it, so nothing was changed."
        ),
        action: "",
        closing: vec![
            "If this was you, log in with this address. If you forgot your password, request a new one on the login page.",
            "If this was not you, you do not need to do anything.",
        ],
    }
}

fn verify_email(service: &str) -> KindTexts {
    KindTexts {
        subject: "Verify your email address",
        opening: format!(
            "An account at {service} was created with this email address. If the account is yours, verify the address."
        ),
        action: "Verify email",
        closing: vec![
            "If you have no account there, ignore this message. The address stays unverified.",
        ],
    }
}

fn change_email(service: &str) -> KindTexts {
    KindTexts {
        subject: "Verify your new email address",
        opening: format!(
            "An account at {service} is about to change its email address to this one. If the account is yours, verify the address."
        ),
        action: "Verify email",
        closing: vec![
            "If you did not request this, ignore this message. The account keeps its current address.",
        ],
    }
}

fn reset_password(service: &str) -> KindTexts {
    KindTexts {
        subject: "Choose a new password",
        opening: format!(
            "A new password was requested for your account at {service}. If this was you, choose it now. This logs you out on every device."
        ),
        action: "Choose a new password",
        closing: vec!["If this was not you, ignore this message. Your password stays the same."],
    }
}

fn first_password(service: &str) -> KindTexts {
    KindTexts {
        subject: "Your account is ready",
        opening: format!(
            "An account at {service} was created for you with this email address. Choose a password to start using it."
        ),
        action: "Choose a password",
        closing: vec![
            "If you did not expect this account, ignore this message. The account cannot be used until a password is chosen.",
        ],
    }
}

fn log_in(service: &str) -> KindTexts {
    KindTexts {
        subject: "Your login code",
        opening: format!(
            "A code to log in to your account at {service} was requested. If this was you, enter the code on the page where you requested it."
        ),
        action: "",
        closing: vec![
            "If this was not you, ignore this message. Without the code, the request has no effect.",
        ],
    }
}

fn password_changed(account: &str) -> KindTexts {
    KindTexts {
        subject: "Your password was changed",
        opening: format!("The password of {account} was changed."),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

fn email_change_requested(account: &str) -> KindTexts {
    KindTexts {
        subject: "Your email address is about to change",
        opening: format!(
            "A new email address was requested for {account}, with your password. Nothing changes until the new address is verified."
        ),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

fn email_changed(account: &str) -> KindTexts {
    KindTexts {
        subject: "Your email address was changed",
        opening: format!(
            "The email address of {account} was changed. This is the last message to the old address."
        ),
        action: "",
        closing: vec![
            IF_YOU,
            "If this was not you, another person controls your account now. Contact the operator of the service.",
        ],
    }
}

fn new_device(account: &str) -> KindTexts {
    KindTexts {
        subject: "A new device logged in",
        opening: format!("A device that was not used before logged in to {account}."),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

fn invitation(service: &str) -> KindTexts {
    KindTexts {
        subject: "You are invited to sign up",
        opening: format!(
            "You are invited to create an account at {service}. Sign up with this email address: the invitation is for no other."
        ),
        action: "Sign up",
        closing: vec![
            "If you did not expect this invitation, ignore this message. No account is created unless you sign up.",
        ],
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
        Span::Days(days) => format!("{days} days"),
        Span::Hours(hours) => format!("{hours} hours"),
        Span::Minutes(minutes) => format!("{minutes} minutes"),
    }
}
