//! By the key set: nobody is asked, and a log-out is learnt of within five minutes.

use super::Told;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use std::{env::var, sync::Mutex, time::Instant};

/// The set as it was read last. Every key is in it for fifteen minutes before it signs.
static KEYS: Mutex<Option<(Instant, JwkSet)>> = Mutex::new(None);

pub fn claims(token: &str) -> Told {
    let mut kept = KEYS.lock().map_err(|poisoned| poisoned.to_string())?;
    let is_old = |(at, _): &(Instant, JwkSet)| at.elapsed().as_secs() >= 300;
    if kept.as_ref().is_none_or(is_old) {
        let url = var("DAEMUN")? + "/.well-known/jwks.json";
        *kept = Some((
            Instant::now(),
            ureq::get(url).call()?.body_mut().read_json()?,
        ));
    }
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.leeway = 5;
    rules.set_issuer(&[var("ISSUER")?]);
    rules.set_audience(&[var("AUDIENCE")?]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    Ok(kept
        .as_ref()
        .and_then(|(_, set)| verified(token, set, &rules)))
}

/// Algorithm, type, issuer and audience are ours to choose, never the token's.
fn verified(token: &str, keys: &JwkSet, rules: &Validation) -> Option<serde_json::Value> {
    let head = decode_header(token)
        .ok()
        .filter(|head| head.typ.as_deref() == Some("at+jwt"))?;
    let key = DecodingKey::from_jwk(keys.find(&head.kid?)?).ok()?;
    Some(decode(token, &key, rules).ok()?.claims)
}
