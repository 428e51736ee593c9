//! The section *Passkeys*: the domain that passkeys belong to, and apps that may use them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::Args;

use crate::{
    config::{
        origin,
        read::Reader,
        setting::{Given, Setting},
    },
    domain::host,
};

#[derive(Args, Clone)]
#[command(next_help_heading = "Passkeys")]
pub(in crate::config) struct PasskeyArgs {
    /// Domain that passkeys belong to (the WebAuthn RP id), such as `example.com`: the host of the
    /// public URL or a domain above it. Passkeys of another domain stop working [default: the host
    /// of the public URL]
    #[arg(long, env = "DAEMUN_PASSKEY_RP_ID", value_name = "DOMAIN")]
    passkey_rp_id: Option<Setting>,

    /// Origins that may use passkeys beside the https origins of the domain, separated by commas,
    /// such as an Android app's `android:apk-key-hash:…`
    #[arg(
        long,
        env = "DAEMUN_PASSKEY_ORIGINS",
        value_name = "ORIGINS",
        default_value = ""
    )]
    passkey_origins: Setting,
}

/// The settings of the section *Passkeys*, checked.
#[derive(Clone, Debug)]
pub struct PasskeyConfig {
    /// The RP id, in lower case, if the operator set one.
    pub rp_id: Option<String>,
    /// The accepted origins beside those of the domain.
    pub origins: Vec<String>,
}

impl PasskeyArgs {
    pub(in crate::config) fn parse(
        &self,
        reader: &mut Reader,
        public_host: Option<String>,
    ) -> PasskeyConfig {
        PasskeyConfig {
            rp_id: self.rp_id(reader, public_host),
            origins: reader.list("DAEMUN_PASSKEY_ORIGINS", &self.passkey_origins, app_origin),
        }
    }

    fn rp_id(&self, reader: &mut Reader, public_host: Option<String>) -> Option<String> {
        let text = self.passkey_rp_id.given()?;
        let fault = match public_host {
            _ if !host::can_be_rp_id(text) => {
                format!("`{text}` is not a domain in ASCII without a port")
            }
            Some(host) if !host::is_in_domain(&host, text) => {
                format!("`{text}` does not contain the host `{host}` of DAEMUN_PUBLIC_URL")
            }
            Some(_) | None => return Some(text.to_ascii_lowercase()),
        };
        reader.fault(format!(
            "DAEMUN_PASSKEY_RP_ID: {fault}; for example example.com beside DAEMUN_PUBLIC_URL=https://auth.example.com"
        ));
        None
    }
}

/// Reads an origin: that of a browser, or that of an Android app, which is the SHA-256 of its
/// signing certificate.
fn app_origin(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "is no origin of a browser or an Android app; for example android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS0-H1xKCQcfIoGLck";
    if let Some(digest) = text.strip_prefix("android:apk-key-hash:") {
        let is_digest = URL_SAFE_NO_PAD
            .decode(digest)
            .is_ok_and(|bytes| bytes.len() == 32);
        return is_digest.then(|| text.to_owned()).ok_or(WRONG);
    }
    origin::parse(text).map_err(|_wrong| WRONG)
}
