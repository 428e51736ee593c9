//! Everyday letters that the classes of the standards leave out, and how the rules for usernames read them.

use icu_properties::{
    CodePointMapData,
    props::{GeneralCategory, Script},
};
use unicode_normalization::UnicodeNormalization;

/// Letters that everyday words are spelled with although RFC 8264 section 9.17 disallows them for their compatibility decomposition:
/// Armenian ech yiwn, Thai and Lao am, Lao ho no and ho mo (the main exemplar characters of CLDR have them).
const COMPATIBILITY_LETTERS: [char; 5] = ['և', 'ำ', 'ຳ', 'ໜ', 'ໝ'];

/// Signs of Thai and Lao that ำ and ຳ begin with.
const NIKHAHITS: [char; 2] = ['\u{e4d}', '\u{ecd}'];

/// Parts syllables within a Tibetan word (UAX 31, table 3a).
const TSHEG: char = '\u{f0b}';

/// Any Han character. The tables of the standards lag behind the characters that names are registered with, and since Unicode 17 they
/// restrict Bopomofo, which UTS 39 section 5.2 lets stand beside Han.
const A_HAN_CHARACTER: char = '一';

/// The text in characters that the standards' tables know: compatibility letters in their NFKC form, one Han character for all of Han
/// and Bopomofo, and a full stop for a tsheg.
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

/// Whether a character joins or parts the letters beside it and is not seen itself. RFC 5892 sections A.1 and A.2 say where one may
/// stand; two names that differ by it alone look alike, so no key holds it.
pub(crate) const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Whether a character parts syllables.
pub(crate) const fn is_tsheg(c: char) -> bool {
    c == TSHEG
}

/// Whether each tsheg stands between two Tibetan letters or marks: elsewhere it looks like an apostrophe.
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

/// Whether the sign that ำ and ຳ begin with stands before a tone mark. It is drawn like the sign behind the tone mark, which is the
/// order that ำ and ຳ decompose to.
pub(crate) fn has_misplaced_nikhahit(text: &str) -> bool {
    let is_tone = |c: char| matches!(c, '\u{e47}'..='\u{e4c}' | '\u{ec8}'..='\u{ecc}');
    text.chars()
        .zip(text.chars().skip(1))
        .any(|(c, next)| NIKHAHITS.contains(&c) && is_tone(next))
}

/// Whether a mark takes no room of its own, so that marks like it pile up.
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
