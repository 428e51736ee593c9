//! The messages of rejected fields, in English and Korean.

use crate::domain::{invalid::Invalid, language::Language};

/// Builds the messages from one table of both languages, so that none is forgotten.
macro_rules! messages {
    ($($reason:ident: $english:literal, $korean:literal;)+) => {
        /// Returns the message of a rejected field.
        #[must_use]
        pub const fn text(reason: Invalid, language: Language) -> &'static str {
            match (reason, language) {
                $((Invalid::$reason, Language::English) => $english,
                (Invalid::$reason, Language::Korean) => $korean,)+
            }
        }
    };
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

messages! {
    Required:
        "This field is required.",
        "꼭 필요한 값입니다.";
    UnknownField:
        "This field does not exist.",
        "그런 필드는 없습니다.";
    DuplicateField:
        "This field occurs more than once.",
        "한 번만 적어 주세요.";
    ConflictingField:
        "This field conflicts with another field of the request.",
        "함께 보낸 다른 값과 같이 쓸 수 없습니다.";
    InvalidType:
        "This value has the wrong type.",
        "값의 형식이 다릅니다.";
    InvalidValue:
        "This value is not one that this field accepts.",
        "여기에 쓸 수 없는 값입니다.";
    TooShort:
        "This is too short.",
        "너무 짧습니다.";
    TooLong:
        "This is too long.",
        "너무 깁니다.";
    TooDeep:
        "Nest at most 8 levels of objects and lists.",
        "객체와 배열은 8단계까지만 중첩할 수 있습니다.";
    TooLarge:
        "Use at most 4 KiB of JSON, without blanks.",
        "공백을 뺀 JSON은 4 KiB 이하여야 합니다.";
    InvalidCharacters:
        "This contains a character that is not allowed.",
        "여기에 쓸 수 없는 문자가 있습니다.";
    InvalidStart:
        "Begin and end with a letter or a digit.",
        "글자나 숫자로 시작하고 끝나야 합니다.";
    MixedScripts:
        "This mixes scripts whose letters look alike.",
        "모양이 비슷한 여러 문자 체계를 섞어 쓸 수 없습니다.";
    MixedDirections:
        "This mixes letters and digits of different directions.",
        "쓰는 방향이 다른 글자와 숫자를 섞어 쓸 수 없습니다.";
    Reserved:
        "This name is reserved.",
        "쓸 수 없도록 정해진 이름입니다.";
    InvalidEmail:
        "This is not an email address.",
        "이메일 주소가 아닙니다.";
    EmailDomainNotAllowed:
        "Addresses of this domain are not accepted. Use another address.",
        "이 도메인의 이메일 주소는 쓸 수 없습니다. 다른 주소를 입력해 주세요.";
    UsernameTaken:
        "Another account has this username.",
        "다른 계정이 쓰고 있는 사용자 이름입니다.";
    EmailTaken:
        "Another account has this email address.",
        "다른 계정이 쓰고 있는 이메일 주소입니다.";
    ExternalIdTaken:
        "Another account has this external ID.",
        "다른 계정이 쓰고 있는 외부 ID입니다.";
    PasswordCommon:
        "This password is easy to guess. Add words or make it longer.",
        "알아맞히기 쉬운 비밀번호입니다. 단어를 더하거나 더 길게 만드세요.";
    PasswordEqualsUsername:
        "The password must not be your username.",
        "사용자 이름과 같은 비밀번호는 쓸 수 없습니다.";
    PasswordEqualsEmail:
        "The password must not be your email address or the part before its @.",
        "이메일 주소나 그 @ 앞부분과 같은 비밀번호는 쓸 수 없습니다.";
    PasswordHashUnknown:
        "The form of this password hash is unknown, or the hash is damaged.",
        "알 수 없는 형식이거나 손상된 비밀번호 해시입니다.";
    PasswordHashUnconfigured:
        "This form of password hash needs a setting of the server that is missing.",
        "이 형식의 비밀번호 해시를 쓰려면 서버에 필요한 설정이 있어야 합니다.";
    BcryptCost:
        "The cost of bcrypt must be 4 to 15.",
        "bcrypt의 비용은 4에서 15 사이여야 합니다.";
    Argon2Memory:
        "Argon2 may use at most 256 MiB and the gate's memory, and needs 8 KiB a lane.",
        "Argon2의 메모리는 256 MiB와 서버에 설정된 한도 이하, 레인당 8 KiB 이상이어야 합니다.";
    Argon2Time:
        "Argon2 must make 1 to 10 passes (t).",
        "Argon2의 반복 횟수(t)는 1에서 10 사이여야 합니다.";
    Argon2Lanes:
        "Argon2 must have 1 to 16 lanes (p).",
        "Argon2의 레인 수(p)는 1에서 16 사이여야 합니다.";
    ScryptMemory:
        "scrypt may use at most 128 MiB (N·r·128) and the gate's memory, with r up to 1024.",
        "scrypt의 메모리(N·r·128)는 128 MiB와 서버에 설정된 한도 이하, r은 1024 이하여야 합니다.";
    ScryptParallelism:
        "The parallelism of scrypt (p) must be 1 to 8.",
        "scrypt의 병렬도(p)는 1에서 8 사이여야 합니다.";
    Pbkdf2Iterations:
        "PBKDF2 must have 1 to 5,000,000 iterations.",
        "PBKDF2의 반복 횟수는 1에서 5,000,000 사이여야 합니다.";
}
