//! New passwords in bodies whose other fields are refused: they are judged all the same, so that one response lists every refused field.

use actix_web::{HttpRequest, web};

use super::client;
use crate::{
    domain::{account::user::User, credential::password::NewPassword, network::Network},
    http::{middleware::rate_limit::Shields, problem::FieldError, settings::Rules},
    service::Service,
};

/// A new password of the right form, with what the body says of its owner. Fields that were refused are empty.
pub struct Draft {
    /// The password's field.
    pub field: &'static str,
    /// The password.
    pub password: NewPassword,
    /// The owner's username.
    pub username: String,
    /// The owner's email.
    pub email: String,
}

impl Draft {
    /// A new password for an account that the body does not describe.
    pub fn of_new_password(password: &str, rules: &Rules) -> Option<Self> {
        Some(Self {
            field: "new_password",
            password: NewPassword::parse(password, rules.password_min).ok()?,
            username: String::new(),
            email: String::new(),
        })
    }

    /// The same with what is known of the caller.
    pub fn of(self, owner: &User) -> Self {
        Self {
            username: owner.username.as_str().to_owned(),
            email: owner.email.as_str().to_owned(),
            ..self
        }
    }

    /// Returns the refusal of the password. An estimate costs processor time, so each client IP has a limited number of them a minute
    /// for requests that are refused anyway; beyond it the other fields are listed alone.
    pub async fn refusal(&self, request: &HttpRequest) -> Option<FieldError> {
        let service = request.app_data::<web::Data<Service>>()?;
        if let Some(shields) = request.app_data::<web::Data<Shields>>() {
            let networks = Network::all_of_text(&client::address(request));
            shields.admit_draft(&networks).ok()?;
        }
        let refusal = service.password_refusal(&self.password, &self.username, &self.email);
        Some(FieldError::new(self.field, refusal.await?))
    }
}
