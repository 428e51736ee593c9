//! A change of `DAEMUN_SECRET`, with and without the secret before it.

use std::{fs, sync::Arc};

use jsonwebtoken::decode_header;

use crate::support::{Home, Service, integrations::access_token};

const FIRST: &str = "the first secret has 32 characters, and more";
const SECOND: &str = "the second secret has 32 characters, and more";

/// Starts the service with these settings, and returns the id of the only key, which signs. Another
/// start finds the same database.
#[track_caller]
fn signing_key(home: &Arc<Home>, user: &str, settings: &[(&str, &str)]) -> String {
    let mut service = Service::try_start_in(home, settings).unwrap();
    let account = service.sign_up(user);
    let header = decode_header(access_token(&service, &account)).unwrap();
    let set = service.get("/.well-known/jwks.json").send().assert(200);
    assert_eq!(
        set.json["keys"].as_array().unwrap().len(),
        1,
        "{}",
        set.text
    );
    service.stop();
    header.kid.unwrap()
}

#[test]
fn previous_secret_is_needed_for_one_start() {
    let home = Home::new();
    let before = signing_key(&home, "ann", &[("DAEMUN_SECRET", FIRST)]);
    let file = home.path().join("previous");
    fs::write(&file, format!("{FIRST}\n")).unwrap();
    let previous = ("DAEMUN_SECRET_PREVIOUS_FILE", file.to_str().unwrap());
    let both = [("DAEMUN_SECRET", SECOND), previous];
    assert_eq!(signing_key(&home, "ben", &both), before);
    assert_eq!(signing_key(&home, "cho", &both[..1]), before);
}

#[test]
fn replicas_with_both_secrets_in_either_order_share_their_keys() {
    let home = Home::new();
    let before = signing_key(&home, "ann", &[("DAEMUN_SECRET", FIRST)]);
    let prepared = [("DAEMUN_SECRET", FIRST), ("DAEMUN_SECRET_PREVIOUS", SECOND)];
    let changed = [("DAEMUN_SECRET", SECOND), ("DAEMUN_SECRET_PREVIOUS", FIRST)];
    let old = Service::try_start_in(&home, &prepared).unwrap();
    assert_eq!(signing_key(&home, "ben", &changed), before);
    let account = old.sign_up("cho");
    let header = decode_header(access_token(&old, &account)).unwrap();
    assert_eq!(header.kid, Some(before), "it opens what the new one sealed");
}

#[test]
fn generated_secret_counts_as_the_previous_one() {
    let home = Home::new();
    let before = signing_key(&home, "ann", &[]);
    assert_eq!(
        signing_key(&home, "ben", &[("DAEMUN_SECRET", FIRST)]),
        before
    );
    home.sql().run("DELETE FROM secrets");
    assert_eq!(
        signing_key(&home, "cho", &[("DAEMUN_SECRET", FIRST)]),
        before
    );
    let back = [("DAEMUN_SECRET_PREVIOUS", FIRST)];
    assert_eq!(signing_key(&home, "dan", &back), before);
}
