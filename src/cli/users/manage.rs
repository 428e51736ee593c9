//! The subcommands of `daemun user` that show or change one account. Each returns a line about it.

use std::io;

use super::{input, report};
use crate::{
    cli::runtime::CommandResult,
    domain::{
        account::{
            roles::{Role, Roles},
            user::User,
        },
        credential::password::NewPassword,
        json_object::JsonObject,
    },
    service::{AccountName, Administrator, Error, Service},
};

/// The one who runs the commands.
const OPERATOR: Administrator = Administrator::Operator;

fn username(result: Result<User, Error>) -> Result<String, String> {
    let user = result.map_err(input::explain)?;
    Ok(user.username.as_str().to_owned())
}

pub(super) async fn show(service: &Service, name: &AccountName, json: bool) -> CommandResult {
    let account = service.show_account(name).await.map_err(input::explain)?;
    let mut out = io::stdout().lock();
    if json {
        report::write_json(&account, &mut out)
    } else {
        report::write_text(&account, &mut out)
    }
}

pub(super) async fn set_password(
    service: &Service,
    name: &AccountName,
    password: NewPassword,
) -> Result<String, String> {
    let name = username(service.set_password(&OPERATOR, name, password).await)?;
    Ok(format!(
        "replaced the password of {name} and revoked its sessions"
    ))
}

pub(super) async fn set_metadata(
    service: &Service,
    name: &AccountName,
    metadata: JsonObject,
) -> Result<String, String> {
    let name = username(service.set_metadata(&OPERATOR, name, metadata).await)?;
    Ok(format!("replaced the metadata of {name}"))
}

pub(super) async fn unlock(service: &Service, name: &AccountName) -> Result<String, String> {
    let name = username(service.unlock(&OPERATOR, name).await)?;
    Ok(format!("cleared the failed logins of {name}"))
}

pub(super) async fn verify_email(service: &Service, name: &AccountName) -> Result<String, String> {
    let name = username(service.verify_email_by_hand(&OPERATOR, name).await)?;
    Ok(format!("marked the email address of {name} as verified"))
}

pub(super) async fn set_roles(
    service: &Service,
    name: &AccountName,
    roles: &[Role],
) -> Result<String, String> {
    let roles = Roles::new(roles).map_err(|_too_many| input::too_many_roles())?;
    let report = if roles.joined().is_empty() {
        String::from("no roles")
    } else {
        format!("the roles {}", roles.joined())
    };
    let name = username(service.set_roles(&OPERATOR, name, roles).await)?;
    Ok(format!("{name} has {report}"))
}

/// Removes the second factors of an account, or without a name the unreadable ones.
pub(super) async fn reset_second_factors(
    service: &Service,
    name: Option<&AccountName>,
) -> Result<String, String> {
    let Some(name) = name else {
        let removed = service.remove_unreadable_totp().await;
        let removed = removed.map_err(input::explain)?;
        return Ok(format!("removed {removed} authenticator apps"));
    };
    let (user, had_factor) = service
        .reset_second_factors(&OPERATOR, name)
        .await
        .map_err(input::explain)?;
    let name = user.username.as_str();
    Ok(if had_factor {
        format!("removed the second factors of {name}")
    } else {
        format!("{name} has no second factor")
    })
}

pub(super) async fn end_sessions(service: &Service, name: &AccountName) -> Result<String, String> {
    let count = service.end_sessions_of(&OPERATOR, name).await;
    Ok(format!(
        "revoked {} sessions",
        count.map_err(input::explain)?
    ))
}

pub(super) async fn set_disabled(
    service: &Service,
    name: &AccountName,
    disabled: bool,
) -> Result<String, String> {
    let name = username(service.set_disabled(&OPERATOR, name, disabled).await)?;
    Ok(if disabled {
        format!("disabled {name} and revoked its sessions")
    } else {
        format!("enabled {name}")
    })
}

/// Deletes an account, after a question unless the operator has confirmed it by a flag.
pub(super) async fn delete(
    service: &Service,
    name: &AccountName,
    is_confirmed: bool,
) -> Result<String, Box<dyn std::error::Error>> {
    let user = service.find_account(name).await.map_err(input::explain)?;
    if !is_confirmed {
        input::confirm_deletion(&user)?;
    }
    let deleted = service.remove_account(&OPERATOR, user.id).await;
    deleted.map_err(input::explain)?;
    Ok(format!("deleted {}", user.username.as_str()))
}
