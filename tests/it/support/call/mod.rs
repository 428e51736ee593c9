//! A call over a real socket and its reply, which is checked against the OpenAPI document.

pub mod contract;
mod documents;
mod reply;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;
use ureq::{Agent, http};

pub use reply::{Reply, assert_same_response};

/// A call to be sent.
pub struct Call {
    request: http::request::Builder,
    body: Vec<u8>,
    /// The OpenAPI document that describes the paths of the listener, if one does.
    document: Option<&'static Value>,
}

impl Call {
    pub fn new(address: SocketAddr, method: &str, path: &str) -> Self {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("http://{address}{path}"));
        Self {
            request,
            body: Vec::new(),
            document: Some(contract::document()),
        }
    }

    /// Marks the call as one whose path no OpenAPI document describes: outside the base path.
    pub fn undocumented(self) -> Self {
        Self {
            document: None,
            ..self
        }
    }

    /// Marks the call as one to the admin listener, which has a document of its own.
    pub fn of_admin(self) -> Self {
        Self {
            document: Some(contract::admin_document()),
            ..self
        }
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string().as_bytes())
    }

    /// Sets the body, or replaces it.
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

    /// Adds the session cookie with this value.
    pub fn cookie(self, token: &str) -> Self {
        self.header("cookie", &format!("__Host-daemun={token}"))
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Adds a header of any bytes.
    pub fn raw_header(mut self, name: &str, value: &[u8]) -> Self {
        self.request = self
            .request
            .header(name, http::HeaderValue::from_bytes(value).unwrap());
        self
    }

    /// Sends the call over its own connection.
    pub fn send(self) -> Reply {
        self.try_send().expect("the service responds")
    }

    /// Sends the call, for tests in which a missing reply is an outcome too.
    pub fn try_send(self) -> Result<Reply, ureq::Error> {
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .max_idle_connections(0)
            .timeout_global(Some(Duration::from_mins(1)))
            .build()
            .into();
        let request = self.request.body(self.body).unwrap();
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let mut response = agent.run(request)?;
        let body = response.body_mut().read_to_vec()?;
        let status = response.status().as_u16();
        let reply = Reply::new(status, response.headers().clone(), &body);
        match self.document {
            Some(document) => {
                contract::assert_documented(document, method.as_str(), &path, &reply);
            }
            None => contract::assert_problem_documented(method.as_str(), &reply),
        }
        Ok(reply)
    }
}

/// Sends these bytes and reads until the service closes the connection, which the bytes should
/// request. The exchange also succeeds if the service does not read all bytes.
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    let _refused = stream.write_all(bytes);
    read_reply(&mut stream)
}

/// Sends a JSON body only after `between`. The service has read the headers by then, and with them
/// the session.
pub fn send_body_after(
    address: SocketAddr,
    path: &str,
    token: &str,
    body: &Value,
    between: impl FnOnce(),
) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    between();
    stream.write_all(body.as_bytes()).unwrap();
    read_reply(&mut stream)
}

/// Reads a reply until the service closes the connection.
fn read_reply(stream: &mut TcpStream) -> Reply {
    let mut response = Vec::new();
    let _reset = stream.read_to_end(&mut response);
    let response = String::from_utf8(response).expect("a response in UTF-8");
    let (head, body) = response.split_once("\r\n\r\n").expect("a response");
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
