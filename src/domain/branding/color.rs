//! Colors in sRGB and the contrast between them.

use std::fmt;

/// An opaque color in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

impl Color {
    /// Black.
    pub const BLACK: Self = Self::new(0, 0, 0);

    /// White.
    pub const WHITE: Self = Self::new(255, 255, 255);

    /// Creates a color from its channels.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#rrggbb` or `#rgb`, as in CSS.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        match (digits.len(), number.to_be_bytes()) {
            (6, [_, red, green, blue]) => Some(Self::new(red, green, blue)),
            (3, [_, _, red, rest]) => Some(Self::new(
                red * 0x11,
                (rest >> 4) * 0x11,
                (rest & 0x0f) * 0x11,
            )),
            _ => None,
        }
    }

    /// Returns the contrast with another color, from 1 to 21 (WCAG 2.2, *contrast ratio*).
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Returns this color with `percent` of another color mixed in.
    #[must_use]
    pub fn mixed_with(self, other: Self, percent: u8) -> Self {
        let mix = |own: u8, other: u8| {
            let share = u32::from(percent.min(100));
            let sum = u32::from(own) * (100 - share) + u32::from(other) * share;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self::new(
            mix(self.red, other.red),
            mix(self.green, other.green),
            mix(self.blue, other.blue),
        )
    }

    /// Returns the relative luminance (WCAG 2.2, *relative luminance*).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl fmt::Display for Color {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { red, green, blue } = self;
        write!(formatter, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_color_is_written_with_three_or_six_digits() {
        for (text, written) in [
            ("#2456c4", "#2456c4"),
            ("#2456C4", "#2456c4"),
            ("#25c", "#2255cc"),
            ("#000", "#000000"),
        ] {
            assert_eq!(Color::parse(text).unwrap().to_string(), written);
        }
        for text in [
            "",
            "#",
            "2456c4",
            "#2456c",
            "#2456c4ff",
            "#24 6c4",
            "#+456c4",
            "#한글",
            "blue",
        ] {
            assert_eq!(Color::parse(text), None, "{text}");
        }
    }

    #[test]
    fn contrast_is_the_one_of_wcag() {
        let contrast = |one, two| {
            let (one, two) = (Color::parse(one).unwrap(), Color::parse(two).unwrap());
            assert!((one.contrast(two) - two.contrast(one)).abs() < f64::EPSILON);
            format!("{:.2}", one.contrast(two))
        };
        assert_eq!(contrast("#000", "#fff"), "21.00");
        assert_eq!(contrast("#777", "#fff"), "4.48");
        assert_eq!(contrast("#767676", "#fff"), "4.54");
        assert_eq!(contrast("#f00", "#fff"), "4.00");
        assert_eq!(contrast("#abc", "#abc"), "1.00");
    }

    #[test]
    fn a_mix_ends_at_the_other_color() {
        let color = Color::new(36, 86, 196);
        assert_eq!(color.mixed_with(Color::WHITE, 0), color);
        assert_eq!(color.mixed_with(Color::BLACK, 50), Color::new(18, 43, 98));
        assert_eq!(color.mixed_with(Color::WHITE, 100), Color::WHITE);
    }
}
