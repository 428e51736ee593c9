//! Checks the URLs and paths at which clients reach the service, and the URL of the app.

use url::Url;

use crate::domain::host;

/// The maximum length of a base path.
const BASE_PATH_LENGTH: usize = 128;

/// Returns whether a text is the base URL of a service: https, or http on this machine, without a
/// slash at its end. Tokens name the service by this text, byte for byte.
pub(super) fn is_public_url(url: &str) -> bool {
    // The path is also a path of routes, where `*` and braces would be patterns.
    let is_plain = url
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"?#@\"'<>\\^`{|}*".contains(&byte));
    let is_safe = Url::parse(url).is_ok_and(|parsed| {
        let is_local = parsed.host_str().is_some_and(host::is_loopback);
        // The text itself is checked: the parser corrects slips that mail programs do not.
        url.starts_with("https://") || (url.starts_with("http://") && is_local)
    });
    let is_clean = !url.contains(":///") && !path_of(url).contains("//") && !url.ends_with('/');
    is_plain && is_safe && is_clean
}

/// Returns the path of a public URL, which is empty at the root of the origin.
pub(super) fn path_of(public_url: &str) -> &str {
    let authority = public_url.find("://").map_or(0, |at| at + 3);
    let path = public_url.get(authority..).and_then(|rest| {
        let at = rest.find('/')?;
        rest.get(at..)
    });
    path.unwrap_or_default()
}

/// Returns the host of a public URL, in lower case and without its port.
pub(super) fn host_of(public_url: &str) -> Option<String> {
    Url::parse(public_url).ok()?.host_str().map(str::to_owned)
}

/// Returns the base path if it is the root, or a path of unreserved characters (RFC 3986 section
/// 2.3) without dot segments and without a slash at its end. The root is an empty text.
pub(super) fn base_path(text: &str) -> Option<String> {
    if text == "/" {
        return Some(String::new());
    }
    let segments = text.strip_prefix('/')?.split('/');
    let is_segment = |segment: &str| {
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        !matches!(segment, "" | "." | "..") && segment.bytes().all(is_unreserved)
    };
    let is_path = text.len() <= BASE_PATH_LENGTH && segments.into_iter().all(is_segment);
    is_path.then(|| text.to_owned())
}

/// Returns the URL of the app if it is http or https and has no credentials. It may have a query
/// and a fragment, which single-page apps use as paths.
pub(super) fn app_url(text: &str) -> Option<String> {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\".contains(&byte));
    // The text itself is checked: the parser corrects slips that mail programs do not.
    let mut schemes = ["https://", "http://"].into_iter();
    let rest = schemes.find_map(|scheme| text.strip_prefix(scheme))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_bare = !authority.is_empty() && !authority.contains('@');
    (is_plain && is_bare && Url::parse(text).is_ok()).then(|| text.to_owned())
}
