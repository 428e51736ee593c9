//! Scopes, expiry and renewal of service keys.

use daemun::domain::timestamp::Timestamp;

use super::{ADMIN, SCOPES, new_key};
use crate::support::{
    Reply, Service,
    integrations::{done, introspect, key_command},
};

/// A request that each scope permits.
const PERMITTED: [(&str, &str, &str); 4] = [
    ("users:read", "GET", "/admin/users"),
    (
        "users:write",
        "DELETE",
        "/admin/users/019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b",
    ),
    ("events:read", "GET", "/admin/events"),
    ("invitations:write", "GET", "/admin/invitations"),
];

fn list_users(service: &Service, key: &str) -> Reply {
    service.admin("GET", "/admin/users").bearer(key).send()
}

/// Returns the columns of a key in the list. The last ones may be empty.
#[track_caller]
fn listed(service: &Service, name: &str) -> Vec<String> {
    let list = done(service, &["list"]);
    let rows = list.lines().map(|line| line.split('\t').map(str::to_owned));
    let mut rows = rows.map(Iterator::collect::<Vec<_>>);
    let mut columns = rows.find(|columns| columns[0] == name).expect("the key");
    columns.resize(7, String::new());
    columns
}

#[test]
fn a_key_can_do_no_more_than_its_scopes() {
    let service = Service::start_with(&[ADMIN]);
    let minji = service.sign_up("minji");
    for scope in SCOPES {
        let key = new_key(&service, &scope.replace(':', "-"), &[scope]);
        for (needed, method, path) in PERMITTED {
            let reply = service.admin(method, path).bearer(&key).send();
            if needed == scope {
                assert_ne!(reply.status, 401, "{needed}: {}", reply.text);
                assert_ne!(reply.status, 403, "{needed}: {}", reply.text);
            } else {
                reply.assert_problem(403, "scope_missing");
            }
        }
        introspect(&service, &key, &minji.token).assert_problem(403, "scope_missing");
    }
    let introspecting = new_key(&service, "billing", &[]);
    introspect(&service, &introspecting, &minji.token).assert(200);
    list_users(&service, &introspecting).assert_problem(403, "scope_missing");
    let both = new_key(&service, "both", &["introspect", "users:read"]);
    introspect(&service, &both, &minji.token).assert(200);
    list_users(&service, &both).assert(200);
    assert_eq!(listed(&service, "both")[1], "introspect,users:read");
}

#[test]
fn only_a_service_key_as_bearer_token_authenticates() {
    let service = Service::start_with(&[ADMIN]);
    let minji = service.sign_up("minji");
    let key = new_key(&service, "backoffice", &["users:read"]);
    let call = || service.admin("GET", "/admin/users");
    let basic = {
        use base64::{Engine, prelude::BASE64_STANDARD};
        format!(
            "Basic {}",
            BASE64_STANDARD.encode(format!("backoffice:{key}"))
        )
    };
    for refused in [
        call(),
        call().bearer(&minji.token),
        call().cookie(&minji.token),
        call().bearer(&format!("dmk_{}", "A".repeat(43))),
        call().header("authorization", &basic),
        call().bearer(&key).bearer(&key),
        call().bearer(&key).header("authorization", &basic),
    ] {
        let reply = refused.send().assert_problem(401, "service_key_invalid");
        assert_eq!(reply.header("www-authenticate"), "Bearer");
    }
    // The key is checked before the rest of the request.
    let wrong = service
        .admin("PATCH", "/admin/users/none")
        .json(&serde_json::json!([]));
    wrong.send().assert_problem(401, "service_key_invalid");
    list_users(&service, &key).assert(200);
    done(&service, &["revoke", "backoffice"]);
    list_users(&service, &key).assert_problem(401, "service_key_invalid");
    assert!(!service.log().contains(&key));
}

