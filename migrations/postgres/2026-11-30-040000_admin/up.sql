-- Every statement adds, and every column has a default: the previous release keeps serving on the same database.
-- The id of the account in another system, compared as bytes.
ALTER TABLE users ADD COLUMN external_id TEXT;
-- 0 where the account was not changed since this migration.
ALTER TABLE users ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX users_external_id ON users (external_id) WHERE external_id IS NOT NULL;
-- Few accounts are disabled or have roles: these indexes cost a signup nothing.
CREATE INDEX users_disabled ON users (id) WHERE disabled;
CREATE INDEX users_roles ON users (id, roles) WHERE roles <> '';

-- The names of the scopes, separated by commas. The keys of earlier releases introspect tokens.
ALTER TABLE service_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT 'introspect';
-- 0 where the key does not expire.
ALTER TABLE service_keys ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0;
-- 0 where the key was not used since this migration, or since its secret was renewed.
ALTER TABLE service_keys ADD COLUMN last_used_at BIGINT NOT NULL DEFAULT 0;
-- The digest of the secret before the last renewal, which is valid until `previous_ends_at`.
ALTER TABLE service_keys ADD COLUMN previous_hash BYTEA;
ALTER TABLE service_keys ADD COLUMN previous_ends_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE service_keys ADD COLUMN previous_used_at BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX service_keys_previous_hash ON service_keys (previous_hash) WHERE previous_hash IS NOT NULL;

-- In the order of bytes, the indexes of the keys find prefixes. Only the indexes are rebuilt.
ALTER TABLE users ALTER COLUMN username_key TYPE TEXT COLLATE "C", ALTER COLUMN email_key TYPE TEXT COLLATE "C";
