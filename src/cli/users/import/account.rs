//! The account of a line, by the rules of the service.

use super::{
    fields::LineFields, keys::Key, made_username::UsernameSource, members::LineMembers,
    rejection::Rejection,
};
use crate::{
    domain::{
        account::{
            display_name::DisplayName, email::Email, external_id::ExternalId, username::Username,
        },
        credential::password::NewPassword,
        invalid::Invalid,
        timestamp::Timestamp,
    },
    service::{ImportedAccount, ImportedPassword, ImportedUsername, Service},
};

/// The fields of a line.
const FIELDS: [&str; 11] = [
    "username",
    "email",
    "email_verified",
    "password_hash",
    "password",
    "disabled",
    "created_at",
    "roles",
    "metadata",
    "display_name",
    "external_id",
];

/// The rules by which lines become accounts.
pub(super) struct LineRules<'a> {
    pub(super) service: &'a Service,
    pub(super) min_password: usize,
    pub(super) username_from: Option<UsernameSource>,
    /// The latest time of a signup.
    pub(super) now: Timestamp,
}

/// The result of a line.
pub(super) struct ParsedLine {
    /// The account, unless a field is rejected.
    pub(super) account: Option<ImportedAccount>,
    /// The reasons, one a field.
    pub(super) rejections: Vec<Rejection>,
    /// The unique values, also those of a rejected line.
    pub(super) keys: Vec<(Key, String)>,
}

impl ParsedLine {
    /// The result of a line that is no object.
    pub(super) fn rejected(rejection: Rejection) -> Self {
        Self {
            account: None,
            rejections: vec![rejection],
            keys: Vec::new(),
        }
    }
}

impl LineRules<'_> {
    /// Parses a line. `avoids_first` is whether another line has the username that is made first.
    pub(super) fn parse(&self, text: &str, avoids_first: bool) -> ParsedLine {
        match LineMembers::parse(text) {
            Ok(members) => self.parse_members(members, avoids_first),
            Err(rejection) => ParsedLine::rejected(rejection),
        }
    }

    fn parse_members(&self, members: LineMembers, avoids_first: bool) -> ParsedLine {
        let mut fields = LineFields::new(members, &FIELDS);
        let username = fields.text("username", Username::parse);
        let email = fields.text("email", Email::parse);
        if email.is_none() && !fields.is_rejected("email") {
            fields.reject("email", Invalid::Required);
        }
        let username = self.username(&mut fields, username, email.as_ref(), avoids_first);
        let external_id = fields.text("external_id", ExternalId::parse);
        let keys = self.keys(username.as_ref(), email.as_ref(), external_id.as_ref());
        let password = self.password(&mut fields, username.as_ref(), email.as_ref());
        let (email_verified, disabled) = (fields.flag("email_verified"), fields.flag("disabled"));
        let created_at = self.created_at(&mut fields);
        let display_name = fields.text("display_name", DisplayName::parse);
        let (roles, metadata) = (fields.roles(), fields.metadata());
        let is_accepted = fields.rejections.is_empty();
        let identified = username.zip(email).filter(|_| is_accepted);
        let account = identified.map(|(username, email)| ImportedAccount {
            username,
            email,
            email_verified,
            password,
            disabled,
            created_at,
            display_name,
            roles,
            metadata,
            external_id,
        });
        ParsedLine {
            account,
            rejections: fields.rejections,
            keys,
        }
    }

    /// Returns the unique values by which lines of one file are compared.
    fn keys(
        &self,
        username: Option<&ImportedUsername>,
        email: Option<&Email>,
        external_id: Option<&ExternalId>,
    ) -> Vec<(Key, String)> {
        let is_from_email = self.username_from == Some(UsernameSource::Email);
        let username = match username {
            Some(ImportedUsername::Given(given)) => Some((Key::Username, given)),
            Some(ImportedUsername::FirstFree(made)) if is_from_email => {
                made.first().map(|first| (Key::MadeUsername, first))
            }
            Some(ImportedUsername::FirstFree(_)) | None => None,
        };
        let username = username.map(|(key, username)| (key, username.key().as_str().to_owned()));
        let email = email.map(|email| (Key::Email, email.key().as_str().to_owned()));
        let external_id = external_id.map(|id| (Key::ExternalId, id.as_str().to_owned()));
        username
            .into_iter()
            .chain(email)
            .chain(external_id)
            .collect()
    }

    /// Returns the username of the line or those that are made for it.
    fn username(
        &self,
        fields: &mut LineFields,
        given: Option<Username>,
        email: Option<&Email>,
        avoids_first: bool,
    ) -> Option<ImportedUsername> {
        if let Some(given) = given {
            return Some(ImportedUsername::Given(given));
        }
        if fields.is_rejected("username") {
            return None;
        }
        if let Some(source) = self.username_from {
            return email.map(|email| source.usernames(email, avoids_first));
        }
        fields.rejections.push(Rejection::no_username());
        None
    }

    fn password(
        &self,
        fields: &mut LineFields,
        username: Option<&ImportedUsername>,
        email: Option<&Email>,
    ) -> Option<ImportedPassword> {
        let hash = fields.text("password_hash", |text| self.service.imported_hash(text));
        let plain = fields.text("password", |text| {
            let password = NewPassword::parse(text, self.min_password)?;
            let username = match username {
                Some(ImportedUsername::Given(username)) => username.as_str(),
                Some(ImportedUsername::FirstFree(_)) | None => "",
            };
            let email = email.map(Email::as_str).unwrap_or_default();
            match password.equals_identity(username, email) {
                Some(reason) => Err(reason),
                None => Ok(password),
            }
        });
        match (hash, plain) {
            (Some(_), Some(_)) => {
                fields.reject("password_hash", Invalid::ConflictingField);
                None
            }
            (Some(hash), None) => Some(ImportedPassword::Hash(hash)),
            (None, plain) => plain.map(ImportedPassword::Plain),
        }
    }

    fn created_at(&self, fields: &mut LineFields) -> Option<Timestamp> {
        let text = fields.text("created_at", |text| Ok(text.to_owned()))?;
        let past = Timestamp::from_micros(0)..=self.now;
        let time = Timestamp::parse(&text).filter(|time| past.contains(time));
        if time.is_none() {
            fields.rejections.push(Rejection::not_a_past_time());
        }
        time
    }
}
