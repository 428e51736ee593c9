//! The HTTP client of webhooks: one POST, no redirects, and little time and memory for a response.

use std::{io, sync::Arc, time::Duration};

use rustls::crypto::aws_lc_rs;
use ureq::{
    Agent,
    tls::{Certificate, RootCerts, TlsConfig},
};

use super::error::{WebhookConfigError, WebhookError};
use crate::domain::timestamp::Timestamp;

/// The time for a whole exchange, from the lookup of the name to the end of the response.
const DEADLINE: Duration = Duration::from_secs(5);

/// The part of a response that is read, so that its connection can be used again.
const RESPONSE_BYTES: u64 = 64 * 1024;

/// The connections that wait for the next request.
const IDLE_CONNECTIONS: usize = 16;

/// The longest time of a `Retry-After` that is honoured.
const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(24);

/// A client for one URL. Clones share its connections.
#[derive(Clone)]
pub(super) struct HttpClient {
    agent: Agent,
    url: Arc<str>,
}

impl HttpClient {
    /// Creates a client. It opens no connection yet.
    pub(super) fn new(url: &str) -> Result<Self, WebhookConfigError> {
        let config = Agent::config_builder()
            .timeout_global(Some(DEADLINE))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(IDLE_CONNECTIONS)
            .max_idle_connections_per_host(IDLE_CONNECTIONS)
            // The operator names the receiver. A proxy would come from variables of no setting.
            .proxy(None)
            .user_agent(concat!("daemun/", env!("CARGO_PKG_VERSION")));
        let config = if url.starts_with("https://") {
            config.tls_config(tls()?)
        } else {
            config
        };
        Ok(Self {
            agent: config.build().new_agent(),
            url: url.into(),
        })
    }

    /// Posts JSON with these headers and waits for the response. Returns its status.
    pub(super) fn post(
        &self,
        headers: &[(&str, &str)],
        body: &[u8],
        now: Timestamp,
    ) -> Result<u16, WebhookError> {
        let request = self.agent.post(&*self.url);
        let request = request.header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        let mut response = request.send(body).map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after
            .and_then(|value| value.to_str().ok())
            .and_then(|value| retry_after_of(value, now));
        // The status alone decides. A longer body costs the connection.
        let body = response.body_mut().with_config().limit(RESPONSE_BYTES);
        let _whole_or_not = io::copy(&mut body.reader(), &mut io::sink());
        if (200..300).contains(&status) {
            Ok(status)
        } else {
            Err(WebhookError::Rejected {
                status,
                retry_after,
            })
        }
    }
}

/// Trusts the authorities of the machine, as the mail client does.
fn tls() -> Result<TlsConfig, WebhookConfigError> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let causes: Vec<_> = found.errors.iter().map(ToString::to_string).collect();
        return Err(WebhookConfigError::Authorities(causes.join(", ")));
    }
    let authorities = found.certs.iter();
    let authorities = authorities.map(|one| Certificate::from_der(one).to_owned());
    let authorities: Vec<_> = authorities.collect();
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&authorities))
        .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
        .build())
}

/// Returns the error without the URL, which may hold a secret of the receiver.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "every other error is one of the connection"
)]
fn failure(error: &ureq::Error) -> WebhookError {
    match error {
        ureq::Error::Timeout(_) => WebhookError::NoResponse(format!("timeout of {DEADLINE:?}")),
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
            WebhookError::NoResponse(String::from("the receiver does not speak HTTP/1.1"))
        }
        ureq::Error::HostNotFound => {
            WebhookError::Unreachable(String::from("the name of the host is unknown"))
        }
        ureq::Error::Io(error) if is_after_connect(error) => {
            WebhookError::NoResponse(error.to_string())
        }
        ureq::Error::Io(error) => WebhookError::Unreachable(error.to_string()),
        ureq::Error::Rustls(error) => WebhookError::Unreachable(error.to_string()),
        other => WebhookError::Unreachable(other.to_string()),
    }
}

/// Returns whether an established connection failed: a receiver may close one that waited for the
/// next request.
fn is_after_connect(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof
    )
}

/// Returns the pause of a `Retry-After` header: a number of seconds or a date (RFC 9110 section
/// 10.2.3).
fn retry_after_of(value: &str, now: Timestamp) -> Option<Duration> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    // A number that is too large for the type is longer than every limit.
    let seconds = is_number.then(|| Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    let pause = seconds.or_else(|| Some(Timestamp::parse_http_date(value)?.since(now)));
    pause.map(|pause| pause.min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = Timestamp::from_seconds(784_111_777);
        for (value, seconds) in [
            ("120", Some(120)),
            ("0", Some(0)),
            ("999999999", Some(86_400)),
            ("99999999999999999999999999", Some(86_400)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:48:37 GMT", Some(0)),
            ("-1", None),
            ("", None),
            ("soon", None),
        ] {
            let pause = retry_after_of(value, now);
            assert_eq!(pause, seconds.map(Duration::from_secs), "{value}");
        }
    }
}
