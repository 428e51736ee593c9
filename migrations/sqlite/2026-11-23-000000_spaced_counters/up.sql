-- Mails to one mailbox are counted in one row: how many within the hour, and when the last was.
ALTER TABLE counters ADD COLUMN last_at INTEGER NOT NULL DEFAULT 0;
