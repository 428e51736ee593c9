ALTER TABLE counters DROP COLUMN last_at;
