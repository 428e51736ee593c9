//! Codes as users type them: with spaces and hyphens, and with digits of any script.

use icu_properties::{CodePointMapData, CodePointMapDataBorrowed, props::GeneralCategory};

/// Returns a code with ASCII digits in place of those of other scripts, without spaces and hyphens.
#[must_use]
pub fn normalized(typed: &str) -> String {
    let kinds = CodePointMapData::<GeneralCategory>::new();
    typed
        .chars()
        .filter(|c| !c.is_whitespace() && kinds.get(*c) != GeneralCategory::DashPunctuation)
        .map(|c| ascii_digit(kinds, c).unwrap_or(c))
        .collect()
}

/// Returns the ASCII digit of the same value. Unicode encodes the decimal digits of a script as ten
/// code points in ascending order (chapter 4.6), so the position of a digit in its range gives its
/// value. Adjacent ranges have ten digits each.
fn ascii_digit(kinds: CodePointMapDataBorrowed<'_, GeneralCategory>, c: char) -> Option<char> {
    let up_to_it = (0..=u32::from(c)).rev();
    let place = up_to_it
        .take_while(|code_point| kinds.get32(*code_point) == GeneralCategory::DecimalNumber)
        .count();
    let value = u32::try_from(place.checked_sub(1)? % 10).ok()?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn digits_of_every_script_are_accepted() {
        for (typed, code) in [
            ("123 456", "123456"),
            ("１２３４５６", "123456"),
            ("٠١٢-٣٤٥", "012345"),
            ("\u{1d7ce}\u{1d7d7}\u{1d7d8}\u{1d7ff}", "0909"),
            ("12a②", "12a②"),
            ("", ""),
        ] {
            assert_eq!(normalized(typed), code);
        }
        let kinds = CodePointMapData::<GeneralCategory>::new();
        for c in ('\0'..=char::MAX).filter(|c| kinds.get(*c) == GeneralCategory::DecimalNumber) {
            let folded: String = c.nfkc().collect();
            let value = ascii_digit(kinds, c).unwrap();
            assert!(!folded.is_ascii() || folded == value.to_string(), "{c}");
        }
    }
}
