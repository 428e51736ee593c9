//! `daemun user create`: creates an account.

use clap::Args;

use super::input;
use crate::{
    domain::account::{
        email::Email,
        roles::{Role, Roles},
        username::Username,
    },
    service::{Administrator, FirstPassword, NewAccount, Service},
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
        let username = username.map_err(|reason| input::invalid("username", reason))?;
        let email = email.map_err(|reason| input::invalid("email address", reason))?;
        let roles = Roles::new(&self.roles).map_err(|_too_many| input::too_many_roles())?;
        let password = FirstPassword::Given(input::new_password(min_length)?);
        let name = username.as_str().to_owned();
        let account = NewAccount {
            roles,
            ..NewAccount::new(username, email, password)
        };
        let id = service
            .create_account(&Administrator::Operator, account)
            .await
            .map_err(input::explain)?;
        Ok(format!("created {name} ({id})"))
    }
}
