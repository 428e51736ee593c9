//! The name of a device for its owner's eyes, out of a `User-Agent`; it must not repeat a word of that, which a stranger wrote.

/// Programs by what they say of themselves, the more particular first: most claim to be Chrome and Safari as well.
const PROGRAMS: [(&str, &str); 15] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
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
    ("okhttp/", "Android"),
];

/// Systems by what programs say of them, the more particular first.
const SYSTEMS: [(&str, &str); 8] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Darwin", "macOS"),
    ("Linux", "Linux"),
];

/// Program and system, such as `Firefox, Linux`; `None` for what is not known.
pub(super) fn device(user_agent: &str) -> Option<String> {
    let find = |names: &[(&'static str, &'static str)]| {
        let mut names = names.iter();
        names
            .find(|(said, _)| user_agent.contains(said))
            .map(|(_, name)| *name)
    };
    match (find(&PROGRAMS), find(&SYSTEMS)) {
        (Some(program), Some(system)) if program != system => Some(format!("{program}, {system}")),
        (Some(name), _) | (None, Some(name)) => Some(name.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_program_and_system() {
        for (user_agent, told) in [
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
            ("curl/8.14.1", "curl"),
            ("okhttp/5.1.0 Android", "Android"),
        ] {
            assert_eq!(device(user_agent).as_deref(), Some(told), "{user_agent}");
        }
    }

    #[test]
    fn repeats_nothing() {
        assert_eq!(device("Your account ends today, see evil.example"), None);
        assert_eq!(
            device("Firefox/1 <b>evil.example</b>").as_deref(),
            Some("Firefox")
        );
    }
}
