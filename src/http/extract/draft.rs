//! New passwords in bodies that are rejected for another field. Their strength is still checked, so
//! that one response lists every rejected field.

use actix_web::{HttpRequest, web};

use super::client;
use crate::{
    domain::{
        account::{email::Email, user::User, username::Username},
        client::network::Network,
        credential::password::NewPassword,
    },
    http::{problem::FieldError, rate_limit::RouteLimits, settings::Rules},
    service::Service,
};

/// A well-formed new password, and the body's data about its owner. A rejected field is empty.
pub struct PasswordDraft {
    /// The name of the password's field.
    pub field: &'static str,
    /// The password.
    pub password: NewPassword,
    /// The owner's username.
    pub username: String,
    /// The owner's email.
    pub email: String,
}

impl PasswordDraft {
    /// Creates a draft for the account that a signup describes.
    pub fn of_sign_up(
        password: NewPassword,
        username: Option<&Username>,
        email: Option<&Email>,
    ) -> Self {
        Self {
            field: "password",
            password,
            username: username.map_or_else(String::new, |name| name.as_str().to_owned()),
            email: email.map_or_else(String::new, |email| email.as_str().to_owned()),
        }
    }

    /// Creates a draft for an account that the body does not describe.
    pub fn of_new_password(password: &str, rules: &Rules) -> Option<Self> {
        Some(Self {
            field: "new_password",
            password: NewPassword::parse(password, rules.password_min).ok()?,
            username: String::new(),
            email: String::new(),
        })
    }

    /// Adds the data of the caller.
    pub fn of(self, owner: &User) -> Self {
        Self {
            username: owner.username.as_str().to_owned(),
            email: owner.email.as_str().to_owned(),
            ..self
        }
    }

    /// Returns why the password is rejected, if it is.
    ///
    /// An estimate costs CPU time. Each client IP has a limited number of estimates a minute for
    /// requests that are rejected anyway. Beyond the limit, only the other fields are listed.
    pub async fn rejection(&self, request: &HttpRequest) -> Option<FieldError> {
        let service = request.app_data::<web::Data<Service>>()?;
        if let Some(limits) = request.app_data::<web::Data<RouteLimits>>() {
            let networks = Network::all_of_text(&client::address(request));
            limits.drafts.check(&networks).ok()?;
        }
        let reason = service.password_refusal(&self.password, &self.username, &self.email);
        Some(FieldError::new(self.field, reason.await?))
    }
}
