//! The texts of the landing pages, in English and Korean.

use crate::domain::language::Language;

/// The texts of one page.
pub struct PageTexts {
    pub title: &'static str,
    pub lead: &'static str,
    pub field: &'static str,
    pub button: &'static str,
    /// The message after a success, above the link to the app.
    pub done: &'static str,
    /// The message after a success that also logged the user in, with `{user}` for the account.
    pub logged_in: &'static str,
    /// The message after a success, on a page without that link.
    pub done_alone: &'static str,
}

/// The texts of both pages.
pub struct CommonTexts {
    pub show: &'static str,
    pub show_password: &'static str,
    pub hide: &'static str,
    pub hide_password: &'static str,
    /// The message if the address has no token.
    pub missing: &'static str,
    pub unreachable: &'static str,
    pub without_script: &'static str,
}

/// The texts of the verification page for a link that needs the account's password.
pub struct PasswordTexts {
    pub prompt: &'static str,
    pub other_account: &'static str,
    pub wrong: &'static str,
}

impl PageTexts {
    pub const fn of_verification(language: Language) -> Self {
        match language {
            Language::English => Self {
                title: "Verify your email address",
                lead: "Press the button to verify that this address is yours.",
                field: "Password of the account",
                button: "Verify my address",
                done: "Your email address is verified.",
                logged_in: "Your email address is verified, and you are logged in as {user}.",
                done_alone: "Your email address is verified. You can close this page.",
            },
            Language::Korean => Self {
                title: "이메일 주소 인증",
                lead: "버튼을 누르면 본인의 주소임이 확인됩니다.",
                field: "계정의 비밀번호",
                button: "내 주소 인증하기",
                done: "이메일 주소가 인증되었습니다.",
                logged_in: "이메일 주소가 인증되었고, {user} 계정으로 로그인되었습니다.",
                done_alone: "이메일 주소가 인증되었습니다. 이 페이지를 닫아도 됩니다.",
            },
        }
    }

    pub const fn of_reset(language: Language) -> Self {
        match language {
            Language::English => Self {
                title: "Set a new password",
                lead: "The new password logs the account out on all devices.",
                field: "New password",
                button: "Set the password",
                done: "The new password is set. You can log in with it now.",
                logged_in: "The new password is set, and you are logged in as {user}.",
                done_alone: "The new password is set. You can close this page and log in.",
            },
            Language::Korean => Self {
                title: "새 비밀번호 설정",
                lead: "새 비밀번호를 설정하면 모든 기기에서 로그아웃됩니다.",
                field: "새 비밀번호",
                button: "비밀번호 설정하기",
                done: "새 비밀번호가 설정되었습니다. 이제 새 비밀번호로 로그인하세요.",
                logged_in: "새 비밀번호가 설정되었고, {user} 계정으로 로그인되었습니다.",
                done_alone: "새 비밀번호가 설정되었습니다. 이 페이지를 닫고 로그인하세요.",
            },
        }
    }
}

impl CommonTexts {
    pub const fn of(language: Language) -> Self {
        match language {
            Language::English => Self {
                show: "Show",
                show_password: "Show password",
                hide: "Hide",
                hide_password: "Hide password",
                missing: "This page works with the link from the mail. Open the link again, or type the code from the mail.",
                unreachable: "The service cannot be reached. Please try again.",
                without_script: "This page needs JavaScript. Without it, type the code from the mail instead.",
            },
            Language::Korean => Self {
                show: "표시",
                show_password: "비밀번호 표시",
                hide: "숨기기",
                hide_password: "비밀번호 숨기기",
                missing: "이 페이지는 메일의 링크로 열어야 합니다. 링크를 다시 열거나 메일의 코드를 입력하세요.",
                unreachable: "서비스에 연결할 수 없습니다. 다시 해 주세요.",
                without_script: "이 페이지에는 자바스크립트가 필요합니다. 쓸 수 없으면 메일의 코드를 입력하세요.",
            },
        }
    }
}

impl PasswordTexts {
    pub const fn of(language: Language) -> Self {
        match language {
            Language::English => Self {
                prompt: "To verify this address, type the password that you chose at signup. If you did not sign up, close this page: the address then stays unverified.",
                other_account: "The link has expired, or is for another account than the one that is logged in here. If it is for another account, type that account’s password.",
                wrong: "This is not the password of the account.",
            },
            Language::Korean => Self {
                prompt: "주소를 인증하려면 가입할 때 정한 비밀번호를 입력하세요. 가입한 적이 없다면 이 페이지를 닫으세요. 주소는 인증되지 않은 채로 남습니다.",
                other_account: "링크가 더 이상 유효하지 않거나, 지금 로그인한 계정의 링크가 아닙니다. 다른 계정의 링크라면 그 계정의 비밀번호를 입력하세요.",
                wrong: "이 계정의 비밀번호가 아닙니다.",
            },
        }
    }
}

/// Returns the hint next to the field of a new password.
pub fn password_hint(language: Language, min_length: usize) -> String {
    match language {
        Language::English => {
            format!("At least {min_length} characters. Several words make a good one.")
        }
        Language::Korean => format!("{min_length}자 이상. 여러 단어를 이어 쓰면 좋습니다."),
    }
}

/// Returns the text of the link to the app.
pub fn continue_to(language: Language, app: &str) -> String {
    match language {
        Language::English => format!("Continue to {app}"),
        Language::Korean => format!("{app} 계속하기"),
    }
}
