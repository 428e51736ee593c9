DROP TABLE outbox_pauses;
DROP TABLE webhook_messages;
