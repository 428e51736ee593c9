//! Addresses and methods that no route takes: 404, or 405 with the methods that the address does take.

use actix_web::{HttpRequest, HttpResponse, dev::ResourceDef, web};
use utoipa::openapi::{OpenApi, PathItem};

use crate::http::problem::{Problem, code::Code};

/// Which methods each address takes, read from the OpenAPI document, which is made from the routes.
#[derive(Clone)]
pub struct RouteTable(Vec<(ResourceDef, String)>);

impl RouteTable {
    /// The table of a document's routes and of further ones that take GET.
    #[must_use]
    pub fn new(document: &OpenApi, pages: &[&str]) -> Self {
        let described = document
            .paths
            .paths
            .iter()
            .map(|(path, item)| (ResourceDef::new(path.as_str()), methods(item).join(", ")));
        let pages = pages
            .iter()
            .map(|path| (ResourceDef::new(*path), String::from("GET, HEAD")));
        Self(described.chain(pages).collect())
    }

    fn allow(&self, path: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(route, _)| route.is_match(path))
            .map(|(_, allow)| allow.as_str())
    }
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    [
        (item.get.is_some(), "GET"),
        (item.get.is_some(), "HEAD"),
        (item.post.is_some(), "POST"),
        (item.put.is_some(), "PUT"),
        (item.patch.is_some(), "PATCH"),
        (item.delete.is_some(), "DELETE"),
    ]
    .into_iter()
    .filter_map(|(is_taken, method)| is_taken.then_some(method))
    .collect()
}

/// The default service.
pub async fn unrouted(
    request: HttpRequest,
    table: web::Data<RouteTable>,
) -> Result<HttpResponse, Problem> {
    Err(match table.allow(request.path()) {
        Some(allow) => Problem::method_not_allowed(allow.to_owned()),
        None => Problem::new(Code::NotFound),
    })
}
