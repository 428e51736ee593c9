//! A service in the test's own process, with a clock that only the test moves.

use std::{
    net::SocketAddr,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use clap::Parser;
use daemun::{
    app,
    clock::Clock,
    config::{Config, Options},
    domain::{credential::challenge::Purpose, session::TOUCH_INTERVAL, timestamp::Timestamp},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::{
    Call, Home, PASSWORD, Reply, Service, database::Sql, mail::Mailbox, send_body_after, wait_until,
};

/// The time at which every test begins: 2026-11-22T12:00:00Z.
const BEGINNING: i64 = 1_795_348_800_000_000;

const MINUTE: Duration = Duration::from_mins(1);

/// A running service with its own clock.
pub struct TestService {
    address: SocketAddr,
    now: Arc<AtomicI64>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    home: Arc<Home>,
    mail: Option<TempDir>,
}

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    options: Options,
}

impl TestService {
    /// Starts a service with an empty database and fast hashes.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a service that writes its mail into a folder.
    pub fn start_with_mail(flags: &[&str]) -> Self {
        let mail = tempfile::tempdir().unwrap();
        let url = format!("--mail-url=file://{}", mail.path().display());
        let mut service = Self::start_with(&[flags, &[&url]].concat());
        service.mail = Some(mail);
        service
    }

    /// Starts a service with further flags, such as `--session-idle=2d`.
    pub fn start_with(flags: &[&str]) -> Self {
        Self::start_at(Timestamp::from_micros(BEGINNING), flags)
    }

    /// Starts a service whose clock begins at the machine's time, for tests that compare the two.
    pub fn start_now_with(flags: &[&str]) -> Self {
        Self::start_at(Clock::system().now(), flags)
    }

    fn start_at(beginning: Timestamp, flags: &[&str]) -> Self {
        let home = Home::new();
        let database = format!("--database-url={}", home.url());
        let usual = ["--rate-limits=off", "--captcha=off"]
            .into_iter()
            .filter(|usual| {
                let name = usual.split('=').next().unwrap();
                !flags.iter().any(|flag| flag.starts_with(name))
            });
        let arguments = ["daemun", "--listen=127.0.0.1:0", &database]
            .into_iter()
            .chain(["--unsafe-fast-hashes=true", "--bcrypt-cost=4"])
            .chain(usual)
            .chain(flags.iter().copied());
        let options = Arguments::parse_from(arguments).options;
        let config = Config::parse(&options).unwrap();
        let now = Arc::new(AtomicI64::new(beginning.as_micros()));
        let source = Arc::clone(&now);
        let clock = Clock::new(move || Timestamp::from_micros(source.load(Ordering::SeqCst)));
        let application = app::build(&config, clock).unwrap();
        let address = application.address();
        let (stop, is_stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            let stopped = async {
                let _stopped_or_dropped = is_stopped.await;
            };
            actix_web::rt::System::new()
                .block_on(application.serve(stopped))
                .unwrap();
        });
        Self {
            address,
            now,
            stop: Some(stop),
            thread: Some(thread),
            home,
            mail: None,
        }
    }

    /// Moves the clock forward.
    pub fn pass(&self, span: Duration) {
        let micros = i64::try_from(span.as_micros()).unwrap();
        self.now.fetch_add(micros, Ordering::SeqCst);
    }

    /// Moves the clock back.
    pub fn set_back(&self, span: Duration) {
        let micros = i64::try_from(span.as_micros()).unwrap();
        self.now.fetch_sub(micros, Ordering::SeqCst);
    }

    /// Moves the clock forward by a microsecond less than this.
    pub fn pass_almost(&self, span: Duration) {
        self.pass(span.saturating_sub(Duration::from_micros(1)));
    }

    /// Returns the time this much later, as the API writes it.
    pub fn time_in(&self, span: Duration) -> String {
        Timestamp::from_micros(self.now.load(Ordering::SeqCst))
            .plus(span)
            .rfc3339()
    }

    /// Opens a test's own connection to the database.
    pub fn sql(&self) -> Sql {
        self.home.sql()
    }

    /// Returns the contents of waiting mails.
    pub fn mailbox(&self) -> Mailbox {
        self.home.mailbox()
    }

    /// Returns the binary's command on the same database, with the machine's clock.
    pub fn command(&self) -> Command {
        Service::command_at(&self.home, &[])
    }

    /// Moves the clock to the last minute before the next use of a new session is recorded, and
    /// confirms the session.
    pub fn confirm_before_next_touch(&self, token: &str) {
        self.pass(TOUCH_INTERVAL.saturating_sub(MINUTE));
        self.confirm(token);
    }

    /// Sends a body only after the session of its headers was authenticated and
    /// then revoked. The use of the session is recorded, so it can be waited for.
    pub fn send_after_revocation(&self, path: &str, token: &str, body: &Value) -> Reply {
        let seen = "SELECT last_seen_at AS number FROM sessions";
        let before = self.sql().numbers(seen);
        send_body_after(self.address, path, token, body, || {
            wait_until(|| self.sql().numbers(seen) != before);
            assert_eq!(self.sql().change("DELETE FROM sessions"), before.len());
        })
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.now.load(Ordering::SeqCst))
    }

    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.address, method, path)
    }

    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.call("POST", path).json(body)
    }

    /// Requests a password reset and waits for its mail. Returns the token of the mail.
    pub fn request_password_reset(&self, email: &str) -> String {
        let mailbox = self.mailbox();
        let before = mailbox.kinds().len();
        let body = json!({ "email": email });
        self.post("/password/forgot", &body).send().assert(202);
        wait_until(|| mailbox.kinds().len() == before + 1);
        mailbox.token(Purpose::ResetPassword, email)
    }

    /// Confirms a session with [`PASSWORD`].
    #[track_caller]
    pub fn confirm(&self, token: &str) {
        let call = self.post("/me/confirm", &json!({ "password": PASSWORD }));
        call.bearer(token).send().assert(204);
    }

    /// Signs up as `name`. Returns the token of a session without `remember`.
    pub fn sign_up(&self, name: &str) -> String {
        let email = format!("{name}@example.com");
        let body = json!({ "username": name, "email": email, "password": PASSWORD });
        self.post("/signup", &body).send().assert(201).token()
    }
}

impl Drop for TestService {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}
