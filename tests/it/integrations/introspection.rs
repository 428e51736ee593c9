//! Token introspection and the service keys that it requires.

use serde_json::json;

use crate::support::{
    Service,
    integrations::{access_token, done, introspect, is_active, key_command},
};

#[test]
fn introspection_identifies_the_user_of_a_token() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    assert!(key.starts_with("dmk_") && key.len() == 47, "{key}");
    let reply = introspect(&service, &key, &minji.token).assert(200);
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.json["active"], true);
    assert_eq!(reply.json["sub"], minji.id);
    assert_eq!(reply.json["username"], "minji");
    assert_eq!(reply.json["email"], "minji@example.com");
    assert_eq!(reply.json["email_verified"], false);
    assert_eq!(reply.json["sid"], minji.session_id);
    assert_eq!(reply.json["token_type"], "Bearer");
    assert_eq!(reply.json["token_use"], "session");
    assert_eq!(reply.json["client_id"], "daemun");
    assert_eq!(reply.json["roles"], json!([]));
    assert_eq!(reply.json["metadata"], json!({}));
    assert_eq!(reply.json["amr"], json!(["pwd"]));
    let seconds = |name: &str| reply.json[name].as_i64().unwrap();
    assert_eq!(seconds("exp") - seconds("iat"), 24 * 3600);
    assert_eq!(seconds("auth_time"), seconds("iat"));
    assert!(!service.log().contains(&key) && !service.log().contains(&minji.token));
}

#[test]
fn introspection_shows_the_operators_data_as_it_is_now() {
    let service =
        Service::start_with(&[("DAEMUN_PUBLIC_URL", "https://app.example.com:8443/auth")]);
    let minji = service.sign_up("minji");
    let access_token = access_token(&service, &minji);
    let key = done(&service, &["create", "billing"]);
    service.sql().run(
        "UPDATE users SET roles = 'editor,billing:read', metadata = '{\"plan\":{\"seats\":3}}'; \
         UPDATE sessions SET auth_time = created_at - 60000000, amr = 'pwd,otp,mfa'",
    );
    for token in [&minji.token, &access_token] {
        let reply = introspect(&service, &key, token).assert(200);
        assert_eq!(reply.json["roles"], json!(["editor", "billing:read"]));
        assert_eq!(reply.json["metadata"], json!({ "plan": { "seats": 3 } }));
        assert_eq!(reply.json["client_id"], "app.example.com");
        assert_eq!(reply.json["amr"], json!(["pwd", "otp", "mfa"]));
        let seconds = |name: &str| reply.json[name].as_i64().unwrap();
        assert!((60..120).contains(&(seconds("iat") - seconds("auth_time"))));
    }
}

#[test]
fn introspection_requires_a_service_key() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    for wrong in [
        "",
        "dmk_",
        "dmk_short",
        &minji.token,
        &key.replace("dmk_", "dms_"),
        &format!("dmk_{}", "A".repeat(43)),
    ] {
        let reply = introspect(&service, wrong, &minji.token);
        reply.assert_problem(401, "service_key_invalid");
    }
    let form = || {
        service
            .call("POST", "/introspect")
            .body("application/x-www-form-urlencoded", b"token=x")
    };
    form().send().assert_problem(401, "service_key_invalid");
    for call in [
        form().cookie(&minji.token),
        form().header("authorization", "Basic ZG1rX3g6eA=="),
        form().bearer(&key).bearer(&key),
    ] {
        call.send().assert_problem(401, "service_key_invalid");
    }
    service
        .get("/me")
        .bearer(&key)
        .send()
        .assert_problem(401, "not_authenticated");

    assert!(is_active(&service, &key, &minji.token));
    done(&service, &["revoke", "billing"]);
    introspect(&service, &key, &minji.token).assert_problem(401, "service_key_invalid");
}

#[test]
fn introspection_requires_a_form_with_a_token() {
    let service = Service::start();
    let key = done(&service, &["create", "billing"]);
    let ask = |kind: &str, body: &[u8]| {
        service
            .call("POST", "/introspect")
            .body(kind, body)
            .bearer(&key)
            .send()
    };
    let form = "application/x-www-form-urlencoded";
    ask("application/json", b"{\"token\":\"x\"}").assert_problem(415, "unsupported_media_type");
    for body in [&b""[..], b"tokens=x", b"token_type_hint=x"] {
        let reply = ask(form, body).assert_problem(422, "validation_failed");
        assert_eq!(reply.refused(), ["token required"]);
    }
    ask(form, b"token=a&token=b").assert_problem(422, "validation_failed");
    ask(form, &vec![b'a'; 17 * 1024]).assert_problem(413, "payload_too_large");
    for body in [
        &b"token="[..],
        b"token=%ff%00%zz",
        b"token=\xff",
        b"token=a.b.c&token_type_hint=x&other=1",
    ] {
        let reply = ask(form, body).assert(200);
        assert_eq!(reply.json, json!({ "active": false }), "{body:?}");
    }
    ask(
        "Application/X-WWW-Form-Urlencoded; charset=utf-8",
        b"token=x",
    )
    .assert(200);
}

#[test]
fn service_keys_are_listed_named_once_and_revoked() {
    let service = Service::start();
    let header = "name\tscopes\tcreated_at\tlast_used_at\texpires_at\tprevious_last_used_at\tprevious_ends_at";
    assert_eq!(done(&service, &["list"]), header);
    done(&service, &["create", "billing"]);
    done(&service, &["create", "mail-1.eu"]);
    let listed = done(&service, &["list"]);
    let rows = listed.lines().skip(1);
    let names: Vec<_> = rows.map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(names, ["billing", "mail-1.eu"]);
    assert!(!listed.contains("dmk_"));
    let refused = |arguments: &[&str]| {
        let output = key_command(&service, arguments);
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&["create", "billing"]).contains("renew or revoke it"));
    assert!(refused(&["revoke", "nobody"]).contains("no service of this name"));
    for name in ["", "Billing", "a b", &"a".repeat(65)] {
        assert!(refused(&["create", name]).contains("lower-case"), "{name}");
    }
    done(&service, &["revoke", "billing"]);
    done(&service, &["create", "billing"]);
}

#[test]
fn without_a_database_the_response_is_503_and_never_active() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    service.home().hide_database();
    service
        .get("/forward-auth")
        .bearer(&minji.token)
        .send()
        .assert_problem(503, "database_unavailable");
    introspect(&service, &key, &minji.token).assert_problem(503, "database_unavailable");
    service
        .call("POST", "/token")
        .bearer(&minji.token)
        .send()
        .assert_problem(503, "database_unavailable");
    service.home().show_database();
    assert!(is_active(&service, &key, &minji.token));
}
