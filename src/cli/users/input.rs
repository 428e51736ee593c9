//! The input of `daemun user`: arguments, passwords and a confirmation.

use std::{
    error::Error as StdError,
    io::{self, BufRead, IsTerminal, Read, Write},
};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::{
    domain::{
        account::{
            identifier::IdentifierPrefix,
            ids::UserId,
            roles::{Role, Roles},
            user::User,
        },
        credential::password::NewPassword,
        invalid::Invalid,
        json_object::JsonObject,
        language::Language,
    },
    http::field_text,
    service::{Error, Unique},
};

/// The maximum number of bytes read of a password line. The longest password has 128 code points,
/// each decomposed into at most four of four bytes. A longer line is too long cut and uncut.
const PASSWORD_LINE: u64 = 4 * (4 * 128 + 1);

/// The maximum number of bytes read of metadata, which may be written with blanks and escapes.
const METADATA: u64 = 64 * 1024;

/// The maximum number of bytes read of an answer.
const ANSWER: u64 = 16;

/// Parses a role.
pub(in crate::cli) fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).map_err(|_reason| {
        format!(
            "up to {} lower-case letters, digits, `_`, `.`, `:` and `-`, the first a letter or digit",
            Role::MAX
        )
    })
}

/// Parses the beginning of a username or email.
pub(super) fn prefix(text: &str) -> Result<IdentifierPrefix, &'static str> {
    IdentifierPrefix::parse(text).map_err(|reason| field_text(reason, Language::English))
}

/// Parses the id of an account.
pub(in crate::cli) fn user_id(text: &str) -> Result<UserId, &'static str> {
    UserId::parse(text).ok_or("not the ID of an account, which `daemun user list` prints")
}

/// Returns the message for more roles than an account can have.
pub(super) fn too_many_roles() -> String {
    format!("roles: an account has at most {}", Roles::MAX)
}

/// Reads a new password: twice from a terminal, else from the first line of standard input.
pub(super) fn new_password(min_length: usize) -> Result<NewPassword, Box<dyn StdError>> {
    let password = if io::stdin().is_terminal() {
        let password = Zeroizing::new(rpassword::prompt_password("New password: ")?);
        if password != Zeroizing::new(rpassword::prompt_password("Again: ")?) {
            return Err("the two passwords differ".into());
        }
        password
    } else {
        let mut line = Zeroizing::new(String::new());
        io::stdin()
            .lock()
            .take(PASSWORD_LINE)
            .read_line(&mut line)?;
        Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned())
    };
    NewPassword::parse(&password, min_length).map_err(|reason| invalid("password", reason).into())
}

/// Parses metadata, or reads it from standard input.
pub(super) fn metadata(argument: &str) -> Result<JsonObject, Box<dyn StdError>> {
    let mut text = argument.to_owned();
    if argument == "-" {
        text.clear();
        let read = io::stdin().take(METADATA + 1).read_to_string(&mut text)?;
        if u64::try_from(read).is_ok_and(|read| read > METADATA) {
            return Err(invalid("metadata", Invalid::TooLarge).into());
        }
    }
    let members: Map<String, Value> = serde_json::from_str(&text)
        .map_err(|error| format!("metadata: not a JSON object: {error}"))?;
    JsonObject::new(&members).map_err(|reason| invalid("metadata", reason).into())
}

/// Asks whether to delete an account with all its data. Any answer but yes is an error.
pub(super) fn confirm_deletion(user: &User) -> Result<(), Box<dyn StdError>> {
    let (name, email) = (user.username.as_str(), user.email.as_str());
    write!(
        io::stderr(),
        "Delete {name} ({email}) and all its data? [y/N] "
    )?;
    let mut answer = String::new();
    io::stdin().lock().take(ANSWER).read_line(&mut answer)?;
    let is_yes = ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str());
    if is_yes {
        return Ok(());
    }
    if !answer.ends_with('\n') {
        // The next line begins at the margin where the answer does not end its own.
        writeln!(io::stderr())?;
    }
    Err("not confirmed, so nothing was deleted; answer with yes, or use --yes".into())
}

/// Returns the message of a rejected value.
pub(super) fn invalid(field: &str, reason: Invalid) -> String {
    format!("{field}: {}", field_text(reason, Language::English))
}

/// Returns the message of an error for an operator.
pub(super) fn explain(error: Error) -> String {
    if let Error::PasswordRefused(reason) = error {
        return invalid("password", reason);
    }
    if let Error::PasswordHashRefused(reason) = error {
        return invalid("password_hash", reason);
    }
    let Error::Taken(taken_keys) = error else {
        return error.to_string();
    };
    let reasons = taken_keys.iter().map(|unique| match unique {
        Unique::Username => field_text(Invalid::UsernameTaken, Language::English),
        Unique::Email => field_text(Invalid::EmailTaken, Language::English),
        Unique::ExternalId => field_text(Invalid::ExternalIdTaken, Language::English),
        Unique::IdempotencyKey | Unique::ServiceKeyName | Unique::Random => {
            "A value that must be unique is in use."
        }
    });
    reasons.collect::<Vec<_>>().join(" ")
}
