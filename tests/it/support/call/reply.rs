//! A reply, and assertions about it.

use daemun::{
    domain::rate_limit::limit_name::LimitName,
    http::{ProblemCode, hint},
};
use serde_json::Value;
use ureq::http;

/// A complete reply.
pub struct Reply {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub text: String,
    /// The body as JSON, or null if it is none.
    pub json: Value,
}

impl Reply {
    pub(super) fn new(status: u16, headers: http::HeaderMap, body: &[u8]) -> Self {
        Self {
            status,
            headers,
            text: String::from_utf8_lossy(body).into_owned(),
            json: serde_json::from_slice(body).unwrap_or_default(),
        }
    }

    /// Asserts the status. A failure prints the whole body.
    #[track_caller]
    pub fn assert(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Asserts a problem of this status and code, with the headers of every problem.
    #[track_caller]
    pub fn assert_problem(self, status: u16, code: &str) -> Self {
        let reply = self.assert(status);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.json["code"], code, "{}", reply.text);
        assert_eq!(reply.json["status"], status);
        assert_eq!(reply.json["type"], format!("/problems/{code}"));
        assert_eq!(reply.json["request_id"], reply.header("x-request-id"));
        assert!(!reply.json["title"].as_str().unwrap().is_empty());
        assert!(!reply.json["detail"].as_str().unwrap().is_empty());
        reply.assert_hint(code);
        assert_eq!(
            status == 401,
            reply.headers.contains_key("www-authenticate")
        );
        assert_eq!(
            matches!(status, 429 | 503),
            reply.headers.contains_key("retry-after")
        );
        reply
    }

    /// Asserts that the hint is the one of the code or, after an exceeded limit, of that limit.
    #[track_caller]
    fn assert_hint(&self, code: &str) {
        let code = ProblemCode::of_slug(code).expect("a code of the table");
        let states = self.lines("ratelimit");
        let exceeded: Vec<_> = LimitName::ALL
            .iter()
            .filter(|name| {
                let state = format!("\"{name}\";r=0;");
                states.iter().any(|line| line.starts_with(&state))
            })
            .collect();
        let hints: Vec<_> = if code == ProblemCode::TooManyRequests {
            let hints = exceeded.into_iter().map(|name| hint(code, Some(*name)));
            hints.collect()
        } else {
            vec![hint(code, None)]
        };
        let own = self.json.get("hint").map(|own| own.as_str().unwrap());
        assert!(
            hints.iter().any(|hint| hint.as_deref() == own),
            "{own:?} is none of {hints:?}"
        );
    }

    /// Returns `field code` of every invalid field, in order.
    pub fn refused(&self) -> Vec<String> {
        let errors = self.json["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| {
                format!(
                    "{} {}",
                    error["field"].as_str().unwrap(),
                    error["code"].as_str().unwrap()
                )
            })
            .collect()
    }

    /// Returns the value of a header that exists once.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.headers.get_all(name).iter();
        let line = lines.next().unwrap_or_else(|| panic!("no header {name}"));
        assert!(lines.next().is_none(), "{name} is there twice");
        line.to_str().unwrap()
    }

    /// Returns all values of a header.
    pub fn lines(&self, name: &str) -> Vec<&str> {
        let lines = self.headers.get_all(name).iter();
        lines.map(|line| line.to_str().unwrap()).collect()
    }

    /// Returns the value of the only cookie that was set.
    #[track_caller]
    pub fn cookie(&self) -> String {
        let (pair, _attributes) = self.header("set-cookie").split_once(';').unwrap();
        pair.split_once('=').unwrap().1.to_owned()
    }

    /// Returns the token of the new session.
    #[track_caller]
    pub fn token(&self) -> String {
        let token = self.json["session"]["token"].as_str();
        token
            .unwrap_or_else(|| panic!("no token: {}", self.text))
            .to_owned()
    }

    /// Returns the body without the members that differ from request to request.
    pub fn repeatable(&self) -> Value {
        let mut json = self.json.clone();
        json["request_id"].take();
        json
    }
}

/// Asserts that a client cannot distinguish the replies.
#[track_caller]
pub fn assert_same_response(replies: &[Reply]) {
    for reply in replies {
        assert_eq!(reply.status, replies[0].status);
        assert_eq!(reply.repeatable(), replies[0].repeatable());
        assert_eq!(headers(reply), headers(&replies[0]));
    }
}

/// Returns the names of the headers, with the values of those that must not differ.
fn headers(reply: &Reply) -> Vec<String> {
    // The rest of a client's quota depends on its other requests. Each worker lists the exposed
    // headers in its own order.
    let own = [
        "x-request-id",
        "date",
        "ratelimit",
        "access-control-expose-headers",
    ];
    let headers = reply.headers.iter().map(|(name, value)| {
        let is_own = own.contains(&name.as_str());
        let value = if is_own { "" } else { value.to_str().unwrap() };
        format!("{name}: {value}")
    });
    let mut headers: Vec<_> = headers.collect();
    headers.sort();
    headers
}
