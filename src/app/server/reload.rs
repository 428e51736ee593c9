//! Reads the files of email domains again while the service runs.

use crate::{
    blocking,
    config::{Config, EmailDomainLists},
    domain::account::email_domains::{EmailDomainRules, EmailDomains},
    service::{EmailDomainPolicy, Service},
};

/// The settings that SIGHUP reads again: the lists of email domains that are files.
#[derive(Clone)]
pub(super) struct Reload {
    lists: EmailDomainLists,
    policy: EmailDomainPolicy,
}

impl Reload {
    /// Reads the lists of the settings for a service.
    pub(super) fn new(config: &Config, service: &Service) -> Self {
        Self {
            lists: config.sign_up.email_domain_lists.clone(),
            policy: service.email_domains().clone(),
        }
    }

    /// Replaces the lists. After a fault in either file, both stay as they are.
    pub(super) async fn run(&self) {
        if !self.lists.has_files() {
            tracing::info!(
                event = "signal.ignored",
                "SIGHUP ignored: settings are read at start only; restart to apply changes"
            );
            return;
        }
        let lists = self.lists.clone();
        match blocking::run(move || lists.read()).await {
            Ok(Ok(rules)) => self.replace(rules),
            Ok(Err(faults)) => {
                for fault in faults.to_string().lines() {
                    tracing::error!(
                        event = "email_domains.kept",
                        "the lists of email domains stay as they are: {fault}"
                    );
                }
            }
            Err(error) => tracing::error!(%error, "the lists of email domains could not be read"),
        }
    }

    fn replace(&self, rules: EmailDomainRules) {
        let count = |list: &Option<EmailDomains>| list.as_ref().map_or(0, EmailDomains::len);
        let (allowed, denied) = (count(&rules.allowed), count(&rules.denied));
        self.policy.replace(rules);
        tracing::info!(
            event = "email_domains.replaced",
            allowed,
            denied,
            "lists of email domains read again"
        );
    }
}
