//! The texts of problem codes, one file for each language.

mod english;
mod korean;

use super::code::ProblemCode;
use crate::domain::language::Language;

/// The texts of a problem code in one language.
#[derive(Clone, Copy, Debug)]
pub struct ProblemTexts {
    /// A short, constant summary.
    pub title: &'static str,
    /// The cause, for users.
    pub detail: &'static str,
    /// The advice for developers on the code's page.
    pub advice: &'static str,
}

impl ProblemCode {
    /// Returns the texts in a language.
    #[must_use]
    pub const fn texts(self, language: Language) -> ProblemTexts {
        match language {
            Language::English => english::texts(self),
            Language::Korean => korean::texts(self),
        }
    }
}

/// Declares the texts of all codes in one language from a table. A code without a row does not
/// compile.
macro_rules! problem_texts {
    ($($code:ident { $title:literal, $detail:literal, $advice:literal })+) => {
        pub(super) const fn texts(code: ProblemCode) -> ProblemTexts {
            match code {
                $(ProblemCode::$code => ProblemTexts {
                    title: $title,
                    detail: $detail,
                    advice: $advice,
                },)+
            }
        }
    };
}
use problem_texts;
