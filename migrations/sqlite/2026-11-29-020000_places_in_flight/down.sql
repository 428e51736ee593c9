ALTER TABLE failures DROP COLUMN settles_at;
ALTER TABLE failures DROP COLUMN in_flight;
ALTER TABLE counters DROP COLUMN settles_at;
ALTER TABLE counters DROP COLUMN in_flight;
