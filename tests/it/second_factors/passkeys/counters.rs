//! Signature counters: one that goes back may be that of a copy.

use serde_json::json;

use super::{authenticator, factors, log_in, register, start, verified};

#[test]
fn a_counter_that_goes_back_is_refused_and_the_owner_gets_a_mail() {
    let service = start();
    let token = verified(&service, "minji");
    let mut phone = authenticator();
    phone.sign_count = 7;
    register(&service, &token, &mut phone).assert(201);
    phone.sign_count = 9;
    log_in(&service, &phone).assert(200);
    let before = factors(&service, &token);
    for count in [9, 8, 0] {
        phone.sign_count = count;
        log_in(&service, &phone).assert_problem(422, "passkey_invalid");
    }
    assert_eq!(factors(&service, &token), before);
    let kinds = service.mailbox().kinds();
    assert!(
        kinds.iter().any(|kind| kind == "passkey_counter_went_back"),
        "{kinds:?}"
    );
    phone.sign_count = 10;
    log_in(&service, &phone).assert(200);
}

/// Only the owner's authenticator can cause the mail.
#[test]
fn a_counter_without_a_valid_signature_is_not_reported() {
    let service = start();
    let token = verified(&service, "minji");
    let mut phone = authenticator();
    phone.sign_count = 7;
    register(&service, &token, &mut phone).assert(201);
    phone.sign_count = 0;
    let started = super::log_in_options(&service);
    let mut credential = phone.get(&started["options"]);
    credential["response"]["signature"] = json!("AAAA");
    let reply = super::send_log_in(&service, &started["ceremony"], &credential);
    reply.assert_problem(422, "passkey_invalid");
    let kinds = service.mailbox().kinds();
    assert!(kinds.iter().all(|kind| kind != "passkey_counter_went_back"));
}

#[test]
fn passkeys_that_do_not_count_are_accepted() {
    let service = start();
    let token = service.sign_up("minji");
    let mut synced = authenticator();
    register(&service, &token, &mut synced).assert(201);
    for _ in 0..3 {
        log_in(&service, &synced).assert(200);
    }
}
