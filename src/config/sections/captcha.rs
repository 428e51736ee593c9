//! The section *CAPTCHA*: when clients must send a proof of work.

use clap::Args;

use crate::{
    config::{read::Reader, setting::Setting},
    domain::modes::CaptchaMode,
};

#[derive(Args, Clone)]
#[command(next_help_heading = "CAPTCHA")]
pub(in crate::config) struct CaptchaArgs {
    /// Require a proof of work at signup and login: off, adaptive (after failures) or always
    #[arg(
        long,
        env = "DAEMUN_CAPTCHA",
        value_name = "MODE",
        default_value = "adaptive"
    )]
    captcha: Setting,
}

impl CaptchaArgs {
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> CaptchaMode {
        reader.choice(
            "DAEMUN_CAPTCHA",
            &self.captcha,
            ("adaptive", CaptchaMode::Adaptive),
            &[("off", CaptchaMode::Off), ("always", CaptchaMode::Always)],
        )
    }
}
