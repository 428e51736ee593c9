//! CORS preflights, which are authorized without a session only if the operator chose so.

use crate::support::{Reply, Service};

const NAMES: [&str; 6] = [
    "x-auth-user-id",
    "x-auth-username",
    "x-auth-email",
    "x-auth-email-verified",
    "x-auth-roles",
    "x-auth-session-id",
];

const ORIGIN: (&str, &str) = ("origin", "https://page.example");
const REQUESTED: (&str, &str) = ("access-control-request-method", "PUT");
const FORWARDED: (&str, &str) = ("x-forwarded-method", "OPTIONS");
const ORIGINAL: (&str, &str) = ("x-original-method", "OPTIONS");

fn start(source: &str, proxies: &str) -> Service {
    Service::start_with(&[
        ("DAEMUN_FORWARD_AUTH_PREFLIGHT", source),
        ("DAEMUN_TRUSTED_PROXIES", proxies),
        ("DAEMUN_CORS_ORIGINS", "https://listed.example"),
    ])
}

fn ask(service: &Service, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let call = headers
        .iter()
        .fold(service.call(method, path), |call, (name, value)| {
            call.header(name, value)
        });
    call.send()
}

#[track_caller]
fn assert_authorized(reply: Reply) {
    let reply = reply.assert(200);
    for name in NAMES {
        assert_eq!(reply.header(name), "", "{name}");
    }
}

#[test]
fn the_named_source_authorizes_a_preflight_with_empty_headers() {
    for (source, method, path, header) in [
        (
            "x-forwarded-method",
            "GET",
            "/forward-auth",
            Some(FORWARDED),
        ),
        ("x-original-method", "GET", "/forward-auth", Some(ORIGINAL)),
        ("own", "OPTIONS", "/forward-auth/app", None),
    ] {
        let service = start(source, "127.0.0.1");
        let minji = service.sign_up("minji");
        let source = header.as_slice();
        let with = |headers: &[(&str, &str)]| ask(&service, method, path, headers);
        assert_authorized(with(&[source, &[ORIGIN, REQUESTED]].concat()));
        // The credentials of a preflight are not read.
        let bearer = format!("Bearer {}", minji.token);
        let authorization = ("authorization", bearer.as_str());
        assert_authorized(with(
            &[source, &[ORIGIN, REQUESTED, authorization]].concat(),
        ));
        let listed = ("origin", "https://listed.example");
        assert_authorized(with(&[source, &[listed, REQUESTED]].concat()));
        // Every other statement of the method must agree.
        assert_authorized(with(
            &[source, &[FORWARDED, ORIGINAL, ORIGIN, REQUESTED]].concat(),
        ));
        for headers in [
            &[ORIGIN][..],
            &[REQUESTED],
            &[ORIGIN, ORIGIN, REQUESTED],
            &[ORIGIN, REQUESTED, REQUESTED],
            &[ORIGIN, REQUESTED, ("x-forwarded-method", "POST")],
            &[ORIGIN, REQUESTED, ("x-original-method", "GET")],
            &[ORIGIN, REQUESTED, ("x-forwarded-method", "options")],
            &[ORIGIN, REQUESTED, ("x-original-method", "")],
        ] {
            let reply = with(&[source, headers].concat());
            reply.assert_problem(401, "not_authenticated");
        }
    }
}

#[test]
fn another_source_method_or_peer_authorizes_no_preflight() {
    let preflight = [FORWARDED, ORIGINAL, ORIGIN, REQUESTED];
    for (source, proxies, method, path, headers) in [
        (
            "off",
            "127.0.0.1",
            "OPTIONS",
            "/forward-auth/app",
            &preflight[..],
        ),
        ("", "", "OPTIONS", "/forward-auth/app", &preflight),
        (
            "own",
            "192.0.2.1",
            "OPTIONS",
            "/forward-auth/app",
            &preflight,
        ),
        (
            "x-forwarded-method",
            "::1",
            "GET",
            "/forward-auth",
            &preflight,
        ),
        (
            "x-forwarded-method",
            "127.0.0.1",
            "GET",
            "/forward-auth",
            &[ORIGINAL, ORIGIN, REQUESTED],
        ),
        (
            "x-original-method",
            "127.0.0.1",
            "GET",
            "/forward-auth",
            &[FORWARDED, ORIGIN, REQUESTED],
        ),
        (
            "x-forwarded-method",
            "127.0.0.1",
            "OPTIONS",
            "/forward-auth/app",
            &[ORIGIN, REQUESTED],
        ),
        // The method of a request to the route itself is the proxy's.
        (
            "own",
            "127.0.0.1",
            "OPTIONS",
            "/forward-auth",
            &[ORIGIN, REQUESTED],
        ),
        // On a path below, the method of the request counts too.
        (
            "x-forwarded-method",
            "127.0.0.1",
            "POST",
            "/forward-auth/app",
            &preflight,
        ),
        ("own", "127.0.0.1", "POST", "/forward-auth/app", &preflight),
    ] {
        let service = start(source, proxies);
        let reply = ask(&service, method, path, headers);
        println!("{source} {proxies} {method} {path} {headers:?}");
        reply.assert_problem(401, "not_authenticated");
    }
}

#[test]
fn a_listed_origin_alone_authorizes_no_preflight() {
    let service = Service::start_with(&[("DAEMUN_CORS_ORIGINS", "https://listed.example")]);
    let listed = ("origin", "https://listed.example");
    for path in ["/forward-auth", "/forward-auth/app"] {
        let reply = ask(&service, "OPTIONS", path, &[listed, REQUESTED]);
        let reply = reply.assert_problem(401, "not_authenticated");
        // A page of the origin can read the failure.
        assert_eq!(reply.header("access-control-allow-origin"), listed.1);
    }
}
