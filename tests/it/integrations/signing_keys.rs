//! The keys that sign access tokens, and their rotation.

use std::time::Duration;

use jsonwebtoken::decode_header;

use crate::support::{
    Home, Service, TestService,
    integrations::{access_token, done},
    send_at_once, wait_until,
};

#[test]
fn a_key_is_published_before_it_signs_and_until_its_last_token_expires() {
    let service = TestService::start_with(&["--token-key-age=1d"]);
    let kids = || -> Vec<String> {
        let set = service.get("/.well-known/jwks.json").send().assert(200);
        let keys = set.json["keys"].as_array().unwrap().clone();
        keys.iter()
            .map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect()
    };
    let signing = |name: &str| {
        let token = service.sign_up(name);
        let reply = service
            .call("POST", "/token")
            .bearer(&token)
            .send()
            .assert(200);
        decode_header(reply.json["access_token"].as_str().unwrap())
            .unwrap()
            .kid
            .unwrap()
    };
    let first = kids();
    assert_eq!(first, [signing("ann")]);
    service.pass(Duration::from_hours(24));
    let both = kids();
    assert_eq!(both.len(), 2, "the next one is published");
    assert_eq!(both[1], first[0]);
    assert_eq!(signing("ben"), first[0], "and does not sign yet");
    service.pass(Duration::from_mins(15));
    assert_eq!(signing("cho"), both[0]);
    service.pass(Duration::from_mins(6));
    assert_eq!(kids(), both, "a token of the first may still live");
    service.pass(Duration::from_mins(2));
    assert_eq!(kids(), both[..1]);
}

#[test]
fn without_database_writes_the_old_key_keeps_signing() {
    let service = TestService::start_with(&["--token-key-age=1h"]);
    let set = || {
        let set = service.get("/.well-known/jwks.json").send().assert(200);
        set.json["keys"].as_array().unwrap().clone()
    };
    let first = set();
    let mut stranger = service.sql();
    stranger.lock_writers();
    service.pass(Duration::from_hours(1));
    assert_eq!(set(), first, "the next key cannot be created");
    stranger.run("ROLLBACK");
    service.pass(Duration::from_mins(1));
    assert_eq!(set().len(), 2);
}

#[test]
fn replicas_create_one_key_together() {
    let home = Home::new();
    let replicas = [(); 3].map(|()| Service::try_start_in(&home, &[]).unwrap());
    let calls = [0, 1, 2, 0, 1, 2].map(|place| replicas[place].get("/.well-known/jwks.json"));
    let replies = send_at_once(calls).into_iter();
    let sets: Vec<_> = replies
        .map(|reply| reply.assert(200).json["keys"].clone())
        .collect();
    assert_eq!(sets[0].as_array().unwrap().len(), 1);
    assert!(sets.iter().all(|set| *set == sets[0]), "{sets:?}");
}

#[test]
fn an_unneeded_key_is_deleted() {
    let service = Service::start();
    let published = |service: &Service| {
        let set = service.get("/.well-known/jwks.json").send().assert(200);
        set.json["keys"].as_array().unwrap().len()
    };
    assert_eq!(published(&service), 1);
    done(&service, &["rotate"]);
    let mut rows = service.sql();
    let hour_passes = "UPDATE token_keys SET signs_from = signs_from - 3600000000";
    let touch_all = "UPDATE token_keys SET id = id";
    let service = service.stop_and_restart();
    assert_eq!(rows.change(touch_all), 2);
    rows.change(hour_passes);
    let service = service.stop_and_restart();
    wait_until(|| rows.change(touch_all) == 1);
    assert_eq!(published(&service), 1);
}

#[test]
fn an_operator_rotates_keys_on_schedule_and_after_a_compromise() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let signing = |service: &Service| {
        decode_header(access_token(service, &minji))
            .unwrap()
            .kid
            .unwrap()
    };
    let first = signing(&service);
    let next = done(&service, &["rotate"]);
    let service = service.stop_and_restart();
    assert_eq!(signing(&service), first, "it signs later");
    let set = service.get("/.well-known/jwks.json").send().text;
    assert!(set.contains(&first) && set.contains(&next), "{set}");
    let hurried = done(&service, &["rotate", "--at-once"]);
    let service = service.stop_and_restart();
    assert_eq!(signing(&service), hurried);
    let set = service.get("/.well-known/jwks.json").send().text;
    assert!(!set.contains(&first) && !set.contains(&next), "{set}");
}

#[test]
fn another_secret_creates_another_key_and_logs_it() {
    let secret = |text: &str| [("DAEMUN_SECRET".to_owned(), text.repeat(32))];
    let home = Home::new();
    let start = |text: &str| {
        let settings = secret(text);
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        Service::try_start_in(&home, &settings).unwrap()
    };
    let mut service = start("a");
    let minji = service.sign_up("minji");
    let first = decode_header(access_token(&service, &minji))
        .unwrap()
        .kid
        .unwrap();
    service.stop();
    let service = start("b");
    let second = decode_header(access_token(&service, &minji))
        .unwrap()
        .kid
        .unwrap();
    assert_ne!(first, second);
    wait_until(|| service.log().contains("sealed with another DAEMUN_SECRET"));
}

#[test]
fn keys_of_the_previous_release_stay_and_are_not_published() {
    let service = Service::start();
    let key_set = |service: &Service| service.get("/.well-known/jwks.json").send().assert(200);
    assert_eq!(key_set(&service).json["keys"].as_array().unwrap().len(), 1);
    let mut rows = service.sql();
    rows.run(
        "INSERT INTO signing_keys SELECT 'old', x, sealed_key, created_at, signs_from FROM token_keys",
    );
    done(&service, &["rotate", "--at-once"]);
    let service = service.stop_and_restart();
    let set = key_set(&service);
    assert_eq!(set.json["keys"].as_array().unwrap().len(), 1);
    assert!(!set.text.contains("old"), "{}", set.text);
    let touch = "UPDATE signing_keys SET id = id";
    assert_eq!(rows.change(touch), 1, "the previous release still has it");
}
