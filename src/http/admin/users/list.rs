//! `GET /admin/users`

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::response::AdminUserResponse;
use crate::{
    domain::{
        account::{external_id::ExternalId, identifier::IdentifierPrefix, roles::Role},
        invalid::Invalid,
    },
    http::{
        admin::codes::{WITH_KEY, WITH_PAGES},
        extract::{
            page::QueryReader,
            service_key::scoped::{Scoped, UsersRead},
        },
        openapi::error_responses::error_responses,
        problem::Problem,
    },
    service::{AccountFilter, AccountList, Page, Service},
};

/// The conditions of a list of accounts.
pub struct UsersQuery(AccountFilter, Page);

impl FromRequest for UsersQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let mut query = QueryReader::of(request.query_string());
        let filter = AccountFilter {
            prefix: query.single("query", IdentifierPrefix::parse),
            role: query.single("role", Role::parse),
            disabled: query.single("disabled", |text| match text {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(Invalid::InvalidValue),
            }),
            external_id: query.single("external_id", ExternalId::parse),
        };
        let page = query.page();
        query.reject_unknown();
        ready(query.checked().map(|()| Self(filter, page)))
    }
}

/// A page of accounts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdminUsers)]
pub struct AdminUsersResponse {
    /// At most `limit`. Before the end of the list, a page can have fewer accounts, or none.
    #[schema(max_items = 100)]
    users: Vec<AdminUserResponse>,
    /// The cursor of the next page, valid for a day; `null` on the last page.
    #[schema(required = true, example = "q83vEjRWeJA")]
    next_cursor: Option<String>,
}

impl From<AccountList> for AdminUsersResponse {
    fn from(list: AccountList) -> Self {
        Self {
            users: list.accounts.iter().map(AdminUserResponse::from).collect(),
            next_cursor: list.next_cursor,
        }
    }
}

error_responses!(ListUsersErrors: WITH_KEY, WITH_PAGES);

/// List users
///
/// Returns the accounts that match every condition, the oldest first. With `query`, the accounts
/// whose username begins with it are the first, and then the others whose email address does, each
/// in alphabetical order. Needs the scope `users:read`.
#[utoipa::path(
    tag = "users",
    operation_id = "list_users",
    security(("service_key" = [])),
    params(
        ("query" = Option<String>, Query, description = "The beginning of the username or of the email address, in any case.", min_length = 1),
        ("role" = Option<String>, Query, description = "A role of the account."),
        ("disabled" = Option<bool>, Query, description = "Whether the account is disabled."),
        ("external_id" = Option<String>, Query, description = "The id in another system, in full. At most one account has it."),
        ("limit" = Option<i64>, Query, description = "Accounts at most; absent means 50.", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before; absent for the first page.")
    ),
    responses((status = 200, description = "The accounts.", body = AdminUsersResponse), ListUsersErrors)
)]
#[get("/admin/users")]
pub async fn list_users(
    service: web::Data<Service>,
    scoped: Scoped<UsersRead, (), UsersQuery>,
) -> Result<HttpResponse, Problem> {
    let UsersQuery(filter, page) = scoped.query;
    let list = service.list_users(filter, page).await?;
    Ok(HttpResponse::Ok().json(AdminUsersResponse::from(list)))
}
