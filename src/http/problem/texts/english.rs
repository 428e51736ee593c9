//! The texts of problem codes in English: title, detail and advice.

use super::{ProblemTexts, problem_texts};
use crate::http::problem::code::ProblemCode;

problem_texts! {
    MalformedJson {
        "Malformed JSON", "The request body is not JSON.",
        "Send one complete JSON object in UTF-8, for example with `JSON.stringify`."
    }
    InsecureTransport {
        "Insecure transport", "A browser drops this cookie on plain http, except on localhost.",
        "Serve the app over https, use `http://localhost` or a name below it, or request `transport: \"token\"`. On a trusted network, you can set DAEMUN_COOKIE_SECURE=off."
    }
    CrossSiteCookie {
        "Cross-site cookie", "A browser drops this cookie on a page of another site.",
        "Serve the app on the same site as this server, for example app.example.com next to auth.example.com, or request `transport: \"token\"`. An origin in DAEMUN_CORS_ORIGINS does not change what the browser drops."
    }
    ClientAuthenticationAmbiguous {
        "Client authentication ambiguous", "The service authenticated in more than one way.",
        "Authenticate by one method: `Authorization: Basic`, `Authorization: Bearer`, or `client_id` and `client_secret` in the form."
    }
    CursorInvalid {
        "Cursor invalid", "This page of the list is no longer available.",
        "Start again with the first page, without `cursor`. A cursor is valid for a day and for its own list."
    }
    InvalidCredentials {
        "Invalid credentials", "Incorrect username, email or password.",
        "Let the user try again. The response is the same whether the account exists or not."
    }
    NotAuthenticated {
        "Not logged in", "You are not logged in, or your session has expired.",
        "Log in again, then send the session cookie or `Authorization: Bearer` with the session token. A bearer token of this server takes precedence over the cookie, even if it is invalid. Any other `Authorization` is ignored."
    }
    SecondFactorRequired {
        "Second factor required", "A second factor is needed to log in.",
        "Ask the user for one of the `methods`, and send it with `challenge` to `POST /login/second-factor`. The password need not be sent again."
    }
    ServiceKeyInvalid {
        "Service key invalid", "The service key is missing or invalid.",
        "Send a key from `daemun key create` as `Authorization: Bearer`. Introspection also takes it as the client secret, by `client_secret_basic` or `client_secret_post`, with the key's name as the client id. A key is shown once. If a key is lost, revoke it and create a new one."
    }
    AccountDisabled {
        "Account disabled", "An operator has disabled this account.",
        "Only an operator can enable the account again, with `daemun user enable`, or another service with the admin API. This code is only returned after the correct password."
    }
    ScopeMissing {
        "Scope missing", "The service key does not have the scope that this operation needs.",
        "Create a key with `daemun key create NAME --scope SCOPE`. The OpenAPI document of the admin listener names the scope of each operation."
    }
    CurrentPasswordWrong {
        "Current password wrong", "The current password is incorrect.",
        "Request the current password again. The session stays valid."
    }
    ConfirmationRequired {
        "Confirmation required", "Please confirm that it is you.",
        "Let the user confirm with a method in `methods`, send it to `POST /me/confirm`, and then send the same request again. A confirmation lasts ten minutes. A signup and a login with every factor count as one."
    }
    EmailNotVerified {
        "Email not verified", "The email address of this account is not verified yet.",
        "Request the code or the link from the mail, and offer `POST /email/resend`. This code is only returned after the correct password."
    }
    CaptchaRequired {
        "CAPTCHA required", "We need to check that this request is not automated.",
        "Get a challenge from `GET /captcha`, solve it with the ALTCHA widget or a library, and send the same request with the solution as `captcha`."
    }
    CaptchaInvalid {
        "CAPTCHA invalid", "The check for automated requests failed. Please try again.",
        "The solution is wrong, expired or already used. Get a new challenge for every request."
    }
    SignUpClosed {
        "Signup closed", "New accounts cannot be created here.",
        "The operator creates accounts with `daemun user create`. `GET /config` returns `sign_up: \"closed\"`: hide the signup form."
    }
    InvitationInvalid {
        "Invitation invalid", "This invitation cannot be used. Ask for a new one.",
        "The invitation is unknown, expired, revoked, used up or for another email address. The response is the same for every reason. After several wrong invitations, a client IP has to wait."
    }
    OriginNotAllowed {
        "Origin not allowed", "The origin of this page is not listed in DAEMUN_CORS_ORIGINS.",
        "Serve the app from the same origin, or add its origin to DAEMUN_CORS_ORIGINS. Every browser origin must be listed, even with `Authorization: Bearer`. The log names rejected origins."
    }
    NotFound {
        "Not found", "This address does not exist.",
        "Compare the path with the OpenAPI document: it has no trailing slash and no version prefix."
    }
    UserNotFound {
        "User not found", "No account has this ID.",
        "Reload the list with `GET /admin/users`. The account may have been deleted."
    }
    InvitationNotFound {
        "Invitation not found", "No invitation has this ID, or it is revoked already.",
        "Reload the list with `GET /admin/invitations`. Invitations are deleted 30 days after their expiry."
    }
    SessionNotFound {
        "Session not found", "The account has no such session.",
        "Reload the list of sessions. This session has expired, was revoked, or belongs to another account."
    }
    DeviceNotFound {
        "Device not found", "You have no such device.",
        "Reload the list of devices. This device has expired, was forgotten, or belongs to another account."
    }
    PasskeyNotFound {
        "Passkey not found", "You have no such passkey.",
        "Reload the list with `GET /me/second-factors`. This passkey was removed, belongs to another account, or to another domain."
    }
    MethodNotAllowed {
        "Method not allowed", "This address does not support this method.",
        "Use one of the methods in the `Allow` header."
    }
    RequestTimeout {
        "Request timeout", "The request did not arrive in time.",
        "Send the whole body within ten seconds."
    }
    UsernameTaken {
        "Username taken", "Another account has this username.",
        "Show `errors` next to the fields. Every field that is in use is listed. Usernames that differ only in case or width are equal."
    }
    EmailTaken {
        "Email address taken", "Another account has this email address.",
        "Show `errors` next to the fields, and offer to log in instead."
    }
    ExternalIdTaken {
        "External ID taken", "Another account has this external ID.",
        "Find the account with `GET /admin/users?external_id=`. External IDs are compared as bytes."
    }
    IdempotencyKeyReused {
        "Idempotency key reused", "This idempotency key was used for another account.",
        "Create a new key for each signup or user. Send the same key only with the same body, and a signup with the same password."
    }
    TotpAlreadyEnabled {
        "Authenticator app already set up", "An authenticator app is already set up for this account.",
        "Show the app with `GET /me/second-factors`. To change apps, remove the app with `DELETE /me/totp` and set up another."
    }
    TotpNotStarted {
        "Authenticator app not started", "The setup of the authenticator app has expired or was not started here.",
        "Start again with `POST /me/totp` and show the new QR code. A setup belongs to its session and expires after ten minutes."
    }
    SecondFactorNotSetUp {
        "No second factor", "This account has no second factor, so it needs no recovery codes.",
        "Offer to set up an authenticator app first. The response to its first code contains recovery codes."
    }
    PasskeyLimitReached {
        "Too many passkeys", "An account can have 20 passkeys.",
        "Let the user remove a passkey that is no longer used, then register the new one."
    }
    PasskeyAlreadyRegistered {
        "Passkey already registered", "This passkey is registered already.",
        "The authenticator offered a passkey that the service has. Show the list with `GET /me/second-factors`."
    }
    TokenInvalid {
        "Link no longer valid", "This link is invalid or has expired.",
        "The token is unknown, expired or used. Offer to send a new mail."
    }
    ChallengeExpired {
        "Login expired", "This login is no longer open. Please log in again.",
        "The challenge is unknown, expired, used or out of tries, or the password or the second factors changed. Start again with the first factor."
    }
    PayloadTooLarge {
        "Payload too large", "The request body is larger than 16 KiB.",
        "No request of this API needs more. Look for a field that was filled by mistake."
    }
    UnsupportedMediaType {
        "Unsupported media type", "Unsupported media type: send the `Content-Type` of this route, usually `application/json`.",
        "Send `Content-Type: application/json` without `Content-Encoding`. `POST /introspect` takes a form instead."
    }
    ValidationFailed {
        "Validation failed", "Some fields are invalid.",
        "Show each entry of `errors` next to its field. All rejected fields are listed at once."
    }
    CodeInvalid {
        "Code wrong or expired", "The code is wrong or has expired.",
        "Let the user enter the code again. After five attempts or 15 minutes, offer to send a new mail. A code of an authenticator app is valid once, and only if the clock of its device is right. Without a session, the password that was sent with the code may be the wrong one."
    }
    PasskeyInvalid {
        "Passkey not accepted", "The passkey could not be verified. Please try again.",
        "Request new options and run the browser's ceremony again: a ceremony is valid for five minutes and one request. The response is the same for every reason."
    }
    TooManyRequests {
        "Too many requests", "Too many attempts. Please wait before you try again.",
        "Send the same request again after the seconds in `Retry-After`. `RateLimit-Policy` names the limit. The response does not depend on the password that was sent."
    }
    HeadersTooLarge {
        "Headers too large", "The request headers are larger than 16 KiB.",
        "Look for a cookie or header that grows, and clear the site's cookies."
    }
    Internal {
        "Internal error", "Something went wrong on the server.",
        "Give the `request_id` to the operator, who finds the cause in the log."
    }
    Overloaded {
        "Overloaded", "The service is too busy at the moment. Nothing was changed.",
        "Send the same request again after the seconds in `Retry-After`."
    }
    DatabaseUnavailable {
        "Database unavailable", "Accounts are unavailable at the moment.",
        "Send the same request again after the seconds in `Retry-After`. Repeat a signup with the same `Idempotency-Key`. The operator finds the cause in the log."
    }
    MailNotConfigured {
        "Mail not configured", "This service cannot send mail.",
        "The operator sets `DAEMUN_MAIL_URL`. Until then, addresses cannot be verified and passwords cannot be reset."
    }
    PasskeysNotConfigured {
        "Passkeys not configured", "This service does not offer passkeys.",
        "The operator sets `DAEMUN_PUBLIC_URL` or `DAEMUN_PASSKEY_RP_ID`. `GET /config` has `passkeys`: hide the button while it is `false`."
    }
    NotReady {
        "Not ready", "The service is stopping, or its database is unavailable.",
        "Send requests to another replica until this one returns 200."
    }
}
