//! A mail server that accepts messages and misbehaves on demand.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::Duration,
};

use rustls::ServerConfig;

use super::{Mail, conversation::Conversation};

/// The username and the password that the server accepts.
pub const LOGIN: (&str, &str) = ("no-reply@example.com", "hunter2/%:ä");

/// The access token that the server accepts.
pub const TOKEN: &str = "eyJ0eXAi.good-_~+/=";

/// The behaviour of the server towards its clients.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Behaviour {
    /// Accepts every message.
    Normal,
    /// Closes every connection before the greeting.
    Down,
    /// Greets with a temporary error (421).
    Busy,
    /// Rejects every recipient temporarily (450).
    TempFail,
    /// Rejects every recipient permanently (550).
    PermFail,
    /// Closes the connection at every recipient (421).
    CloseOnRecipient,
    /// Closes the connection at recipients whose address begins with `closing`.
    CloseOnSome,
    /// Rejects the sender (550).
    RejectSender,
    /// Accepts a message and closes the connection before the reply.
    CutAfterData,
    /// Does not reply to a message until the behaviour changes.
    Stall,
}

/// The extensions that the server offers.
#[derive(Clone, Default)]
pub struct Offer {
    /// TLS, from the first byte on.
    pub implicit: Option<Arc<ServerConfig>>,
    /// TLS after STARTTLS.
    pub starttls: Option<Arc<ServerConfig>>,
    /// Mechanisms of a login, such as `PLAIN`. If there is one, a login is required.
    pub mechanisms: &'static [&'static str],
    /// Plain text that an attacker injects after the greeting, and after the STARTTLS response.
    pub behind_greeting: &'static str,
    pub behind_starttls: &'static str,
}

/// A running server, which ends with the test.
pub struct MailServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) offer: Offer,
    pub(super) state: Mutex<State>,
    pub(super) changed: Condvar,
}

pub(super) struct State {
    pub(super) behaviour: Behaviour,
    /// The accepted messages, in order.
    pub(super) taken: Vec<Mail>,
    /// Every received command, with `encrypted` in front if it was sent over TLS.
    pub(super) commands: Vec<String>,
}

impl MailServer {
    /// Starts a server without extensions.
    pub fn start() -> Self {
        Self::offering(Offer::default())
    }

    pub fn offering(offer: Offer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            offer,
            state: Mutex::new(State {
                behaviour: Behaviour::Normal,
                taken: Vec::new(),
                commands: Vec::new(),
            }),
            changed: Condvar::new(),
        });
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (shared, stream) = (Arc::clone(&of_thread), stream.unwrap());
                // A client that disconnects is no failure of the server.
                thread::spawn(move || {
                    let _ended = Conversation::hold(&shared, stream);
                });
            }
        });
        Self { address, shared }
    }

    /// Returns `smtp://127.0.0.1:…` with this query.
    pub fn url(&self, query: &str) -> String {
        format!("smtp://{}{query}", self.address)
    }

    /// Returns a URL of this scheme with [`LOGIN`].
    pub fn url_with_login(&self, scheme: &str) -> String {
        format!(
            "{scheme}://no-reply%40example.com:hunter2%2F%25%3A%C3%A4@{}",
            self.address
        )
    }

    /// Returns a URL of this scheme with only the username of [`LOGIN`].
    pub fn url_with_user(&self, scheme: &str) -> String {
        format!("{scheme}://no-reply%40example.com@{}", self.address)
    }

    /// Sets the behaviour.
    pub fn behave(&self, behaviour: Behaviour) {
        self.state().behaviour = behaviour;
        self.shared.changed.notify_all();
    }

    /// Returns all accepted messages so far.
    pub fn taken(&self) -> Vec<Mail> {
        self.state().taken.clone()
    }

    /// Waits until this many messages are accepted. Returns all of them.
    #[track_caller]
    pub fn wait_for(&self, count: usize) -> Vec<Mail> {
        self.wait_until(|state| state.taken.len() >= count);
        self.taken()
    }

    /// Waits until this many commands contain this text.
    #[track_caller]
    pub fn wait_for_command(&self, command: &str, count: usize) {
        self.wait_until(|state| {
            let same = state.commands.iter();
            same.filter(|came| came.contains(command)).count() >= count
        });
    }

    /// Returns all received commands so far.
    pub fn commands(&self) -> Vec<String> {
        self.state().commands.clone()
    }

    #[track_caller]
    fn wait_until(&self, is_so: impl Fn(&State) -> bool) {
        let limit = Duration::from_mins(1);
        let (state, waited) = self
            .shared
            .changed
            .wait_timeout_while(self.state(), limit, |state| !is_so(state))
            .unwrap();
        assert!(
            !waited.timed_out(),
            "the condition never held: {:?}",
            state.commands
        );
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}
