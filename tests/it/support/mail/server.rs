//! A mail server of the test's own: it takes messages, and misbehaves as it is told to.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::Duration,
};

use rustls::ServerConfig;

use super::{Mail, conversation::Conversation};

/// User name and password that the server knows.
pub const LOGIN: (&str, &str) = ("no-reply@example.com", "hunter2/%:ä");

/// An access token that the server knows.
pub const TOKEN: &str = "eyJ0eXAi.good-_~+/=";

/// How the server behaves towards whoever comes next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Behaviour {
    /// As it should.
    Normal,
    /// It ends every connection before a word.
    Down,
    /// It says that it has no time.
    Busy,
    /// It refuses every recipient for now.
    TempFail,
    /// It refuses every recipient for good.
    PermFail,
    /// It closes the connection over every recipient.
    CloseOnRecipient,
    /// It closes the connection over recipients whose address begins with `closing`.
    CloseOnSome,
    /// It refuses the sender.
    RejectSender,
    /// It takes a message and ends the connection before it says so.
    CutAfterData,
    /// It says nothing to a message until its manner changes.
    Stall,
}

/// What the server offers.
#[derive(Clone, Default)]
pub struct Offer {
    /// TLS, from the first byte on.
    pub implicit: Option<Arc<ServerConfig>>,
    /// TLS after STARTTLS.
    pub starttls: Option<Arc<ServerConfig>>,
    /// Ways to log in, such as `PLAIN`; where there is one, nothing is taken without.
    pub mechanisms: &'static [&'static str],
    /// What an attacker adds in plain text to the greeting, and to the response to STARTTLS.
    pub behind_greeting: &'static str,
    pub behind_starttls: &'static str,
}

/// A running server. It ends with the test.
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
    /// What was taken, in the order it came.
    pub(super) taken: Vec<Mail>,
    /// Every command that came, with `encrypted` before those that nobody could read.
    pub(super) commands: Vec<String>,
}

impl MailServer {
    /// A server that offers nothing but to take mail.
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
                // A client that goes away is no failure of the server.
                thread::spawn(move || {
                    let _ended = Conversation::hold(&shared, stream);
                });
            }
        });
        Self { address, shared }
    }

    /// `smtp://127.0.0.1:…` with this query.
    pub fn url(&self, query: &str) -> String {
        format!("smtp://{}{query}", self.address)
    }

    /// A URL of this scheme with [`LOGIN`].
    pub fn url_with_login(&self, scheme: &str) -> String {
        format!(
            "{scheme}://no-reply%40example.com:hunter2%2F%25%3A%C3%A4@{}",
            self.address
        )
    }

    /// The same with the user of [`LOGIN`] alone.
    pub fn url_with_user(&self, scheme: &str) -> String {
        format!("{scheme}://no-reply%40example.com@{}", self.address)
    }

    /// Behaves like this from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.state().behaviour = behaviour;
        self.shared.changed.notify_all();
    }

    /// Everything that was taken so far.
    pub fn taken(&self) -> Vec<Mail> {
        self.state().taken.clone()
    }

    /// Waits until so many messages were taken; all of them.
    #[track_caller]
    pub fn wait_for(&self, count: usize) -> Vec<Mail> {
        self.wait_until(|state| state.taken.len() >= count);
        self.taken()
    }

    /// Waits until a command that begins like this came so often.
    #[track_caller]
    pub fn wait_for_command(&self, command: &str, count: usize) {
        self.wait_until(|state| {
            let same = state.commands.iter();
            same.filter(|came| came.contains(command)).count() >= count
        });
    }

    /// Every command that came so far.
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
            "it never came to pass: {:?}",
            state.commands
        );
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}
