//! The texts of mail about second factors in Korean.

use super::IF_YOU;
use crate::mail::texts::KindTexts;

const NOT_YOU: &str = "본인이 한 일이 아니라면 다른 사람이 계정을 쓰고 있는 것입니다. 로그인 화면에서 바로 새 비밀번호를 요청하고 서비스 운영자에게 연락해 주세요.";
const NOT_YOU_SO_RENEW: &str = "본인이 한 일이 아니라면 로그인 화면에서 바로 새 비밀번호를 요청한 뒤 복구 코드를 새로 발급받아 주세요.";

pub(super) fn totp_enabled(account: &str) -> KindTexts {
    KindTexts {
        subject: "인증 앱이 등록되었습니다",
        opening: format!(
            "{account}에 인증 앱이 등록되었습니다. 이제 로그인할 때 인증 앱의 코드도 입력해야 합니다."
        ),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

pub(super) fn totp_disabled(account: &str) -> KindTexts {
    KindTexts {
        subject: "인증 앱이 해제되었습니다",
        opening: format!(
            "{account}의 인증 앱이 해제되었습니다. 이제 로그인할 때 인증 앱의 코드를 입력하지 않습니다."
        ),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

pub(super) fn passkey_added(account: &str) -> KindTexts {
    KindTexts {
        subject: "패스키가 추가되었습니다",
        opening: format!(
            "{account}에 패스키가 추가되었습니다. 이제 이 패스키로 로그인할 수 있습니다."
        ),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

pub(super) fn passkey_removed(account: &str) -> KindTexts {
    KindTexts {
        subject: "패스키가 삭제되었습니다",
        opening: format!(
            "{account}의 패스키가 삭제되었습니다. 더 이상 이 패스키로 로그인할 수 없습니다. 기기에서도 지워 주세요."
        ),
        action: "",
        closing: vec![IF_YOU, NOT_YOU],
    }
}

pub(super) fn passkey_counter(account: &str) -> KindTexts {
    KindTexts {
        subject: "패스키 사용이 거절되었습니다",
        opening: format!(
            "{account}에 패스키로 접근하려는 시도를 막았습니다. 패스키의 사용 횟수가 줄어들어, 복제된 패스키가 있을 수 있습니다."
        ),
        action: "",
        closing: vec![
            "직접 복제하신 것이 아니라면 이 패스키를 계정에서 삭제하고 새로 등록해 주세요.",
            NOT_YOU,
        ],
    }
}

pub(super) fn recovery_code_used(account: &str) -> KindTexts {
    KindTexts {
        subject: "복구 코드가 사용되었습니다",
        opening: format!(
            "{account}의 복구 코드 하나가 사용되었습니다. 이 코드는 다시 쓸 수 없습니다."
        ),
        action: "",
        closing: vec![
            "본인이 사용하셨다면 코드가 떨어지기 전에 새로 발급받아 주세요.",
            NOT_YOU_SO_RENEW,
        ],
    }
}

pub(super) fn recovery_codes_renewed(account: &str) -> KindTexts {
    KindTexts {
        subject: "복구 코드가 새로 발급되었습니다",
        opening: format!(
            "{account}의 복구 코드가 새로 발급되었습니다. 이전 코드는 더 이상 쓸 수 없습니다."
        ),
        action: "",
        closing: vec![IF_YOU, NOT_YOU_SO_RENEW],
    }
}

pub(super) fn guessed(account: &str) -> KindTexts {
    KindTexts {
        subject: "비밀번호가 알려졌을 수 있습니다",
        opening: format!(
            "{account}에 올바른 비밀번호로 로그인한 뒤 인증 코드나 패스키를 여러 번 틀린 시도가 있었습니다. 이 로그인은 거절되었습니다."
        ),
        action: "",
        closing: vec![
            "본인이 시도하셨다면 몇 분 뒤에 다시 로그인해 주세요.",
            "본인이 아니라면 다른 사람이 비밀번호를 알고 있습니다. 지금 바로 비밀번호를 바꾸고, 그 비밀번호를 다른 곳에서도 쓰지 마세요.",
        ],
    }
}

pub(super) fn reset(account: &str) -> KindTexts {
    KindTexts {
        subject: "2단계 인증 수단이 모두 삭제되었습니다",
        opening: format!(
            "{account}의 인증 앱, 패스키, 복구 코드가 모두 삭제되었습니다. 서비스 운영자가 삭제했거나, 이 메일 주소의 주인임이 처음 확인되면서 삭제된 것입니다. 이제 비밀번호만으로 로그인할 수 있습니다."
        ),
        action: "",
        closing: vec![
            "다음에 로그인한 뒤 2단계 인증을 다시 설정해 주세요.",
            "이 삭제도, 새 비밀번호도 요청하지 않으셨다면 서비스 운영자에게 연락해 주세요.",
        ],
    }
}
