//! The delivery of a new session: as a token in the body, or as a cookie.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
    web,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::models::UserResponse;
use crate::{
    domain::session::transport::SessionTransport,
    http::{
        extract::{bearer, client::Client, cookie, session::RequestUser},
        middleware::csrf,
        problem::Problem,
        settings::Settings,
    },
    service::{NewSession, SessionRequest},
};

/// The extractor of a route that creates a session: it checks the request and builds the response.
pub struct SessionResponder {
    request: HttpRequest,
    settings: web::Data<Settings>,
    client: Client,
}

impl FromRequest for SessionResponder {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(
            Client::from_request(request, payload)
                .into_inner()
                .map(|client| Self {
                    request: request.clone(),
                    settings: Settings::of(request),
                    client,
                }),
        )
    }
}

impl SessionResponder {
    /// Adds the client and the cookies to a session request. Rejects a request for the cookie if
    /// the page is not allowed to have it or its browser would drop it.
    pub fn complete(
        &self,
        requested: SessionRequest,
        transport: SessionTransport,
    ) -> Result<SessionRequest, Problem> {
        let (replaces, device) = match transport {
            SessionTransport::Token => (Vec::new(), None),
            SessionTransport::Cookie => {
                self.check_cookie_allowed()?;
                (
                    cookie::tokens(&self.request, &self.settings),
                    cookie::device_token(&self.request, &self.settings),
                )
            }
        };
        Ok(SessionRequest {
            transport,
            remember: requested.remember,
            client: self.client.clone(),
            device: requested.device.or(device),
            replaces,
        })
    }

    /// Completes a session request that is optional.
    pub fn complete_optional(
        &self,
        requested: Option<SessionRequest>,
        transport: Option<SessionTransport>,
    ) -> Result<Option<SessionRequest>, Problem> {
        requested
            .zip(transport)
            .map(|(requested, transport)| self.complete(requested, transport))
            .transpose()
    }

    fn check_cookie_allowed(&self) -> Result<(), Problem> {
        let headers = self.request.headers();
        if bearer::is_absent(&self.request) {
            csrf::check_site(headers)?;
            csrf::check(headers, &self.settings)?;
        }
        csrf::check_transport(headers, &self.settings)
    }

    /// Builds the response with the new session. The log line of the request names its user.
    pub fn respond(
        &self,
        status: StatusCode,
        transport: SessionTransport,
        new: &NewSession,
    ) -> HttpResponse {
        let user = RequestUser(new.user.id);
        self.request.extensions_mut().insert(user);
        let mut response = HttpResponse::build(status);
        if status == StatusCode::CREATED {
            let location = format!("{}/me", self.settings.external_prefix);
            response.insert_header((header::LOCATION, location));
        }
        if transport == SessionTransport::Cookie {
            let max_age = new.session.max_age();
            cookie::set(&mut response, &self.settings, new.token.expose(), max_age);
            if let Some(device) = &new.device {
                response.cookie(cookie::set_device(&self.settings, device.expose()));
            }
        }
        response.json(LoginResponse::new(new, transport))
    }
}

/// An account and its new session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoggedIn)]
pub struct LoginResponse {
    user: UserResponse,
    session: NewSessionResponse,
    /// Makes this device a recognized one, which failed logins of other clients do not lock out.
    /// Store the token apart from the session, keep it after the session ends, and send it with
    /// every login. It gives no access. Absent with `transport: "cookie"`, and from a device that
    /// is already recognized.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 47,
        max_length = 47,
        example = "dmd_Qm9yZGVyLWNvbGxpZS1pbi10aGUtc25vdy1hdC1kYXc"
    )]
    device_token: Option<String>,
}

/// A new session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewSession)]
pub struct NewSessionResponse {
    /// The session's id. It gives no access.
    #[schema(format = "uuid", example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c")]
    id: String,
    /// The session's token, returned only once. Absent with `transport: "cookie"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 47,
        max_length = 47,
        example = "dms_Zk3v0mJqWc1x7b9Yt2LhR8sQeUoPiAaBdCfEgHjKlMn"
    )]
    token: Option<String>,
    /// The time at which the session expires if it is not used; RFC 3339 in UTC with six fraction
    /// digits.
    #[schema(format = "date-time", example = "2026-11-23T13:05:09.250000Z")]
    expires_at: String,
}

impl LoginResponse {
    fn new(new: &NewSession, transport: SessionTransport) -> Self {
        let has_tokens = transport == SessionTransport::Token;
        Self {
            user: UserResponse::from(&new.user),
            session: NewSessionResponse {
                id: new.session.id.to_string(),
                token: has_tokens.then(|| new.token.expose().to_owned()),
                expires_at: new.session.expires_at.rfc3339(),
            },
            device_token: new
                .device
                .as_ref()
                .filter(|_| has_tokens)
                .map(|device| device.expose().to_owned()),
        }
    }
}
