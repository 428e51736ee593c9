DROP TABLE signing_keys;
DROP TABLE service_keys;
