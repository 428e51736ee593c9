//! Limits on attempts, requests and mails.

pub(crate) mod approx_counter;
pub(crate) mod attempt;
pub(crate) mod backlog;
pub(crate) mod changes;
pub(crate) mod counting;
pub(crate) mod keys;
pub(crate) mod proof_of_work;
pub(crate) mod reservation;
pub(crate) mod settlement;
pub(crate) mod sign_ups;
pub(crate) mod waiting;
