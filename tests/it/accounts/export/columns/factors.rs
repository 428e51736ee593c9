//! The tables of second factors.

use super::{
    ACCOUNT, DIGEST, ID,
    Place::{At, Hidden},
    SECRET,
    Stored::{Bytes, Flag, List, Number, Owner, Text, Time},
    Table, VERSION,
};

pub const TABLES: &[Table] = &[
    (
        "second_factors",
        &[
            ("user_id", Owner, ACCOUNT),
            ("user_handle", Bytes(0x14), At("/user_handle")),
            ("version", Number(5), VERSION),
        ],
    ),
    (
        "totp_secrets",
        &[
            ("user_id", Owner, ACCOUNT),
            ("sealed_secret", Bytes(0x15), SECRET),
            ("created_at", Time(13), At("/totp/created_at")),
            ("enabled_at", Time(14), At("/totp/enabled_at")),
            ("session_id", Text(""), Hidden("empty once it is enabled")),
            ("expires_at", Number(0), Hidden("zero once it is enabled")),
            (
                "last_step",
                Number(9),
                Hidden("the time step of the last code"),
            ),
        ],
    ),
    (
        "passkeys",
        &[
            ("id", Text(ID), At("/passkeys/0/id")),
            ("user_id", Owner, ACCOUNT),
            ("rp_id", Text("example.com"), At("/passkeys/0/rp_id")),
            (
                "credential_id",
                Bytes(0x16),
                At("/passkeys/0/credential_id"),
            ),
            ("public_key", Bytes(0x17), At("/passkeys/0/public_key")),
            ("sign_count", Number(21), At("/passkeys/0/sign_count")),
            (
                "transports",
                List("hybrid,usb"),
                At("/passkeys/0/transports"),
            ),
            (
                "backup_eligible",
                Flag(true),
                At("/passkeys/0/backup_eligible"),
            ),
            ("backed_up", Flag(true), At("/passkeys/0/backed_up")),
            ("name", Text("노트북"), At("/passkeys/0/name")),
            ("created_at", Time(15), At("/passkeys/0/created_at")),
            ("last_used_at", Time(16), At("/passkeys/0/last_used_at")),
        ],
    ),
    (
        "recovery_codes",
        &[
            ("code_hash", Bytes(0x18), DIGEST),
            ("user_id", Owner, ACCOUNT),
            ("created_at", Time(17), At("/recovery_codes/0/created_at")),
        ],
    ),
    (
        "second_factor_challenges",
        &[
            ("token_hash", Bytes(0x19), DIGEST),
            ("user_id", Owner, ACCOUNT),
            ("created_at", Time(20), At("/waiting_logins/0/created_at")),
            ("expires_at", Time(21), At("/waiting_logins/0/expires_at")),
            (
                "tries_left",
                Number(2),
                Hidden("would help to guess the code"),
            ),
            ("password_version", Number(7), VERSION),
            ("factors_version", Number(5), VERSION),
            ("amr", List("otp,pwd"), At("/waiting_logins/0/amr")),
            ("confirms", Flag(true), At("/waiting_logins/0/confirms")),
            (
                "transport",
                Text("cookie"),
                At("/waiting_logins/0/transport"),
            ),
            ("remembered", Flag(true), At("/waiting_logins/0/remembered")),
            ("device_hash", Bytes(0x1a), DIGEST),
        ],
    ),
];
