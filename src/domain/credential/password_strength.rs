//! Detection of passwords that an attacker tries first.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

use super::password::NewPassword;
use crate::domain::account::email::local_part;

/// The most code points that are examined.
const MAX_EXAMINED: usize = 64;

/// The approximate number of lookups per estimate: those of the longest text in eight readings,
/// about 15 ms.
const BUDGET: usize = MAX_EXAMINED * MAX_EXAMINED * 8;

/// The signs that zxcvbn reads as a b c e g i l o s t x z. It tries every combination, so a text
/// with all of them would take a second.
const SUBSTITUTES: [&str; 12] = [
    "4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2",
];

/// Words that zxcvbn's English lists lack: this service's name, and Korean words (password, I love
/// you, hello, the start of the alphabet), as such and as typed on a keyboard in Latin mode.
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

/// Returns whether an attacker who has the username and the email would need fewer than a million
/// guesses (a zxcvbn score under 2; Wheeler, USENIX Security 2016). It takes milliseconds of CPU
/// time, so it must not run on an async thread.
#[must_use]
pub fn is_common(password: &NewPassword, username: &str, email: &str) -> bool {
    let known: Vec<&str> = [username, local_part(email), email]
        .into_iter()
        .chain(ALSO_COMMON)
        .collect();
    let plain = plain(password.expose());
    zxcvbn(examined(&plain), &known).score() < Score::Two
}

/// Returns the text in the form of zxcvbn's lists: wide letters narrowed (NFKC), invisible
/// characters removed, every control character a space.
fn plain(password: &str) -> Zeroizing<String> {
    let visible = password.nfkc().filter(|c| !is_invisible(*c));
    let plain = visible.map(|c| if c.is_control() { ' ' } else { c });
    Zeroizing::new(plain.collect())
}

/// Returns whether a character is a soft hyphen, a zero-width or direction mark, an invisible
/// operator or a byte-order mark.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Returns the longest prefix whose estimate stays within the budget. A strong prefix makes the
/// whole strong.
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

/// Returns the number of lookups: every substring, in every reading.
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
    fn disguised_common_password_is_common() {
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
    fn common_passwords_are_common() {
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
    fn passwords_from_the_identity_are_common() {
        assert!(common("seolhyun1"));
        assert!(common("nuyhloes"), "backwards");
        assert!(common("kim.minsu"));
    }

    #[test]
    fn passwords_that_are_hard_to_guess_are_not_common() {
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
    fn long_weak_prefix_is_common() {
        assert!(common(&"a".repeat(128)));
    }

    #[test]
    fn examined_prefix_is_bounded() {
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
