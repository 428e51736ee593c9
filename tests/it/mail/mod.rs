//! Tests of mail: content, transports, the outbox and its backoff.

mod backoff;
mod branding;
mod outbox;
mod round_trips;
mod test_command;
mod transports;
