//! Which language a client reads: English, or Korean where `Accept-Language` ranks it higher (RFC 9110 section 12.5.4).

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

use crate::domain::language::Language;

/// The better of the two by the request's headers. An unreadable range is left out.
#[must_use]
pub fn accepted(headers: &HeaderMap) -> Language {
    let quality = |language: &str| {
        headers
            .get_all(ACCEPT_LANGUAGE)
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
            .filter_map(|range| quality_for(str::from_utf8(range).ok()?, language))
            .max()
            .unwrap_or(0)
    };
    if quality("ko") > quality("en").max(quality("*")) {
        Language::Korean
    } else {
        Language::English
    }
}

/// The weight in thousandths that one range such as `ko-KR;q=0.8` gives to a language, if it is about that language.
fn quality_for(range: &str, language: &str) -> Option<u16> {
    let mut parts = range.split(';').map(str::trim_ascii);
    let tag = parts.next()?;
    let primary = tag.split('-').next()?;
    if !primary.eq_ignore_ascii_case(language) {
        return None;
    }
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let Some(weight) = weight else {
        return Some(1000);
    };
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    match whole {
        "1" => Some(1000),
        "0" if fraction.len() <= 3 => format!("{fraction:0<3}").parse().ok(),
        _ => Some(0),
    }
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
    fn what_cannot_be_read_is_english() {
        for value in [
            &b"\xff\xfe"[..],
            b"",
            b";;;q=",
            b"ko;q=9.9.9",
            b"ko;q=abc",
            b",,,,",
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_bytes(value).unwrap());
            assert_eq!(accepted(&headers), Language::English);
        }
    }
}
