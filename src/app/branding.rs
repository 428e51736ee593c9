//! The app's branding, from the settings of the app and of mail.

use crate::{config::Config, domain::branding::Branding};

/// Returns the branding. An app without a name has the name of the sender of mail, else the domain
/// of its address.
pub(super) fn branding(config: &Config) -> Branding {
    let sender = config.mail.mailer.as_ref().map(|mailer| &mailer.from);
    let senders_name = sender.map(|sender| {
        let domain = sender.address.rsplit('@').next();
        let name = sender.name.as_deref().or(domain);
        name.unwrap_or_default().to_owned()
    });
    Branding {
        name: config
            .app
            .name
            .clone()
            .or(senders_name)
            .unwrap_or_else(|| String::from("daemun")),
        url: config.app.url.clone(),
        accent: config.app.accent,
    }
}
