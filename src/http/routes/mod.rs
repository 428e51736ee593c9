//! The routes, one file an endpoint, in folders by area.

pub(crate) mod accounts;
pub(crate) mod captcha;
pub(crate) mod emails;
pub(crate) mod integrations;
pub(crate) mod models;
pub(crate) mod not_found;
pub(crate) mod pages;
pub(crate) mod passwords;
pub(crate) mod sessions;
pub(crate) mod system;
