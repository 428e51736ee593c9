//! The start on a database of the previous release, whose dumps the script `dump` wrote.

use std::{fs, sync::Arc};

use jsonwebtoken::decode_header;
use serde_json::json;

use crate::support::{Home, PASSWORD, Service, integrations::is_active};

const SECRET: (&str, &str) = ("DAEMUN_SECRET", "the secret of the dumps has 40 characters");

/// The tokens that the previous release returned.
struct Tokens {
    session: String,
    device: String,
    service_key: String,
}

/// Creates a database of the previous release, of the run's kind. Its sessions and devices live on.
fn previous() -> (Arc<Home>, Tokens) {
    let home = Home::new();
    let dump = match home.postgres_url() {
        Some(_) => include_str!("previous.postgres.sql"),
        None => include_str!("previous.sqlite.sql"),
    };
    if home.postgres_url().is_none() {
        fs::create_dir_all(home.file().parent().unwrap()).unwrap();
    }
    let mut sql = home.sql();
    sql.run(dump);
    let line = dump.lines().next().unwrap();
    let field = |name: &str| {
        let (_, rest) = line.split_once(name).unwrap();
        rest.split(' ').next().unwrap().to_owned()
    };
    let tokens = Tokens {
        session: field("session="),
        device: field("device="),
        service_key: field("service_key="),
    };
    drop(sql);
    let mut sql = home.sql();
    // The dump is older than its sessions live.
    let later = 60 * 60 * 24 * 1_000_000_i64;
    sql.run(&format!(
        "UPDATE sessions SET expires_at = expires_at + 365 * {later}, ends_at = ends_at + 365 * {later}; \
         UPDATE devices SET expires_at = expires_at + 3650 * {later}"
    ));
    (home, tokens)
}

#[test]
fn sessions_devices_and_keys_of_the_previous_release_stay_valid() {
    let (home, tokens) = previous();
    // Without limits, devices are not recognized.
    let settings = [SECRET, ("DAEMUN_RATE_LIMITS", "on")];
    let service = Service::try_start_in(&home, &settings).unwrap();
    let me = service
        .get("/me")
        .bearer(&tokens.session)
        .send()
        .assert(200);
    assert_eq!(me.json["username"], "ann");
    assert_eq!(me.json["email_verified"], true);
    assert_eq!(me.json["profile"], json!({ "plan": "pro" }));
    let sessions = service.get("/sessions").bearer(&tokens.session).send();
    assert_eq!(
        sessions.assert(200).json["sessions"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert!(is_active(&service, &tokens.service_key, &tokens.session));

    let log_in = |identifier: &str| {
        let body = json!({ "identifier": identifier, "password": PASSWORD, "device_token": tokens.device });
        service.post("/login", &body).send()
    };
    let recognized = log_in("ann").assert(200);
    assert!(
        recognized.json.get("device_token").is_none(),
        "{}",
        recognized.text
    );
    log_in("ben").assert_problem(403, "account_disabled");
}

#[test]
fn token_signing_key_of_the_previous_release_signs() {
    let (home, tokens) = previous();
    let key = home
        .sql()
        .texts("SELECT id AS text FROM token_keys WHERE $1 = $2", "", "");
    // A key of the dump's age would be rotated.
    let service =
        Service::try_start_in(&home, &[SECRET, ("DAEMUN_TOKEN_KEY_AGE", "400d")]).unwrap();
    let issued = service
        .call("POST", "/token")
        .bearer(&tokens.session)
        .send()
        .assert(200);
    let header = decode_header(issued.json["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(header.kid, Some(key[0].clone()));
}

#[test]
fn first_start_warns_of_running_older_releases() {
    let warning = "the database is for daemun 0.2.0 and later: stop every older process";
    let (home, _) = previous();
    let service = Service::try_start_in(&home, &[SECRET]).unwrap();
    assert!(service.log().contains(warning), "{}", service.log());
    let service = service.stop_and_restart();
    assert!(!service.log().contains(warning), "{}", service.log());
    let new = Service::start();
    assert!(!new.log().contains(warning), "no older release has used it");
}
