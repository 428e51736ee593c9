-- Every statement adds, and every column has a default. The previous release keeps serving on the same database, but it
-- does not request second factors: stop it before the first one is set up.
-- 0 unless the owner presented every factor in this session.
ALTER TABLE sessions ADD COLUMN confirmed_at INTEGER NOT NULL DEFAULT 0;

-- 0 where the device was not used since this migration.
ALTER TABLE devices ADD COLUMN last_used_at INTEGER NOT NULL DEFAULT 0;
-- 0 unless the device skips the second factor.
ALTER TABLE devices ADD COLUMN trusted_until INTEGER NOT NULL DEFAULT 0;

-- One row for each account that has set up a second factor, or was offered a passkey.
CREATE TABLE second_factors (
    user_id     TEXT    NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- The WebAuthn user handle: 32 random bytes.
    user_handle BLOB    NOT NULL,
    -- Incremented by every change of the factors.
    version     INTEGER NOT NULL
) STRICT;

CREATE TABLE totp_secrets (
    user_id       TEXT    NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    sealed_secret BLOB    NOT NULL,
    created_at    INTEGER NOT NULL,
    -- 0 while the set-up is pending.
    enabled_at    INTEGER NOT NULL,
    -- The session in which the set-up is pending, or empty.
    session_id    TEXT    NOT NULL,
    -- The end of a pending set-up, or 0.
    expires_at    INTEGER NOT NULL,
    -- The time step of the last accepted code. Codes of this step and of earlier ones are rejected.
    last_step     INTEGER NOT NULL
) STRICT;
CREATE INDEX totp_secrets_expires_at ON totp_secrets (expires_at);

CREATE TABLE recovery_codes (
    code_hash  BLOB    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX recovery_codes_user_id ON recovery_codes (user_id);

CREATE TABLE passkeys (
    id              TEXT    NOT NULL PRIMARY KEY,
    user_id         TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    rp_id           TEXT    NOT NULL,
    credential_id   BLOB    NOT NULL,
    -- A COSE_Key (RFC 9052 section 7).
    public_key      BLOB    NOT NULL,
    sign_count      INTEGER NOT NULL,
    -- The authenticator's transports, joined by commas.
    transports      TEXT    NOT NULL,
    backup_eligible INTEGER NOT NULL,
    backed_up       INTEGER NOT NULL,
    name            TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    -- 0 until the first login.
    last_used_at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX passkeys_credential_id ON passkeys (credential_id);
CREATE INDEX passkeys_user_id ON passkeys (user_id);

-- The uses of WebAuthn ceremonies, each of which is accepted once.
CREATE TABLE ceremony_uses (
    digest     BLOB    NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ceremony_uses_expires_at ON ceremony_uses (expires_at);

-- Logins that wait for their second factor.
CREATE TABLE second_factor_challenges (
    token_hash       BLOB    NOT NULL PRIMARY KEY,
    user_id          TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    tries_left       INTEGER NOT NULL,
    password_version INTEGER NOT NULL,
    factors_version  INTEGER NOT NULL,
    -- The methods of the first factor, joined by commas.
    amr              TEXT    NOT NULL,
    -- 1 if the second factor completes a confirmation.
    confirms         INTEGER NOT NULL,
    transport        TEXT    NOT NULL,
    remembered       INTEGER NOT NULL,
    -- The digest of the device token that the client presented, or empty.
    device_hash      BLOB    NOT NULL
) STRICT;
CREATE INDEX second_factor_challenges_user_id ON second_factor_challenges (user_id);
CREATE INDEX second_factor_challenges_expires_at ON second_factor_challenges (expires_at);

-- The oldest version of the service that may start on this database.
CREATE TABLE minimum_version (
    version TEXT NOT NULL PRIMARY KEY
) STRICT;
INSERT INTO minimum_version (version) VALUES ('0.2.0');