#[test]
fn a_key_is_refused_after_its_expiry() {
    let service = Service::start_with(&[ADMIN]);
    let key = done(
        &service,
        &["create", "crm", "--scope", "users:read", "--expires", "90d"],
    );
    list_users(&service, &key).assert(200);
    let columns = listed(&service, "crm");
    let time = |place: usize| Timestamp::parse(&columns[place]).expect("a time");
    assert_eq!(time(4).since(time(2)).as_secs(), 90 * 24 * 3600);
    let mut sql = service.sql();
    sql.run("UPDATE service_keys SET created_at = created_at - expires_at, expires_at = 1000000");
    list_users(&service, &key).assert_problem(401, "service_key_invalid");
    for wrong in ["1m", "4000d", "soon", "-1d"] {
        let output = key_command(&service, &["create", "new", "--expires", wrong]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    let output = key_command(&service, &["create", "new", "--scope", "users"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("invitations:write"), "{message}");
}

#[test]
fn a_renewed_key_has_two_secrets_until_the_overlap_ends() {
    let service = Service::start_with(&[ADMIN]);
    let first = new_key(&service, "crm", &["users:read"]);
    list_users(&service, &first).assert(200);
    let second = done(&service, &["renew", "crm"]);
    assert_ne!(first, second);
    list_users(&service, &first).assert(200);
    list_users(&service, &second).assert(200);
    let columns = listed(&service, "crm");
    let ends_at = Timestamp::parse(&columns[6]).expect("the end of the old secret");
    let renewed_at = Timestamp::parse(&columns[2]).expect("the renewal");
    assert_eq!(ends_at.since(renewed_at).as_secs(), 7 * 24 * 3600);

    let third = done(&service, &["renew", "crm", "--overlap", "1h"]);
    list_users(&service, &first).assert_problem(401, "service_key_invalid");
    list_users(&service, &second).assert(200);
    list_users(&service, &third).assert(200);
    service
        .sql()
        .run("UPDATE service_keys SET previous_ends_at = 1000000");
    list_users(&service, &second).assert_problem(401, "service_key_invalid");
    list_users(&service, &third).assert(200);

    let fourth = done(&service, &["renew", "crm", "--overlap", "0s"]);
    list_users(&service, &third).assert_problem(401, "service_key_invalid");
    list_users(&service, &fourth).assert(200);
    done(&service, &["revoke", "crm"]);
    list_users(&service, &fourth).assert_problem(401, "service_key_invalid");
    let unknown = key_command(&service, &["renew", "crm"]);
    let message = String::from_utf8(unknown.stderr).unwrap();
    assert!(message.contains("no service of this name"), "{message}");
    let query = "SELECT type AS text FROM events WHERE type LIKE $1 AND type <> $2 ORDER BY id";
    let log = service.sql().texts(query, "service_key.%", "");
    let expected = ["created", "renewed", "renewed", "renewed", "revoked"];
    assert_eq!(log, expected.map(|verb| format!("service_key.{verb}")));
}

#[test]
fn a_renewed_secret_lives_as_long_as_the_first() {
    let service = Service::start_with(&[ADMIN]);
    done(
        &service,
        &["create", "crm", "--scope", "users:read", "--expires", "1h"],
    );
    let second = done(&service, &["renew", "crm"]);
    let columns = listed(&service, "crm");
    let time = |place: usize| Timestamp::parse(&columns[place]).expect("a time");
    assert_eq!(time(4).since(time(2)).as_secs(), 3600);
    assert!(time(6) <= time(4), "the first secret still ends");
    list_users(&service, &second).assert(200);
}

#[test]
fn the_last_use_of_each_secret_is_listed() {
    let service = Service::start_with(&[ADMIN]);
    let first = new_key(&service, "crm", &["users:read"]);
    let used = |service: &Service| {
        let columns = listed(service, "crm");
        (columns[3].clone(), columns[5].clone())
    };
    assert_eq!(used(&service), (String::new(), String::new()));
    list_users(&service, &first).assert(200);
    let (present, _) = used(&service);
    assert!(Timestamp::parse(&present).is_some(), "{present}");
    list_users(&service, &first).assert(200);
    assert_eq!(used(&service).0, present, "within an hour, one write");

    let second = done(&service, &["renew", "crm"]);
    assert_eq!(used(&service), (String::new(), present));
    list_users(&service, &second).assert(200);
    assert!(!used(&service).0.is_empty());
    service
        .sql()
        .run("UPDATE service_keys SET previous_used_at = 1000000");
    list_users(&service, &first).assert(200);
    assert_ne!(used(&service).1, "1970-01-01T00:00:01.000000Z");
}
