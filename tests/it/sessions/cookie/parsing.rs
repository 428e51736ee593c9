//! The parsing of the `Cookie` header.

use serde_json::json;

use super::log_in;
use crate::support::{PASSWORD, Service};

#[test]
fn the_cookie_authenticates_on_every_route() {
    let service = Service::start();
    service.sign_up("minji");
    let token = log_in(&service, false).cookie();
    let with = |method: &str, path: &str| service.call(method, path).cookie(&token);
    with("GET", "/me").send().assert(200);
    with("GET", "/sessions").send().assert(200);
    with("DELETE", "/sessions").send().assert(204);
    with("PATCH", "/me").json(&json!({})).send().assert(200);
    let change = json!({ "current_password": PASSWORD, "new_password": PASSWORD });
    with("PUT", "/me/password").json(&change).send().assert(204);
    with("POST", "/logout").send().assert(204);
    let token = log_in(&service, false).cookie();
    let confirmation = service.post("/me/confirm", &json!({ "password": PASSWORD }));
    confirmation.cookie(&token).send().assert(204);
    let gone = service.call("DELETE", "/me").cookie(&token).send();
    assert_eq!(gone.assert(204).cookie(), "");
}

#[test]
fn cookie_names_are_compared_by_bytes() {
    let service = Service::start();
    service.sign_up("minji");
    let token = log_in(&service, false).cookie();
    let with = |line: &[u8]| service.get("/me").raw_header("cookie", line).send();
    for blank in [
        "\u{2000}", "\u{a0}", "\u{85}", "\u{3000}", "\u{feff}", "\u{200b}",
    ] {
        for line in [
            format!("{blank}__Host-daemun={token}"),
            format!("__Host-daemun{blank}={token}"),
            format!("__Host-daemun={blank}{token}"),
            format!("__Host-daemun={token}{blank}"),
        ] {
            let reply = with(line.as_bytes());
            reply.assert_problem(401, "not_authenticated");
        }
        // Such a cookie does not hide the real one.
        let planted = format!("{blank}__Host-daemun=planted; __Host-daemun={token}");
        with(planted.as_bytes()).assert(200);
    }
    for line in [
        format!("__host-daemun={token}"),
        format!("__Host-daemun-device={token}"),
        format!("\"__Host-daemun\"={token}"),
        format!("__Host-daemun=\"{token}\""),
    ] {
        with(line.as_bytes()).assert(401);
    }
    for line in [
        format!("\t __Host-daemun={token} \t"),
        format!("a=b; \t__Host-daemun\t=\t{token}"),
    ] {
        with(line.as_bytes()).assert(200);
    }
}

#[test]
fn duplicate_cookies_are_one_session_or_none() {
    let service = Service::start();
    service.sign_up("minji");
    let token = log_in(&service, false).cookie();
    let other = log_in(&service, false).cookie();
    let pair = |token: &str| format!("__Host-daemun={token}");
    let lines = |first: &str, second: &str| {
        let together = format!("{}; {}", pair(first), pair(second));
        let apart = service.get("/me").cookie(first).cookie(second);
        [service.get("/me").header("cookie", &together), apart]
    };
    for call in lines(&token, &token) {
        call.send().assert(200);
    }
    for (first, second) in [
        (&token, &other),
        (&token, &String::new()),
        (&String::from("x"), &token),
    ] {
        for call in lines(first, second) {
            let reply = call.send().assert_problem(401, "not_authenticated");
            // The response must not clear the browser's cookie and leave only the planted one.
            assert!(reply.lines("set-cookie").is_empty());
        }
    }
    // The cookie still authenticates.
    let call = service
        .call("POST", "/logout")
        .cookie(&token)
        .cookie(&other);
    let refused = call.header("origin", "https://evil.example").send();
    refused.assert_problem(403, "origin_not_allowed");
}

#[test]
fn malformed_cookies_of_others_do_not_hide_the_session() {
    let service = Service::start();
    service.sign_up("minji");
    let token = log_in(&service, false).cookie();
    for line in [
        format!("a=1; __Host-daemun={token}; b=2"),
        format!("a=1;__Host-daemun={token}"),
        format!("=; ;;nonsense; __Host-daemun={token}"),
        format!("x__Host-daemun=dead; __Host-daemun={token}"),
    ] {
        service
            .get("/me")
            .header("cookie", &line)
            .send()
            .assert(200);
    }
    let mut unreadable = b"other=\xff\xfe; __Host-daemun=".to_vec();
    unreadable.extend(token.as_bytes());
    let call = service.get("/me").raw_header("cookie", &unreadable);
    call.send().assert(200);
    let two_lines = service.get("/me").header("cookie", "a=1").cookie(&token);
    two_lines.send().assert(200);
}
