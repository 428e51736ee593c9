//! The tables for Diesel, maintained by hand for both databases, with types that mean the same in
//! each.

mod factors;
mod queues;

pub use factors::{
    ceremony_uses, passkeys, recovery_codes, second_factor_challenges, second_factors, totp_secrets,
};
pub use queues::{mail_requests, outbox, outbox_pauses, webhook_messages};

diesel::table! {
    users (id) {
        id -> Text,
        username -> Text,
        username_key -> Text,
        email -> Text,
        email_key -> Text,
        email_verified -> Bool,
        password_hash -> Text,
        password_version -> BigInt,
        disabled -> Bool,
        created_at -> BigInt,
        failed_log_ins -> BigInt,
        display_name -> Nullable<Text>,
        profile -> Text,
        roles -> Text,
        metadata -> Text,
        last_login_at -> BigInt,
        external_id -> Nullable<Text>,
        updated_at -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        user_id -> Text,
        token_hash -> Binary,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        expires_at -> BigInt,
        ends_at -> BigInt,
        remembered -> Bool,
        ip -> Text,
        user_agent -> Text,
        device_hash -> Binary,
        auth_time -> BigInt,
        amr -> Text,
        confirmed_at -> BigInt,
    }
}

diesel::table! {
    idempotency_keys (key_hash) {
        key_hash -> Binary,
        user_id -> Text,
        body_hash -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    secrets (name) {
        name -> Text,
        value -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    counters (subject) {
        subject -> Binary,
        count -> BigInt,
        ends_at -> BigInt,
        last_at -> BigInt,
        in_flight -> BigInt,
        settles_at -> BigInt,
    }
}

diesel::table! {
    failures (subject) {
        subject -> Binary,
        count -> BigInt,
        in_a_row -> BigInt,
        waits_until -> BigInt,
        forgotten_at -> BigInt,
        in_flight -> BigInt,
        settles_at -> BigInt,
    }
}

diesel::table! {
    devices (token_hash) {
        token_hash -> Binary,
        user_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        last_used_at -> BigInt,
        trusted_until -> BigInt,
    }
}

diesel::table! {
    captcha_uses (digest) {
        digest -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    challenges (id) {
        id -> Text,
        user_id -> Text,
        purpose -> Text,
        email -> Text,
        email_key -> Text,
        tries_left -> BigInt,
        code_expires_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    pending_sign_ups (id) {
        id -> Text,
        username -> Text,
        username_key -> Text,
        email -> Text,
        email_key -> Text,
        password_hash -> Text,
        tries_left -> BigInt,
        code_expires_at -> BigInt,
        expires_at -> BigInt,
        display_name -> Nullable<Text>,
        profile -> Text,
        invitation_id -> Text,
    }
}

diesel::table! {
    service_keys (name) {
        name -> Text,
        key_hash -> Binary,
        created_at -> BigInt,
        scopes -> Text,
        expires_at -> BigInt,
        last_used_at -> BigInt,
        previous_hash -> Nullable<Binary>,
        previous_ends_at -> BigInt,
        previous_used_at -> BigInt,
    }
}

diesel::table! {
    signing_keys (id) {
        id -> Text,
        public_key -> Text,
        sealed_key -> Binary,
        created_at -> BigInt,
        signs_from -> BigInt,
    }
}

diesel::table! {
    invitations (id) {
        id -> Text,
        token_hash -> Binary,
        email -> Text,
        email_key -> Text,
        roles -> Text,
        uses -> BigInt,
        uses_left -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> BigInt,
    }
}

diesel::table! {
    token_keys (id) {
        id -> Text,
        x -> Text,
        y -> Text,
        sealed_key -> Binary,
        created_at -> BigInt,
        signs_from -> BigInt,
    }
}

diesel::table! {
    minimum_version (version) {
        version -> Text,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(
    users,
    sessions,
    idempotency_keys,
    challenges,
    devices
);

diesel::table! {
    events (id) {
        id -> Text,
        #[sql_name = "type"]
        type_ -> Text,
        at -> BigInt,
        user_id -> Nullable<Text>,
        actor -> Text,
        ip -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        session_id -> Nullable<Text>,
        request_id -> Nullable<Text>,
        detail -> Nullable<Text>,
        roll_up -> Nullable<Text>,
        count -> BigInt,
        last_at -> BigInt,
    }
}
