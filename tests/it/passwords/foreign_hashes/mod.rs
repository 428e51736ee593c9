//! Password hashes of other systems, with samples that the original libraries made.

mod bounds;
mod gate;
mod log_in;

use daemun::{domain::account::username::Username, store::tables::users};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Call, Reply, Service, integrations::done};

/// The samples, and the settings that they need.
#[derive(Deserialize)]
struct SampleFile {
    firebase_hash_config: String,
    devise_pepper: String,
    samples: Vec<Sample>,
}

/// A password and its hash by another library.
#[derive(Deserialize)]
struct Sample {
    form: String,
    made_by: String,
    password: String,
    hash: String,
}

impl SampleFile {
    fn read() -> Self {
        let text = include_str!("../../../external/hashes/samples.json");
        serde_json::from_str(text).unwrap()
    }
}

/// A service that can import accounts over its admin listener.
struct Importer {
    service: Service,
    key: String,
}

impl Importer {
    fn start_with(settings: &[(&str, &str)]) -> Self {
        let usual = [
            ("DAEMUN_ADMIN_LISTEN", "127.0.0.1:0"),
            ("DAEMUN_RATE_LIMITS", "off"),
            ("DAEMUN_CAPTCHA", "off"),
        ];
        let service = Service::start_with(&[&usual, settings].concat());
        let key = done(&service, &["create", "import", "--scope", "users:write"]);
        Self { service, key }
    }

    /// Starts a service with the settings of the samples.
    fn start(samples: &SampleFile) -> Self {
        Self::start_with(&[
            ("DAEMUN_DEVISE_PEPPER", &samples.devise_pepper),
            ("DAEMUN_FIREBASE_HASH_CONFIG", &samples.firebase_hash_config),
        ])
    }

    /// Creates an account with a password hash.
    fn create(&self, name: &str, hash: &str) -> Reply {
        let email = format!("{name}@example.com");
        self.post(&json!({ "username": name, "email": email, "password_hash": hash }))
    }

    /// Creates an account by a whole body.
    fn post(&self, body: &Value) -> Reply {
        self.admin("POST", "/admin/users").json(body).send()
    }

    fn admin(&self, method: &str, path: &str) -> Call {
        self.service.admin(method, path).bearer(&self.key)
    }

    fn log_in(&self, name: &str, password: &str) -> Reply {
        let body = json!({ "identifier": name, "password": password });
        self.service.post("/login", &body).send()
    }

    /// Returns the stored hash of an account.
    fn stored(&self, name: &str) -> String {
        let key = Username::parse(name).unwrap().key().clone();
        let found = self
            .service
            .home()
            .db()
            .read(|tx| users::by_username(tx, &key));
        found.unwrap().unwrap().password_hash
    }
}
