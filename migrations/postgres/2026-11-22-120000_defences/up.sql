-- Failed logins in a row, from every client. The account keeps the count until a caller proves to be its owner.
ALTER TABLE users ADD COLUMN failed_log_ins BIGINT NOT NULL DEFAULT 0;

CREATE TABLE secrets (
    name       TEXT    NOT NULL PRIMARY KEY,
    value      BYTEA   NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE counters (
    subject BYTEA   NOT NULL PRIMARY KEY,
    count   BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX counters_ends_at ON counters (ends_at);

CREATE TABLE failures (
    subject      BYTEA   NOT NULL PRIMARY KEY,
    count        BIGINT NOT NULL,
    in_a_row     BIGINT NOT NULL,
    waits_until  BIGINT NOT NULL,
    forgotten_at BIGINT NOT NULL
);
CREATE INDEX failures_forgotten_at ON failures (forgotten_at);

CREATE TABLE devices (
    token_hash BYTEA   NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX devices_user_id ON devices (user_id, created_at);
CREATE INDEX devices_expires_at ON devices (expires_at);

CREATE TABLE captcha_uses (
    digest     BYTEA   NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX captcha_uses_expires_at ON captcha_uses (expires_at);

CREATE TABLE challenges (
    id              TEXT    NOT NULL PRIMARY KEY,
    user_id         TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose         TEXT    NOT NULL,
    email           TEXT    NOT NULL,
    email_key       TEXT    NOT NULL,
    tries_left      BIGINT NOT NULL,
    code_expires_at BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL
);
CREATE INDEX challenges_user_id ON challenges (user_id, purpose);

CREATE TABLE pending_sign_ups (
    id              TEXT    NOT NULL PRIMARY KEY,
    username        TEXT    NOT NULL,
    username_key    TEXT    NOT NULL,
    email           TEXT    NOT NULL,
    email_key       TEXT    NOT NULL,
    password_hash   TEXT    NOT NULL,
    tries_left      BIGINT NOT NULL,
    code_expires_at BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL
);
CREATE INDEX pending_sign_ups_username_key ON pending_sign_ups (username_key);
CREATE INDEX pending_sign_ups_email_key ON pending_sign_ups (email_key);
CREATE INDEX pending_sign_ups_expires_at ON pending_sign_ups (expires_at);

CREATE TABLE outbox (
    id            TEXT    NOT NULL PRIMARY KEY,
    kind          TEXT    NOT NULL,
    recipient     TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    reference     TEXT    NOT NULL,
    detail        TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    attempts      BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE INDEX outbox_due_at ON outbox (state, due_at);
