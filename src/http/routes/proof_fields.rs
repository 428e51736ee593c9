//! The request fields that prove control of a mailbox, and their allowed combinations.

use crate::{
    domain::{account::email::Email, invalid::Invalid},
    http::problem::FieldError,
    service::{MailboxProof, Proof},
};

/// The token of a link or a code, exactly one of them, and the address to which the code was sent.
pub struct ProofFields<'a> {
    pub code: Option<&'a str>,
    pub token: Option<&'a str>,
    pub email: Option<&'a str>,
}

impl ProofFields<'_> {
    /// Returns every field that does not match the others. A token identifies its mailbox; a code
    /// needs an address unless a session has one. A conflict is not listed if one of its fields is
    /// rejected anyway: the correction of that field may end the conflict.
    pub fn mismatches(
        &self,
        needs_email: bool,
        is_rejected: &dyn Fn(&str) -> bool,
    ) -> Vec<FieldError> {
        let (required, conflicting) = match (self.code, self.token, self.email) {
            (Some(_), Some(_), _) => (&[][..], &["code", "token"][..]),
            (None, Some(_), Some(_)) => (&[][..], &["email"][..]),
            (None, None, Some(_)) => (&["code"][..], &[][..]),
            (None, None, None) => (&["code", "token"][..], &[][..]),
            (Some(_), None, None) if needs_email => (&["email"][..], &[][..]),
            (Some(_), None, _) | (None, Some(_), None) => (&[][..], &[][..]),
        };
        let is_certain = !["code", "token", "email"].into_iter().any(is_rejected);
        let conflicting = conflicting.iter().filter(|_| is_certain);
        let required = required.iter().map(|field| (field, Invalid::Required));
        required
            .chain(conflicting.map(|field| (field, Invalid::ConflictingField)))
            .map(|(field, reason)| FieldError::new(*field, reason))
            .collect()
    }

    /// Returns the proof of a request without a session.
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

    /// Returns the proof of a request with a session.
    pub fn of_caller(&self) -> Result<Proof, FieldError> {
        match (self.code, self.token) {
            (Some(code), None) => Ok(Proof::Code(code.to_owned())),
            (None, Some(token)) => Ok(Proof::Token(token.to_owned())),
            _ => Err(FieldError::new("code", Invalid::Required)),
        }
    }
}
