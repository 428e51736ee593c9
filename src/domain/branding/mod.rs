//! The app as its users see it in pages and mails: name, URL and accent color.

pub mod color;

use color::Color;

/// The name, URL and accent color of the app.
#[derive(Clone, Debug)]
pub struct Branding {
    /// The name that users see.
    pub name: String,
    /// The address of the app. Without one, pages and mails do not link to it.
    pub url: Option<String>,
    /// The color of buttons and links.
    pub accent: Accent,
}

/// The contrast that text needs (WCAG 2.2, success criterion 1.4.3).
const TEXT_CONTRAST: f64 = 4.5;

/// The color of buttons and links. Links are drawn in it on the ground of a page, and labels of
/// buttons in the color of the ground on it, so one contrast decides about both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent {
    light: Color,
    dark: Color,
}

/// The contrast of a color that is too bright for an accent, and a darker color to use instead.
#[derive(Clone, Copy, Debug)]
pub struct LowContrast {
    /// The contrast with the light ground.
    pub ratio: f64,
    /// The color with as little black mixed in as its contrast needs.
    pub darker: Color,
}

impl Accent {
    /// Black in light, and white in dark.
    pub const NEUTRAL: Self = Self {
        light: Color::BLACK,
        dark: Color::WHITE,
    };

    /// The ground of a page in light, and the color of text on the accent.
    pub const LIGHT_GROUND: Color = Color::WHITE;

    /// The ground of a page in dark, and the color of text on the accent.
    pub const DARK_GROUND: Color = Color::new(0x15, 0x17, 0x1b);

    /// Accepts a color with enough contrast in light. In dark, the accent is the color with as
    /// little white mixed in as its contrast needs.
    pub fn of(color: Color) -> Result<Self, LowContrast> {
        let ratio = color.contrast(Self::LIGHT_GROUND);
        if ratio < TEXT_CONTRAST {
            return Err(LowContrast {
                ratio,
                darker: readable(color, Color::BLACK, Self::LIGHT_GROUND),
            });
        }
        Ok(Self {
            light: color,
            dark: readable(color, Color::WHITE, Self::DARK_GROUND),
        })
    }

    /// Returns the color in light.
    #[must_use]
    pub const fn light(self) -> Color {
        self.light
    }

    /// Returns the color in dark.
    #[must_use]
    pub const fn dark(self) -> Color {
        self.dark
    }
}

/// Returns the first mix of two colors that is readable on a ground.
fn readable(color: Color, other: Color, ground: Color) -> Color {
    let mut mixes = (0..=100).map(|percent| color.mixed_with(other, percent));
    mixes
        .find(|mix| mix.contrast(ground) >= TEXT_CONTRAST)
        .unwrap_or(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every color of a coarse grid.
    fn colors() -> impl Iterator<Item = Color> {
        let steps = || (0..=255u8).step_by(15);
        steps().flat_map(move |red| {
            steps().flat_map(move |green| steps().map(move |blue| Color::new(red, green, blue)))
        })
    }

    #[test]
    fn every_accent_is_readable_in_light_and_in_dark() {
        for color in colors() {
            match Accent::of(color) {
                Ok(accent) => {
                    assert_eq!(accent.light, color);
                    assert!(accent.light.contrast(Accent::LIGHT_GROUND) >= TEXT_CONTRAST);
                    assert!(accent.dark.contrast(Accent::DARK_GROUND) >= TEXT_CONTRAST);
                }
                Err(low) => {
                    assert!(low.ratio < TEXT_CONTRAST, "{color}");
                    assert_eq!(Accent::of(low.darker).unwrap().light, low.darker);
                }
            }
        }
    }

    #[test]
    fn dark_accents_and_examples_change_no_more_than_they_must() {
        let navy = Accent::of(Color::new(0x0b, 0x1e, 0x5b)).unwrap();
        assert!(navy.dark.contrast(Accent::DARK_GROUND) < TEXT_CONTRAST + 0.2);
        let yellow = Accent::of(Color::new(0xff, 0xd4, 0x00)).unwrap_err();
        assert!(yellow.darker.contrast(Accent::LIGHT_GROUND) < TEXT_CONTRAST + 0.2);
    }
}
