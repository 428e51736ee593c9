-- New tables: the previous release keeps serving on the same database, and publishes no events.
-- Events that wait to be sent to the webhook. A row holds no data of the event: it is read when it is sent.
CREATE TABLE webhook_messages (
    -- The event, which may have been deleted since.
    event_id    TEXT    NOT NULL PRIMARY KEY,
    -- waiting, or expired until the row is deleted.
    state       TEXT    NOT NULL,
    -- Attempts that failed.
    attempts    INTEGER NOT NULL,
    -- The status of the last response, or 0 without one.
    last_status INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_messages_due ON webhook_messages (state, due_at);
CREATE INDEX webhook_messages_expires ON webhook_messages (expires_at);

-- The channels of the outbox that send nothing until the service restarts or an operator resumes them.
CREATE TABLE outbox_pauses (
    channel   TEXT    NOT NULL PRIMARY KEY,
    paused_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
