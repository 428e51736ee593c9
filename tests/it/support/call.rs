//! One call over a real socket, and what came back.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

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

    /// With this body, in place of another that it had.
    pub fn body(mut self, content_type: &str, body: &[u8]) -> Self {
        self.body = body.to_vec();
        if let Some(headers) = self.request.headers_mut() {
            headers.remove("content-type");
        }
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
            .timeout_global(Some(Duration::from_mins(1)))
            .build()
            .into();
        let mut response = agent.run(self.request.body(self.body).unwrap())?;
        let body = response.body_mut().read_to_vec()?;
        Ok(Reply::new(
            response.status().as_u16(),
            response.headers().clone(),
            &body,
        ))
    }
}

/// Sends these bytes as they are and reads until the service closes the connection, so they should ask for that. What the
/// service refuses to read to its end is no failure of the exchange.
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    let _refused = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).expect("an answer in UTF-8");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.parse().unwrap(), value.parse().unwrap())
    });
    let headers: Vec<(http::HeaderName, http::HeaderValue)> = headers.collect();
    let mut map = http::HeaderMap::new();
    for (name, value) in headers {
        map.append(name, value);
    }
    Reply::new(status.parse().unwrap(), map, body.as_bytes())
}

impl Reply {
    fn new(status: u16, headers: http::HeaderMap, body: &[u8]) -> Self {
        Self {
            status,
            headers,
            text: String::from_utf8_lossy(body).into_owned(),
            json: serde_json::from_slice(body).unwrap_or_default(),
        }
    }

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

    /// All lines of a header.
    pub fn lines(&self, name: &str) -> Vec<&str> {
        let lines = self.headers.get_all(name).iter();
        lines.map(|line| line.to_str().unwrap()).collect()
    }

    /// The value of the one cookie that was set.
    #[track_caller]
    pub fn cookie(&self) -> String {
        let (pair, _attributes) = self.header("set-cookie").split_once(';').unwrap();
        pair.split_once('=').unwrap().1.to_owned()
    }

    /// The token of the session that was opened.
    #[track_caller]
    pub fn token(&self) -> String {
        let token = self.json["session"]["token"].as_str();
        token
            .unwrap_or_else(|| panic!("no token: {}", self.text))
            .to_owned()
    }

    /// The body with what differs from request to request left out.
    pub fn repeatable(&self) -> Value {
        let mut json = self.json.clone();
        json["request_id"].take();
        json
    }
}
