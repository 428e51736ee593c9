//! Well-known URIs (RFC 8615), some of which clients look for at the root of the origin.

pub(crate) mod change_password;
pub(crate) mod discovery;

use actix_web::web;

use crate::http::settings::Settings;

/// Returns the paths outside the base path.
pub fn paths_at_root(settings: &Settings) -> Vec<String> {
    discovery_at_root(settings)
        .into_iter()
        .chain(change_password_at_root(settings))
        .collect()
}

/// Adds the routes outside the base path.
pub fn configure_root(settings: &Settings, config: &mut web::ServiceConfig) {
    if let Some(path) = discovery_at_root(settings) {
        config.route(&path, web::get().to(discovery::authorization_server));
    }
    if let Some(path) = change_password_at_root(settings) {
        config.route(&path, web::get().to(change_password::password_page));
    }
}

/// Returns the path of the issuer's metadata if the issuer has a path, which then follows the
/// well-known path (RFC 8414 section 3.1).
fn discovery_at_root(settings: &Settings) -> Option<String> {
    let prefix = &settings.external_prefix;
    let has_path = settings.public_url.is_some() && !prefix.is_empty();
    has_path.then(|| format!("{}{prefix}", discovery::PATH))
}

/// Returns the path of the redirect if the route itself is below a base path.
fn change_password_at_root(settings: &Settings) -> Option<String> {
    (!settings.base_path.is_empty()).then(|| String::from(change_password::PATH))
}
