//! The user of a request, as an extractor.

use std::time::Duration;

use axum::{
    extract::FromRequestParts,
    http::{
        StatusCode,
        header::{AUTHORIZATION, WWW_AUTHENTICATE},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use serde::Deserialize;

/// The connection to daemun.
#[derive(Clone)]
pub struct Daemun {
    client: reqwest::Client,
    introspection: String,
    service_key: String,
}

impl Daemun {
    pub fn new(url: String, service_key: String) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .build()?;
        let introspection = format!("{url}/introspect");
        Ok(Self {
            client,
            introspection,
            service_key,
        })
    }

    /// Returns the user of a token, or `None` if the token is invalid or its session has ended.
    async fn user(&self, token: &str) -> reqwest::Result<Option<User>> {
        let request = self.client.post(&self.introspection);
        let response = request
            .bearer_auth(&self.service_key)
            .form(&[("token", token)])
            .send()
            .await?
            .error_for_status()?;
        Ok(match response.json().await? {
            Introspection::Active(user) if user.active => Some(user),
            _ => None,
        })
    }
}

/// A response of the introspection. An inactive token has no other member.
#[derive(Deserialize)]
#[serde(untagged)]
enum Introspection {
    Active(User),
    Inactive {},
}

/// The user of the request. A handler with this argument responds with 401 to everyone else.
#[derive(Deserialize)]
pub struct User {
    active: bool,
    #[serde(rename = "sub")]
    pub id: String,
    pub roles: Vec<String>,
}

impl FromRequestParts<Daemun> for User {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, daemun: &Daemun) -> Result<Self, Response> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let token = token.ok_or_else(unauthenticated)?;
        match daemun.user(token).await {
            Ok(user) => user.ok_or_else(unauthenticated),
            Err(failure) => {
                eprintln!("introspection failed: {failure}");
                Err(StatusCode::SERVICE_UNAVAILABLE.into_response())
            }
        }
    }
}

fn unauthenticated() -> Response {
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")]).into_response()
}
