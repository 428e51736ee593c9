//! That known and unknown accounts take the same time

use serde_json::json;

use crate::support::{Comparison, Service};

/// Each with this many tries, which is less than what limits refuse here.
const ACCOUNTS: usize = 4;
const TRIES: usize = 60;

/// Hashes that are short enough for the rest of the work to show, and limits that refuse nothing.
const SETTINGS: [(&str, &str); 6] = [
    ("DAEMUN_BCRYPT_COST", "6"),
    ("DAEMUN_RATE_LIMITS", "on"),
    ("DAEMUN_LIMIT_LOG_INS", "10000"),
    ("DAEMUN_LIMIT_NETWORK_FAILURES", "10000"),
    ("DAEMUN_LIMIT_FAILURES", "100"),
    ("DAEMUN_LIMIT_ACCOUNT_FAILURES", "100"),
];

#[test]
fn a_log_in_takes_as_long_for_an_unknown_account() {
    let service = Service::start_with(&SETTINGS);
    for number in 0..ACCOUNTS {
        service.sign_up(&format!("person{number}"));
    }
    for (what, suffix) in [("by user name", ""), ("by address", "@example.com")] {
        let names = ["person", "nobody"];
        let compared = Comparison::measure(ACCOUNTS * TRIES / 2, |kind, round| {
            let identifier = format!("{}{}{suffix}", names[kind], round % ACCOUNTS);
            let body = json!({ "identifier": identifier, "password": "wrong" });
            service.post("/login", &body)
        });
        compared.assert_alike(&format!("log-in {what}, known and unknown"));
    }
    let last = json!({ "identifier": "person0", "password": "wrong" });
    service.post("/login", &last).send().assert(401);
}
