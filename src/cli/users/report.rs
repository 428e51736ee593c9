//! Accounts as `daemun user` prints them: as text, as tab-separated values, or as JSON.

use std::{fmt::Write as _, io::Write};

use serde::Serialize;

use crate::{
    cli::runtime::CommandResult,
    domain::{
        account::{
            display_name::{self, DisplayName},
            external_id::ExternalId,
        },
        timestamp::Timestamp,
    },
    http::UserResponse,
    service::AccountOverview,
};

/// The columns of a list as tab-separated values.
pub(super) const COLUMNS: [&str; 8] = [
    "id",
    "username",
    "email",
    "email_verified",
    "disabled",
    "created_at",
    "roles",
    "last_login_at",
];

/// An account as one JSON object.
#[derive(Serialize)]
struct AccountJson {
    #[serde(flatten)]
    user: UserResponse,
    disabled: bool,
    locked_until: Option<String>,
    recognized_devices_only: bool,
    last_login_at: Option<String>,
    updated_at: String,
    external_id: Option<ExternalId>,
    sessions: i64,
    second_factors: FactorsJson,
}

/// The second factors of an account.
#[derive(Serialize)]
struct FactorsJson {
    totp: bool,
    passkeys: i64,
    recovery_codes_left: i64,
}

impl From<&AccountOverview> for AccountJson {
    fn from(account: &AccountOverview) -> Self {
        Self {
            user: UserResponse::from(&account.user),
            disabled: account.disabled,
            locked_until: account.lockout.until.map(Timestamp::rfc3339),
            recognized_devices_only: account.lockout.recognized_devices_only,
            last_login_at: account.last_login_at.map(Timestamp::rfc3339),
            updated_at: account.updated_at.rfc3339(),
            external_id: account.user.attributes.external_id.clone(),
            sessions: account.sessions,
            second_factors: FactorsJson {
                totp: account.factors.has_totp,
                passkeys: account.factors.passkeys,
                recovery_codes_left: account.factors.recovery_codes,
            },
        }
    }
}

/// Writes an account as one JSON object on one line.
pub(super) fn write_json(account: &AccountOverview, out: &mut impl Write) -> CommandResult {
    let json = serde_json::to_string(&AccountJson::from(account))?;
    writeln!(out, "{}", escaped(&json))?;
    Ok(())
}

/// Writes an account as one row of tab-separated values.
pub(super) fn write_row(account: &AccountOverview, out: &mut impl Write) -> CommandResult {
    let user = &account.user;
    let row = [
        user.id.to_string(),
        user.username.as_str().to_owned(),
        user.email.as_str().to_owned(),
        user.email_verified.to_string(),
        account.disabled.to_string(),
        user.created_at.rfc3339(),
        user.attributes.roles.joined().to_owned(),
        account
            .last_login_at
            .map_or_else(String::new, Timestamp::rfc3339),
    ];
    writeln!(out, "{}", row.join("\t"))?;
    Ok(())
}

/// Writes an account for a person, one fact a line.
pub(super) fn write_text(account: &AccountOverview, out: &mut impl Write) -> CommandResult {
    for (label, fact) in facts_of_owner(account)
        .into_iter()
        .chain(facts_of_state(account))
    {
        writeln!(out, "{label:<14}{fact}")?;
    }
    Ok(())
}

fn facts_of_owner(account: &AccountOverview) -> [(&'static str, String); 6] {
    let (user, attributes) = (&account.user, &account.user.attributes);
    let verified = if user.email_verified {
        "verified"
    } else {
        "not verified"
    };
    let name = attributes.display_name.as_ref().map(DisplayName::as_str);
    let external_id = attributes.external_id.as_ref().map(ExternalId::as_str);
    let roles = attributes.roles.joined().replace(',', ", ");
    [
        ("ID", user.id.to_string()),
        ("Username", user.username.as_str().to_owned()),
        ("Email", format!("{} ({verified})", user.email.as_str())),
        ("Display name", or_none(name.unwrap_or_default().to_owned())),
        ("Roles", or_none(roles)),
        (
            "External ID",
            or_none(external_id.unwrap_or_default().to_owned()),
        ),
    ]
}

fn facts_of_state(account: &AccountOverview) -> [(&'static str, String); 9] {
    let attributes = &account.user.attributes;
    let status = if account.disabled {
        "disabled"
    } else {
        "enabled"
    };
    let last_login = account.last_login_at.map(Timestamp::rfc3339);
    [
        ("Status", status.to_owned()),
        ("Locked", lockout(account)),
        ("Created", account.user.created_at.rfc3339()),
        ("Updated", account.updated_at.rfc3339()),
        ("Last login", or_none(last_login.unwrap_or_default())),
        ("Sessions", account.sessions.to_string()),
        ("Second factor", or_none(factors(account))),
        ("Profile", escaped(attributes.profile.as_str())),
        ("Metadata", escaped(attributes.metadata.as_str())),
    ]
}

/// Returns a fact, or `none` for an empty one.
fn or_none(fact: String) -> String {
    if fact.is_empty() {
        "none".to_owned()
    } else {
        fact
    }
}

/// Returns the second factors as a list, or an empty text.
fn factors(account: &AccountOverview) -> String {
    let factors = &account.factors;
    let counted = |count: i64, name: &str| {
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {name}{plural}"))
    };
    let app = factors.has_totp.then(|| String::from("authenticator app"));
    let all = [
        app,
        counted(factors.passkeys, "passkey"),
        counted(factors.recovery_codes, "recovery code"),
    ];
    let all: Vec<_> = all.into_iter().flatten().collect();
    all.join(", ")
}

fn lockout(account: &AccountOverview) -> String {
    let until = account
        .lockout
        .until
        .map(|end| format!("until {}", end.rfc3339()));
    let devices = account
        .lockout
        .recognized_devices_only
        .then(|| String::from("except on recognized devices, until `daemun user unlock`"));
    let reasons: Vec<_> = devices.into_iter().chain(until).collect();
    if reasons.is_empty() {
        "no".into()
    } else {
        reasons.join("; ")
    }
}

/// Escapes the characters inside the texts of a JSON value that could disturb a terminal.
pub(super) fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if display_name::disturbs_text(character) {
            let _infallible = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}
