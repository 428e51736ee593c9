//! The tables of second factors for Diesel.

diesel::table! {
    second_factors (user_id) {
        user_id -> Text,
        user_handle -> Binary,
        version -> BigInt,
    }
}

diesel::table! {
    totp_secrets (user_id) {
        user_id -> Text,
        sealed_secret -> Binary,
        created_at -> BigInt,
        enabled_at -> BigInt,
        session_id -> Text,
        expires_at -> BigInt,
        last_step -> BigInt,
    }
}

diesel::table! {
    recovery_codes (code_hash) {
        code_hash -> Binary,
        user_id -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    passkeys (id) {
        id -> Text,
        user_id -> Text,
        rp_id -> Text,
        credential_id -> Binary,
        public_key -> Binary,
        sign_count -> BigInt,
        transports -> Text,
        backup_eligible -> Bool,
        backed_up -> Bool,
        name -> Text,
        created_at -> BigInt,
        last_used_at -> BigInt,
    }
}

diesel::table! {
    ceremony_uses (digest) {
        digest -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    second_factor_challenges (token_hash) {
        token_hash -> Binary,
        user_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        tries_left -> BigInt,
        password_version -> BigInt,
        factors_version -> BigInt,
        amr -> Text,
        confirms -> Bool,
        transport -> Text,
        remembered -> Bool,
        device_hash -> Binary,
    }
}
