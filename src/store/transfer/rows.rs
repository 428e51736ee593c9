//! The rows of every table as raw column values.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Table};

use super::{
    digest::RowDigest,
    table_row::{TableRow, rows},
};
use crate::store::{
    error::StoreError,
    schema::{
        captcha_uses, ceremony_uses, challenges, counters, devices, events, failures,
        idempotency_keys, invitations, passkeys, pending_sign_ups, recovery_codes,
        second_factor_challenges, second_factors, secrets, service_keys, sessions, signing_keys,
        token_keys, totp_secrets, users,
    },
    tx::{Tx, with_conn},
};

rows! {
    RawUser of users by id {
        id: String,
        username: String,
        username_key: String,
        email: String,
        email_key: String,
        email_verified: bool,
        password_hash: String,
        password_version: i64,
        disabled: bool,
        created_at: i64,
        failed_log_ins: i64,
        display_name: Option<String>,
        profile: String,
        roles: String,
        metadata: String,
        last_login_at: i64,
        external_id: Option<String>,
        updated_at: i64,
    }
    RawSession of sessions by id {
        id: String,
        user_id: String,
        token_hash: Vec<u8>,
        created_at: i64,
        last_seen_at: i64,
        expires_at: i64,
        ends_at: i64,
        remembered: bool,
        ip: String,
        user_agent: String,
        device_hash: Vec<u8>,
        auth_time: i64,
        amr: String,
        confirmed_at: i64,
    }
    RawIdempotencyKey of idempotency_keys by key_hash {
        key_hash: Vec<u8>,
        user_id: String,
        body_hash: Vec<u8>,
        expires_at: i64,
    }
    RawSecret of secrets by name {
        name: String,
        value: Vec<u8>,
        created_at: i64,
    }
    RawCounter of counters by subject {
        subject: Vec<u8>,
        count: i64,
        ends_at: i64,
        last_at: i64,
        in_flight: i64,
        settles_at: i64,
    }
    RawFailure of failures by subject {
        subject: Vec<u8>,
        count: i64,
        in_a_row: i64,
        waits_until: i64,
        forgotten_at: i64,
        in_flight: i64,
        settles_at: i64,
    }
    RawDevice of devices by token_hash {
        token_hash: Vec<u8>,
        user_id: String,
        created_at: i64,
        expires_at: i64,
        last_used_at: i64,
        trusted_until: i64,
    }
    RawCaptchaUse of captcha_uses by digest {
        digest: Vec<u8>,
        expires_at: i64,
    }
    RawChallenge of challenges by id {
        id: String,
        user_id: String,
        purpose: String,
        email: String,
        email_key: String,
        tries_left: i64,
        code_expires_at: i64,
        expires_at: i64,
    }
    RawPendingSignUp of pending_sign_ups by id {
        id: String,
        username: String,
        username_key: String,
        email: String,
        email_key: String,
        password_hash: String,
        tries_left: i64,
        code_expires_at: i64,
        expires_at: i64,
        display_name: Option<String>,
        profile: String,
        invitation_id: String,
    }
    RawServiceKey of service_keys by name {
        name: String,
        key_hash: Vec<u8>,
        created_at: i64,
        scopes: String,
        expires_at: i64,
        last_used_at: i64,
        previous_hash: Option<Vec<u8>>,
        previous_ends_at: i64,
        previous_used_at: i64,
    }
    RawSigningKey of signing_keys by id {
        id: String,
        public_key: String,
        sealed_key: Vec<u8>,
        created_at: i64,
        signs_from: i64,
    }
    RawInvitation of invitations by id {
        id: String,
        token_hash: Vec<u8>,
        email: String,
        email_key: String,
        roles: String,
        uses: i64,
        uses_left: i64,
        created_at: i64,
        expires_at: i64,
        revoked_at: i64,
    }
    RawTokenKey of token_keys by id {
        id: String,
        x: String,
        y: String,
        sealed_key: Vec<u8>,
        created_at: i64,
        signs_from: i64,
    }
    RawSecondFactors of second_factors by user_id {
        user_id: String,
        user_handle: Vec<u8>,
        version: i64,
    }
    RawTotpSecret of totp_secrets by user_id {
        user_id: String,
        sealed_secret: Vec<u8>,
        created_at: i64,
        enabled_at: i64,
        session_id: String,
        expires_at: i64,
        last_step: i64,
    }
    RawRecoveryCode of recovery_codes by code_hash {
        code_hash: Vec<u8>,
        user_id: String,
        created_at: i64,
    }
    RawPasskey of passkeys by id {
        id: String,
        user_id: String,
        rp_id: String,
        credential_id: Vec<u8>,
        public_key: Vec<u8>,
        sign_count: i64,
        transports: String,
        backup_eligible: bool,
        backed_up: bool,
        name: String,
        created_at: i64,
        last_used_at: i64,
    }
    RawCeremonyUse of ceremony_uses by digest {
        digest: Vec<u8>,
        expires_at: i64,
    }
    RawSecondFactorChallenge of second_factor_challenges by token_hash {
        token_hash: Vec<u8>,
        user_id: String,
        created_at: i64,
        expires_at: i64,
        tries_left: i64,
        password_version: i64,
        factors_version: i64,
        amr: String,
        confirms: bool,
        transport: String,
        remembered: bool,
        device_hash: Vec<u8>,
    }
    RawEvent of events by id {
        id: String,
        type_: String,
        at: i64,
        user_id: Option<String>,
        actor: String,
        ip: Option<String>,
        user_agent: Option<String>,
        session_id: Option<String>,
        request_id: Option<String>,
        detail: Option<String>,
        roll_up: Option<String>,
        count: i64,
        last_at: i64,
    }
}
