//! `daemun user create`: creates an account.

use clap::Args;

use super::input;
use crate::{
    domain::account::{
        email::Email,
        roles::{Role, Roles},
        username::Username,
    },
    service::{NewAccount, Service},
};

/// The arguments of `daemun user create`.
#[derive(Args)]
pub(super) struct CreateUserArgs {
    /// Username of the account
    username: String,
    /// Email address of the account
    email: String,
    /// Role of the account; may be repeated
    #[arg(long = "role", value_name = "ROLE", value_parser = input::role)]
    roles: Vec<Role>,
}

impl CreateUserArgs {
    /// Reads the password and creates the account. Returns a line about it.
    pub(super) async fn run(
        self,
        service: &Service,
        min_length: usize,
    ) -> Result<String, Box<dyn std::error::Error>> {
        let username = Username::parse(&self.username);
        let email = Email::parse(&self.email);
        let account = NewAccount {
            username: username.map_err(|reason| input::invalid("username", reason))?,
            email: email.map_err(|reason| input::invalid("email address", reason))?,
            roles: Roles::new(&self.roles).map_err(|_too_many| input::too_many_roles())?,
            password: input::new_password(min_length)?,
        };
        let user = service.create_account(account).await;
        let user = user.map_err(input::explain)?;
        Ok(format!("created {} ({})", user.username.as_str(), user.id))
    }
}
