//! What a person is told beside a refused field, in English and Korean; it must not know which fields there are.

use crate::domain::{invalid::Invalid, language::Language};

/// The text beside a field that was refused for this reason.
#[must_use]
pub const fn text(reason: Invalid, language: Language) -> &'static str {
    let (english, korean) = both(reason);
    match language {
        Language::English => english,
        Language::Korean => korean,
    }
}

/// The same, with the number of characters that a length was held against.
#[must_use]
pub fn text_with_limit(reason: Invalid, language: Language, limit: usize) -> String {
    let is_short = reason == Invalid::TooShort;
    match language {
        Language::English if is_short => format!("Use at least {limit} characters."),
        Language::English => format!("Use at most {limit} characters."),
        Language::Korean if is_short => format!("{limit}자 이상이어야 합니다."),
        Language::Korean => format!("{limit}자 이하여야 합니다."),
    }
}

const fn both(reason: Invalid) -> (&'static str, &'static str) {
    match reason {
        Invalid::Required => ("This field is required.", "꼭 필요한 값입니다."),
        Invalid::UnknownField => ("There is no such field.", "그런 필드는 없습니다."),
        Invalid::DuplicateField => ("Give this once.", "한 번만 적어 주세요."),
        Invalid::ConflictingField => (
            "This cannot be combined with another field of the request.",
            "함께 보낸 다른 값과 같이 쓸 수 없습니다.",
        ),
        Invalid::InvalidType => ("This has the wrong type.", "값의 형식이 다릅니다."),
        Invalid::InvalidValue => (
            "This is not one of the choices.",
            "고를 수 있는 값이 아닙니다.",
        ),
        Invalid::TooShort => ("This is too short.", "너무 짧습니다."),
        Invalid::TooLong => ("This is too long.", "너무 깁니다."),
        Invalid::InvalidCharacters => (
            "This holds a character that cannot be used here.",
            "여기에 쓸 수 없는 문자가 있습니다.",
        ),
        Invalid::InvalidStart => (
            "Begin and end with a letter or a digit.",
            "글자나 숫자로 시작하고 끝나야 합니다.",
        ),
        Invalid::MixedScripts => (
            "This mixes scripts whose letters look alike.",
            "모양이 비슷한 여러 문자 체계를 섞어 쓸 수 없습니다.",
        ),
        Invalid::MixedDirections => (
            "This mixes letters and digits of different directions.",
            "쓰는 방향이 다른 글자와 숫자를 섞어 쓸 수 없습니다.",
        ),
        Invalid::Reserved => ("This name is reserved.", "쓸 수 없도록 정해진 이름입니다."),
        Invalid::InvalidEmail => ("This is not an e-mail address.", "이메일 주소가 아닙니다."),
        Invalid::UsernameTaken => (
            "Another account has this user name.",
            "다른 계정이 쓰고 있는 사용자 이름입니다.",
        ),
        Invalid::EmailTaken => (
            "Another account has this e-mail address.",
            "다른 계정이 쓰고 있는 이메일 주소입니다.",
        ),
        Invalid::PasswordCommon => (
            "This password is easy to guess. Add words or make it longer.",
            "알아맞히기 쉬운 비밀번호입니다. 단어를 더하거나 더 길게 만드세요.",
        ),
        Invalid::PasswordEqualsUsername => (
            "The password must not be your username.",
            "사용자 이름과 같은 비밀번호는 쓸 수 없습니다.",
        ),
        Invalid::PasswordEqualsEmail => (
            "The password must not be your email address or the part before its @.",
            "이메일 주소나 그 @ 앞부분과 같은 비밀번호는 쓸 수 없습니다.",
        ),
    }
}
