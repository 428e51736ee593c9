//! What the log tells, and what it never does

use serde_json::{Value, json};

use crate::support::{Call, Service};

const PASSWORD: &str = "canary-Password-4711 슬기로운";
const NEW_PASSWORD: &str = "canary-Second-0815 생활";
const KEY: &str = "canary-key-0123456789";

fn events(log: &str) -> Vec<Value> {
    let lines = log.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A service behind a proxy, a count of the calls made, and the tokens that were handed out.
struct Watched {
    service: Service,
    calls: usize,
    secrets: Vec<String>,
}

/// The address that calls come from.
const CLIENT: &str = "203.0.113.9";

impl Watched {
    fn start() -> Self {
        let service = Service::start_with(&[
            ("DAEMUN_LOG", "debug"),
            ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1"),
        ]);
        Self {
            service,
            calls: 0,
            secrets: vec![],
        }
    }

    fn send(&mut self, call: Call, status: u16) -> Value {
        self.calls += 1;
        let reply = call.header("x-forwarded-for", CLIENT).send().assert(status);
        if let Some(token) = reply.json["session"]["token"].as_str() {
            self.secrets.push(token.to_owned());
        }
        if !reply.lines("set-cookie").is_empty() && !reply.cookie().is_empty() {
            self.secrets.push(reply.cookie());
        }
        reply.json
    }

    fn sign_up(&mut self, name: &str) -> String {
        let email = format!("canary-{name}@example.com");
        let body = json!({ "username": name, "email": email, "password": PASSWORD });
        let call = self.service.post("/signup", &body);
        self.send(
            call.header("idempotency-key", &format!("{KEY}-{name}")),
            201,
        );
        self.secrets.last().unwrap().clone()
    }

    fn log_in(&mut self, identifier: &str, password: &str, status: u16) -> String {
        let body = json!({ "identifier": identifier, "password": password });
        let call = self.service.post("/login", &body);
        self.send(call, status);
        self.secrets.last().unwrap().clone()
    }

    fn operator(&self, action: &str, name: &str) {
        let done = self.service.command().args(["user", action, name]).output();
        assert!(done.unwrap().status.success());
    }

    /// All that it said until its end.
    fn stop(&mut self) -> String {
        self.service.stop();
        self.service.log()
    }
}

/// Every route, in success and in failure.
fn exercise(watched: &mut Watched) {
    let token = watched.sign_up("minji");
    watched.sign_up("minji");
    let other = watched.log_in("canary-minji@example.com", PASSWORD, 200);
    watched.log_in("minji", "canary-wrong", 401);
    watched.log_in("canary-nobody@example.com", PASSWORD, 401);
    let cookie = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    watched.send(watched.service.post("/login", &cookie), 200);
    let again = json!({
        "username": "minji", "email": "canary-minji@example.com", "password": PASSWORD
    });
    watched.send(watched.service.post("/signup", &again), 409);
    let refused =
        json!({ "username": "canary!", "email": "canary@", "password": "canary", "canary": 1 });
    watched.send(watched.service.post("/signup", &refused), 422);
    let call = watched.service.call("POST", "/signup");
    watched.send(
        call.body("application/json", b"{\"password\":\"canary"),
        400,
    );
    let paths = [
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/swagger-ui/",
        "/problems/internal",
        "/",
    ];
    for path in paths {
        let status = if path == "/" { 302 } else { 200 };
        watched.send(watched.service.get(path), status);
    }
    watched.send(watched.service.get("/me?token=canary-query"), 401);
    watched.send(watched.service.get("/canary-path"), 404);
    watched.send(watched.service.call("DELETE", "/login"), 405);
    watched.send(watched.service.get("/me").bearer("dms_canary-bearer"), 401);
    watched.send(watched.service.get("/me").cookie("dms_canary-cookie"), 401);
    let with = |watched: &Watched, method: &str, path: &str| {
        watched.service.call(method, path).bearer(&token)
    };
    watched.send(with(watched, "GET", "/me"), 200);
    let rename = json!({ "username": "canary-renamed" });
    watched.send(with(watched, "PATCH", "/me").json(&rename), 200);
    let sessions = watched.send(with(watched, "GET", "/sessions"), 200);
    let mut others = sessions["sessions"].as_array().unwrap().iter();
    let ended = others.find(|session| session["current"] == false).unwrap();
    let path = format!("/sessions/{}", ended["id"].as_str().unwrap());
    watched.send(with(watched, "DELETE", &path), 204);
    watched.send(with(watched, "DELETE", &path), 404);
    let change =
        |current: &str| json!({ "current_password": current, "new_password": NEW_PASSWORD });
    watched.send(
        with(watched, "PUT", "/me/password").json(&change("canary-wrong")),
        403,
    );
    watched.send(
        with(watched, "PUT", "/me/password").json(&change(PASSWORD)),
        204,
    );
    watched.send(watched.service.get("/me").bearer(&other), 401);
    let kept = watched.log_in("canary-renamed", NEW_PASSWORD, 200);
    watched.send(with(watched, "DELETE", "/sessions"), 204);
    watched.send(watched.service.call("POST", "/logout").bearer(&kept), 401);
    watched.send(with(watched, "POST", "/logout"), 204);
    watched.operator("disable", "canary-renamed");
    watched.log_in("canary-renamed", NEW_PASSWORD, 403);
    watched.operator("enable", "canary-renamed");
    let last = watched.log_in("canary-renamed", NEW_PASSWORD, 200);
    let gone = json!({ "current_password": NEW_PASSWORD });
    watched.send(
        watched
            .service
            .call("DELETE", "/me")
            .bearer(&last)
            .json(&gone),
        204,
    );
}

#[test]
fn nothing_that_a_client_sent_or_was_given_is_in_it() {
    let mut watched = Watched::start();
    exercise(&mut watched);
    let log = watched.stop();
    assert!(watched.secrets.len() > 5);
    for secret in watched
        .secrets
        .iter()
        .map(String::as_str)
        .chain(["canary", "$2b$", "dms_"])
    {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}

#[test]
fn every_request_has_one_line() {
    let mut watched = Watched::start();
    exercise(&mut watched);
    let log = watched.stop();
    let events = events(&log);
    let requests: Vec<_> = events
        .iter()
        .filter(|event| event["message"] == "request")
        .collect();
    assert_eq!(requests.len(), watched.calls);
    for request in &requests {
        assert!(request["method"].is_string(), "{request}");
        assert!(request["route"].is_string(), "{request}");
        assert!(request["status"].as_u64().unwrap() >= 200, "{request}");
        assert!(request["duration_ms"].as_f64().unwrap() >= 0.0, "{request}");
        let duration = request["duration_ms"].to_string();
        let decimals = duration
            .split_once('.')
            .map_or("", |(_, decimals)| decimals);
        assert!(decimals.len() <= 3, "{request}");
        assert!(request["timestamp"].is_string(), "{request}");
        let id = request["span"]["request.id"].as_str().unwrap();
        assert!(id.parse::<uuid::Uuid>().is_ok(), "{request}");
        assert!(!request.to_string().contains(CLIENT), "{request}");
    }
    let routes: Vec<_> = requests
        .iter()
        .map(|request| request["route"].as_str().unwrap())
        .collect();
    for route in ["/signup", "/sessions/{id}", "/problems/{code}", "unmatched"] {
        assert!(routes.contains(&route), "{route}");
    }
}

#[test]
fn security_events_tell_who_and_from_where() {
    let mut watched = Watched::start();
    exercise(&mut watched);
    let log = watched.stop();
    let events = events(&log);
    for (name, count) in [
        ("user.signed_up", 1),
        ("login.succeeded", 5),
        ("login.failed", 2),
        ("login.disabled", 1),
        ("password.wrong", 1),
        ("password.changed", 1),
        ("session.ended", 2),
        ("session.others_ended", 1),
        ("user.renamed", 1),
        ("user.deleted", 1),
    ] {
        let found: Vec<_> = events
            .iter()
            .filter(|event| event["event"] == name)
            .collect();
        assert_eq!(found.len(), count, "{name}");
        for event in found {
            assert_eq!(event["client.ip"], CLIENT, "{event}");
            assert!(event["span"]["request.id"].is_string(), "{event}");
            let is_somebodys = event["user.id"].is_string();
            assert!(is_somebodys || name == "login.failed", "{event}");
        }
    }
    let failed = events
        .iter()
        .filter(|event| event["event"] == "login.failed");
    let known: Vec<_> = failed.map(|event| event["user.id"].is_string()).collect();
    assert_eq!(known, [true, false], "of an account, and of nobody");
}

#[test]
fn the_address_is_that_of_the_request_and_not_of_the_log_in() {
    let mut watched = Watched::start();
    let token = watched.sign_up("minji");
    let body = json!({ "current_password": PASSWORD, "new_password": NEW_PASSWORD });
    let call = watched.service.call("PUT", "/me/password").json(&body);
    let thief = "198.51.100.7";
    call.bearer(&token)
        .header("x-forwarded-for", thief)
        .send()
        .assert(204);
    let log = watched.stop();
    let events = events(&log);
    let changed = events
        .iter()
        .find(|event| event["event"] == "password.changed");
    assert_eq!(changed.unwrap()["client.ip"], thief);
}

#[test]
fn nobody_can_forge_a_line() {
    let mut watched = Watched::start();
    let forged = "x\r\n{\"event\":\"forged\"}\u{2028}\u{1b}[2Jforged";
    let bodies = [
        json!({ "identifier": forged, "password": forged }),
        json!({ "identifier": "a", "password": "b", forged: 1 }),
    ];
    for (body, status) in bodies.iter().zip([401, 422]) {
        watched.send(watched.service.post("/login", body), status);
    }
    let forged = json!({ "username": forged, "email": forged, "password": forged });
    watched.send(watched.service.post("/signup", &forged), 422);
    for path in [
        "/%0d%0aforged",
        "/sessions/%0aforged",
        "/problems/%0aforged",
        "/me?%0aforged",
    ] {
        let call = watched.service.get(path);
        let status = if path.starts_with("/me") {
            401
        } else if path.starts_with("/sessions") {
            405
        } else {
            404
        };
        watched.send(call, status);
    }
    let call = watched
        .service
        .get("/me")
        .raw_header("user-agent", b"forged\t\xff");
    watched.send(call.header("x-request-id", "forged"), 401);
    let log = watched.stop();
    assert!(!log.contains("forged"), "{log}");
    let requests = events(&log);
    let requests = requests
        .iter()
        .filter(|event| event["message"] == "request");
    assert_eq!(requests.count(), watched.calls);
}
