//! The texts of mail about second factors in English.

use super::IF_YOU;
use crate::mail::texts::KindTexts;

/// A password reset leaves the factors as they are, so the operator has to remove another person's.
const NOT_YOU: &str = "If this was not you, another person uses your account. Request a new password right away on the login page, and contact the operator of the service.";
const NOT_YOU_SO_RENEW: &str = "If this was not you, request a new password right away on the login page. Then create new recovery codes.";

pub(super) fn totp_enabled(account: &str) -> KindTexts {
    KindTexts {
        subject: "An authenticator app was set up",
        opening: format!(
            "An authenticator app was set up for {account}. From now on, a login needs one of its codes."
        ),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

pub(super) fn totp_disabled(account: &str) -> KindTexts {
    KindTexts {
        subject: "Your authenticator app was removed",
        opening: format!(
            "The authenticator app of {account} was removed. A login no longer needs one of its codes."
        ),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

pub(super) fn passkey_added(account: &str) -> KindTexts {
    KindTexts {
        subject: "A passkey was added",
        opening: format!("A passkey was added to {account}. It can be used to log in."),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

pub(super) fn passkey_removed(account: &str) -> KindTexts {
    KindTexts {
        subject: "A passkey was removed",
        opening: format!(
            "A passkey of {account} was removed. It can no longer be used to log in. Delete it on your device, too."
        ),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

pub(super) fn passkey_counter(account: &str) -> KindTexts {
    KindTexts {
        subject: "A passkey was rejected",
        opening: format!(
            "A login to {account} was stopped: the counter of its passkey went back, so another copy of the passkey may exist."
        ),
        action: "",
        closing: vec![
            "Remove this passkey from your account and register a new one, unless you copied it yourself.",
            NOT_YOU,
        ],
    }
}

pub(super) fn recovery_code_used(account: &str) -> KindTexts {
    KindTexts {
        subject: "A recovery code was used",
        opening: format!(
            "One of the recovery codes of {account} was used. It is not valid any more."
        ),
        action: "",
        closing: vec![
            "If this was you, create new codes before you run out of them.",
            NOT_YOU_SO_RENEW,
        ],
    }
}

pub(super) fn recovery_codes_renewed(account: &str) -> KindTexts {
    KindTexts {
        subject: "You have new recovery codes",
        opening: format!(
            "New recovery codes were created for {account}. The old ones are not valid any more."
        ),
        action: "",
        closing: vec![IF_YOU, NOT_YOU_SO_RENEW],
    }
}

pub(super) fn guessed(account: &str) -> KindTexts {
    KindTexts {
        subject: "Someone may know your password",
        opening: format!(
            "A login to {account} had the right password, but several wrong codes or passkeys followed. The login was refused."
        ),
        action: "",
        closing: vec![
            "If this was you, wait a few minutes and log in again.",
            "If this was not you, someone knows your password. Change it now, and do not use it anywhere else.",
        ],
    }
}

pub(super) fn reset(account: &str) -> KindTexts {
    KindTexts {
        subject: "Your second factors were removed",
        opening: format!(
            "The authenticator app, the passkeys and the recovery codes of {account} were removed, by the operator of the service or with the first proof that this mailbox is yours. From now on, the password alone is enough to log in."
        ),
        action: "",
        closing: vec![
            "Set up a second factor again after your next login.",
            "If you requested neither this nor a new password, contact the operator of the service.",
        ],
    }
}
