//! Solutions of the challenges of `GET /captcha`, as a program without a browser makes them.

use altcha::SolveChallengeOptions;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{Call, Service, TestService};

/// Solves a challenge. Returns the solution as the widget sends it.
pub fn solved(challenge: &Value) -> String {
    let read = serde_json::from_value(challenge.clone()).unwrap();
    let solution = altcha::solve_challenge(SolveChallengeOptions::new(&read));
    let solution = solution.unwrap().expect("it is solved in time");
    let payload = json!({ "challenge": challenge, "solution": solution });
    STANDARD.encode(payload.to_string())
}

fn proof(ask: Call) -> String {
    solved(&ask.send().assert(200).json)
}

impl Service {
    /// Returns a fresh proof of work.
    pub fn proof(&self) -> String {
        proof(self.get("/captcha"))
    }
}

impl TestService {
    /// Returns a fresh proof of work.
    pub fn proof(&self) -> String {
        proof(self.get("/captcha"))
    }
}
