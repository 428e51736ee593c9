//! The messages of rejected fields, in English and Korean.

use crate::domain::{invalid::Invalid, language::Language};

/// Returns the message of a rejected field.
#[must_use]
pub const fn text(reason: Invalid, language: Language) -> &'static str {
    match language {
        Language::English => english(reason),
        Language::Korean => korean(reason),
    }
}

/// Returns the message of a field that is too short or too long, with the limit in characters.
#[must_use]
pub fn text_with_limit(reason: Invalid, language: Language, limit: usize) -> String {
    let is_short = reason == Invalid::TooShort;
    match language {
        Language::English if is_short && limit == 1 => String::from("Use at least 1 character."),
        Language::English if is_short => format!("Use at least {limit} characters."),
        Language::English => format!("Use at most {limit} characters."),
        Language::Korean if is_short => format!("{limit}자 이상이어야 합니다."),
        Language::Korean => format!("{limit}자 이하여야 합니다."),
    }
}

const fn english(reason: Invalid) -> &'static str {
    match reason {
        Invalid::Required => "This field is required.",
        Invalid::UnknownField => "This field does not exist.",
        Invalid::DuplicateField => "This field occurs more than once.",
        Invalid::ConflictingField => "This field conflicts with another field of the request.",
        Invalid::InvalidType => "This value has the wrong type.",
        Invalid::InvalidValue => "This value is not one of the choices.",
        Invalid::TooShort => "This is too short.",
        Invalid::TooLong => "This is too long.",
        Invalid::TooDeep => "Nest at most 8 levels of objects and lists.",
        Invalid::TooLarge => "Use at most 4 KiB of JSON, without blanks.",
        Invalid::InvalidCharacters => "This contains a character that is not allowed.",
        Invalid::InvalidStart => "Begin and end with a letter or a digit.",
        Invalid::MixedScripts => "This mixes scripts whose letters look alike.",
        Invalid::MixedDirections => "This mixes letters and digits of different directions.",
        Invalid::Reserved => "This name is reserved.",
        Invalid::InvalidEmail => "This is not an email address.",
        Invalid::EmailDomainNotAllowed => {
            "Addresses of this domain are not accepted. Use another address."
        }
        Invalid::UsernameTaken => "Another account has this username.",
        Invalid::EmailTaken => "Another account has this email address.",
        Invalid::ExternalIdTaken => "Another account has this external ID.",
        Invalid::PasswordCommon => "This password is easy to guess. Add words or make it longer.",
        Invalid::PasswordEqualsUsername => "The password must not be your username.",
        Invalid::PasswordEqualsEmail => {
            "The password must not be your email address or the part before its @."
        }
    }
}

const fn korean(reason: Invalid) -> &'static str {
    match reason {
        Invalid::Required => "꼭 필요한 값입니다.",
        Invalid::UnknownField => "그런 필드는 없습니다.",
        Invalid::DuplicateField => "한 번만 적어 주세요.",
        Invalid::ConflictingField => "함께 보낸 다른 값과 같이 쓸 수 없습니다.",
        Invalid::InvalidType => "값의 형식이 다릅니다.",
        Invalid::InvalidValue => "고를 수 있는 값이 아닙니다.",
        Invalid::TooShort => "너무 짧습니다.",
        Invalid::TooLong => "너무 깁니다.",
        Invalid::TooDeep => "객체와 배열은 8단계까지만 중첩할 수 있습니다.",
        Invalid::TooLarge => "공백을 뺀 JSON은 4 KiB 이하여야 합니다.",
        Invalid::InvalidCharacters => "여기에 쓸 수 없는 문자가 있습니다.",
        Invalid::InvalidStart => "글자나 숫자로 시작하고 끝나야 합니다.",
        Invalid::MixedScripts => "모양이 비슷한 여러 문자 체계를 섞어 쓸 수 없습니다.",
        Invalid::MixedDirections => "쓰는 방향이 다른 글자와 숫자를 섞어 쓸 수 없습니다.",
        Invalid::Reserved => "쓸 수 없도록 정해진 이름입니다.",
        Invalid::InvalidEmail => "이메일 주소가 아닙니다.",
        Invalid::EmailDomainNotAllowed => {
            "이 도메인의 이메일 주소는 쓸 수 없습니다. 다른 주소를 입력해 주세요."
        }
        Invalid::UsernameTaken => "다른 계정이 쓰고 있는 사용자 이름입니다.",
        Invalid::EmailTaken => "다른 계정이 쓰고 있는 이메일 주소입니다.",
        Invalid::ExternalIdTaken => "다른 계정이 쓰고 있는 외부 ID입니다.",
        Invalid::PasswordCommon => {
            "알아맞히기 쉬운 비밀번호입니다. 단어를 더하거나 더 길게 만드세요."
        }
        Invalid::PasswordEqualsUsername => "사용자 이름과 같은 비밀번호는 쓸 수 없습니다.",
        Invalid::PasswordEqualsEmail => {
            "이메일 주소나 그 @ 앞부분과 같은 비밀번호는 쓸 수 없습니다."
        }
    }
}
