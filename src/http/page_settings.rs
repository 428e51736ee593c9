//! The settings of the pages: the app that they show, and the style that follows from it.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::domain::branding::{Accent, Branding};

/// The rules that do not depend on the app.
const STYLE: &str = include_str!("page_settings/style.css");

/// The settings of the pages.
#[derive(Clone, Debug)]
pub struct PageSettings {
    /// The app.
    pub branding: Branding,
    /// True if the landing pages of mailed links request the session cookie.
    pub open_sessions: bool,
    /// The style of every page, with the accent of the app.
    pub style: String,
    /// The source that allows this style in a policy.
    style_source: String,
}

impl PageSettings {
    /// Writes the style and computes its digest.
    #[must_use]
    pub fn new(branding: Branding, open_sessions: bool) -> Self {
        let style = format!(
            ":root {{ --ground: {}; --accent: {}; }}\n\
             @media (prefers-color-scheme: dark) {{ :root {{ --ground: {}; --accent: {}; }} }}\n\
             {STYLE}",
            Accent::LIGHT_GROUND,
            branding.accent.light(),
            Accent::DARK_GROUND,
            branding.accent.dark(),
        );
        Self {
            branding,
            open_sessions,
            style_source: source_of(&style),
            style,
        }
    }

    /// Returns the Content-Security-Policy of a page. The page loads nothing, and only its own
    /// style and script apply (CSP Level 3, section 2.3.1). If the script fails, no form is
    /// submitted, so that no password gets into an address.
    #[must_use]
    pub fn policy(&self, script: Option<&str>) -> String {
        let script = script
            .map(|script| format!(" script-src '{}'; connect-src 'self';", source_of(script)));
        format!(
            "default-src 'none'; style-src '{}';{} form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
            self.style_source,
            script.unwrap_or_default(),
        )
    }
}

fn source_of(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}
