//! The table of problem codes: name and status. `texts` has the texts of each.

use actix_web::http::StatusCode;

/// Declares `ProblemCode` from a table of codes with their status.
macro_rules! problem_codes {
    ($($name:ident $slug:literal $status:ident,)+) => {
        /// The stable code of a failure. A code has one status everywhere and is never renamed or
        /// reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemCode {
            $(
                #[doc = concat!("`", $slug, "`")]
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
        }
    };
}

problem_codes! {
    MalformedJson "malformed_json" BAD_REQUEST,
    InsecureTransport "insecure_transport" BAD_REQUEST,
    CrossSiteCookie "cross_site_cookie" BAD_REQUEST,
    ClientAuthenticationAmbiguous "client_authentication_ambiguous" BAD_REQUEST,
    CursorInvalid "cursor_invalid" BAD_REQUEST,
    InvalidCredentials "invalid_credentials" UNAUTHORIZED,
    NotAuthenticated "not_authenticated" UNAUTHORIZED,
    SecondFactorRequired "second_factor_required" UNAUTHORIZED,
    ServiceKeyInvalid "service_key_invalid" UNAUTHORIZED,
    AccountDisabled "account_disabled" FORBIDDEN,
    ScopeMissing "scope_missing" FORBIDDEN,
    CurrentPasswordWrong "current_password_wrong" FORBIDDEN,
    ConfirmationRequired "confirmation_required" FORBIDDEN,
    EmailNotVerified "email_not_verified" FORBIDDEN,
    CaptchaRequired "captcha_required" FORBIDDEN,
    CaptchaInvalid "captcha_invalid" FORBIDDEN,
    SignUpClosed "sign_up_closed" FORBIDDEN,
    InvitationInvalid "invitation_invalid" FORBIDDEN,
    OriginNotAllowed "origin_not_allowed" FORBIDDEN,
    NotFound "not_found" NOT_FOUND,
    UserNotFound "user_not_found" NOT_FOUND,
    InvitationNotFound "invitation_not_found" NOT_FOUND,
    SessionNotFound "session_not_found" NOT_FOUND,
    DeviceNotFound "device_not_found" NOT_FOUND,
    PasskeyNotFound "passkey_not_found" NOT_FOUND,
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED,
    RequestTimeout "request_timeout" REQUEST_TIMEOUT,
    UsernameTaken "username_taken" CONFLICT,
    EmailTaken "email_taken" CONFLICT,
    ExternalIdTaken "external_id_taken" CONFLICT,
    IdempotencyKeyReused "idempotency_key_reused" CONFLICT,
    TotpAlreadyEnabled "totp_already_enabled" CONFLICT,
    TotpNotStarted "totp_not_started" CONFLICT,
    SecondFactorNotSetUp "second_factor_not_set_up" CONFLICT,
    PasskeyLimitReached "passkey_limit_reached" CONFLICT,
    PasskeyAlreadyRegistered "passkey_already_registered" CONFLICT,
    TokenInvalid "token_invalid" GONE,
    ChallengeExpired "challenge_expired" GONE,
    PayloadTooLarge "payload_too_large" PAYLOAD_TOO_LARGE,
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE,
    ValidationFailed "validation_failed" UNPROCESSABLE_ENTITY,
    CodeInvalid "code_invalid" UNPROCESSABLE_ENTITY,
    PasskeyInvalid "passkey_invalid" UNPROCESSABLE_ENTITY,
    TooManyRequests "too_many_requests" TOO_MANY_REQUESTS,
    HeadersTooLarge "headers_too_large" REQUEST_HEADER_FIELDS_TOO_LARGE,
    Internal "internal" INTERNAL_SERVER_ERROR,
    Overloaded "overloaded" SERVICE_UNAVAILABLE,
    DatabaseUnavailable "database_unavailable" SERVICE_UNAVAILABLE,
    MailNotConfigured "mail_not_configured" SERVICE_UNAVAILABLE,
    PasskeysNotConfigured "passkeys_not_configured" SERVICE_UNAVAILABLE,
    NotReady "not_ready" SERVICE_UNAVAILABLE,
}

impl ProblemCode {
    /// Returns the code with this name.
    #[must_use]
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.slug() == slug)
    }

    /// Returns the OAuth 2.0 error code of a failure to authenticate a service (RFC 6749 section
    /// 5.2).
    #[must_use]
    pub fn oauth_error(self) -> Option<&'static str> {
        [
            (Self::ServiceKeyInvalid, "invalid_client"),
            (Self::ClientAuthenticationAmbiguous, "invalid_request"),
        ]
        .into_iter()
        .find_map(|(code, error)| (code == self).then_some(error))
    }

    /// Returns the seconds of `Retry-After` if nothing more exact is known. Every 429 and 503 has
    /// the header.
    #[must_use]
    pub fn default_retry_after(self) -> Option<u64> {
        match self.status() {
            StatusCode::SERVICE_UNAVAILABLE => Some(2),
            StatusCode::TOO_MANY_REQUESTS => Some(60),
            _ => None,
        }
    }
}
