//! One call over a real socket, and what came back.

use std::{net::SocketAddr, time::Duration};

use serde_json::Value;
use ureq::{Agent, http};

/// A call to be sent.
pub struct Call {
    request: http::request::Builder,
    body: Vec<u8>,
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub text: String,
    /// The body as JSON, or null where it is none.
    pub json: Value,
}

impl Call {
    pub fn new(address: SocketAddr, method: &str, path: &str) -> Self {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("http://{address}{path}"));
        Self {
            request,
            body: Vec::new(),
        }
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string().as_bytes())
    }

    pub fn body(mut self, content_type: &str, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self.header("content-type", content_type)
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With the session cookie of this value.
    pub fn cookie(self, token: &str) -> Self {
        self.header("cookie", &format!("__Host-daemun={token}"))
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// A header of any bytes.
    pub fn raw_header(mut self, name: &str, value: &[u8]) -> Self {
        self.request = self
            .request
            .header(name, http::HeaderValue::from_bytes(value).unwrap());
        self
    }

    /// Sends it over a connection of its own.
    pub fn send(self) -> Reply {
        self.try_send().expect("the service answers")
    }

    /// The same, where no answer is an outcome too.
    pub fn try_send(self) -> Result<Reply, ureq::Error> {
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .max_idle_connections(0)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        let mut response = agent.run(self.request.body(self.body).unwrap())?;
        let text = response.body_mut().read_to_string()?;
        Ok(Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            json: serde_json::from_str(&text).unwrap_or_default(),
            text,
        })
    }
}

impl Reply {
    /// This status, or the test fails with the whole body.
    #[track_caller]
    pub fn assert(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// A problem of this status and code, in the one shape that problems have.
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

    /// `field code` of every refused field, in their order.
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

    /// A header that is there once.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.headers.get_all(name).iter();
        let line = lines.next().unwrap_or_else(|| panic!("no header {name}"));
        assert!(lines.next().is_none(), "{name} is there twice");
        line.to_str().unwrap()
    }
}
