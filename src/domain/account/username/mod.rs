//! Usernames: the accepted characters, and the key by which they are compared.

mod letters;

use precis_profiles::{
    UsernameCaseMapped, UsernameCasePreserved,
    precis_core::profile::{Profile, Rules},
};
use unicode_normalization::{
    UnicodeNormalization,
    char::{canonical_combining_class, is_combining_mark},
};
use unicode_security::{GeneralSecurityProfile, RestrictionLevel, RestrictionLevelDetection};

use super::reserved_names::is_reserved;
use crate::domain::invalid::Invalid;
use letters::{is_joiner, is_tsheg};

/// Signs that are allowed between letters and digits.
const SEPARATORS: [char; 3] = ['.', '_', '-'];

/// The most nonspacing marks in a row, decomposed (UTS 39, section 5.4).
const MAX_MARKS: usize = 4;

/// The longest canonical decomposition of a code point: no text longer than `MAX` times this can
/// become a username.
const MAX_DECOMPOSITION: usize = 4;

const COMBINING_DOT_ABOVE: char = '\u{307}';

/// A username: RFC 8265 `UsernameCasePreserved`, with letters, marks and digits of everyday
/// scripts, `.`, `_` and `-` inside, at the level "highly restrictive" of UTS 39. Everyday letters
/// that those standards exclude are checked as `letters` says and kept as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username {
    display: String,
    key: UsernameKey,
}

impl Username {
    /// The fewest code points, after NFC: two syllables are a Korean name.
    pub const MIN: usize = 2;
    /// The most code points, after NFC.
    pub const MAX: usize = 32;

    /// Parses a new username. The work is bounded for every length.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let raw = raw.trim();
        if raw.is_empty() {
            return Err(Invalid::TooShort);
        }
        let display = display_form(raw)?;
        check_length(&display)?;
        let plain = without_joiners(&letters::plain(&display));
        check_shape(&display, &plain)?;
        check_scripts(&plain)?;
        check_direction(&plain)?;
        let key = UsernameKey::of_display(&display).ok_or(Invalid::InvalidCharacters)?;
        if is_reserved(key.as_str()) {
            return Err(Invalid::Reserved);
        }
        Ok(Self { display, key })
    }

    /// Returns a stored username without checking today's rules.
    #[must_use]
    pub fn from_stored(display: String, key: String) -> Self {
        Self {
            display,
            key: UsernameKey(key),
        }
    }

    /// Returns the name as written, with composed characters and ordinary width.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.display
    }

    /// Returns the key by which the name is unique.
    #[must_use]
    pub fn key(&self) -> &UsernameKey {
        &self.key
    }
}

/// The key by which a username is unique: RFC 8265 `UsernameCaseMapped`, case-folded, in NFKC.
///
/// Folding goes beyond that profile's lower case: users type `ΝΙΚΟΣ` and `Νικος`, `STRASSE` and
/// `straße`, a Turkish `ı` or `İ` and `i` as one name in two cases.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UsernameKey(String);

impl UsernameKey {
    /// Returns the key of a text, or `None` if it can be no username. Rules that may become
    /// stricter (scripts, reserved names, the first character) are not checked, so that they never
    /// lock out an existing account.
    #[must_use]
    pub fn of(raw: &str) -> Option<Self> {
        let display = display_form(raw.trim()).ok()?;
        check_length(&display).ok()?;
        Self::of_display(&display)
    }

    /// Returns the key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the beginning of the keys of names that begin with this text.
    pub(super) fn prefix(text: &str) -> String {
        fold(&without_joiners(text)).collect()
    }

    fn of_display(display: &str) -> Option<Self> {
        let visible = without_joiners(display);
        let lower = UsernameCaseMapped::new().case_mapping_rule(visible).ok()?;
        let key: String = fold(&lower).collect();
        (key.chars().count() >= Username::MIN).then_some(Self(key))
    }
}

/// Returns the text case-folded in NFKC, without a combining dot on an `i`: equal for texts that
/// differ only by case or width.
pub(crate) fn fold(text: &str) -> impl Iterator<Item = char> {
    let mut base = '\0';
    text.nfkd()
        // Upper case first: it unites letters with the same capital (ς and σ, ß and ss, ı and i).
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .filter(move |&c| {
            if canonical_combining_class(c) == 0 {
                base = c;
            }
            !(c == COMBINING_DOT_ABOVE && matches!(base, 'i' | 'j' | 'і' | 'ј'))
        })
        .nfkc()
}

