//! A receiver of webhooks that records them and misbehaves on demand.

use std::{
    collections::HashMap,
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::Duration,
};

use serde_json::Value;

/// The longest wait for a webhook.
const LIMIT: Duration = Duration::from_mins(1);

/// The behaviour of the receiver towards the service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Manner {
    /// Responds with this status and these header lines.
    Respond(u16, &'static str),
    /// Accepts, with a body of this many bytes.
    Huge(usize),
    /// Refuses the type with 422, and accepts others.
    RefuseType(&'static str),
    /// Closes each connection before the response.
    Close,
    /// Does not respond until the manner changes.
    Stall,
}

/// Accepts every event.
pub const ACCEPT: Manner = Manner::Respond(204, "");

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Webhook {
    pub request_line: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

/// A running receiver, which ends with the test.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    manner: Manner,
    /// Every request, in order.
    requests: Vec<Webhook>,
    /// The requests that were accepted.
    accepted: Vec<Webhook>,
    connections: usize,
}

impl Webhook {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn event_type(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                manner: ACCEPT,
                requests: Vec::new(),
                accepted: Vec::new(),
                connections: 0,
            }),
            changed: Condvar::new(),
        });
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (shared, stream) = (Arc::clone(&of_thread), stream.unwrap());
                shared.state.lock().unwrap().connections += 1;
                // A client that disconnects is no failure of the receiver.
                thread::spawn(move || {
                    let _ended = shared.serve(&stream);
                });
            }
        });
        Self { address, shared }
    }

    pub fn url(&self) -> String {
        format!("http://{}/webhooks?token=hunter2", self.address)
    }

    pub fn behave(&self, manner: Manner) {
        self.state().manner = manner;
        self.shared.changed.notify_all();
    }

    /// Returns every request so far, accepted or not.
    pub fn requests(&self) -> Vec<Webhook> {
        self.state().requests.clone()
    }

    /// Returns the accepted requests so far.
    pub fn accepted(&self) -> Vec<Webhook> {
        self.state().accepted.clone()
    }

    pub fn connections(&self) -> usize {
        self.state().connections
    }

    /// Waits until this many requests came. Returns all of them.
    #[track_caller]
    pub fn wait_for_requests(&self, count: usize) -> Vec<Webhook> {
        self.wait_until(|state| state.requests.len() >= count);
        self.requests()
    }

    /// Waits until this many requests were accepted. Returns all of them.
    #[track_caller]
    pub fn wait_for(&self, count: usize) -> Vec<Webhook> {
        self.wait_until(|state| state.accepted.len() >= count);
        self.accepted()
    }

    /// Waits until an event of this type was accepted. Returns it.
    #[track_caller]
    pub fn wait_for_type(&self, name: &str) -> Webhook {
        let is_of_type = |webhook: &&Webhook| webhook.event_type() == name;
        self.wait_until(|state| state.accepted.iter().any(|one| is_of_type(&one)));
        let accepted = self.accepted();
        accepted.iter().find(is_of_type).unwrap().clone()
    }

    #[track_caller]
    fn wait_until(&self, mut holds: impl FnMut(&State) -> bool) {
        let waits = |state: &mut State| !holds(state);
        let waited = self
            .shared
            .changed
            .wait_timeout_while(self.state(), LIMIT, waits);
        let (state, timeout) = waited.unwrap();
        assert!(
            !timeout.timed_out(),
            "{} requests, {} accepted",
            state.requests.len(),
            state.accepted.len()
        );
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}

impl Shared {
    /// Serves the requests of a connection.
    fn serve(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream);
        while let Some(request) = read(&mut reader)? {
            let manner = self.record(&request);
            match manner {
                Manner::Respond(status, headers) => {
                    let response =
                        format!("HTTP/1.1 {status} Status\r\n{headers}content-length: 0\r\n\r\n");
                    let response = if status == 204 {
                        response.replace("content-length: 0\r\n", "")
                    } else {
                        response
                    };
                    (&mut &*stream).write_all(response.as_bytes())?;
                }
                Manner::Huge(bytes) => {
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {bytes}\r\n\r\n");
                    (&mut &*stream).write_all(head.as_bytes())?;
                    (&mut &*stream).write_all(&vec![b'x'; bytes])?;
                }
                Manner::RefuseType(_) | Manner::Close => return Ok(()),
                Manner::Stall => {
                    let stalls = |state: &mut State| state.manner == Manner::Stall;
                    let state = self.state.lock().unwrap();
                    let _state = self.changed.wait_while(state, stalls).unwrap();
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Records a request. Returns the manner of its response.
    fn record(&self, request: &Webhook) -> Manner {
        let mut state = self.state.lock().unwrap();
        let manner = match state.manner.clone() {
            Manner::RefuseType(name) if request.event_type() == name => Manner::Respond(422, ""),
            Manner::RefuseType(_) => ACCEPT,
            other @ (Manner::Respond(..) | Manner::Huge(_) | Manner::Close | Manner::Stall) => {
                other
            }
        };
        state.requests.push(request.clone());
        if matches!(manner, Manner::Respond(200..300, _) | Manner::Huge(_)) {
            state.accepted.push(request.clone());
        }
        drop(state);
        self.changed.notify_all();
        manner
    }
}

/// Reads a request, or `None` at the end of the connection.
fn read(reader: &mut impl BufRead) -> io::Result<Option<Webhook>> {
    let mut request_line = String::new();
    if reader.read_line(&mut request_line)? == 0 {
        return Ok(None);
    }
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut body)?;
    Ok(Some(Webhook {
        request_line: request_line.trim_end().to_owned(),
        headers,
        body,
    }))
}
