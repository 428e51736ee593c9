DROP TABLE outbox;
DROP TABLE pending_sign_ups;
DROP TABLE challenges;
DROP TABLE captcha_uses;
DROP TABLE devices;
DROP TABLE failures;
DROP TABLE counters;
DROP TABLE secrets;
ALTER TABLE users DROP COLUMN failed_log_ins;
