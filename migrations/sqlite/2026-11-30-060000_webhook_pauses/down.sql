ALTER TABLE outbox_pauses DROP COLUMN ends_at;
