//! The response for a path or a method without a route: 404, or 405 with the allowed methods.

use actix_web::{HttpRequest, HttpResponse, dev::ResourceDef, web};
use utoipa::openapi::{OpenApi, PathItem};

use crate::http::problem::{Problem, code::ProblemCode};

/// The methods of each path, read from the OpenAPI document of the routes.
#[derive(Clone)]
pub struct AllowedMethods(Vec<(ResourceDef, String)>);

impl AllowedMethods {
    /// Creates the table for the routes of a document and for pages that support GET, all below the
    /// base path, and for pages outside it.
    #[must_use]
    pub fn new(
        base_path: &str,
        document: &OpenApi,
        pages: &[&str],
        pages_at_root: &[String],
    ) -> Self {
        let resource = |path: &str| ResourceDef::new(format!("{base_path}{path}"));
        let described = document.paths.paths.iter();
        let described = described.map(|(path, item)| (resource(path), methods(item).join(", ")));
        let pages = pages.iter().map(|path| resource(path));
        let pages_at_root = pages_at_root
            .iter()
            .map(|path| ResourceDef::new(path.as_str()));
        let pages = pages
            .chain(pages_at_root)
            .map(|page| (page, String::from("GET, HEAD")));
        Self(described.chain(pages).collect())
    }

    fn of_path(&self, path: &str) -> Option<&str> {
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
    .filter_map(|(is_allowed, method)| is_allowed.then_some(method))
    .collect()
}

/// Handles every request without a route.
pub async fn not_found(
    request: HttpRequest,
    allowed: web::Data<AllowedMethods>,
) -> Result<HttpResponse, Problem> {
    Err(match allowed.of_path(request.path()) {
        Some(allow) => Problem::method_not_allowed(allow.to_owned()),
        None => Problem::new(ProblemCode::NotFound),
    })
}
