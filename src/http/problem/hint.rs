//! The hints of problem documents: the change of a request or a setting that a developer makes.
//!
//! A hint depends on the code and the name of an exceeded limit only. The response states both
//! anyway, so a hint reveals nothing.

use std::borrow::Cow;

use super::code::ProblemCode;
use crate::domain::rate_limit::limit_name::LimitName;

/// The hint for an identifier that only recognized devices may log in with. Waiting does not help.
const LOCKED: &str = "The limit `account-failures` is reached: log in from a recognized device, reset the password, or \
                      unlock the account with `daemun user unlock`. DAEMUN_LIMIT_ACCOUNT_FAILURES sets the limit. See \
                      docs/security.md#guessing.";

/// Returns the hint of a problem, in English. Returns `None` where only the user can help, by
/// other input. `exceeded` is the rate limit that the request exceeded.
#[must_use]
pub fn text(code: ProblemCode, exceeded: Option<LimitName>) -> Option<Cow<'static, str>> {
    match exceeded {
        Some(LimitName::AccountFailures) => Some(Cow::Borrowed(LOCKED)),
        Some(limit) => Some(Cow::Owned(format!(
            "The limit `{limit}` is reached: wait for the seconds in `Retry-After`. {} sets the limit. For load tests, set \
             DAEMUN_RATE_LIMITS=off. See docs/security.md#guessing.",
            setting(limit)
        ))),
        None => of_code(code).map(Cow::Borrowed),
    }
}

/// Returns the setting of a limit.
const fn setting(limit: LimitName) -> &'static str {
    match limit {
        LimitName::SignUp => "DAEMUN_LIMIT_SIGN_UPS",
        LimitName::LogIn => "DAEMUN_LIMIT_LOG_INS",
        LimitName::MailRequest => "DAEMUN_LIMIT_MAIL_REQUESTS",
        LimitName::NetworkFailures => "DAEMUN_LIMIT_NETWORK_FAILURES",
        LimitName::Failures => "DAEMUN_LIMIT_FAILURES",
        LimitName::WrongCodes => "DAEMUN_LIMIT_CODES",
        LimitName::Changes => "DAEMUN_LIMIT_CHANGES",
        LimitName::NetworkChanges => "DAEMUN_LIMIT_NETWORK_CHANGES",
        LimitName::AccountFailures => "DAEMUN_LIMIT_ACCOUNT_FAILURES",
    }
}

/// Builds the hints of all codes from a table. A code without a row does not compile.
macro_rules! hints {
    ($($code:ident => $hint:expr,)+) => {
        const fn of_code(code: ProblemCode) -> Option<&'static str> {
            match code {
                $(ProblemCode::$code => $hint,)+
            }
        }
    };
}

