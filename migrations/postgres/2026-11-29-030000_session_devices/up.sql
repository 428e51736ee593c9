-- The device that a session was opened from, empty where none is known: a new password keeps the caller's and forgets the others.
ALTER TABLE sessions ADD COLUMN device_hash BYTEA NOT NULL DEFAULT '';
