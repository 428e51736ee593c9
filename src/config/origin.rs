//! Checks an origin of browsers.

use url::Url;

/// The maximum length of a scheme, as in the HTTP library.
const MAX_SCHEME: usize = 64;

/// Reads an origin of any scheme (RFC 6454 section 6.2). It must be spelled as browsers spell it,
/// because origins are compared byte for byte.
pub(super) fn parse(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "is not an origin: scheme, host and port without a path; for example https://app.example.com";
    let url = Url::parse(text).map_err(|_unparsed| WRONG)?;
    let host = url.host_str().ok_or(WRONG)?;
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let written = format!("{}://{host}{port}", url.scheme());
    let is_plain = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte));
    if is_plain && written == text && url.scheme().len() <= MAX_SCHEME {
        Ok(written)
    } else {
        Err(WRONG)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_as_browsers_spell_them_are_accepted() {
        for text in [
            "https://app.example.com",
            "http://localhost:5173",
            "https://[::1]:8443",
            "capacitor://localhost",
            "ionic://localhost",
            "tauri://localhost",
            "app://obsidian.md",
            "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb",
            "moz-extension://3c1cdc1b-2d07-4d0b-9d0b-2f3f5b1f8f3a",
            "app.custom+scheme://host:4433",
        ] {
            assert_eq!(parse(text), Ok(text.to_owned()));
        }
        for text in [
            "*",
            "null",
            "app.example.com",
            "https://app.example.com/",
            "https://*.example.com",
            "https://App.example.com",
            "https://app.example.com:443",
            "http://app.example.com:80",
            "http://app.example.com:",
            "http://app.example.com:65536",
            "file:///",
            "file://",
            "data:text/plain",
            "capacitor://",
            "capacitor://localhost/",
            "capacitor://localhost/path",
            "Capacitor://localhost",
            "chrome-extension://*",
            "https://user@app.example.com",
            "https://app.example.com?x",
            "https://app.example.com#x",
            "https://b\u{fc}cher.example",
            "https://a b",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
