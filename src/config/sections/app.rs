//! The section *App*: the app as its users see it in pages and mails.

use clap::Args;

use crate::{
    config::{
        read::Reader,
        setting::{Given, Setting},
        url::app_url,
    },
    domain::branding::{Accent, color::Color},
};

#[derive(Args, Clone)]
#[command(next_help_heading = "App")]
pub(in crate::config) struct AppArgs {
    /// Name of the app in pages and mails, at most 64 characters [default: with mail,
    /// the name in `DAEMUN_MAIL_FROM` or the domain of its address; else daemun]
    #[arg(long, env = "DAEMUN_APP_NAME", value_name = "NAME")]
    app_name: Option<Setting>,

    /// URL of the app, https or http; mails show it, and the pages of mailed links continue to it
    #[arg(long, env = "DAEMUN_APP_URL", value_name = "URL")]
    app_url: Option<Setting>,

    /// Color of buttons and links in pages and mails, as `#rrggbb` or `#rgb`; its contrast with
    /// white must be at least 4.5:1
    #[arg(
        long,
        env = "DAEMUN_APP_COLOR",
        value_name = "COLOR",
        default_value = "#2456c4"
    )]
    app_color: Setting,

    /// URL of the page where users change their password, https or http;
    /// `/.well-known/change-password` redirects password managers to it [default: none]
    #[arg(long, env = "DAEMUN_CHANGE_PASSWORD_URL", value_name = "URL")]
    change_password_url: Option<Setting>,
}

/// The settings of the section *App*, checked.
#[derive(Clone, Debug)]
pub struct AppConfig {
    /// The name of the app, if the operator set one.
    pub name: Option<String>,
    /// The address of the app.
    pub url: Option<String>,
    /// The color of buttons and links.
    pub accent: Accent,
    /// The page where users change their password.
    pub change_password_url: Option<String>,
}

/// Mails repeat the name in sentences, and phones show it on one line.
const NAME_MAX: usize = 64;

impl AppArgs {
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> AppConfig {
        AppConfig {
            name: self.name(reader),
            url: page(
                reader,
                ("DAEMUN_APP_URL", self.app_url.given()),
                "https://app.example.com",
            ),
            change_password_url: page(
                reader,
                (
                    "DAEMUN_CHANGE_PASSWORD_URL",
                    self.change_password_url.given(),
                ),
                "https://app.example.com/password",
            ),
            accent: self.accent(reader),
        }
    }

    fn name(&self, reader: &mut Reader) -> Option<String> {
        let name = self.app_name.given()?.trim();
        let wrong = if name.is_empty() {
            "the name is blank"
        } else if name.chars().nth(NAME_MAX).is_some() {
            "the name has more than 64 characters"
        } else if name.chars().any(char::is_control) {
            "the name has control characters"
        } else {
            return Some(name.to_owned());
        };
        reader.fault(format!("DAEMUN_APP_NAME: {wrong}; for example Example"));
        None
    }

    fn accent(&self, reader: &mut Reader) -> Accent {
        let text = &*self.app_color;
        let fault = match Color::parse(text).map(Accent::of) {
            Some(Ok(accent)) => return accent,
            Some(Err(low)) => format!(
                "`{text}` has a contrast of {:.2}:1 with white, and text needs 4.5:1 (WCAG 2.2, 1.4.3); for example {}",
                // Rounded down, so that a rejected contrast never reads 4.5.
                (low.ratio * 100.0).floor() / 100.0,
                low.darker
            ),
            None => format!("`{text}` is not a color; for example #2456c4"),
        };
        reader.fault(format!("DAEMUN_APP_COLOR: {fault}"));
        Accent::NEUTRAL
    }
}

/// Reads the URL of a page.
fn page(reader: &mut Reader, (name, text): (&str, Option<&str>), example: &str) -> Option<String> {
    let url = app_url(text?);
    if url.is_none() {
        // The text may contain a password, so the fault does not repeat it.
        reader.fault(format!(
            "{name}: is not an http or https URL without username, password, blanks and quotes; for example {example}"
        ));
    }
    url
}
