//! Checks the public URL, the base of the links in mails.

use url::Url;

use crate::domain::host;

/// Returns the URL without a slash at its end if it is https, or http on this machine.
pub(super) fn public_url(text: &str) -> Option<String> {
    let url = text.trim_end_matches('/');
    let is_plain = url
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"?#@\"'<>\\".contains(&byte));
    let is_safe = Url::parse(url).is_ok_and(|parsed| {
        let is_local = parsed.host_str().is_some_and(host::is_loopback);
        // The text itself is checked: the parser corrects slips that mail programs do not.
        url.starts_with("https://") || (url.starts_with("http://") && is_local)
    });
    (is_plain && is_safe && !url.contains(":///")).then(|| url.to_owned())
}
