//! The rate at which access tokens are signed, without HTTP.

use std::{
    thread,
    time::{Duration, Instant},
};

use daemun::domain::{
    account::roles::Roles,
    session::{
        access_token::Claims, authentication_methods::AuthenticationMethods,
        signing_key::SigningKey,
    },
};

/// Returns the signatures per second on all cores.
pub fn rate(round: Duration) -> f64 {
    let cores = thread::available_parallelism().map_or(1, Into::into);
    let count = |_| {
        thread::spawn(move || {
            let key = SigningKey::generate().unwrap();
            let (mut signed, started) = (0_u32, Instant::now());
            while started.elapsed() < round {
                sign(&key);
                signed += 1;
            }
            f64::from(signed) / started.elapsed().as_secs_f64()
        })
    };
    let threads: Vec<_> = (0..cores).map(count).collect();
    threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .sum()
}

fn sign(key: &SigningKey) -> String {
    let claims = Claims {
        iss: "https://app.example.com",
        aud: "https://api.example.com",
        client_id: "app.example.com",
        sub: "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b".into(),
        sid: "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c".into(),
        jti: "r2MrdLqnRZyGRZJ4MVnv0g".into(),
        iat: 1_795_352_709,
        exp: 1_795_353_009,
        auth_time: 1_795_352_709,
        amr: &AuthenticationMethods::password(),
        roles: &Roles::default(),
        email_verified: true,
        metadata: serde_json::Map::new(),
    };
    claims.sign(key).unwrap()
}
