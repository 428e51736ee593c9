//! Token introspection: each token is sent to daemun, so a logout takes effect at once.

use super::Claims;
use std::env::var;

pub fn claims(token: &str) -> Claims {
    let key = format!("Bearer {}", var("SERVICE_KEY")?);
    let request = ureq::post(var("DAEMUN")? + "/introspect").header("Authorization", key);
    let claims: serde_json::Value = request
        .send_form([("token", token)])?
        .body_mut()
        .read_json()?;
    Ok((claims.get("active") == Some(&true.into())).then_some(claims))
}
