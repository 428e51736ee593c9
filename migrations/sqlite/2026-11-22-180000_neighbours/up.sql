CREATE TABLE service_keys (
    name       TEXT    NOT NULL PRIMARY KEY,
    key_hash   BLOB    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX service_keys_key_hash ON service_keys (key_hash);

CREATE TABLE signing_keys (
    id          TEXT    NOT NULL PRIMARY KEY,
    public_key  TEXT    NOT NULL,
    sealed_key  BLOB    NOT NULL,
    created_at  INTEGER NOT NULL,
    signs_from  INTEGER NOT NULL
) STRICT;
CREATE INDEX signing_keys_signs_from ON signing_keys (signs_from);
