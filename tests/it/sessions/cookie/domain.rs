//! The cookie that the hosts of a domain share.

use serde_json::json;

use super::log_in;
use crate::support::{PASSWORD, Reply, Service};

const DOMAIN: [(&str, &str); 2] = [
    ("DAEMUN_PUBLIC_URL", "https://auth.example.com"),
    ("DAEMUN_COOKIE_DOMAIN", "Example.com"),
];

/// Returns the value of the shared cookie, which a login sets.
fn shared(reply: &Reply) -> String {
    let lines = reply.lines("set-cookie");
    let line = lines
        .iter()
        .find_map(|line| line.strip_prefix("__Secure-daemun="));
    line.unwrap().split(';').next().unwrap().to_owned()
}

/// Returns the cookies that a reply clears.
fn cleared(reply: &Reply) -> Vec<&str> {
    let lines = reply.lines("set-cookie").into_iter();
    let cleared = lines.filter(|line| line.contains("Max-Age=0"));
    cleared
        .map(|line| line.split('=').next().unwrap())
        .collect()
}

/// Requests `GET /me` with these cookies.
fn me(service: &Service, cookies: &[(&str, &str)]) -> Reply {
    let call = cookies
        .iter()
        .fold(service.get("/me"), |call, (name, value)| {
            call.header("cookie", &format!("{name}={value}"))
        });
    call.send()
}

#[test]
fn a_login_sets_one_cookie_for_the_domain_and_clears_that_of_one_host() {
    let service = Service::start_with(&DOMAIN);
    service.sign_up("minji");
    let reply = log_in(&service, true);
    let lines = reply.lines("set-cookie");
    let mut attributes: Vec<_> = lines[0].split("; ").skip(1).collect();
    attributes.sort_unstable();
    assert_eq!(
        attributes,
        [
            "Domain=example.com",
            "HttpOnly",
            "Max-Age=7776000",
            "Path=/",
            "SameSite=Lax",
            "Secure"
        ]
    );
    assert_eq!(cleared(&reply), ["__Host-daemun"]);
    let token = shared(&reply);
    me(&service, &[("__Secure-daemun", &token)]).assert(200);
    let out = service
        .call("POST", "/logout")
        .header("cookie", &format!("__Secure-daemun={token}"));
    let reply = out.send().assert(204);
    assert_eq!(cleared(&reply), ["__Secure-daemun", "__Host-daemun"]);
    assert!(reply.lines("set-cookie")[0].contains("Domain=example.com"));
    assert!(!reply.lines("set-cookie")[1].contains("Domain"));
    let dead = me(&service, &[("__Secure-daemun", &token)]);
    let dead = dead.assert_problem(401, "not_authenticated");
    assert_eq!(cleared(&dead), ["__Secure-daemun"]);
}

#[test]
fn the_device_cookie_stays_with_its_host() {
    let settings = [&DOMAIN[..], &[("DAEMUN_RATE_LIMITS", "on")]].concat();
    let service = Service::start_with(&settings);
    service.sign_up("minji");
    let reply = log_in(&service, false);
    let lines = reply.lines("set-cookie");
    let device = lines
        .iter()
        .find(|line| line.starts_with("__Host-daemun-device="));
    assert!(!device.unwrap().contains("Domain"), "{lines:?}");
}

#[test]
fn one_live_session_among_three_values_authenticates() {
    let service = Service::start_with(&DOMAIN);
    service.sign_up("minji");
    service.sign_up("attacker");
    let own = shared(&log_in(&service, false));
    let body = json!({ "identifier": "attacker", "password": PASSWORD });
    let login = service.post("/login", &body).send().assert(200);
    let planted = login.token();
    let dead = |letter: char| format!("dms_{}", letter.to_string().repeat(43));
    let with = |values: &[&str]| {
        let cookies = values.iter().map(|value| ("__Secure-daemun", *value));
        let cookies: Vec<_> = cookies.collect();
        me(&service, &cookies)
    };
    for values in [
        &[own.as_str()][..],
        &[&own, &own],
        &[&dead('a'), &own],
        &[&own, &dead('a'), &dead('b')],
        &[&dead('a'), &dead('b'), &own],
        // A value that cannot be a token is not looked up.
        &[
            "",
            "x",
            "planted",
            "dms_short",
            &dead('a'),
            &dead('b'),
            &own,
        ],
        &[&dead('a'), &dead('a'), &dead('a'), &own],
    ] {
        assert_eq!(
            with(values).assert(200).json["username"],
            "minji",
            "{values:?}"
        );
    }
    for values in [
        &[dead('a').as_str(), &dead('b'), &dead('c'), &own][..],
        &[&own, &planted],
        &[&planted, &own],
        &[&dead('a'), &planted, &own],
    ] {
        let reply = with(values).assert_problem(401, "not_authenticated");
        // The response must not clear the browser's cookie and leave only the planted one.
        assert!(reply.lines("set-cookie").is_empty(), "{values:?}");
    }
    // A login ends every session that the browser presents, so the planted cookie is dead then.
    let body = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    let login = service.post("/login", &body);
    let both = format!("__Secure-daemun={planted}; __Secure-daemun={own}");
    let renewed = shared(&login.header("cookie", &both).send().assert(200));
    with(&[&planted, &renewed]).assert(200);
    with(&[&own]).assert(401);
}

#[test]
fn the_cookie_of_one_host_counts_only_without_a_shared_one() {
    let service = Service::start_with(&DOMAIN);
    let minji = service.sign_up("minji");
    let shared = shared(&log_in(&service, false));
    let host = "__Host-daemun";
    me(&service, &[(host, &minji.token)]).assert(200);
    me(
        &service,
        &[(host, &minji.token), ("__Secure-daemun", &shared)],
    )
    .assert(200);
    // A planted cookie costs one request, not the session behind it.
    let planted = me(&service, &[(host, &minji.token), ("__Secure-daemun", "x")]).assert(401);
    assert_eq!(cleared(&planted), ["__Secure-daemun"]);
    let both = format!("{host}={}; __Secure-daemun=x", minji.token);
    let call = service.get("/session").header("cookie", &both);
    assert_eq!(cleared(&call.send().assert(200)), ["__Secure-daemun"]);
    let dead = me(&service, &[(host, "x")]).assert(401);
    assert_eq!(cleared(&dead), [host]);
    me(&service, &[(host, &minji.token), (host, &shared)]).assert(401);
    let elsewhere = |cookie: &str| {
        let call = service.call("POST", "/logout").header("cookie", cookie);
        call.header("origin", "https://evil.example.com").send()
    };
    for cookie in [
        format!("{host}={}", minji.token),
        format!("__Secure-daemun={shared}"),
        format!("__Secure-daemun={shared}; __Secure-daemun=x"),
    ] {
        elsewhere(&cookie).assert_problem(403, "origin_not_allowed");
    }
    // Without the setting, the shared name means nothing.
    let service = Service::start();
    let minji = service.sign_up("minji");
    me(&service, &[("__Secure-daemun", &minji.token)]).assert(401);
}
