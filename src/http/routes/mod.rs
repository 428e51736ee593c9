//! The routes, one file per endpoint, in folders by area.

mod accounts;
mod emails;
mod integrations;
pub(crate) mod models;
pub(crate) mod not_found;
pub(crate) mod pages;
mod passkeys;
mod passwords;
mod proof_fields;
mod second_factors;
mod session_fields;
mod session_responder;
mod sessions;
pub(crate) mod system;

use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;

pub use accounts::export::ExportText;

/// Adds every route that the OpenAPI document describes, in the order of the document.
pub fn configure(config: &mut ServiceConfig<'_>) {
    configure_log_in(config);
    configure_account(config);
    configure_mailbox(config);
    configure_passkeys(config);
    configure_second_factors(config);
    configure_sessions(config);
    configure_integrations(config);
    configure_system(config);
}

fn configure_log_in(config: &mut ServiceConfig<'_>) {
    config
        .service(accounts::sign_up::sign_up)
        .service(sessions::log_in::log_in)
        .service(second_factors::log_in::log_in_with_second_factor)
        .service(sessions::email_code::request::request_log_in_code)
        .service(sessions::email_code::log_in::log_in_with_code)
        .service(sessions::log_out::log_out)
        .service(system::captcha::get_captcha)
        .service(system::session::get_session)
        .service(system::config::get_config);
}

fn configure_account(config: &mut ServiceConfig<'_>) {
    config
        .service(accounts::get_me::get_me)
        .service(accounts::update_me::update_me)
        .service(accounts::delete_me::delete_me)
        .service(accounts::list_events::list_events)
        .service(accounts::export::export_me)
        .service(sessions::confirm::confirm_session)
        .service(passwords::change::change_password);
}

fn configure_mailbox(config: &mut ServiceConfig<'_>) {
    config
        .service(pages::email_link::get_verification_page)
        .service(pages::email_link::get_password_reset_page)
        .service(emails::verify::verify_email)
        .service(emails::resend::resend_verification)
        .service(emails::change::change_email)
        .service(passwords::forgot::forgot_password)
        .service(passwords::reset::reset_password);
}

fn configure_passkeys(config: &mut ServiceConfig<'_>) {
    config
        .service(passkeys::log_in_options::create_passkey_log_in_options)
        .service(passkeys::log_in::log_in_with_passkey)
        .service(passkeys::second_factor_options::create_second_factor_options)
        .service(passkeys::confirm_options::create_confirmation_options)
        .service(passkeys::registration_options::create_passkey_options)
        // Other methods of this path are rejected here: the `{id}` below would match it too.
        .route(
            "/me/passkeys/options",
            web::route().to(not_found::not_found),
        )
        .service(passkeys::register::register_passkey)
        .service(passkeys::rename::rename_passkey)
        .service(passkeys::remove::remove_passkey);
}

fn configure_second_factors(config: &mut ServiceConfig<'_>) {
    config
        .service(second_factors::get::get_second_factors)
        .service(second_factors::set_up_totp::set_up_totp)
        .service(second_factors::verify_totp::verify_totp)
        .service(second_factors::disable_totp::disable_totp)
        .service(second_factors::create_recovery_codes::create_recovery_codes);
}

fn configure_sessions(config: &mut ServiceConfig<'_>) {
    config
        .service(sessions::list::list_sessions)
        .service(sessions::end::end_session)
        .service(sessions::end_others::end_other_sessions)
        .service(sessions::devices::list::list_devices)
        .service(sessions::devices::forget::forget_device)
        .service(sessions::devices::forget_others::forget_other_devices);
}

fn configure_integrations(config: &mut ServiceConfig<'_>) {
    config
        .service(integrations::forward_auth::forward_auth)
        .service(integrations::forward_auth::forward_auth_path)
        .service(integrations::introspect::introspect)
        .service(integrations::create_access_token::create_access_token)
        .service(integrations::get_key_set::get_key_set)
        .service(system::well_known::discovery::get_authorization_server)
        .service(system::well_known::discovery::get_openid_configuration)
        .service(system::well_known::change_password::get_change_password_page);
}

fn configure_system(config: &mut ServiceConfig<'_>) {
    config
        .service(system::health::get_health)
        .service(system::readiness::get_readiness)
        .service(system::openapi::get_openapi)
        .service(pages::problems::list_problems)
        .service(pages::problem::get_problem_page);
}
