//! The metrics of each request of the public listener, and the outcome of a login or signup.

use std::time::Duration;

use actix_web::{
    HttpMessage, HttpRequest,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    web,
};

use crate::{
    domain::rate_limit::limit_name::LimitName,
    http::{
        problem::{Problem, code::ProblemCode},
        settings::Settings,
    },
    telemetry::metrics::{
        ActiveRequestCount, AttemptMetrics, LogInOutcome, LogInRoute, Metrics, SignUpOutcome,
    },
};

/// The routes that log in.
const LOG_INS: [(&str, LogInRoute); 4] = [
    ("/login", LogInRoute::Password),
    ("/login/passkey", LogInRoute::Passkey),
    ("/login/code/verify", LogInRoute::EmailCode),
    ("/login/second-factor", LogInRoute::SecondFactor),
];

const SIGN_UP: &str = "/signup";

/// The metrics of an application whose requests are measured.
pub struct MeteredApplication(pub Metrics);

/// A completed request.
#[derive(Clone, Copy)]
pub struct CompletedRequest<'a> {
    /// The method, if it is one that is known by name.
    pub method: &'a str,
    /// The pattern of the route, if one matched.
    pub pattern: Option<&'a str>,
    pub status: StatusCode,
    pub duration: Duration,
}

/// The problem that a request ended in.
#[derive(Clone, Copy)]
struct Failure {
    code: ProblemCode,
    limit: Option<LimitName>,
}

/// Notes the problem that a response reports.
pub fn note_problem<B>(response: &ServiceResponse<B>, problem: &Problem) {
    let failure = Failure {
        code: problem.code,
        limit: problem.exceeded_limit(),
    };
    response.request().extensions_mut().insert(failure);
}

/// Counts a request as in progress until the value is dropped, if requests are measured.
pub fn begin(request: &ServiceRequest) -> Option<ActiveRequestCount> {
    let metered: &web::Data<MeteredApplication> = request.app_data()?;
    Some(metered.0.meters().requests.begin())
}

/// Records a completed request, if requests are measured.
pub fn record(request: &HttpRequest, completed: CompletedRequest<'_>) {
    let metered: Option<&web::Data<MeteredApplication>> = request.app_data();
    let Some(meters) = metered.map(|metered| metered.0.meters()) else {
        return;
    };
    let CompletedRequest {
        method,
        pattern,
        status,
        duration,
    } = completed;
    let requests = &meters.requests;
    requests.record(pattern, method, status.as_u16(), duration);
    let failure = request.extensions().get::<Failure>().copied();
    if let Some(failure) = failure {
        record_failure(&meters.attempts, failure);
    }
    if method == Method::POST.as_str()
        && let Some(pattern) = pattern
    {
        let settings = Settings::of(request);
        let route = pattern.strip_prefix(settings.base_path.as_str());
        record_attempt(
            &meters.attempts,
            route.unwrap_or(pattern),
            status,
            failure.map(|failure| failure.code),
        );
    }
}

fn record_failure(attempts: &AttemptMetrics, failure: Failure) {
    if let Some(limit) = failure.limit {
        attempts.limit_hit(limit);
    }
    if failure.code == ProblemCode::CaptchaRequired {
        attempts.captcha_demanded();
    }
}

fn record_attempt(
    attempts: &AttemptMetrics,
    route: &str,
    status: StatusCode,
    failure: Option<ProblemCode>,
) {
    if route == SIGN_UP {
        attempts.sign_up(sign_up_outcome(status, failure));
    } else if let Some((_, method)) = LOG_INS.iter().find(|(path, _)| *path == route) {
        attempts.log_in(*method, log_in_outcome(failure));
    }
}

fn log_in_outcome(failure: Option<ProblemCode>) -> LogInOutcome {
    match failure {
        None => LogInOutcome::Succeeded,
        Some(ProblemCode::SecondFactorRequired) => LogInOutcome::SecondFactorRequired,
        Some(
            ProblemCode::InvalidCredentials
            | ProblemCode::CodeInvalid
            | ProblemCode::PasskeyInvalid
            | ProblemCode::ChallengeExpired,
        ) => LogInOutcome::Failed,
        Some(ProblemCode::AccountDisabled) => LogInOutcome::Disabled,
        Some(ProblemCode::EmailNotVerified) => LogInOutcome::Unverified,
        Some(ProblemCode::TooManyRequests) => LogInOutcome::Throttled,
        Some(ProblemCode::CaptchaRequired | ProblemCode::CaptchaInvalid) => LogInOutcome::Captcha,
        Some(code) if code.status().is_server_error() => LogInOutcome::Unavailable,
        Some(_) => LogInOutcome::Rejected,
    }
}

fn sign_up_outcome(status: StatusCode, failure: Option<ProblemCode>) -> SignUpOutcome {
    match failure {
        None if status == StatusCode::ACCEPTED => SignUpOutcome::Pending,
        None => SignUpOutcome::Created,
        Some(ProblemCode::UsernameTaken | ProblemCode::EmailTaken) => SignUpOutcome::Taken,
        Some(ProblemCode::TooManyRequests) => SignUpOutcome::Throttled,
        Some(ProblemCode::CaptchaRequired | ProblemCode::CaptchaInvalid) => SignUpOutcome::Captcha,
        Some(code) if code.status().is_server_error() => SignUpOutcome::Unavailable,
        Some(_) => SignUpOutcome::Rejected,
    }
}
