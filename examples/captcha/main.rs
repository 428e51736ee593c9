//! Signs up from a program without a browser, with a proof of work: `cargo run --example captcha -- http://localhost:8080 minji`
//!
//! What it needs besides the standard library: the crates `altcha`, `base64`, `serde_json` and `ureq` with its feature `json`.
#![expect(clippy::print_stdout, reason = "it tells the answer")]

use std::{env, error::Error};

use altcha::{Challenge, Payload, SolveChallengeOptions};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let [service, name] = [1, 2].map(|place| env::args().nth(place));
    let service = service.ok_or("the service's address is missing")?;
    let name = name.ok_or("the user name is missing")?;
    let mut answer = ureq::post(format!("{service}/signup")).send_json(json!({
        "username": name,
        "email": format!("{name}@example.com"),
        "password": "Correct-Horse-7-battery",
        "captcha": captcha(&service)?,
    }))?;
    println!("{}", answer.body_mut().read_json::<Value>()?);
    Ok(())
}

/// The solution of a new challenge, which is good for one request.
fn captcha(service: &str) -> Result<String, Box<dyn Error>> {
    let mut answer = ureq::get(format!("{service}/captcha")).call()?;
    let challenge: Challenge = answer.body_mut().read_json()?;
    let solution = altcha::solve_challenge(SolveChallengeOptions::new(&challenge))?
        .ok_or("it was not solved within 90 seconds")?;
    let payload = serde_json::to_vec(&Payload {
        challenge,
        solution,
    })?;
    Ok(STANDARD.encode(payload))
}
