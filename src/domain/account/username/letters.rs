//! Everyday letters that the standards exclude, and their treatment in usernames.

use icu_properties::{
    CodePointMapData,
    props::{GeneralCategory, Script},
};
use unicode_normalization::UnicodeNormalization;

/// Letters of everyday words that RFC 8264 section 9.17 disallows for their compatibility
/// decomposition: Armenian ech yiwn, Thai and Lao am, Lao ho no and ho mo (main exemplar characters
/// in CLDR).
const COMPATIBILITY_LETTERS: [char; 5] = ['և', 'ำ', 'ຳ', 'ໜ', 'ໝ'];

/// The Thai and Lao signs with which ำ and ຳ begin.
const NIKHAHITS: [char; 2] = ['\u{e4d}', '\u{ecd}'];

/// The sign that separates syllables within a Tibetan word (UAX 31, table 3a).
const TSHEG: char = '\u{f0b}';

/// A placeholder for any Han character. The tables of the standards lag behind the characters of
/// registered names, and since Unicode 17 they restrict Bopomofo, which UTS 39 section 5.2 allows
/// beside Han.
const A_HAN_CHARACTER: char = '一';

/// Returns the text in characters of the standards' tables: compatibility letters in NFKC, one Han
/// character for all of Han and Bopomofo, and a full stop for a tsheg.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if COMPATIBILITY_LETTERS.contains(&c) {
            plain.extend(c.nfkc());
        } else if is_chinese(c) {
            plain.push(A_HAN_CHARACTER);
        } else if c == TSHEG {
            plain.push('.');
        } else {
            plain.push(c);
        }
    }
    plain
}

/// Returns whether a character is an invisible joiner or non-joiner. RFC 5892 sections A.1 and A.2
/// restrict its place. Two names that differ by it alone look alike, so keys omit it.
pub(crate) const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Returns whether a character is a tsheg.
pub(crate) const fn is_tsheg(c: char) -> bool {
    c == TSHEG
}

/// Returns whether each tsheg is between two Tibetan letters or marks: elsewhere it looks like an
/// apostrophe.
pub(crate) fn has_tshegs_in_place(text: &str) -> bool {
    let is_tibetan = |c: Option<char>| matches!(c, Some('\u{f40}'..='\u{fbc}'));
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if is_tsheg(c) && !(is_tibetan(before) && is_tibetan(rest.peek().copied())) {
            return false;
        }
        before = Some(c);
    }
    true
}

/// Returns whether the sign with which ำ and ຳ begin is before a tone mark. It looks the same as
/// after the tone mark, which is the order in which ำ and ຳ decompose.
pub(crate) fn has_misplaced_nikhahit(text: &str) -> bool {
    let is_tone = |c: char| matches!(c, '\u{e47}'..='\u{e4c}' | '\u{ec8}'..='\u{ecc}');
    text.chars()
        .zip(text.chars().skip(1))
        .any(|(c, next)| NIKHAHITS.contains(&c) && is_tone(next))
}

/// Returns whether a mark takes no width of its own, so that such marks pile up.
pub(crate) fn is_nonspacing(c: char) -> bool {
    matches!(
        CodePointMapData::<GeneralCategory>::new().get(c),
        GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
    )
}

fn is_chinese(c: char) -> bool {
    let script = CodePointMapData::<Script>::new().get(c);
    c.is_alphabetic() && (script == Script::Han || script == Script::Bopomofo)
}
