//! The section *Signup*: who may sign up, and with which addresses.

use std::path::PathBuf;

use clap::Args;

use crate::{
    config::{
        ConfigErrors,
        domain_list::DomainList,
        read::Reader,
        setting::{Given, Setting},
        url::app_url,
    },
    domain::{account::email_domains::EmailDomainRules, modes::SignUpMode},
};

#[derive(Args, Clone)]
#[command(next_help_heading = "Signup")]
pub(in crate::config) struct SignUpArgs {
    /// Accept signups: open (of everyone), invited (with an invitation from `daemun invite create`)
    /// or closed (of no one; `daemun user create` creates accounts)
    #[arg(
        long,
        env = "DAEMUN_SIGN_UP",
        value_name = "MODE",
        default_value = "open"
    )]
    sign_up: Setting,

    /// Page of the app that mailed invitations link to, https or http; it reads the token from the
    /// fragment `#invitation=…` [default: mails contain the token]
    #[arg(long, env = "DAEMUN_INVITATION_URL", value_name = "URL")]
    invitation_url: Option<Setting>,

    /// Domains of email addresses that are accepted, separated by commas; `.example.com` means all
    /// subdomains [default: every domain]
    #[arg(long, env = "DAEMUN_EMAIL_DOMAINS_ALLOWED", value_name = "DOMAINS")]
    email_domains_allowed: Option<Setting>,

    /// File that holds the accepted domains, one a line; SIGHUP reads it again
    #[arg(long, env = "DAEMUN_EMAIL_DOMAINS_ALLOWED_FILE", value_name = "PATH")]
    email_domains_allowed_file: Option<Setting>,

    /// Domains of email addresses that are rejected, also if they are accepted above
    #[arg(long, env = "DAEMUN_EMAIL_DOMAINS_DENIED", value_name = "DOMAINS")]
    email_domains_denied: Option<Setting>,

    /// File that holds the rejected domains, one a line; SIGHUP reads it again
    #[arg(long, env = "DAEMUN_EMAIL_DOMAINS_DENIED_FILE", value_name = "PATH")]
    email_domains_denied_file: Option<Setting>,
}

/// The settings of the section *Signup*, checked.
#[derive(Clone, Debug)]
pub struct SignUpConfig {
    /// The clients that may sign up.
    pub mode: SignUpMode,
    /// The page that mailed invitations link to.
    pub invitation_url: Option<String>,
    /// The places of the lists of domains. The service reads their files when it starts, other
    /// commands do not.
    pub email_domain_lists: EmailDomainLists,
}

/// The places of the lists of domains.
#[derive(Clone, Debug)]
pub struct EmailDomainLists {
    allowed: DomainList,
    denied: DomainList,
}

impl EmailDomainLists {
    /// Returns whether a file holds one of the lists.
    #[must_use]
    pub const fn has_files(&self) -> bool {
        self.allowed.is_file() || self.denied.is_file()
    }

    /// Reads both lists.
    pub fn read(&self) -> Result<EmailDomainRules, ConfigErrors> {
        let mut reader = Reader::default();
        let rules = EmailDomainRules {
            allowed: self.allowed.read(&mut reader),
            denied: self.denied.read(&mut reader),
        };
        reader.finish(rules)
    }

    /// Reports the faults of lists that are no files.
    fn check_texts(&self, reader: &mut Reader) {
        for list in [&self.allowed, &self.denied] {
            if !list.is_file() {
                let _checked = list.read(reader);
            }
        }
    }
}

impl SignUpArgs {
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> SignUpConfig {
        let mode = reader.choice(
            "DAEMUN_SIGN_UP",
            &self.sign_up,
            ("open", SignUpMode::Open),
            &[
                ("invited", SignUpMode::Invited),
                ("closed", SignUpMode::Closed),
            ],
        );
        let invitation_url = self.invitation_url(reader);
        let email_domain_lists = self.email_domain_lists(reader);
        email_domain_lists.check_texts(reader);
        SignUpConfig {
            mode,
            invitation_url,
            email_domain_lists,
        }
    }

    fn invitation_url(&self, reader: &mut Reader) -> Option<String> {
        let url = app_url(self.invitation_url.given()?).filter(|url| !url.contains('#'));
        if url.is_none() {
            // The text may contain a password, so the fault does not repeat it.
            reader.fault(
                "DAEMUN_INVITATION_URL: is not an http or https URL without username, password, fragment, blanks and quotes; for example https://app.example.com/signup",
            );
        }
        url
    }

    fn email_domain_lists(&self, reader: &mut Reader) -> EmailDomainLists {
        EmailDomainLists {
            allowed: list(
                reader,
                ("DAEMUN_EMAIL_DOMAINS_ALLOWED", &self.email_domains_allowed),
                (
                    "DAEMUN_EMAIL_DOMAINS_ALLOWED_FILE",
                    &self.email_domains_allowed_file,
                ),
            ),
            denied: list(
                reader,
                ("DAEMUN_EMAIL_DOMAINS_DENIED", &self.email_domains_denied),
                (
                    "DAEMUN_EMAIL_DOMAINS_DENIED_FILE",
                    &self.email_domains_denied_file,
                ),
            ),
        }
    }
}

/// Returns the place of a list, which is given as a value or as the path of a file.
fn list(
    reader: &mut Reader,
    (name, value): (&'static str, &Option<Setting>),
    (file_name, path): (&'static str, &Option<Setting>),
) -> DomainList {
    match (value.given(), path.given()) {
        (Some(_), Some(_)) => {
            reader.fault(format!(
                "{name} and {file_name} are both set; keep one of them"
            ));
            DomainList::Unset
        }
        (Some(value), None) => DomainList::Text(name, value.to_owned()),
        (None, Some(path)) => {
            let path = reader.text(file_name, path, "/etc/daemun/domains.txt");
            DomainList::File(file_name, PathBuf::from(path))
        }
        (None, None) => DomainList::Unset,
    }
}
