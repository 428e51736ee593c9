//! Whether a password is among the first that an attacker tries; it must not know what is done about it.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

use super::password::NewPassword;
use crate::domain::account::email::local_part;

/// Code points that are looked at, at most.
const MAX_EXAMINED: usize = 64;

/// Look-ups that an estimate may cost, about: those of the longest text in eight readings, some 15 ms.
const BUDGET: usize = MAX_EXAMINED * MAX_EXAMINED * 8;

/// What zxcvbn reads as a b c e g i l o s t x z. It tries every combination, so that a text which holds all of these
/// would take a second.
const SUBSTITUTES: [&str; 12] = [
    "4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2",
];

/// What zxcvbn's English lists lack: this service's name, and Korean words (password, I love you, hello, the alphabet's
/// beginning) as such and as they come out of a keyboard left in Latin mode.
const ALSO_COMMON: [&str; 9] = [
    "daemun",
    "비밀번호",
    "qlalfqjsgh",
    "사랑해",
    "tkfkdgo",
    "안녕하세요",
    "dkssudgktpdy",
    "가나다라",
    "rkskekfk",
];

/// Whether fewer than a million guesses would find it (a zxcvbn score under 2; Wheeler, USENIX Security 2016), by one
/// who knows the user name and the e-mail address. Takes milliseconds of processor time: not for an async thread.
#[must_use]
pub fn is_common(password: &NewPassword, username: &str, email: &str) -> bool {
    let known: Vec<&str> = [username, local_part(email), email]
        .into_iter()
        .chain(ALSO_COMMON)
        .collect();
    let plain = plain(password.expose());
    zxcvbn(examined(&plain), &known).score() < Score::Two
}

/// The text as zxcvbn's lists have it: wide letters narrow (NFKC), nothing invisible in between, every control a space.
fn plain(password: &str) -> Zeroizing<String> {
    let visible = password.nfkc().filter(|c| !is_invisible(*c));
    let plain = visible.map(|c| if c.is_control() { ' ' } else { c });
    Zeroizing::new(plain.collect())
}

/// Soft hyphen, zero-width and direction marks, invisible operators, byte-order mark.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The longest beginning whose estimate stays within the budget. A strong beginning makes the whole strong.
fn examined(password: &str) -> &str {
    password
        .char_indices()
        .map(|(start, c)| start + c.len_utf8())
        .take(MAX_EXAMINED)
        .map_while(|end| password.get(..end))
        .take_while(|beginning| cost(beginning) <= BUDGET)
        .last()
        .unwrap_or_default()
}

/// Every part of the text is looked up in every reading.
fn cost(text: &str) -> usize {
    let length = text.chars().count();
    let readings: usize = SUBSTITUTES
        .iter()
        .map(|signs| signs.chars().filter(|sign| text.contains(*sign)).count())
        .map(|choices| choices.max(1))
        .product();
    length * length * readings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_disguise_makes_no_common_password_strong() {
        for password in [
            "ＰＡＳＳＷＯＲＤ１",
            "pass\u{200b}word1",
            "\u{feff}password\u{ad}1",
            "\n\n\n\n\n\n\n\n",
        ] {
            assert!(common(password), "{password:?}");
        }
    }

    fn common(password: &str) -> bool {
        let password = NewPassword::parse(password, 1).unwrap();
        is_common(&password, "seolhyun", "kim.minsu@dalkom.example")
    }

    #[test]
    fn refuses_what_is_tried_first() {
        for password in [
            "password",
            "p@ssw0rd",
            "P@$$w0rd",
            "12345678",
            "qwertyuiop",
            "aaaaaaaaaaaa",
            "abcdefgh",
            "daemun123",
            "비밀번호",
            "qlalfqjsgh1",
            "가나다라",
        ] {
            assert!(common(password), "{password}");
        }
    }

    #[test]
    fn refuses_what_is_known_of_the_owner() {
        assert!(common("seolhyun1"));
        assert!(common("nuyhloes"), "backwards");
        assert!(common("kim.minsu"));
    }

    #[test]
    fn takes_what_takes_long_to_guess() {
        for password in [
            "correct horse battery staple",
            "vK7#pQ2x",
            "오늘도맑음우산없이",
            "mwqzrhtb",
        ] {
            assert!(!common(password), "{password}");
        }
    }

    #[test]
    fn a_long_weak_beginning_is_weak() {
        assert!(common(&"a".repeat(128)));
    }

    #[test]
    fn looks_at_a_bounded_beginning() {
        assert_eq!(examined(&"가".repeat(128)), "가".repeat(64));
        assert_eq!(examined("short"), "short");
        assert_eq!(examined(""), "");
        let hostile = "a4@8bc({[<e3g69i1!|lo0s$5t+7x%z2".repeat(4);
        let length = examined(&hostile).chars().count();
        assert!((12..32).contains(&length), "{length}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn never_panics_and_stays_in_budget(text in "\\PC{1,128}|[4@8({\\[<369i1!|7$5+%2]{1,128}") {
            if let Ok(password) = NewPassword::parse(&text, 1) {
                prop_assert!(cost(examined(password.expose())) <= BUDGET);
                let _ = is_common(&password, &text, &text);
            }
        }
    }
}
