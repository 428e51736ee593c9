//! `Authorization` beside the cookie: the precedence of the two.

use serde_json::json;

use crate::support::{PASSWORD, Service};

/// Logs `minji` in. Returns the session's cookie.
fn log_in(service: &Service) -> String {
    let body = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    service.post("/login", &body).send().assert(200).cookie()
}

#[test]
fn a_session_token_wins_over_the_cookie_even_if_invalid() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let stranger = service.sign_up("stranger");
    let cookie = log_in(&service);
    let both = |authorization: &str| {
        service
            .get("/me")
            .cookie(&cookie)
            .header("authorization", authorization)
            .send()
    };
    let reply = both(&format!("Bearer {}", stranger.token)).assert(200);
    assert_eq!(reply.json["username"], "stranger");
    let access_token = service.call("POST", "/token").bearer(&stranger.token);
    let access_token = access_token.send().assert(200).json["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let (signed, _signature) = access_token.rsplit_once('.').unwrap();
    for invalid in [
        "Bearer dms_dead",
        "Bearer dmd_dead",
        "bearer dmk_dead",
        "Bearer dmc_dead",
        &format!("Bearer  {} x", minji.token),
        &format!("Bearer {0} {0}", minji.token),
        &format!("Bearer {0}, Basic x", minji.token),
        // An access token of the service does not authenticate, whatever its signature.
        &format!("Bearer {access_token}"),
        &format!("Bearer {signed}.forged"),
    ] {
        let reply = both(invalid).assert_problem(401, "not_authenticated");
        assert!(reply.lines("set-cookie").is_empty(), "the cookie lives");
    }
    let scheme = both(&format!("bearer {}", minji.token));
    assert_eq!(scheme.assert(200).json["username"], "minji");
}

#[test]
fn any_other_authorization_is_ignored() {
    let service = Service::start();
    service.sign_up("minji");
    let cookie = log_in(&service);
    // {"iss":"https://other.example"} and a text that is no JSON.
    let (foreign, text) = ("x.eyJpc3MiOiJodHRwczovL290aGVyLmV4YW1wbGUifQ.x", "x.eA.x");
    for other in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic bWluamk6eA==",
        "Digest username=\"x\"",
        "token app-key",
        "dms_dead",
        "Basic dms_dead",
        &format!("Bearer {foreign}"),
        &format!("Bearer {text}"),
        "Bearer a.b.c",
    ] {
        let with = |path: &str| service.get(path).header("authorization", other);
        for path in ["/me", "/forward-auth"] {
            with(path).cookie(&cookie).send().assert(200);
            with(path).send().assert_problem(401, "not_authenticated");
        }
        // The cross-site rule then applies, as it does with the cookie alone.
        let evil = |path: &str| {
            service
                .call("POST", path)
                .cookie(&cookie)
                .header("authorization", other)
                .header("origin", "https://evil.example")
        };
        for path in ["/logout", "/token"] {
            let refused = evil(path).send();
            refused.assert_problem(403, "origin_not_allowed");
        }
        let body = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
        let refused = evil("/login").json(&body).send();
        refused.assert_problem(403, "origin_not_allowed");
        let checked = with("/forward-auth").cookie(&cookie);
        let checked = checked
            .header("origin", "https://evil.example")
            .header("x-forwarded-method", "POST");
        checked.send().assert_problem(403, "origin_not_allowed");
    }
}

#[test]
fn two_authorization_headers_are_invalid_if_one_holds_a_session_token() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let cookie = log_in(&service);
    let both = |first: &str, second: &str| {
        let call = service.get("/me").cookie(&cookie);
        call.header("authorization", first)
            .header("authorization", second)
            .send()
    };
    let ours = format!("Bearer {}", minji.token);
    for (first, second) in [
        (ours.as_str(), ours.as_str()),
        (&ours, "Basic bWluamk6eA=="),
        ("Basic bWluamk6eA==", &ours),
        ("token app-key", "Bearer dms_dead"),
    ] {
        both(first, second).assert_problem(401, "not_authenticated");
    }
    both("Basic bWluamk6eA==", "token app-key").assert(200);
}

#[test]
fn a_credential_in_the_url_is_ignored() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    for query in ["token", "access_token", "__Host-daemun"] {
        let path = format!("/me?{query}={}", minji.token);
        service.get(&path).send().assert(401);
    }
}