/// Applies `UsernameCasePreserved` with fewer signs and without its direction rule. NFC comes
/// first: macOS and some input methods send Korean as conjoining Jamo, which RFC 8264 disallows.
fn display_form(raw: &str) -> Result<String, Invalid> {
    if raw.chars().nth(Username::MAX * MAX_DECOMPOSITION).is_some() {
        return Err(Invalid::TooLong);
    }
    let profile = UsernameCasePreserved::new();
    let display = profile
        .width_mapping_rule(raw.nfc().collect::<String>())
        .and_then(|narrow| profile.normalization_rule(narrow))
        .or(Err(Invalid::InvalidCharacters))?;
    if display.chars().all(is_accepted) && profile.prepare(letters::plain(&display)).is_ok() {
        Ok(display.into())
    } else {
        Err(Invalid::InvalidCharacters)
    }
}

/// Returns whether a character is accepted. The profile alone would accept all of ASCII, and a few
/// signs between letters of their script.
fn is_accepted(c: char) -> bool {
    is_letter_or_digit(c)
        || is_combining_mark(c)
        || SEPARATORS.contains(&c)
        || is_joiner(c)
        || is_tsheg(c)
}

fn is_letter_or_digit(c: char) -> bool {
    c.is_alphanumeric() && !is_combining_mark(c)
}

fn check_length(display: &str) -> Result<(), Invalid> {
    match display.chars().count() {
        ..Username::MIN => Err(Invalid::TooShort),
        Username::MIN..=Username::MAX => Ok(()),
        _ => Err(Invalid::TooLong),
    }
}

fn without_joiners(text: &str) -> String {
    text.chars().filter(|c| !is_joiner(*c)).collect()
}

fn check_shape(display: &str, plain: &str) -> Result<(), Invalid> {
    if !plain
        .chars()
        .all(GeneralSecurityProfile::identifier_allowed)
    {
        return Err(Invalid::InvalidCharacters);
    }
    // A name may end with a vowel sign or an accent, which belongs to the letter before it.
    let first = display.chars().next();
    let last = display.chars().rev().find(|c| !is_combining_mark(*c));
    if ![first, last]
        .into_iter()
        .all(|end| end.is_some_and(is_letter_or_digit))
    {
        return Err(Invalid::InvalidStart);
    }
    if !letters::has_tshegs_in_place(display) || letters::has_misplaced_nikhahit(plain) {
        return Err(Invalid::InvalidCharacters);
    }
    check_marks(plain)
}

/// Rejects piled, doubled and detached marks, which a reader would not notice (UTS 39, section
/// 5.4).
fn check_marks(plain: &str) -> Result<(), Invalid> {
    let mut previous = None;
    let mut marks = 0;
    for c in plain.nfd() {
        marks = if letters::is_nonspacing(c) {
            marks + 1
        } else {
            0
        };
        let is_detached = previous.is_some_and(|before| SEPARATORS.contains(&before));
        if marks > MAX_MARKS || (is_combining_mark(c) && (is_detached || previous == Some(c))) {
            return Err(Invalid::InvalidCharacters);
        }
        previous = Some(c);
    }
    Ok(())
}

fn check_scripts(plain: &str) -> Result<(), Invalid> {
    if plain.check_restriction_level(RestrictionLevel::HighlyRestrictive) {
        Ok(())
    } else {
        Err(Invalid::MixedScripts)
    }
}

/// Applies the Bidi rule (RFC 5893, section 2) without marks: after the first character none of its
/// conditions depends on them, while the profile would reject every right-to-left name with a vowel
/// point inside.
fn check_direction(plain: &str) -> Result<(), Invalid> {
    let bases: String = plain.chars().filter(|c| !is_combining_mark(*c)).collect();
    match UsernameCasePreserved::new().directionality_rule(bases) {
        Ok(_) => Ok(()),
        Err(_) => Err(Invalid::MixedDirections),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
