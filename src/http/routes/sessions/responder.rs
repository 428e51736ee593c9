//! How a new session reaches its owner: as a token in the body, or as a cookie; it must not know what opened it.

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
    web,
};
use serde::{Deserialize, Serialize};
use std::future::{Ready, ready};
use utoipa::openapi::{
    Object, ObjectBuilder,
    schema::{SchemaType, Type},
};

use crate::{
    http::{
        extract::{client::Client, cookie, session},
        middleware::csrf,
        problem::Problem,
        routes::models::LoggedInView,
        settings::Settings,
    },
    service::{NewSession, SessionRequest},
};

/// How the session is handed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// The token is in the body, and no cookie is set.
    #[default]
    Token,
    /// An HttpOnly cookie is set, and the token is not in the body.
    Cookie,
}

impl Transport {
    /// The schema of an optional field of a body.
    pub fn schema() -> Object {
        ObjectBuilder::new()
            // Generators name their class for the choices after it.
            .title(Some("Transport"))
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some(
                "`token` returns the session's token in the body; `cookie` sets an HttpOnly cookie instead. Absent means `token`.",
            ))
            .enum_values(Some([Some("token"), Some("cookie"), None]))
            // With the cookie, whoever tries it out in Swagger UI is logged in there.
            .examples(["cookie"])
            .build()
    }
}

/// What a request that opens a session is judged and answered by.
pub struct Doorway {
    request: HttpRequest,
    settings: web::Data<Settings>,
    client: Client,
}

impl FromRequest for Doorway {
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

impl Doorway {
    /// How the session is to be opened, unless this page may not have the cookie or its browser would drop it.
    pub fn opening(&self, transport: Transport, remember: bool) -> Result<SessionRequest, Problem> {
        let (replaces, device) = match transport {
            Transport::Token => (None, None),
            Transport::Cookie => {
                let headers = self.request.headers();
                if session::uses_cookie(&self.request) {
                    csrf::check_site(headers)?;
                    csrf::judge(headers, &self.settings)?;
                }
                csrf::check_transport(headers, &self.settings)?;
                (
                    cookie::token(&self.request, &self.settings),
                    cookie::device_token(&self.request, &self.settings),
                )
            }
        };
        Ok(SessionRequest {
            remember,
            ip: self.client.ip.clone(),
            user_agent: self.client.user_agent.clone(),
            language: self.client.language,
            device,
            replaces,
        })
    }

    /// The answer that hands the session over.
    pub fn answer(
        &self,
        status: StatusCode,
        transport: Transport,
        opened: &NewSession,
    ) -> HttpResponse {
        let mut response = HttpResponse::build(status);
        if status == StatusCode::CREATED {
            response.insert_header((header::LOCATION, "/me"));
        }
        if transport == Transport::Cookie {
            let max_age = opened.session.max_age();
            response.cookie(cookie::set(&self.settings, opened.token.expose(), max_age));
            if let Some(device) = &opened.device {
                response.cookie(cookie::set_device(&self.settings, device.expose()));
            }
        }
        response.json(LoggedInView::new(opened, transport == Transport::Token))
    }
}
