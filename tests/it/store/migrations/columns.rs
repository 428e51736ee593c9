//! The columns that the code uses.

/// Every column that the code uses, by table.
pub(super) const COLUMNS: [(&str, &str); 26] = [
    (
        "users",
        "id, username, username_key, email, email_key, email_verified, password_hash, password_version, disabled, created_at, failed_log_ins, display_name, profile, roles, metadata, last_login_at, external_id, updated_at",
    ),
    (
        "sessions",
        "id, user_id, token_hash, created_at, last_seen_at, expires_at, ends_at, remembered, ip, user_agent, device_hash, auth_time, amr, confirmed_at",
    ),
    (
        "idempotency_keys",
        "key_hash, user_id, body_hash, expires_at",
    ),
    ("secrets", "name, value, created_at"),
    ("counters", "subject, count, ends_at, last_at"),
    (
        "failures",
        "subject, count, in_a_row, waits_until, forgotten_at",
    ),
    (
        "devices",
        "token_hash, user_id, created_at, expires_at, last_used_at, trusted_until",
    ),
    ("captcha_uses", "digest, expires_at"),
    (
        "challenges",
        "id, user_id, purpose, email, email_key, tries_left, code_expires_at, expires_at",
    ),
    (
        "pending_sign_ups",
        "id, username, username_key, email, email_key, password_hash, tries_left, code_expires_at, expires_at, display_name, profile, invitation_id",
    ),
    (
        "outbox",
        "id, kind, recipient, language, reference, detail, state, attempts, due_at, expires_at, created_at",
    ),
    (
        "mail_requests",
        "id, kind, mailbox, language, client, expires_at",
    ),
    (
        "service_keys",
        "name, key_hash, created_at, scopes, expires_at, last_used_at, previous_hash, previous_ends_at, previous_used_at",
    ),
    (
        "signing_keys",
        "id, public_key, sealed_key, created_at, signs_from",
    ),
    (
        "invitations",
        "id, token_hash, email, email_key, roles, uses, uses_left, created_at, expires_at, revoked_at",
    ),
    ("token_keys", "id, x, y, sealed_key, created_at, signs_from"),
    ("second_factors", "user_id, user_handle, version"),
    (
        "totp_secrets",
        "user_id, sealed_secret, created_at, enabled_at, session_id, expires_at, last_step",
    ),
    ("recovery_codes", "code_hash, user_id, created_at"),
    (
        "passkeys",
        "id, user_id, rp_id, credential_id, public_key, sign_count, transports, backup_eligible, backed_up, name, created_at, last_used_at",
    ),
    ("ceremony_uses", "digest, expires_at"),
    (
        "second_factor_challenges",
        "token_hash, user_id, created_at, expires_at, tries_left, password_version, factors_version, amr, confirms, transport, remembered, device_hash",
    ),
    ("minimum_version", "version"),
    (
        "events",
        "id, type, at, user_id, actor, ip, user_agent, session_id, request_id, detail, roll_up, count, last_at",
    ),
    (
        "webhook_messages",
        "event_id, state, attempts, last_status, due_at, expires_at",
    ),
    ("outbox_pauses", "channel, paused_at, ends_at"),
];
