//! Numbers, base64 and hexadecimal text in hashes of other systems.

use std::ops::RangeInclusive;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::error::ForeignHashError;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// Decodes base64 of so many bytes, with or without padding. The characters of the URL-safe
/// alphabet and passlib's `.` mean the same as those of the standard one.
pub(super) fn base64(
    text: &str,
    length: RangeInclusive<usize>,
) -> Result<Vec<u8>, ForeignHashError> {
    let standard: String = text.chars().map(standard_character).collect();
    let bytes = STANDARD.decode(standard).ok();
    bytes
        .filter(|bytes| length.contains(&bytes.len()))
        .ok_or(ForeignHashError::Unknown)
}

const fn standard_character(character: char) -> char {
    match character {
        '-' | '.' => '+',
        '_' => '/',
        other => other,
    }
}

/// Decodes hexadecimal digits of so many bytes.
pub(super) fn hex(text: &str, length: RangeInclusive<usize>) -> Result<Vec<u8>, ForeignHashError> {
    let bytes = hex::decode(text).ok();
    bytes
        .filter(|bytes| length.contains(&bytes.len()))
        .ok_or(ForeignHashError::Unknown)
}

/// Returns the bytes of a salt that is used as it stands.
pub(super) fn raw_salt(
    text: &str,
    length: RangeInclusive<usize>,
) -> Result<Vec<u8>, ForeignHashError> {
    let bytes = text.as_bytes();
    if length.contains(&bytes.len()) {
        Ok(bytes.to_vec())
    } else {
        Err(ForeignHashError::Unknown)
    }
}

/// Parses a decimal number within bounds, without a sign and leading zeros. A number that is too
/// large for any bound is outside of them too.
pub(super) fn number(
    text: &str,
    bounds: &RangeInclusive<u32>,
    outside: ForeignHashError,
) -> Result<u32, ForeignHashError> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || (text.starts_with('0') && text.len() > 1) {
        return Err(ForeignHashError::Unknown);
    }
    let number = text.parse().ok();
    number
        .filter(|number| bounds.contains(number))
        .ok_or(outside)
}

/// Splits a text into exactly `N` parts.
pub(super) fn parts<const N: usize>(
    text: &str,
    separator: char,
) -> Result<[&str; N], ForeignHashError> {
    let parts: Vec<_> = text.split(separator).collect();
    <[&str; N]>::try_from(parts).or(Err(ForeignHashError::Unknown))
}

/// Returns the value of a parameter such as `m=65536`.
pub(super) fn parameter<'a>(text: &'a str, name: &str) -> Result<&'a str, ForeignHashError> {
    let value = text.strip_prefix(name);
    value
        .and_then(|value| value.strip_prefix('='))
        .ok_or(ForeignHashError::Unknown)
}
