//! Offline token validation: a logout takes effect within five minutes.

use super::Claims;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use std::{env::var, sync::Mutex, time::Instant};

/// The cached JWKS. daemun publishes every key fifteen minutes before it signs.
static CACHE: Mutex<Option<(Instant, JwkSet)>> = Mutex::new(None);

pub fn claims(token: &str) -> Claims {
    let mut cache = CACHE.lock().map_err(|poisoned| poisoned.to_string())?;
    let is_old = |(at, _): &(Instant, JwkSet)| at.elapsed().as_secs() >= 300;
    if cache.as_ref().is_none_or(is_old) {
        let url = var("DAEMUN")? + "/.well-known/jwks.json";
        *cache = Some((
            Instant::now(),
            ureq::get(url).call()?.body_mut().read_json()?,
        ));
    }
    let mut rules = Validation::new(Algorithm::ES256);
    rules.leeway = 5;
    rules.set_issuer(&[var("ISSUER")?]);
    rules.set_audience(&[var("AUDIENCE")?]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    Ok(cache
        .as_ref()
        .and_then(|(_, keys)| validated(token, keys, &rules)))
}

/// Returns the claims of a valid token. Algorithm, type, issuer and audience never come from the token.
fn validated(token: &str, keys: &JwkSet, rules: &Validation) -> Option<serde_json::Value> {
    let header = decode_header(token)
        .ok()
        .filter(|header| header.typ.as_deref() == Some("at+jwt"))?;
    let key = DecodingKey::from_jwk(keys.find(&header.kid?)?).ok()?;
    Some(decode(token, &key, rules).ok()?.claims)
}
