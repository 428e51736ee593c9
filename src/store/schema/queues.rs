//! The tables of queues for Diesel: messages, requests for messages, and pauses.

diesel::table! {
    outbox (id) {
        id -> Text,
        kind -> Text,
        recipient -> Text,
        language -> Text,
        reference -> Text,
        detail -> Text,
        state -> Text,
        attempts -> BigInt,
        due_at -> BigInt,
        expires_at -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    mail_requests (id) {
        id -> Text,
        kind -> Text,
        mailbox -> Text,
        language -> Text,
        client -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    webhook_messages (event_id) {
        event_id -> Text,
        state -> Text,
        attempts -> BigInt,
        last_status -> BigInt,
        due_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    outbox_pauses (channel) {
        channel -> Text,
        paused_at -> BigInt,
        ends_at -> BigInt,
    }
}
