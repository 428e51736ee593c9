-- Requests for mail that name only an address. One waits for a mailbox and kind at most, and its row goes when it is resolved.
CREATE TABLE mail_requests (
    id         TEXT NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    mailbox    TEXT NOT NULL,
    language   TEXT NOT NULL,
    client     BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX mail_requests_mailbox ON mail_requests (mailbox, kind);

-- The previous release keeps requests in the outbox. Those that wait are copied, so that none is lost; a replica of that release
-- that still runs may resolve one too, and its mailbox gets two mails.
INSERT INTO mail_requests (id, kind, mailbox, language, client, expires_at)
SELECT
    id,
    CASE kind WHEN 'reset_requested' THEN 'reset_password' ELSE 'verify_email' END,
    lower(recipient COLLATE "C"),
    language,
    ''::bytea,
    expires_at
FROM outbox
WHERE state = 'waiting' AND kind IN ('verification_requested', 'reset_requested')
ORDER BY id
ON CONFLICT DO NOTHING;
