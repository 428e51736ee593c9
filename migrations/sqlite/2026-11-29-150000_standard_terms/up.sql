-- Every statement adds, and every column has a default: the previous release keeps serving on the same database.
ALTER TABLE users ADD COLUMN display_name TEXT;
ALTER TABLE users ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';
ALTER TABLE users ADD COLUMN roles TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
-- 0 where no session was opened since this migration.
ALTER TABLE users ADD COLUMN last_login_at INTEGER NOT NULL DEFAULT 0;

-- 0 where the owner was authenticated when the session was created.
ALTER TABLE sessions ADD COLUMN auth_time INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN amr TEXT NOT NULL DEFAULT 'pwd';

ALTER TABLE pending_sign_ups ADD COLUMN display_name TEXT;
ALTER TABLE pending_sign_ups ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';
-- The invitation of which the signup reserves a use, or empty.
ALTER TABLE pending_sign_ups ADD COLUMN invitation_id TEXT NOT NULL DEFAULT '';
CREATE INDEX pending_sign_ups_invitation_id ON pending_sign_ups (invitation_id);

CREATE TABLE invitations (
    id         TEXT    NOT NULL PRIMARY KEY,
    token_hash BLOB    NOT NULL,
    -- Empty where the invitation is for any address.
    email      TEXT    NOT NULL,
    email_key  TEXT    NOT NULL,
    roles      TEXT    NOT NULL,
    uses       INTEGER NOT NULL,
    uses_left  INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- 0 unless an operator has revoked it.
    revoked_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX invitations_token_hash ON invitations (token_hash);
CREATE INDEX invitations_expires_at ON invitations (expires_at);

-- The P-256 keys of ES256. The Ed25519 keys of the previous release stay in signing_keys.
CREATE TABLE token_keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    x          TEXT    NOT NULL,
    y          TEXT    NOT NULL,
    sealed_key BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    signs_from INTEGER NOT NULL
) STRICT;
CREATE INDEX token_keys_signs_from ON token_keys (signs_from);
