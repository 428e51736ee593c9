//! Accounts: usernames, email addresses, and the keys by which both are compared.

pub mod attributes;
pub mod change;
pub mod display_name;
pub mod email;
pub mod email_domains;
pub mod external_id;
pub mod identifier;
pub mod ids;
pub mod pending_sign_up;
pub(crate) mod reserved_names;
pub mod roles;
pub(super) mod text_list;
pub mod user;
pub mod username;