hints! {
    MalformedJson => Some(
        "Send one complete JSON object in UTF-8, as `JSON.stringify` creates it, nested at most 32 levels deep.",
    ),
    InsecureTransport => Some(
        "Serve the page over https or from `http://localhost`, or send `transport: \"token\"`. On a trusted network, set \
         DAEMUN_COOKIE_SECURE=off. See docs/security.md#sessions.",
    ),
    CrossSiteCookie => Some(
        "Serve the page from the same site as this service, or send `transport: \"token\"`. DAEMUN_CORS_ORIGINS does not help: \
         the browser drops the cookie. See docs/security.md#cross-site-requests.",
    ),
    ClientAuthenticationAmbiguous => Some(
        "Authenticate by one method: one `Authorization` header with the scheme `Basic` or `Bearer`, or `client_id` and \
         `client_secret` in the form. See docs/integrations.md#introspect-tokens.",
    ),
    CursorInvalid => Some(
        "Send the `next_cursor` of the previous page of the same list within a day, or no `cursor` for the first page.",
    ),
    InvalidCredentials => None,
    NotAuthenticated => Some(
        "Send the session cookie (in `fetch` with `credentials: \"include\"`) or the session token in the header \
         `Authorization: Bearer`. A bearer token of this service takes precedence over the cookie, even if it is invalid. \
         `GET /session` responds 200 to visitors without a session, and `POST /email/verify` takes the account's `password` \
         instead of one.",
    ),
    SecondFactorRequired => Some(
        "Send `challenge` within five minutes to `POST /login/second-factor`, with a code, a recovery code or a passkey from \
         `methods`. See docs/second-factors.md#log-in-with-a-second-factor.",
    ),
    ChallengeExpired => Some(
        "Log in again: a challenge lives for five minutes and five tries, and ends when the password or the factors change, or after \
         100 later ones of the account. \
         See docs/second-factors.md#log-in-with-a-second-factor.",
    ),
    ServiceKeyInvalid => Some(
        "Send a key from `daemun key create` in `Authorization: Bearer`, once. A session token is no service key. See \
         docs/admin-api.md#create-a-key. `POST /introspect` also takes HTTP Basic, or `client_id` and `client_secret` in the form: \
         see docs/integrations.md#introspect-tokens.",
    ),
    AccountDisabled => Some("An operator can enable the account with `daemun user enable`, or another service with the admin API."),
    ScopeMissing => Some(
        "Create a key with `daemun key create` and the option `--scope`, which takes the scope that the operation names. \
         `daemun key list` prints the scopes of each key. See docs/admin-api.md#create-a-key.",
    ),
    CurrentPasswordWrong => None,
    ConfirmationRequired => Some(
        "Send the user's password, and with a second factor also one in `methods`, to `POST /me/confirm`; the password alone if \
         `methods` has nothing else. Then send the same request again within ten minutes. A new factor ends the confirmation \
         of the account's other sessions.",
    ),
    EmailNotVerified => Some(
        "Send the mailed code to `POST /email/verify`, or request another mail with `POST /email/resend`. \
         DAEMUN_EMAIL_VERIFICATION decides whether logins need a verified address. See docs/verification.md#choose-a-mode.",
    ),
    CaptchaRequired => Some(
        "Get a challenge from `GET /captcha`, solve it, and send the same request again with the solution in `captcha`. For \
         development, run `daemun dev` or set DAEMUN_CAPTCHA=off. See docs/proof-of-work.md.",
    ),
    CaptchaInvalid => Some(
        "Get a new challenge from `GET /captcha` for every request: a solution is valid once, for five minutes. For \
         development, run `daemun dev` or set DAEMUN_CAPTCHA=off. See docs/proof-of-work.md.",
    ),
    SignUpClosed => Some(
        "Create accounts with `daemun user create`, or set DAEMUN_SIGN_UP to open or invited. See docs/signup.md#choose-who-may-sign-up.",
    ),
    InvitationInvalid => Some(
        "Send the token from `daemun invite create` or the mail as `invitation`, with the email address that it was sent to. \
         `daemun invite list` shows its state. See docs/signup.md#invite-people.",
    ),
    OriginNotAllowed => Some(
        "Add the origin of the page to DAEMUN_CORS_ORIGINS, also if it sends a bearer token, or serve the page from the \
         service's own origin. A reverse proxy must forward the browser's `Host` header unchanged, with the port. For \
         development, `daemun dev` accepts every origin on this machine. See docs/security.md#cross-site-requests.",
    ),
    NotFound => Some(
        "Compare the path with `GET /openapi.json`: it has no trailing slash and no version prefix, and begins with \
         DAEMUN_BASE_PATH. The metadata of the token issuer needs DAEMUN_PUBLIC_URL, and \
         `/.well-known/change-password` needs DAEMUN_CHANGE_PASSWORD_URL.",
    ),
    UserNotFound => Some("Send the `id` of an account, as `GET /admin/users` returns it."),
    InvitationNotFound => Some("Send the `id` of an invitation that is not revoked, as `GET /admin/invitations` returns it."),
    SessionNotFound => Some(
        "Send an `id` of the caller's own sessions, as `GET /sessions` returns it, or one of the account in the path, as \
         `GET /admin/users/{id}/sessions` returns it.",
    ),
    DeviceNotFound => Some("Send an `id` of the caller's own devices, as `GET /me/devices` returns it."),
    PasskeyNotFound => Some("`GET /me/second-factors` lists the passkeys. A path with an `id` takes that of the caller's own passkey; options need at least one passkey of this domain."),
    MethodNotAllowed => Some("Use one of the methods in the `Allow` header."),
    RequestTimeout => Some(
        "Send the whole body within ten seconds, with as many bytes as `Content-Length` states.",
    ),
    UsernameTaken => None,
    EmailTaken => None,
    ExternalIdTaken => Some("Send an `external_id` that no other account has."),
    IdempotencyKeyReused => Some(
        "Create a new `Idempotency-Key` for each signup or user. Repeat a key only with the same body.",
    ),
    TotpAlreadyEnabled => Some(
        "`GET /me/second-factors` shows the account's app. Remove it with `DELETE /me/totp` before another is set up.",
    ),
    TotpNotStarted => Some(
        "Begin with `POST /me/totp` in the same session, and send the code within ten minutes.",
    ),
    SecondFactorNotSetUp => Some(
        "Set up an authenticator app with `POST /me/totp` and `POST /me/totp/verify`: the response contains recovery codes.",
    ),
    PasskeyLimitReached => Some("Remove a passkey with `DELETE /me/passkeys/{id}` first."),
    PasskeyAlreadyRegistered => Some(
        "Pass `excludeCredentials` of the options to the browser: an authenticator that has a passkey of the account then offers none.",
    ),
    TokenInvalid => Some(
        "Send the parameter `token` of the mailed link's fragment unchanged. A token is valid once, for one purpose, until it expires. \
         See docs/verification.md.",
    ),
    PayloadTooLarge => Some("Send a body of at most 16 KiB: no request needs more."),
    UnsupportedMediaType => Some(
        "Send the header `Content-Type: application/json` and no `Content-Encoding`. `POST /introspect` needs \
         `Content-Type: application/x-www-form-urlencoded` instead.",
    ),
    ValidationFailed => Some(
        "Correct the fields in `errors`, which lists all of them. `GET /openapi.json` has the schema of the body.",
    ),
    CodeInvalid => None,
    PasskeyInvalid => Some(
        "Send `PublicKeyCredential.toJSON()` unchanged within five minutes, once. The page's origin must be https (or localhost) with \
         the host of DAEMUN_PUBLIC_URL or a host below DAEMUN_PASSKEY_RP_ID, or be listed in DAEMUN_PASSKEY_ORIGINS. The log has the reason.",
    ),
    TooManyRequests => Some(
        "Wait for the seconds in `Retry-After`. `RateLimit-Policy` names the limit. See docs/security.md#guessing.",
    ),
    HeadersTooLarge => Some(
        "Send at most 16 KiB of headers. Look for a cookie that grows, and clear the cookies of this site.",
    ),
    Internal => Some("Search the log for the `request_id`: it shows the cause."),
    Overloaded => Some(
        "Send the same request again after the seconds in `Retry-After`. See docs/operations.md#troubleshoot.",
    ),
    DatabaseUnavailable => Some(
        "Send the same request again after the seconds in `Retry-After`, a signup with the same `Idempotency-Key`. The log \
         shows the cause. See docs/operations.md#troubleshoot.",
    ),
    MailNotConfigured => Some(
        "Set DAEMUN_MAIL_URL to a mail server. For development, run `daemun dev`, which writes every mail to the log. See \
         docs/mail.md#turn-mail-on.",
    ),
    PasskeysNotConfigured => Some(
        "Set DAEMUN_PUBLIC_URL to an URL with a domain, or DAEMUN_PASSKEY_RP_ID. `daemun dev` needs neither.",
    ),
    NotReady => Some(
        "Send requests to another replica until this one returns 200. The log shows the cause.",
    ),
}
