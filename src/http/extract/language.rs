//! The client's preferred language: English, or Korean if `Accept-Language` ranks it higher
//! (RFC 9110 section 12.5.4).

use actix_web::http::header::{ACCEPT_LANGUAGE, AcceptLanguage, HeaderMap, Preference, Quality};

use crate::domain::language::Language;

/// Returns the preferred language. English is the default.
#[must_use]
pub fn accepted(headers: &HeaderMap) -> Language {
    let accepted = ranges(headers);
    let quality = |tags: &[&str]| {
        accepted
            .iter()
            .filter(|range| {
                let primary = match &range.item {
                    Preference::Any => "*",
                    Preference::Specific(tag) => tag.primary_language(),
                };
                tags.iter().any(|tag| tag.eq_ignore_ascii_case(primary))
            })
            .map(|range| range.quality)
            .max()
            .unwrap_or(Quality::ZERO)
    };
    if quality(&["ko"]) > quality(&["en", "*"]) {
        Language::Korean
    } else {
        Language::English
    }
}

/// Parses each range of the header alone and skips those that are malformed. Actix's own
/// `AcceptLanguage::parse` drops the whole header for one byte outside ASCII.
fn ranges(headers: &HeaderMap) -> AcceptLanguage {
    let ranges = headers
        .get_all(ACCEPT_LANGUAGE)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .filter_map(|range| str::from_utf8(range.trim_ascii()).ok()?.parse().ok());
    AcceptLanguage(ranges.collect())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn of(value: &'static [u8]) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_bytes(value).unwrap());
        accepted(&headers)
    }

    #[test]
    fn ranks_by_weight() {
        assert_eq!(of(b"ko"), Language::Korean);
        assert_eq!(of(b"ko-KR,ko;q=0.9,en-US;q=0.8"), Language::Korean);
        assert_eq!(of(b"en;q=0.4, KO;q=0.5"), Language::Korean);
        assert_eq!(of(b"en, ko"), Language::English);
        assert_eq!(of(b"ko;q=0"), Language::English);
        assert_eq!(of(b"fr"), Language::English);
        assert_eq!(of(b"*"), Language::English);
        assert_eq!(of(b"\xff, ko"), Language::Korean);
        assert_eq!(of("\u{2000}ko".as_bytes()), Language::English);
    }

    #[test]
    fn unreadable_ranges_are_english() {
        for value in [
            &b"\xff\xfe"[..],
            b"",
            b";;;q=",
            b"ko;q=9.9.9",
            b"ko;q=abc",
            b",,,,",
        ] {
            assert_eq!(of(value), Language::English);
        }
    }
}
