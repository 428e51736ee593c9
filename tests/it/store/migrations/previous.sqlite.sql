-- session=dms_lhIdU46WEd-uqpk5kOWbRBU2c4EyLBsVX2qE3cCE1Hs device=dmd_seWYnPiET1CMSTpY9z3QL5tFvaC2Ql8ex7f6EkwRH6s service_key=dmk_VX3MHLJQsW8Ww0N1gowwf9SvkeYNyg2iq9dFkbTIN9I
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE __diesel_schema_migrations (
       version VARCHAR(50) PRIMARY KEY NOT NULL,
       run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO __diesel_schema_migrations VALUES('20261122000000','2026-11-29 18:43:27');
INSERT INTO __diesel_schema_migrations VALUES('20261122120000','2026-11-29 18:43:27');
INSERT INTO __diesel_schema_migrations VALUES('20261122180000','2026-11-29 18:43:27');
INSERT INTO __diesel_schema_migrations VALUES('20261123000000','2026-11-29 18:43:27');
INSERT INTO __diesel_schema_migrations VALUES('20261129020000','2026-11-29 18:43:27');
INSERT INTO __diesel_schema_migrations VALUES('20261129030000','2026-11-29 18:43:27');
INSERT INTO __diesel_schema_migrations VALUES('20261129035900','2026-11-29 18:43:27');
INSERT INTO __diesel_schema_migrations VALUES('20261129150000','2026-11-29 18:43:27');
CREATE TABLE users (
    id            TEXT    NOT NULL PRIMARY KEY,
    username      TEXT    NOT NULL,
    username_key  TEXT    NOT NULL,
    email         TEXT    NOT NULL,
    email_key     TEXT    NOT NULL,
    email_verified INTEGER NOT NULL,
    password_hash TEXT    NOT NULL,
    password_version INTEGER NOT NULL,
    disabled      INTEGER NOT NULL,
    created_at    INTEGER NOT NULL
, failed_log_ins INTEGER NOT NULL DEFAULT 0, display_name TEXT, profile TEXT NOT NULL DEFAULT '{}', roles TEXT NOT NULL DEFAULT '', metadata TEXT NOT NULL DEFAULT '{}', last_login_at INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO users VALUES('01a2289e-8922-7a62-9683-7a19ceb5958e','ann','ann','ann@example.com','ann@example.com',1,'$2b$04$eNdx6eIPkH/z9O4FumQPKerP7w5aKBIyz0qYtd/U0VUPcKcQMtTBa',0,0,1795977808162409,0,NULL,'{"plan":"pro"}','','{}',1795977808162409);
INSERT INTO users VALUES('01a2289e-898d-7ae7-b0c2-9020593c49a1','ben','ben','ben@example.com','ben@example.com',0,'$2b$04$RQff2bCwAukckxH6J3usA.a4lqDBkRLuPbJf1Ap0OupdaEPcDjX3y',0,1,1795977808269428,0,NULL,'{}','','{}',1795977808269428);
CREATE TABLE sessions (
    id           TEXT    NOT NULL PRIMARY KEY,
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash   BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    remembered   INTEGER NOT NULL,
    ip           TEXT    NOT NULL,
    user_agent   TEXT    NOT NULL
, device_hash BLOB NOT NULL DEFAULT x'', auth_time INTEGER NOT NULL DEFAULT 0, amr TEXT NOT NULL DEFAULT 'pwd') STRICT;
INSERT INTO sessions VALUES('01a2289e-8922-7631-8950-d9310c4decfe','01a2289e-8922-7a62-9683-7a19ceb5958e',X'd8a671eb40d2b4400f5c115fbb0e03160d7a95fc0de5bdfd15ad10d6085783f0',1795977808162409,1795977808162409,1797187408162409,1803753808162409,1,'127.0.0.1','curl/7.88.1',X'4e2fadc965c60a3933d391f26d027ea7be7d2364c798ba1fbdfbf9e5b033f2b2',1795977808162409,'pwd');
CREATE TABLE idempotency_keys (
    key_hash   BLOB    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    body_hash  BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO idempotency_keys VALUES(X'7939aa9f5c77960a95289e8ddb2a71d98254d5b1eb5e7faf314ad55a3c079246','01a2289e-8922-7a62-9683-7a19ceb5958e',X'1d00151fa3bdac8c40c4381e30ef04cbc2cdeebf7ceb10dd5ac41b876ae2538b',1796064208162409);
CREATE TABLE secrets (
    name       TEXT    NOT NULL PRIMARY KEY,
    value      BLOB    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE counters (
    subject BLOB    NOT NULL PRIMARY KEY,
    count   INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
, last_at INTEGER NOT NULL DEFAULT 0, in_flight INTEGER NOT NULL DEFAULT 0, settles_at INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE failures (
    subject      BLOB    NOT NULL PRIMARY KEY,
    count        INTEGER NOT NULL,
    in_a_row     INTEGER NOT NULL,
    waits_until  INTEGER NOT NULL,
    forgotten_at INTEGER NOT NULL
, in_flight INTEGER NOT NULL DEFAULT 0, settles_at INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE devices (
    token_hash BLOB    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO devices VALUES(X'292e897748a3d861d249ccecc2bd15f372a488eab899a99606926e8c42fd6c99','01a2289e-898d-7ae7-b0c2-9020593c49a1',1795977808269428,1830537808269428);
INSERT INTO devices VALUES(X'4e2fadc965c60a3933d391f26d027ea7be7d2364c798ba1fbdfbf9e5b033f2b2','01a2289e-8922-7a62-9683-7a19ceb5958e',1795977808162409,1830537808162409);
CREATE TABLE captcha_uses (
    digest     BLOB    NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE challenges (
    id              TEXT    NOT NULL PRIMARY KEY,
    user_id         TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose         TEXT    NOT NULL,
    email           TEXT    NOT NULL,
    email_key       TEXT    NOT NULL,
    tries_left      INTEGER NOT NULL,
    code_expires_at INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL
) STRICT;
CREATE TABLE pending_sign_ups (
    id              TEXT    NOT NULL PRIMARY KEY,
    username        TEXT    NOT NULL,
    username_key    TEXT    NOT NULL,
    email           TEXT    NOT NULL,
    email_key       TEXT    NOT NULL,
    password_hash   TEXT    NOT NULL,
    tries_left      INTEGER NOT NULL,
    code_expires_at INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL
, display_name TEXT, profile TEXT NOT NULL DEFAULT '{}', invitation_id TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE outbox (
    id            TEXT    NOT NULL PRIMARY KEY,
    kind          TEXT    NOT NULL,
    recipient     TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    reference     TEXT    NOT NULL,
    detail        TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    attempts      INTEGER NOT NULL,
    due_at        INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;
CREATE TABLE service_keys (
    name       TEXT    NOT NULL PRIMARY KEY,
    key_hash   BLOB    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO service_keys VALUES('api',X'ffe4866dfa27588020f1c6377b0a69c89d972c74a63d5c32248163e5c5078bbc',1795977809211566);
CREATE TABLE signing_keys (
    id          TEXT    NOT NULL PRIMARY KEY,
    public_key  TEXT    NOT NULL,
    sealed_key  BLOB    NOT NULL,
    created_at  INTEGER NOT NULL,
    signs_from  INTEGER NOT NULL
) STRICT;
CREATE TABLE mail_requests (
    id         TEXT NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    mailbox    TEXT NOT NULL,
    language   TEXT NOT NULL,
    client     BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
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
CREATE TABLE token_keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    x          TEXT    NOT NULL,
    y          TEXT    NOT NULL,
    sealed_key BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    signs_from INTEGER NOT NULL
) STRICT;
INSERT INTO token_keys VALUES('hQNSm_pxu9hFL4EAYGUVzaSy4YLRgsN6hQRCgiCUXuo','K8NgNMNd0fA37IeyqSeo0o7A_tR_rgVHMLvo8McYzh4','1pBImtYX7QueBJMbauxHoxXM6V4Jj8fDaZjSX2oCvt4',X'8029efc4ca894d9041eae09e95bd983e2584373d22799d31de2f8f7a188286a5bfe49532ea657f539555c8f10fe60671610689805463694052980e6a087663746d59c80b41c50de02e061ebf5f6a039827e06d3c360619774d9b9dfb738d907a10b2b71a52307b6bc393547c5fadda77ba33520d8b21a38c97afef8ce4952177816e1b0e173da2c4910a9eabafbced3f0b1f3262958ff8ef8f33d5f7a9464460c8df02c33e0d',1795977808498680,1795977808498680);
CREATE UNIQUE INDEX users_username_key ON users (username_key);
CREATE UNIQUE INDEX users_email_key ON users (email_key);
CREATE UNIQUE INDEX sessions_token_hash ON sessions (token_hash);
CREATE INDEX sessions_user_id ON sessions (user_id, created_at);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX idempotency_keys_user_id ON idempotency_keys (user_id);
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);
CREATE INDEX counters_ends_at ON counters (ends_at);
CREATE INDEX failures_forgotten_at ON failures (forgotten_at);
CREATE INDEX devices_user_id ON devices (user_id, created_at);
CREATE INDEX devices_expires_at ON devices (expires_at);
CREATE INDEX captcha_uses_expires_at ON captcha_uses (expires_at);
CREATE INDEX challenges_user_id ON challenges (user_id, purpose);
CREATE INDEX pending_sign_ups_username_key ON pending_sign_ups (username_key);
CREATE INDEX pending_sign_ups_email_key ON pending_sign_ups (email_key);
CREATE INDEX pending_sign_ups_expires_at ON pending_sign_ups (expires_at);
CREATE INDEX outbox_due_at ON outbox (state, due_at);
CREATE UNIQUE INDEX service_keys_key_hash ON service_keys (key_hash);
CREATE INDEX signing_keys_signs_from ON signing_keys (signs_from);
CREATE UNIQUE INDEX mail_requests_mailbox ON mail_requests (mailbox, kind);
CREATE INDEX pending_sign_ups_invitation_id ON pending_sign_ups (invitation_id);
CREATE UNIQUE INDEX invitations_token_hash ON invitations (token_hash);
CREATE INDEX invitations_expires_at ON invitations (expires_at);
CREATE INDEX token_keys_signs_from ON token_keys (signs_from);
COMMIT;
