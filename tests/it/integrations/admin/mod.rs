//! The admin API, for other services with a key.

mod cursors;
mod document;
mod events;
mod failures;
mod idempotency;
mod invitations;
mod keys;
mod list;
mod listeners;
mod passwords;
mod sessions;
mod update;
mod users;

use serde_json::{Value, json};

use crate::support::{Call, PASSWORD, Reply, Service, integrations::done};

/// The setting of a listener on any free port.
const ADMIN: (&str, &str) = ("DAEMUN_ADMIN_LISTEN", "127.0.0.1:0");

/// Every scope of the admin API.
const SCOPES: [&str; 4] = [
    "users:read",
    "users:write",
    "events:read",
    "invitations:write",
];

/// A service, and the client of another one with a key.
struct Admin {
    service: Service,
    key: String,
}

impl Admin {
    /// Starts a service, and creates a key with every scope.
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(settings: &[(&str, &str)]) -> Self {
        let service = Service::start_with(&[&[ADMIN], settings].concat());
        let key = new_key(&service, "backoffice", &SCOPES);
        Self { service, key }
    }

    /// Returns a call with the key.
    fn call(&self, method: &str, path: &str) -> Call {
        self.service.admin(method, path).bearer(&self.key)
    }

    fn get(&self, path: &str) -> Reply {
        self.call("GET", path).send()
    }

    fn post(&self, path: &str, body: &Value) -> Reply {
        self.call("POST", path).json(body).send()
    }

    fn patch(&self, id: &str, body: &Value) -> Reply {
        self.call("PATCH", &user(id)).json(body).send()
    }

    /// Creates an account with [`PASSWORD`]. Returns its id.
    #[track_caller]
    fn create(&self, name: &str) -> String {
        let reply = self.post("/admin/users", &new_user(name)).assert(201);
        reply.json["id"].as_str().unwrap().to_owned()
    }

    /// Returns the usernames of a list.
    #[track_caller]
    fn names(&self, query: &str) -> Vec<String> {
        let (names, _) = self.page(query);
        names
    }

    /// Returns the usernames of all pages, and the number of pages.
    #[track_caller]
    fn all_names(&self, query: &str) -> (Vec<String>, usize) {
        let (mut names, mut next) = self.page(query);
        let mut pages = 1;
        while let Some(cursor) = next {
            let (more, after) = self.page(&format!("{query}&cursor={cursor}"));
            names.extend(more);
            next = after;
            pages += 1;
        }
        (names, pages)
    }

    /// Returns the usernames of a page, and the cursor of the next one.
    #[track_caller]
    fn page(&self, query: &str) -> (Vec<String>, Option<String>) {
        let reply = self.get(&format!("/admin/users?{query}")).assert(200);
        let users = reply.json["users"].as_array().unwrap().iter();
        let names = users.map(|user| user["username"].as_str().unwrap().to_owned());
        let next = reply.json["next_cursor"].as_str().map(str::to_owned);
        (names.collect(), next)
    }
}

/// Creates a key with these scopes.
#[track_caller]
fn new_key(service: &Service, name: &str, scopes: &[&str]) -> String {
    let mut arguments = vec!["create", name];
    for scope in scopes {
        arguments.extend(["--scope", scope]);
    }
    done(service, &arguments)
}

/// Returns the path of an account.
fn user(id: &str) -> String {
    format!("/admin/users/{id}")
}

fn new_user(name: &str) -> Value {
    json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD })
}

/// Returns the status of a login.
fn log_in(service: &Service, identifier: &str, password: &str) -> u16 {
    let body = json!({ "identifier": identifier, "password": password });
    service.post("/login", &body).send().status
}
