CREATE INDEX counters_ends_at ON counters (ends_at);
ALTER TABLE counters DROP COLUMN last_at;
