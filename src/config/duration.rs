//! Reads and prints a duration as a whole number with its unit.

use std::time::Duration;

const UNITS: [(&str, u64); 4] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
];

/// Reads a whole number with its unit: `500ms`, `75s`, `15m`, `1h`, `14d`.
pub fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let millis = match unit {
        "ms" => 1,
        _ => UNITS.iter().find(|(name, _)| *name == unit)?.1,
    };
    number
        .parse::<u64>()
        .ok()?
        .checked_mul(millis)
        .map(Duration::from_millis)
}

/// Returns the text that [`duration`] reads, in the largest unit that divides the duration.
pub(super) fn to_text(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let unit = UNITS
        .iter()
        .find(|(_, unit)| millis != 0 && millis.is_multiple_of(*unit));
    unit.map_or_else(
        || format!("{millis}ms"),
        |(name, unit)| format!("{}{name}", millis / unit),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_round_trip_and_other_texts_are_rejected() {
        for (text, millis) in [
            ("500ms", 500),
            ("2s", 2_000),
            ("15m", 900_000),
            ("1h", 3_600_000),
            ("14d", 1_209_600_000),
        ] {
            assert_eq!(
                duration(text),
                Some(Duration::from_millis(millis)),
                "{text}"
            );
            assert_eq!(to_text(Duration::from_millis(millis)), text);
        }
        for text in [
            "",
            "5",
            "s",
            "-1s",
            "1.5h",
            "1w",
            "99999999999999999999s",
            "18446744073709551615d",
            "1 s",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
