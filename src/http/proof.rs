//! The fields that a proof of a mailbox is told in: which of them go together; it must not know what is proved.

use validator::ValidationErrors;

use super::{problem::FieldError, rules};
use crate::{
    domain::{email::Email, invalid::Invalid},
    service::{MailboxProof, Proof},
};

/// A link's token or a code, exactly one of them, and the mailbox that a code came to.
pub struct ProofFields<'a> {
    /// The code.
    pub code: Option<&'a str>,
    /// The token.
    pub token: Option<&'a str>,
    /// The mailbox.
    pub email: Option<&'a str>,
}

impl ProofFields<'_> {
    /// Every field that does not go with the others. A token tells its mailbox itself; a code needs one named, if nothing else
    /// tells whose it is.
    pub fn check(&self, needs_mailbox: bool) -> ValidationErrors {
        let mut errors = ValidationErrors::new();
        let mut refuse = |field, reason| errors.add(field, rules::refused(reason));
        match (self.code, self.token) {
            (None, None) => refuse("code", Invalid::Required),
            (Some(_), Some(_)) => refuse("code", Invalid::DuplicateField),
            (None, Some(_)) if self.email.is_some() => refuse("email", Invalid::UnknownField),
            (Some(_), None) if needs_mailbox && self.email.is_none() => {
                refuse("email", Invalid::Required);
            }
            (Some(_), None) | (None, Some(_)) => {}
        }
        if let Some(Err(error)) = self.email.map(rules::email) {
            errors.add("email", error);
        }
        errors
    }

    /// The proof, where no session tells whose it is.
    pub fn of_mailbox(&self) -> Result<MailboxProof, FieldError> {
        match (self.code, self.token, self.email) {
            (Some(code), None, Some(email)) => {
                let email =
                    Email::parse(email).map_err(|reason| FieldError::new("email", reason))?;
                Ok(MailboxProof::Code(code.to_owned(), email.key().clone()))
            }
            (None, Some(token), None) => Ok(MailboxProof::Token(token.to_owned())),
            _ => Err(FieldError::new("code", Invalid::Required)),
        }
    }

    /// The proof of whoever is in a session.
    pub fn of_caller(&self) -> Result<Proof, FieldError> {
        match (self.code, self.token) {
            (Some(code), None) => Ok(Proof::Code(code.to_owned())),
            (None, Some(token)) => Ok(Proof::Token(token.to_owned())),
            _ => Err(FieldError::new("code", Invalid::Required)),
        }
    }
}
