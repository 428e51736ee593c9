//! The contents of the log, and what it never contains.

mod clients;
mod events;
mod lines;
mod traces;

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

/// A service behind a proxy, with a count of its calls and the tokens that it issued.
struct Watched {
    service: Service,
    calls: usize,
    secrets: Vec<String>,
}

/// The client IP of the calls.
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

    /// Stops the service. Returns its whole log.
    fn stop(&mut self) -> String {
        self.service.stop();
        self.service.log()
    }
}

/// Calls every route, in success and in failure.
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
        "/session",
        "/config",
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
    let update = json!({ "display_name": "canary-name", "profile": { "canary-key": "canary" } });
    watched.send(with(watched, "PATCH", "/me").json(&update), 200);
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
    let confirm = |watched: &Watched, password: &str| {
        let call = watched
            .service
            .post("/me/confirm", &json!({ "password": password }));
        call.bearer(&last)
    };
    watched.send(confirm(watched, "canary-wrong"), 403);
    watched.send(confirm(watched, NEW_PASSWORD), 204);
    watched.send(watched.service.call("DELETE", "/me").bearer(&last), 204);
}
