//! The ids in the paths of the admin API.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::{
    domain::account::ids::{InvitationId, SessionId, UserId},
    http::problem::{Problem, code::ProblemCode},
    service::AccountName,
};

/// The account that a path names.
#[derive(Debug)]
pub struct UserInPath(pub UserId);

/// The session that a path names.
#[derive(Debug)]
pub struct SessionInPath(pub SessionId);

/// The invitation that a path names.
#[derive(Debug)]
pub struct InvitationInPath(pub InvitationId);

impl UserInPath {
    /// Returns the id as the name of the account.
    pub const fn name(&self) -> AccountName {
        AccountName::Id(self.0)
    }
}

/// Declares how an id is read from a parameter of the path. A text that is no id names nothing.
macro_rules! in_path {
    ($($type:ident: $id:ident of $parameter:literal, else $code:ident;)+) => {$(
        impl FromRequest for $type {
            type Error = Problem;
            type Future = Ready<Result<Self, Problem>>;

            fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
                let id = request.match_info().get($parameter).and_then($id::parse);
                ready(id.map(Self).ok_or(Problem::new(ProblemCode::$code)))
            }
        }
    )+};
}

in_path! {
    UserInPath: UserId of "id", else UserNotFound;
    SessionInPath: SessionId of "session", else SessionNotFound;
    InvitationInPath: InvitationId of "id", else InvitationNotFound;
}
