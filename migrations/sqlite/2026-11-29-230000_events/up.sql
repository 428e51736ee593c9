-- A new table: the previous release keeps serving on the same database, and records no events.
-- The audit log. No row holds a username or an email, and rows outlive the account that they are about.
-- The rows are stored in the order of their ids, which is that of their times.
CREATE TABLE events (
    -- A UUIDv7, so that ids sort by time.
    id         TEXT    NOT NULL PRIMARY KEY,
    type       TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    -- The account that the event is about.
    user_id    TEXT,
    -- owner, operator, service:NAME or anonymous.
    actor      TEXT    NOT NULL,
    ip         TEXT,
    user_agent TEXT,
    session_id TEXT,
    request_id TEXT,
    -- A JSON object.
    detail     TEXT,
    -- The key that the events of one row share, or null where each event is a row.
    roll_up    TEXT,
    -- The number of events in the row, or 0 where it is not counted.
    count      INTEGER NOT NULL,
    -- The time of the last event in the row.
    last_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX events_roll_up ON events (roll_up) WHERE roll_up IS NOT NULL;
CREATE INDEX events_user_id ON events (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX events_type ON events (type, id);
