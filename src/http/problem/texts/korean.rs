//! The texts of problem codes in Korean: title, detail and advice.

use super::{ProblemTexts, problem_texts};
use crate::http::problem::code::ProblemCode;

problem_texts! {
    MalformedJson {
        "잘못된 JSON", "요청 본문이 JSON이 아닙니다.",
        "`JSON.stringify` 등으로 만든 UTF-8 JSON 객체 하나를 끝까지 보내세요."
    }
    InsecureTransport {
        "안전하지 않은 연결", "localhost가 아닌 일반 http에서는 브라우저가 이 쿠키를 버립니다.",
        "앱을 https로 제공하거나 `http://localhost`나 그 하위 이름을 쓰거나 `transport: \"token\"`을 요청하세요. 믿을 수 있는 네트워크라면 DAEMUN_COOKIE_SECURE=off로 설정할 수 있습니다."
    }
    CrossSiteCookie {
        "다른 사이트의 쿠키", "다른 사이트의 페이지에서는 브라우저가 이 쿠키를 버립니다.",
        "앱을 이 서버와 같은 사이트에서 제공하거나(예: auth.example.com 옆의 app.example.com) `transport: \"token\"`을 쓰세요. DAEMUN_CORS_ORIGINS에 출처를 적어도 브라우저는 쿠키를 버립니다."
    }
    ClientAuthenticationAmbiguous {
        "모호한 클라이언트 인증", "서비스가 두 가지 이상의 방법으로 인증했습니다.",
        "`Authorization: Basic`, `Authorization: Bearer`, 폼의 `client_id`와 `client_secret` 가운데 하나만 쓰세요."
    }
    CursorInvalid {
        "잘못된 커서", "목록의 이 페이지는 더 이상 볼 수 없습니다.",
        "`cursor` 없이 첫 페이지부터 다시 요청하세요. 커서는 하루 동안 그 목록에만 쓸 수 있습니다."
    }
    InvalidCredentials {
        "로그인 정보 불일치", "사용자 이름 또는 이메일과 비밀번호가 맞는 계정이 없습니다.",
        "다시 입력하게 하세요. 계정이 있든 없든 같은 답을 보냅니다."
    }
    NotAuthenticated {
        "로그인되지 않음", "세션이 없거나 끝났습니다.",
        "다시 로그인한 뒤 세션 쿠키나 `Authorization: Bearer` 헤더로 토큰을 보내세요. 이 서버의 Bearer 토큰은 잘못되었더라도 쿠키보다 먼저 쓰이고, 다른 `Authorization`은 무시됩니다."
    }
    SecondFactorRequired {
        "2단계 인증 필요", "로그인하려면 2단계 인증이 필요합니다.",
        "`methods` 가운데 하나를 사용자에게 물어 `challenge`와 함께 `POST /login/second-factor`로 보내세요. 비밀번호는 다시 보내지 않아도 됩니다."
    }
    ServiceKeyInvalid {
        "잘못된 서비스 키", "서비스 키가 없거나 유효하지 않습니다.",
        "`daemun key create`로 만든 키를 `Authorization: Bearer`로 보내세요. 토큰 조회에서는 클라이언트 비밀로(`client_secret_basic`이나 `client_secret_post`) 보내도 되며, 클라이언트 ID는 키의 이름입니다. 키는 한 번만 보여 줍니다. 잃어버렸으면 폐기하고 새로 만드세요."
    }
    AccountDisabled {
        "사용 중지된 계정", "운영자가 이 계정을 사용 중지했습니다.",
        "운영자의 `daemun user enable`이나 다른 서비스의 관리 API로만 다시 열 수 있습니다. 올바른 비밀번호 뒤에만 이 답을 보냅니다."
    }
    ScopeMissing {
        "권한 범위 없음", "서비스 키에 이 작업에 필요한 권한 범위가 없습니다.",
        "`daemun key create NAME --scope SCOPE`로 그 범위가 있는 키를 만드세요. 작업마다 필요한 범위는 관리용 OpenAPI 문서에 있습니다."
    }
    CurrentPasswordWrong {
        "현재 비밀번호 불일치", "현재 비밀번호가 맞지 않습니다.",
        "현재 비밀번호를 다시 입력하게 하세요. 세션은 유지됩니다."
    }
    ConfirmationRequired {
        "본인 확인 필요", "본인인지 확인해 주세요.",
        "`methods`에 있는 방법으로 확인을 받아 `POST /me/confirm`으로 보낸 뒤 같은 요청을 다시 보내세요. 확인은 10분 동안 유효하고, 가입이나 모든 인증 수단을 거친 로그인도 확인으로 칩니다."
    }
    EmailNotVerified {
        "인증되지 않은 이메일", "이 계정의 이메일 주소가 아직 인증되지 않았습니다.",
        "메일의 코드나 링크를 요청하고 `POST /email/resend`로 다시 보낼 수 있게 하세요. 올바른 비밀번호 뒤에만 이 답을 보냅니다."
    }
    CaptchaRequired {
        "로봇 확인 필요", "로봇이 아닌지 확인해 주세요.",
        "`GET /captcha`로 문제를 받아 ALTCHA 위젯이나 라이브러리로 풀고, 같은 요청에 답을 `captcha`로 넣어 다시 보내세요."
    }
    CaptchaInvalid {
        "로봇 확인 실패", "로봇 확인에 실패했습니다. 다시 해 주세요.",
        "답이 틀렸거나 오래되었거나 이미 쓰였습니다. 요청마다 새 문제를 받으세요."
    }
    SignUpClosed {
        "가입 중단", "지금은 새로 가입할 수 없습니다.",
        "운영자만 `daemun user create`로 계정을 만들 수 있습니다. `GET /config`의 `sign_up`이 `closed`이면 가입 화면을 숨기세요."
    }
    InvitationInvalid {
        "쓸 수 없는 초대", "이 초대로는 가입할 수 없습니다. 새 초대를 요청해 주세요.",
        "없거나 만료되었거나 취소되었거나 다 쓴 초대, 또는 다른 이메일 주소로 보낸 초대입니다. 이유가 무엇이든 같은 답을 보냅니다. 여러 번 틀린 클라이언트 IP는 기다려야 합니다."
    }
    OriginNotAllowed {
        "허용되지 않은 출처", "이 페이지의 출처가 DAEMUN_CORS_ORIGINS에 없습니다.",
        "앱을 같은 출처에서 제공하거나 DAEMUN_CORS_ORIGINS에 출처를 추가하세요. `Authorization: Bearer`를 쓰더라도 브라우저의 출처는 모두 적어야 합니다. 거부된 출처는 로그에 남습니다."
    }
    NotFound {
        "찾을 수 없음", "이 주소에는 아무것도 없습니다.",
        "OpenAPI 문서의 경로와 비교하세요. 끝에 슬래시나 버전 접두사를 붙이지 않습니다."
    }
    UserNotFound {
        "계정을 찾을 수 없음", "그런 ID의 계정이 없습니다.",
        "`GET /admin/users`로 목록을 다시 읽으세요. 삭제된 계정일 수 있습니다."
    }
    InvitationNotFound {
        "초대를 찾을 수 없음", "그런 ID의 초대가 없거나 이미 취소되었습니다.",
        "`GET /admin/invitations`로 목록을 다시 읽으세요. 초대는 만료되고 30일이 지나면 삭제됩니다."
    }
    SessionNotFound {
        "세션을 찾을 수 없음", "이 계정에 그런 세션이 없습니다.",
        "세션 목록을 다시 읽으세요. 이미 끝났거나 다른 계정의 세션입니다."
    }
    DeviceNotFound {
        "기기를 찾을 수 없음", "그런 기기가 없습니다.",
        "기기 목록을 다시 읽으세요. 이미 만료되었거나 삭제되었거나 다른 계정의 기기입니다."
    }
    PasskeyNotFound {
        "패스키를 찾을 수 없음", "그런 패스키가 없습니다.",
        "`GET /me/second-factors`로 목록을 다시 읽으세요. 삭제되었거나 다른 계정이나 다른 도메인의 패스키입니다."
    }
    MethodNotAllowed {
        "허용되지 않은 메서드", "이 주소는 이 메서드를 받지 않습니다.",
        "`Allow` 헤더에 있는 메서드를 쓰세요."
    }
    RequestTimeout {
        "요청 시간 초과", "요청이 제시간에 도착하지 않았습니다.",
        "본문 전체를 10초 안에 보내세요."
    }
    UsernameTaken {
        "이미 있는 사용자 이름", "다른 계정이 이 사용자 이름을 쓰고 있습니다.",
        "`errors`를 필드 옆에 보여 주세요. 사용 중인 필드를 모두 알려 줍니다. 대소문자나 전각·반각만 다른 이름은 같은 이름입니다."
    }
    EmailTaken {
        "이미 있는 이메일", "다른 계정이 이 이메일 주소를 쓰고 있습니다.",
        "`errors`를 필드 옆에 보여 주고 로그인을 권하세요."
    }
    ExternalIdTaken {
        "이미 있는 외부 ID", "다른 계정이 이 외부 ID를 쓰고 있습니다.",
        "`GET /admin/users?external_id=`로 그 계정을 찾으세요. 외부 ID는 바이트 단위로 비교합니다."
    }
    IdempotencyKeyReused {
        "이미 쓴 멱등 키", "이 멱등 키는 다른 계정에 쓰였습니다.",
        "가입하거나 계정을 만들 때마다 새 키를 만드세요. 같은 키는 같은 본문으로만 다시 보낼 수 있고, 가입은 비밀번호도 같아야 합니다."
    }
    TotpAlreadyEnabled {
        "이미 등록된 인증 앱", "이 계정에는 이미 인증 앱이 등록되어 있습니다.",
        "`GET /me/second-factors`로 인증 앱을 보여 주세요. 앱을 바꾸려면 `DELETE /me/totp`로 해제한 뒤 새로 등록하세요."
    }
    TotpNotStarted {
        "시작되지 않은 인증 앱 등록", "인증 앱 등록 시간이 지났거나 이 화면에서 시작하지 않았습니다.",
        "`POST /me/totp`로 다시 시작해 새 QR 코드를 보여 주세요. 등록은 시작한 세션에서 10분 안에 마쳐야 합니다."
    }
    SecondFactorNotSetUp {
        "2단계 인증 없음", "이 계정은 2단계 인증을 쓰지 않으므로 복구 코드가 필요하지 않습니다.",
        "먼저 인증 앱을 등록하도록 권하세요. 첫 코드를 확인한 답에 복구 코드가 들어 있습니다."
    }
    PasskeyLimitReached {
        "너무 많은 패스키", "계정마다 패스키를 20개까지 등록할 수 있습니다.",
        "쓰지 않는 패스키를 삭제한 뒤 새로 등록하게 하세요."
    }
    PasskeyAlreadyRegistered {
        "이미 등록된 패스키", "이미 등록된 패스키입니다.",
        "인증 장치가 이미 등록된 패스키를 보냈습니다. `GET /me/second-factors`로 목록을 보여 주세요."
    }
    TokenInvalid {
        "쓸 수 없는 링크", "이 링크는 쓸 수 없거나 더 이상 유효하지 않습니다.",
        "토큰이 알 수 없는 것이거나 만료되었거나 이미 쓰였습니다. 새 메일을 보내도록 권하세요."
    }
    ChallengeExpired {
        "로그인 만료", "이 로그인은 더 이상 유효하지 않습니다. 다시 로그인해 주세요.",
        "챌린지가 없거나 만료되었거나 이미 쓰였거나 남은 횟수가 없습니다. 비밀번호나 2단계 인증 수단이 바뀌어도 끝납니다. 첫 단계부터 다시 시작하세요."
    }
    PayloadTooLarge {
        "너무 큰 본문", "요청 본문이 16KiB보다 큽니다.",
        "이 API에는 더 큰 요청이 없습니다. 잘못 채운 필드가 없는지 살펴보세요."
    }
    UnsupportedMediaType {
        "지원하지 않는 형식", "여기서 받지 않는 형식의 본문입니다.",
        "`Content-Type: application/json`으로(`/introspect`는 폼으로), `Content-Encoding` 없이 보내세요."
    }
    ValidationFailed {
        "입력 값 오류", "일부 값을 받을 수 없습니다.",
        "`errors`의 항목을 각 필드 옆에 보여 주세요. 거절된 필드를 한 번에 모두 알려 줍니다."
    }
    CodeInvalid {
        "코드 오류 또는 만료", "코드가 틀렸거나 더 이상 유효하지 않습니다.",
        "다시 입력하게 하세요. 다섯 번 틀리거나 15분이 지나면 새 메일을 보내도록 권하세요. 인증 앱의 코드는 한 번만 쓸 수 있고, 기기의 시계가 맞아야 합니다. 세션이 없으면 함께 보낸 비밀번호가 틀렸을 수도 있습니다."
    }
    PasskeyInvalid {
        "패스키 확인 실패", "패스키를 확인하지 못했습니다. 다시 시도해 주세요.",
        "새 옵션을 받아 브라우저에서 처음부터 다시 진행하세요. 옵션은 5분 동안 한 번만 쓸 수 있습니다. 이유가 무엇이든 답은 같습니다."
    }
    TooManyRequests {
        "너무 잦은 요청", "시도가 너무 많았습니다. 잠시 기다린 뒤 다시 해 주세요.",
        "`Retry-After`의 초만큼 기다린 뒤 같은 요청을 다시 보내세요. `RateLimit-Policy`에 제한의 이름이 있습니다. 보낸 비밀번호가 맞는지는 이 답으로 알 수 없습니다."
    }
    HeadersTooLarge {
        "너무 큰 헤더", "요청 헤더가 16KiB보다 큽니다.",
        "계속 커지는 쿠키나 헤더가 없는지 살펴보고 사이트의 쿠키를 지우세요."
    }
    Internal {
        "서버 오류", "서버에 문제가 생겼습니다.",
        "`request_id`를 운영자에게 알려 주세요. 로그에서 원인을 찾을 수 있습니다."
    }
    Overloaded {
        "접속 폭주", "지금 서비스 이용이 너무 몰렸습니다. 아무것도 처리되지 않았습니다.",
        "`Retry-After`의 초만큼 기다린 뒤 같은 요청을 다시 보내세요."
    }
    DatabaseUnavailable {
        "데이터베이스 사용 불가", "지금은 계정 정보에 접근할 수 없습니다.",
        "`Retry-After`의 초만큼 기다린 뒤 다시 보내세요. 가입은 같은 `Idempotency-Key`로 보내세요. 원인은 로그에 있습니다."
    }
    MailNotConfigured {
        "메일 설정 없음", "이 서비스는 메일을 보낼 수 없습니다.",
        "운영자가 `DAEMUN_MAIL_URL`을 설정해야 합니다. 그때까지는 주소를 인증하거나 비밀번호를 되찾을 수 없습니다."
    }
    PasskeysNotConfigured {
        "패스키 설정 없음", "이 서비스는 패스키를 제공하지 않습니다.",
        "운영자가 `DAEMUN_PUBLIC_URL`이나 `DAEMUN_PASSKEY_RP_ID`를 설정해야 합니다. `GET /config`의 `passkeys`가 `false`이면 버튼을 숨기세요."
    }
    NotReady {
        "준비되지 않음", "서비스가 멈추는 중이거나 데이터베이스에 접근할 수 없습니다.",
        "200으로 답할 때까지 다른 인스턴스로 요청을 보내세요."
    }
}
