//! The texts of mail in Korean.

mod second_factors;

use std::time::Duration;

use super::{KindTexts, SharedTexts, Span};
use crate::domain::{
    credential::challenge::{CODE_LIFE, CODE_TRIES},
    message::MessageKind,
};

pub(super) const SHARED: SharedTexts = SharedTexts {
    greeting: "안녕하세요.",
    code: "인증 코드 (요청한 화면에 입력해 주세요)",
    invitation: "초대 코드 (가입 화면에 입력해 주세요)",
    valid_until: "유효 기한",
    button_fails: "버튼이 눌리지 않으면 이 주소를 열어 주세요.",
    delayed: "메일이 늦게 전달되어 코드의 유효 시간이 지났습니다. 링크는 아직 쓸 수 있습니다.",
    when: "시각",
    device: "기기",
    network: "IP 주소",
    unknown_device: "알 수 없음",
    apple_device: "Apple 기기",
    secrecy: "저희는 코드나 링크를 절대 물어보지 않습니다. 누구에게도 알려 주지 마세요.",
};

const NOT_YOU: &str = "본인이 한 일이 아니라면 로그인 화면에서 바로 새 비밀번호를 요청해 주세요. 새 비밀번호를 정하면 다른 모든 기기에서 로그아웃되고, 진행 중이던 변경도 취소됩니다.";
const IF_YOU: &str = "본인이 한 일이라면 아무것도 하지 않으셔도 됩니다.";

pub(super) fn texts(kind: MessageKind, service: &str, username: Option<&str>) -> KindTexts {
    let account = match username {
        Some(username) => format!("{service} 계정({username})"),
        None => format!("{service} 계정"),
    };
    match kind {
        MessageKind::SignUp => sign_up(service),
        MessageKind::AccountExists => account_exists(service),
        MessageKind::VerifyEmail => verify_email(service),
        MessageKind::ChangeEmail => change_email(service),
        MessageKind::ResetPassword => reset_password(service),
        MessageKind::FirstPassword => first_password(service),
        MessageKind::LogIn => log_in(service),
        MessageKind::PasswordChanged => password_changed(&account),
        MessageKind::EmailChangeRequested => email_change_requested(&account),
        MessageKind::EmailChanged => email_changed(&account),
        MessageKind::NewDevice => new_device(&account),
        MessageKind::TotpEnabled => second_factors::totp_enabled(&account),
        MessageKind::TotpDisabled => second_factors::totp_disabled(&account),
        MessageKind::PasskeyAdded => second_factors::passkey_added(&account),
        MessageKind::PasskeyRemoved => second_factors::passkey_removed(&account),
        MessageKind::PasskeyCounterWentBack => second_factors::passkey_counter(&account),
        MessageKind::RecoveryCodeUsed => second_factors::recovery_code_used(&account),
        MessageKind::SecondFactorGuessed => second_factors::guessed(&account),
        MessageKind::RecoveryCodesRenewed => second_factors::recovery_codes_renewed(&account),
        MessageKind::SecondFactorsReset => second_factors::reset(&account),
        MessageKind::Invitation => invitation(service),
    }
}

fn sign_up(service: &str) -> KindTexts {
    KindTexts {
        subject: "가입을 마무리해 주세요",
        opening: format!(
            "이 이메일 주소로 {service} 가입 신청이 들어왔습니다. 본인이 신청하셨다면 주소를 확인해 주세요. 가입할 때 정한 비밀번호도 함께 입력합니다."
        ),
        action: "이메일 주소 확인하기",
        closing: vec![
            "본인이 신청하지 않으셨다면 이 메일을 무시해 주세요. 확인하지 않으면 계정은 만들어지지 않습니다.",
        ],
    }
}

fn account_exists(service: &str) -> KindTexts {
    KindTexts {
        subject: "이미 계정이 있습니다",
        opening: format!(
            "누군가 이 이메일 주소를 {service} 계정에 쓰려고 했습니다. 이 주소로 만든 계정이 이미 있어 아무것도 바뀌지 않았습니다."
        ),
        action: "",
        closing: vec![
            "본인이 하신 일이라면 이 주소로 로그인해 주세요. 비밀번호를 잊으셨다면 로그인 화면에서 새 비밀번호를 요청할 수 있습니다.",
            "본인이 한 일이 아니라면 아무것도 하지 않으셔도 됩니다.",
        ],
    }
}

fn verify_email(service: &str) -> KindTexts {
    KindTexts {
        subject: "이메일 주소를 확인해 주세요",
        opening: format!(
            "{service} 계정에 이 이메일 주소가 등록되었습니다. 본인의 계정이라면 주소를 확인해 주세요."
        ),
        action: "이메일 주소 확인하기",
        closing: vec![
            "만든 계정이 없다면 이 메일을 무시해 주세요. 주소는 확인되지 않은 채로 남습니다.",
        ],
    }
}

