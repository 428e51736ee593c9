//! Signs up without a browser, with a proof of work:
//! `cargo run --example captcha -- http://localhost:8080 minji`
//!
//! Needs the crates `altcha`, `base64`, `serde_json` and `ureq` with the feature `json`.
#![expect(clippy::print_stdout, reason = "prints the response")]

use std::{env, error::Error};

use altcha::{Challenge, Payload, SolveChallengeOptions};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let [service, name] = [1, 2].map(|place| env::args().nth(place));
    let service = service.ok_or("the service's URL is missing")?;
    let name = name.ok_or("the username is missing")?;
    let mut response = ureq::post(format!("{service}/signup")).send_json(json!({
        "username": name,
        "email": format!("{name}@example.com"),
        "password": "Correct-Horse-7-battery",
        "captcha": captcha(&service)?,
    }))?;
    println!("{}", response.body_mut().read_json::<Value>()?);
    Ok(())
}

/// Returns the solution of a new challenge. A solution is valid for one request.
fn captcha(service: &str) -> Result<String, Box<dyn Error>> {
    let mut response = ureq::get(format!("{service}/captcha")).call()?;
    let challenge: Challenge = response.body_mut().read_json()?;
    let solution = altcha::solve_challenge(SolveChallengeOptions::new(&challenge))?
        .ok_or("the challenge was not solved within 90 seconds")?;
    let payload = serde_json::to_vec(&Payload {
        challenge,
        solution,
    })?;
    Ok(STANDARD.encode(payload))
}
