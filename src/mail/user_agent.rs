//! The name of a device, derived from a `User-Agent`. It repeats no word of that, which an attacker
//! may have written.

/// Programs by a mark in their `User-Agent`, the more specific first: most also claim to be Chrome
/// and Safari.
const PROGRAMS: [(&str, &str); 15] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("KAKAOTALK", "KakaoTalk"),
    ("NAVER(", "Naver"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

/// The placeholder for a device that is only known to be Apple's.
const APPLE: &str = "";

/// Systems by a mark in the `User-Agent`, the more specific first.
const SYSTEMS: [(&str, &str); 8] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Darwin", APPLE),
    ("Linux", "Linux"),
];

/// Returns program and system, such as `Firefox, Linux`, or `None` if neither is known.
///
/// Apple's networking library names the same kernel on every device, and Apple's browser engine
/// calls an iPad a Macintosh: `apple_device` is the name of such a device.
pub(super) fn device(user_agent: &str, apple_device: &str) -> Option<String> {
    let find = |names: &[(&'static str, &'static str)]| {
        let mut names = names.iter();
        names
            .find(|(said, _)| user_agent.contains(said))
            .map(|(_, name)| *name)
    };
    let is_apples_engine = user_agent.contains("AppleWebKit/") && !user_agent.contains("Chrome/");
    let system = find(&SYSTEMS).map(|system| match system {
        APPLE => apple_device,
        "macOS" if is_apples_engine => apple_device,
        system => system,
    });
    match (find(&PROGRAMS), system) {
        (Some(program), Some(system)) if program != system => Some(format!("{program}, {system}")),
        (Some(name), _) | (None, Some(name)) => Some(name.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_program_and_system() {
        for (user_agent, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox, Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
                "Safari, iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16; SM-S931N) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/142.0.0.0 Mobile Safari/537.36",
                "Samsung Internet, Android",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                "Chrome, macOS",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox, macOS",
            ),
            ("curl/8.14.1", "curl"),
            ("Dalvik/2.1.0 (Linux; U; Android 16; SM-S931N)", "Android"),
        ] {
            let named = device(user_agent, "an Apple device");
            assert_eq!(named.as_deref(), Some(name), "{user_agent}");
        }
    }

    #[test]
    fn ambiguous_apple_device_is_not_named_further() {
        for (user_agent, name) in [
            (
                "Example/42 CFNetwork/3826.500.131 Darwin/25.0.0",
                "an Apple device",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                "Safari, an Apple device",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.0.0 Version/26.0 Safari/605.1.15",
                "Chrome, an Apple device",
            ),
        ] {
            let named = device(user_agent, "an Apple device");
            assert_eq!(named.as_deref(), Some(name), "{user_agent}");
        }
    }

    #[test]
    fn portable_library_names_no_system() {
        for user_agent in ["okhttp/5.1.0", "Dart/3.9 (dart:io)", "Go-http-client/2.0"] {
            assert_eq!(device(user_agent, "an Apple device"), None, "{user_agent}");
        }
    }

    #[test]
    fn repeats_no_text_of_the_user_agent() {
        let device = |user_agent| device(user_agent, "an Apple device");
        assert_eq!(device("Your account ends today, see evil.example"), None);
        assert_eq!(
            device("Firefox/1 <b>evil.example</b>").as_deref(),
            Some("Firefox")
        );
    }
}
