//! The app's branding, from the settings of the app and of mail.

use url::Url;

use crate::{config::Config, domain::branding::Branding};

/// Returns the branding. An app without a name has the name of the sender of mail, else the public
/// domain of its address.
pub(super) fn branding(config: &Config) -> Branding {
    let sender = config.mail.mailer.as_ref().map(|mailer| &mailer.from);
    let senders_name = sender.and_then(|sender| {
        let domain = sender.address.rsplit('@').next();
        let domain = domain.filter(|domain| *domain != "localhost");
        sender.name.clone().or_else(|| domain.map(str::to_owned))
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

/// Returns whether the service and the app have one origin. The session cookie that a page of the
/// service gets then reaches the app. Browsers keep the cookie on every public URL that the
/// settings accept.
pub(super) fn is_at_app(config: &Config) -> bool {
    let origin = |url: &Option<String>| Url::parse(url.as_deref()?).ok().map(|url| url.origin());
    let app = origin(&config.app.url);
    app.is_some() && app == origin(&config.server.public_url)
}
