//! The macro that declares the problem codes from one table.

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

/// The title, the detail and the advice of a code in one row of the table.
type Row = (&'static str, &'static str, &'static str);

impl ProblemTexts {
    /// Returns the texts of a language.
    #[must_use]
    pub const fn of(language: Language, english: Row, korean: Row) -> Self {
        let (title, detail, advice) = match language {
            Language::English => english,
            Language::Korean => korean,
        };
        Self {
            title,
            detail,
            advice,
        }
    }
}

/// Declares `ProblemCode` from a table of codes with their status and texts.
macro_rules! problem_codes {
    ($($name:ident $slug:literal $status:ident {
        en: $title:literal, $detail:literal, $advice:literal;
        ko: $title_ko:literal, $detail_ko:literal, $advice_ko:literal;
    })+) => {
        /// The stable code of a failure. A code has one status everywhere and is never renamed or
        /// reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemCode {
            $(
                #[doc = $title]
                $name,
            )+
        }

        impl ProblemCode {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Returns the stable name, such as `email_taken`. It is also the last segment of the
            /// problem's `type`.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self {
                    $(Self::$name => $slug,)+
                }
            }

            /// Returns the status of the response.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)+
                }
            }

            /// Returns the texts in a language.
            #[must_use]
            pub const fn texts(self, language: Language) -> ProblemTexts {
                match self {
                    $(
                        Self::$name => ProblemTexts::of(
                            language,
                            ($title, $detail, $advice),
                            ($title_ko, $detail_ko, $advice_ko),
                        ),
                    )+
                }
            }
        }
    };
}
pub(super) use problem_codes;
