//! The tables of mails and codes.

use super::{
    ACCOUNT, DIGEST, HIDDEN_ID, ID, KEY,
    Place::{At, Hidden},
    Stored::{Bytes, List, Mailbox, Number, Object, Owner, Text, Time},
    Table,
};

pub const TABLES: &[Table] = &[
    (
        "challenges",
        &[
            ("id", Text(HIDDEN_ID), Hidden("the code is derived from it")),
            ("user_id", Owner, ACCOUNT),
            (
                "purpose",
                Text("change_email"),
                At("/mailed_codes/0/purpose"),
            ),
            (
                "email",
                Text("Other@example.com"),
                At("/mailed_codes/0/email"),
            ),
            ("email_key", Text("other@example.com"), KEY),
            (
                "tries_left",
                Number(4),
                Hidden("none are left where another account has the address"),
            ),
            (
                "code_expires_at",
                Time(18),
                At("/mailed_codes/0/code_expires_at"),
            ),
            ("expires_at", Time(19), At("/mailed_codes/0/expires_at")),
        ],
    ),
    (
        "outbox",
        &[
            ("id", Text(HIDDEN_ID), Hidden("the name of the row alone")),
            ("kind", Text("new_device"), At("/waiting_mails/0/kind")),
            ("recipient", Mailbox, At("/waiting_mails/0/recipient")),
            ("language", Text("ko"), At("/waiting_mails/0/language")),
            (
                "reference",
                Text(""),
                Hidden("the id of a code, from which the code is derived"),
            ),
            (
                "detail",
                Object(r#"{"ip":"192.0.2.8"}"#),
                At("/waiting_mails/0/detail"),
            ),
            (
                "state",
                Text("waiting"),
                Hidden("a mail that has ended names no recipient"),
            ),
            ("attempts", Number(6), At("/waiting_mails/0/attempts")),
            (
                "due_at",
                Time(22),
                Hidden("the time at which the service tries again"),
            ),
            ("expires_at", Time(23), At("/waiting_mails/0/expires_at")),
            ("created_at", Time(24), At("/waiting_mails/0/created_at")),
        ],
    ),
    (
        "mail_requests",
        &[
            ("id", Text(HIDDEN_ID), Hidden("the name of the row alone")),
            ("kind", Text("reset_password"), At("/mail_requests/0/kind")),
            ("mailbox", Mailbox, At("/mail_requests/0/email")),
            ("language", Text("ko"), At("/mail_requests/0/language")),
            ("client", Bytes(0x1b), DIGEST),
            ("expires_at", Time(25), At("/mail_requests/0/expires_at")),
        ],
    ),
    (
        "invitations",
        &[
            ("id", Text(ID), At("/invitations/0/id")),
            ("token_hash", Bytes(0x1c), DIGEST),
            ("email", Mailbox, At("/invitations/0/email")),
            ("email_key", Mailbox, KEY),
            ("roles", List("editor"), At("/invitations/0/roles")),
            ("uses", Number(1), Hidden("one for every mailed invitation")),
            (
                "uses_left",
                Number(1),
                Hidden("an invitation that was used has no address"),
            ),
            ("created_at", Time(26), At("/invitations/0/created_at")),
            ("expires_at", Time(27), At("/invitations/0/expires_at")),
            (
                "revoked_at",
                Number(0),
                Hidden("an invitation that was revoked has no address"),
            ),
        ],
    ),
];
