CREATE TABLE service_keys (
    name       TEXT    NOT NULL PRIMARY KEY,
    key_hash   BYTEA   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX service_keys_key_hash ON service_keys (key_hash);

CREATE TABLE signing_keys (
    id          TEXT    NOT NULL PRIMARY KEY,
    public_key  TEXT    NOT NULL,
    sealed_key  BYTEA   NOT NULL,
    created_at  BIGINT NOT NULL,
    signs_from  BIGINT NOT NULL
);
CREATE INDEX signing_keys_signs_from ON signing_keys (signs_from);
