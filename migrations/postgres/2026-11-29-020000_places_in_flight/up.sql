-- Of what is counted, how much belongs to attempts that have not ended yet, and when the last of them has certainly ended.
ALTER TABLE counters ADD COLUMN in_flight BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counters ADD COLUMN settles_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE failures ADD COLUMN in_flight BIGINT NOT NULL DEFAULT 0;
ALTER TABLE failures ADD COLUMN settles_at BIGINT NOT NULL DEFAULT 0;
