//! The URL of a PostgreSQL server, and the errors that may quote it.

use diesel::ConnectionError;

use crate::store::error::StoreError;

/// The network parameters of libpq, unless the URL sets them. A server that vanished is noticed
/// within ten seconds; among several hosts, one that does not respond is skipped after three.
const NETWORK: [(&str, &str); 6] = [
    ("application_name", "daemun"),
    ("connect_timeout", "3"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

/// Returns the URL with the parameters of [`NETWORK`] that it does not set.
pub(super) fn with_network(url: &str) -> String {
    let (server, query) = url.split_once('?').unwrap_or((url, ""));
    let given = || query.split('&').filter(|setting| !setting.is_empty());
    let is_given = |name: &str| given().any(|setting| setting.split('=').next() == Some(name));
    let added = NETWORK.iter().filter(|(name, _)| !is_given(name));
    let settings: Vec<_> = given()
        .map(str::to_owned)
        .chain(added.map(|(name, value)| format!("{name}={value}")))
        .collect();
    format!("{server}?{}", settings.join("&"))
}

/// Returns why there is no connection, on one line. libpq quotes a URL that it cannot parse,
/// including the password: only its text before the first quotation mark is kept.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "it maps an error to which Diesel may add variants"
)]
pub(super) fn unreachable(error: ConnectionError) -> StoreError {
    let message = match error {
        ConnectionError::BadConnection(message) => message,
        ConnectionError::CouldntSetupConfiguration(error) => return error.into(),
        _ => String::from("the URL cannot be read"),
    };
    if message.contains("SSL support is not compiled in") {
        return StoreError::unavailable(
            "this build has no TLS to PostgreSQL; it needs the feature postgres-tls",
        );
    }
    let names_server = message.contains("connection to server")
        || message.starts_with("could not translate host name");
    let message = if names_server {
        message.as_str()
    } else {
        message.split('"').next().unwrap_or_default()
    };
    let words: Vec<_> = message.split_whitespace().collect();
    StoreError::unavailable(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::with_network;

    #[test]
    fn network_parameters_of_the_url_are_kept() {
        for bare in ["postgres://host/name", "postgres://host/name?"] {
            let url = with_network(bare);
            assert!(
                url.starts_with("postgres://host/name?application_name=daemun&connect_timeout=3&"),
                "{url}"
            );
        }
        let url = with_network("postgres://host/name?connect_timeout=9&sslmode=require");
        assert!(
            url.starts_with("postgres://host/name?connect_timeout=9&sslmode=require&"),
            "{url}"
        );
        assert_eq!(url.matches("connect_timeout").count(), 1, "{url}");
    }
}
