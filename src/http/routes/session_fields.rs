//! The request fields that ask for a session, and their allowed combinations.

use utoipa::openapi::{
    Object, ObjectBuilder,
    schema::{SchemaType, Type},
};

use crate::{
    domain::{
        client::Client,
        credential::token::{TokenHash, TokenKind},
        invalid::Invalid,
        session::transport::SessionTransport,
    },
    http::problem::FieldError,
    service::SessionRequest,
};

impl SessionTransport {
    /// Returns the schema of the field of a body that always asks for a session.
    #[must_use]
    pub fn schema() -> Object {
        described(
            "`token` returns the session's token in the body; `cookie` sets an HttpOnly cookie instead. Absent means `token`.",
        )
    }

    /// Returns the schema of the field of a body that asks for a session only with this field.
    #[must_use]
    pub fn optional_schema() -> Object {
        described(
            "Creates a session: `token` returns its token in the body; `cookie` sets an HttpOnly cookie instead. Absent means that no session is created.",
        )
    }
}

fn described(description: &str) -> Object {
    ObjectBuilder::new()
        // Generators name their class for the choices after the title.
        .title(Some("Transport"))
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some(description))
        .enum_values(Some([Some("token"), Some("cookie"), None]))
        // With the cookie, the developer who tries the example in Swagger UI is logged in there.
        .examples(["cookie"])
        .build()
}

/// The fields that ask for a session.
pub struct SessionFields<'a> {
    pub transport: Option<SessionTransport>,
    pub remember: Option<bool>,
    pub device_token: Option<&'a str>,
}

impl SessionFields<'_> {
    /// Returns the part of a session request that the body states. `SessionResponder::complete`
    /// adds the rest.
    pub fn request(&self) -> SessionRequest {
        let device = self.device_token;
        SessionRequest {
            transport: self.transport.unwrap_or_default(),
            remember: self.remember.unwrap_or_default(),
            client: Client::default(),
            device: device.and_then(|token| TokenHash::of_presented(TokenKind::Device, token)),
            replaces: Vec::new(),
        }
    }

    /// Returns the session request, or `None` without `transport`.
    pub fn optional_request(&self) -> Option<SessionRequest> {
        self.transport.map(|_| self.request())
    }

    /// Returns `transport` as missing if a field depends on it.
    pub fn missing(&self) -> Option<FieldError> {
        let depends = self.remember.is_some() || self.device_token.is_some();
        (depends && self.transport.is_none())
            .then(|| FieldError::new("transport", Invalid::Required))
    }

    /// Returns every field that is present in a request that opens no session. A rejected field has
    /// its own reason.
    pub fn conflicts(&self, is_rejected: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        let present = [
            ("remember", self.remember.is_some()),
            ("transport", self.transport.is_some()),
            ("device_token", self.device_token.is_some()),
        ];
        present
            .into_iter()
            .filter(|(field, is_present)| *is_present && !is_rejected(field))
            .map(|(field, _)| FieldError::new(field, Invalid::ConflictingField))
            .collect()
    }
}
