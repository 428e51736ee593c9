//! The tables of accounts, their sessions, devices and events.

use super::{
    ACCOUNT, DIGEST, ID, KEY,
    Place::{At, Hidden},
    SECRET,
    Stored::{Bytes, Flag, List, Mailbox, Number, Object, Owner, Text, Time},
    Table, VERSION,
};

pub const TABLES: &[Table] = &[
    (
        "users",
        &[
            ("id", Owner, At("/user/id")),
            ("username", Text("Minji"), At("/user/username")),
            ("username_key", Text("minji"), KEY),
            ("email", Mailbox, At("/user/email")),
            ("email_key", Mailbox, KEY),
            ("email_verified", Flag(true), At("/user/email_verified")),
            ("password_hash", Text("$2b$04$secret"), SECRET),
            ("password_version", Number(7), VERSION),
            ("disabled", Flag(false), At("/disabled")),
            ("created_at", Time(1), At("/user/created_at")),
            ("failed_log_ins", Number(3), At("/failed_logins")),
            ("display_name", Text("김민지"), At("/user/display_name")),
            (
                "profile",
                Object(r#"{"theme":"dark"}"#),
                At("/user/profile"),
            ),
            ("roles", List("admin,editor"), At("/user/roles")),
            (
                "metadata",
                Object(r#"{"plan":"pro"}"#),
                At("/user/metadata"),
            ),
            ("last_login_at", Time(2), At("/last_login_at")),
            ("external_id", Text("crm-1842"), At("/external_id")),
            ("updated_at", Time(32), At("/updated_at")),
        ],
    ),
    (
        "sessions",
        &[
            ("id", Text(ID), At("/sessions/0/id")),
            ("user_id", Owner, ACCOUNT),
            ("token_hash", Bytes(0x11), DIGEST),
            ("created_at", Time(3), At("/sessions/0/created_at")),
            ("last_seen_at", Time(4), At("/sessions/0/last_seen_at")),
            ("expires_at", Time(5), At("/sessions/0/expires_at")),
            ("ends_at", Time(6), At("/sessions/0/ends_at")),
            ("remembered", Flag(true), At("/sessions/0/remembered")),
            ("ip", Text("192.0.2.7"), At("/sessions/0/ip")),
            (
                "user_agent",
                Text("그리고/1.0"),
                At("/sessions/0/user_agent"),
            ),
            ("device_hash", Bytes(0x12), DIGEST),
            ("auth_time", Time(7), At("/sessions/0/auth_time")),
            ("amr", List("otp,pwd"), At("/sessions/0/amr")),
            ("confirmed_at", Time(8), At("/sessions/0/confirmed_at")),
        ],
    ),
    (
        "devices",
        &[
            ("token_hash", Bytes(0x13), DIGEST),
            ("user_id", Owner, ACCOUNT),
            ("created_at", Time(9), At("/devices/0/created_at")),
            ("expires_at", Time(10), At("/devices/0/expires_at")),
            ("last_used_at", Time(11), At("/devices/0/last_used_at")),
            ("trusted_until", Time(12), At("/devices/0/trusted_until")),
        ],
    ),
    (
        "idempotency_keys",
        &[
            ("key_hash", Bytes(0x1d), DIGEST),
            ("user_id", Owner, ACCOUNT),
            ("body_hash", Bytes(0x1e), DIGEST),
            ("expires_at", Time(28), At("/idempotency_keys/0/expires_at")),
        ],
    ),
    (
        "events",
        &[
            ("id", Text(ID), At("/events/0/id")),
            ("type", Text("login.failed"), At("/events/0/type")),
            ("at", Time(29), At("/events/0/at")),
            ("user_id", Owner, At("/events/0/user_id")),
            ("actor", Text("anonymous"), At("/events/0/actor")),
            ("ip", Text("192.0.2.9"), At("/events/0/ip")),
            ("user_agent", Text("그러나/2.0"), At("/events/0/user_agent")),
            ("session_id", Text(ID), At("/events/0/session_id")),
            ("request_id", Text("a-request"), At("/events/0/request_id")),
            (
                "detail",
                Object(r#"{"method":"password"}"#),
                Hidden("merged with the two counts"),
            ),
            (
                "roll_up",
                Text("the key of a shared row"),
                Hidden("the key of the row alone"),
            ),
            ("count", Number(31), At("/events/0/detail/count")),
            ("last_at", Time(30), At("/events/0/detail/last_at")),
        ],
    ),
];