fn change_email(service: &str) -> KindTexts {
    KindTexts {
        subject: "새 이메일 주소를 확인해 주세요",
        opening: format!(
            "{service} 계정의 이메일 주소를 이 주소로 바꾸려고 합니다. 본인의 계정이라면 주소를 확인해 주세요."
        ),
        action: "이메일 주소 확인하기",
        closing: vec![
            "본인이 요청하지 않으셨다면 이 메일을 무시해 주세요. 계정의 주소는 그대로 유지됩니다.",
        ],
    }
}

fn reset_password(service: &str) -> KindTexts {
    KindTexts {
        subject: "새 비밀번호를 정해 주세요",
        opening: format!(
            "{service} 계정의 새 비밀번호 요청이 들어왔습니다. 본인이 요청하셨다면 지금 새 비밀번호를 정해 주세요. 모든 기기에서 로그아웃됩니다."
        ),
        action: "새 비밀번호 정하기",
        closing: vec![
            "본인이 요청하지 않으셨다면 이 메일을 무시해 주세요. 비밀번호는 그대로 유지됩니다.",
        ],
    }
}

fn first_password(service: &str) -> KindTexts {
    KindTexts {
        subject: "계정이 준비되었습니다",
        opening: format!(
            "이 이메일 주소로 {service} 계정이 만들어졌습니다. 비밀번호를 정하면 바로 쓸 수 있습니다."
        ),
        action: "비밀번호 정하기",
        closing: vec![
            "만들어 달라고 한 적이 없다면 이 메일을 무시해 주세요. 비밀번호를 정하기 전에는 계정을 쓸 수 없습니다.",
        ],
    }
}

fn log_in(service: &str) -> KindTexts {
    KindTexts {
        subject: "로그인 코드를 보내 드립니다",
        opening: format!(
            "{service} 계정의 로그인 코드 요청이 들어왔습니다. 본인이 요청하셨다면 요청한 화면에 코드를 입력해 주세요."
        ),
        action: "",
        closing: vec![
            "본인이 요청하지 않으셨다면 이 메일을 무시해 주세요. 코드를 입력하지 않으면 아무 일도 일어나지 않습니다.",
        ],
    }
}

fn password_changed(account: &str) -> KindTexts {
    KindTexts {
        subject: "비밀번호가 변경되었습니다",
        opening: format!("{account}의 비밀번호가 변경되었습니다."),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

fn email_change_requested(account: &str) -> KindTexts {
    KindTexts {
        subject: "이메일 주소 변경이 요청되었습니다",
        opening: format!(
            "비밀번호를 아는 누군가가 {account}의 이메일 주소를 바꾸려고 합니다. 새 주소가 확인되기 전까지는 아무것도 바뀌지 않습니다."
        ),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

fn email_changed(account: &str) -> KindTexts {
    KindTexts {
        subject: "이메일 주소가 변경되었습니다",
        opening: format!(
            "{account}의 이메일 주소가 변경되었습니다. 이전 주소로 보내는 마지막 메일입니다."
        ),
        action: "",
        closing: vec![
            IF_YOU,
            "본인이 한 일이 아니라면 다른 사람이 계정을 쓰고 있는 것입니다. 서비스 운영자에게 연락해 주세요.",
        ],
    }
}

fn new_device(account: &str) -> KindTexts {
    KindTexts {
        subject: "새 기기에서 로그인했습니다",
        opening: format!("지금까지 쓰지 않던 기기에서 {account}에 로그인했습니다."),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

fn invitation(service: &str) -> KindTexts {
    KindTexts {
        subject: "가입 초대장이 도착했습니다",
        opening: format!(
            "{service}에 가입하실 수 있도록 초대합니다. 이 이메일 주소로 가입해 주세요. 다른 주소로는 이 초대를 쓸 수 없습니다."
        ),
        action: "가입하기",
        closing: vec![
            "예상하지 못한 초대라면 이 메일을 무시해 주세요. 가입하지 않으면 계정은 만들어지지 않습니다.",
        ],
    }
}

pub(super) fn validity(has_code: bool, link_life: Option<Duration>) -> Option<String> {
    let code = format!("코드는 {} 동안 {CODE_TRIES}번까지", span(CODE_LIFE));
    match (has_code, link_life) {
        (true, Some(life)) => Some(format!(
            "{code}, 링크는 {} 동안 쓸 수 있습니다.",
            span(life)
        )),
        (true, None) => Some(format!("{code} 쓸 수 있습니다.")),
        (false, Some(life)) => Some(format!(
            "링크는 요청한 때부터 {} 동안 쓸 수 있습니다.",
            span(life)
        )),
        (false, None) => None,
    }
}

fn span(life: Duration) -> String {
    match Span::of(life) {
        Span::Days(days) => format!("{days}일"),
        Span::Hours(hours) => format!("{hours}시간"),
        Span::Minutes(minutes) => format!("{minutes}분"),
    }
}
