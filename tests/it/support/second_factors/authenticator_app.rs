//! An authenticator app of a test.

use std::time::Duration;

use daemun::domain::timestamp::Timestamp;
use serde_json::{Value, json};
use totp_rs::Totp;

use super::super::{Call, PASSWORD, Reply, TestService};

/// The time for which a code is shown.
pub const STEP: Duration = Duration::from_secs(30);

/// An authenticator app with the secret of one account.
pub struct AuthenticatorApp(Totp);

impl AuthenticatorApp {
    /// Returns the app that read the URI of a set-up.
    pub fn scan(setup: &Value) -> Self {
        let uri = setup["uri"].as_str().unwrap();
        Self(Totp::from_url(uri).expect("a URI of an authenticator app"))
    }

    /// Sets the app up in a confirmed session. Returns the app and the recovery codes. The code
    /// that was verified is used, and the next one is shown.
    pub fn set_up(service: &TestService, token: &str) -> (Self, Vec<String>) {
        let start = service.post("/me/totp", &json!({})).bearer(token);
        let started = start.send().assert(200);
        let app = Self::scan(&started.json);
        let verify = json!({ "code": app.code(service) });
        let verify = service.post("/me/totp/verify", &verify).bearer(token);
        let codes = verify.send().assert(200).json["recovery_codes"].clone();
        service.pass(STEP);
        (app, serde_json::from_value(codes).unwrap())
    }

    /// Returns the names that the app shows: that of the issuer and that of the account.
    pub fn names(&self) -> (&str, &str) {
        (self.0.issuer().unwrap_or_default(), self.0.account_name())
    }

    /// Returns the code that the app shows now.
    pub fn code(&self, service: &TestService) -> String {
        self.code_at(service.now())
    }

    /// Returns the code of a time.
    pub fn code_at(&self, time: Timestamp) -> String {
        let seconds = u64::try_from(time.as_seconds()).unwrap();
        self.0.generate(seconds).to_string()
    }

    /// Returns a code that the app does not show around now.
    pub fn wrong_code(&self, service: &TestService) -> String {
        let now = u64::try_from(service.now().as_micros() / 1_000_000).unwrap();
        let shown: Vec<String> = (0..10)
            .map(|step| self.0.generate(now + 30 * step - 120).to_string())
            .collect();
        let wrong = (0..).map(|number| format!("{number:06}"));
        wrong
            .into_iter()
            .find(|code| !shown.contains(code))
            .unwrap()
    }
}

/// Logs in with the password of an account that has a second factor. Returns the challenge.
pub fn first_step(service: &TestService, body: &Value) -> String {
    let reply = service.post("/login", body).send();
    challenge_of(&reply.assert_problem(401, "second_factor_required"))
}

/// Returns the challenge of a problem.
pub fn challenge_of(reply: &Reply) -> String {
    reply.json["challenge"].as_str().unwrap().to_owned()
}

/// Returns the second step of a login with a code.
pub fn second_step(service: &TestService, challenge: &str, code: &str) -> Call {
    let body = json!({ "challenge": challenge, "code": code });
    service.post("/login/second-factor", &body)
}

/// Returns the body of a login with the password.
pub fn credentials(name: &str) -> Value {
    json!({ "identifier": name, "password": PASSWORD })
}
