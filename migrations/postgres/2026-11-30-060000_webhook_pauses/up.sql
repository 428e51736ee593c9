-- The column has a default: the previous release keeps serving on the same database.
-- The time at which the pause ends by itself, or 0 where it lasts until it is ended.
ALTER TABLE outbox_pauses ADD COLUMN ends_at BIGINT NOT NULL DEFAULT 0;
