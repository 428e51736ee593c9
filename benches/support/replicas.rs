//! Replicas of the service on one database, and clients that sign up while replicas are killed.

use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use ureq::Agent;

use super::{postgres::Cluster, server::Server};

/// The number of replicas.
pub const REPLICAS: usize = 3;

/// The number of times that each replica is killed. PostgreSQL is restarted halfway.
pub const ROUNDS: usize = 4;
const PAUSE: Duration = Duration::from_millis(1_500);

/// The timeout of a client.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The time for all messages after the load has ended. The messages of a replica that was killed
/// while it sent them stay leased for a while.
const LAST_MESSAGE: Duration = Duration::from_mins(4);

/// The responses that the clients received.
#[derive(Default)]
pub struct Tally {
    pub acknowledged: Vec<String>,
    pub unavailable: usize,
    pub disconnected: usize,
    pub others: usize,
}

/// The replicas and their current addresses.
pub struct Stack {
    folder: PathBuf,
    url: String,
    replicas: [Mutex<Option<Server>>; REPLICAS],
    addresses: [Mutex<SocketAddr>; REPLICAS],
    next: AtomicUsize,
}

impl Stack {
    /// Starts all replicas on this database.
    pub fn start(folder: &Path, url: String) -> Self {
        let nowhere = || Mutex::new(SocketAddr::from(([127, 0, 0, 1], 1)));
        let stack = Self {
            folder: folder.to_owned(),
            url,
            replicas: [const { Mutex::new(None) }; REPLICAS],
            addresses: std::array::from_fn(|_| nowhere()),
            next: AtomicUsize::new(0),
        };
        (0..REPLICAS).for_each(|replica| stack.start_replica(replica));
        stack
    }

    fn start_replica(&self, replica: usize) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daemun"));
        command
            .env("DATABASE_URL", &self.url)
            .env("DAEMUN_UNSAFE_FAST_HASHES", "true")
            .env("DAEMUN_BCRYPT_COST", "4")
            .env("DAEMUN_PUBLIC_URL", "https://example.com")
            .env(
                "DAEMUN_MAIL_URL",
                format!("file://{}", self.mails().display()),
            );
        let server = Server::start(command, &self.folder.join(replica.to_string()));
        *self.addresses[replica].lock().unwrap() = server.address;
        *self.replicas[replica].lock().unwrap() = Some(server);
    }

    fn mails(&self) -> PathBuf {
        self.folder.join("mails")
    }

    /// Kills the replicas one after the other, and PostgreSQL once.
    pub fn inject_faults(&self, cluster: &Cluster) {
        for round in 0..ROUNDS {
            for replica in 0..REPLICAS {
                thread::sleep(PAUSE);
                // Dropping a server kills it.
                drop(self.replicas[replica].lock().unwrap().take());
                thread::sleep(PAUSE / 2);
                self.start_replica(replica);
            }
            if round == ROUNDS / 2 {
                thread::sleep(PAUSE);
                cluster.stop("immediate");
                cluster.restart();
            }
        }
        thread::sleep(PAUSE * 2);
    }

    /// Signs up one account after the other, each at the next replica, and counts the responses.
    pub fn sign_up_accounts(&self, client: usize, tally: &Mutex<Tally>, is_over: &AtomicBool) {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT));
        let agent: Agent = config.build().into();
        for number in 0.. {
            if is_over.load(Ordering::Relaxed) {
                return;
            }
            let name = format!("person{client}.{number}");
            let body = json!({
                "username": name, "email": format!("{name}@example.com"), "password": "Correct-Horse-7-battery",
            });
            let status = self.sign_up(&agent, &body);
            let mut tally = tally.lock().unwrap();
            match status {
                Ok(201) => tally.acknowledged.push(name),
                Ok(503) => tally.unavailable += 1,
                Ok(other) => {
                    println!("{name} got status {other}");
                    tally.others += 1;
                }
                Err(_) => tally.disconnected += 1,
            }
            drop(tally);
            if !matches!(status, Ok(201)) {
                // A failed client pauses before its next request.
                thread::sleep(Duration::from_millis(50));
            }
        }
    }

    /// Sends a signup to the next replica, or to the one after it if the connection is refused,
    /// like a load balancer.
    fn sign_up(&self, agent: &Agent, body: &Value) -> Result<u16, ureq::Error> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let replica = self.next.fetch_add(1, Ordering::Relaxed) % REPLICAS;
            let address = *self.addresses[replica].lock().unwrap();
            match agent
                .post(format!("http://{address}/signup"))
                .send_json(body)
            {
                Err(ureq::Error::Io(error))
                    if error.kind() == ErrorKind::ConnectionRefused && attempts < REPLICAS => {}
                reply => return reply.map(|reply| reply.status().as_u16()),
            }
        }
    }

    /// Returns the number of acknowledged accounts without a message, and of duplicate messages.
    pub fn messages(&self, acknowledged: &[String]) -> (usize, usize) {
        let started = Instant::now();
        loop {
            let sent = self.sent();
            let missing = acknowledged
                .iter()
                .filter(|name| !sent.contains_key(&format!("{name}@example.com")));
            let missing = missing.count();
            if missing == 0 || started.elapsed() > LAST_MESSAGE {
                let duplicates = sent.values().map(|count| count - 1).sum();
                return (missing, duplicates);
            }
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Counts the messages per recipient.
    fn sent(&self) -> BTreeMap<String, usize> {
        let mut sent = BTreeMap::new();
        for entry in fs::read_dir(self.mails()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "eml") {
                continue;
            }
            let text = fs::read_to_string(path).unwrap();
            let to = text
                .lines()
                .find_map(|line| line.strip_prefix("To: "))
                .unwrap();
            let address = to.trim().trim_matches(['<', '>']).to_owned();
            *sent.entry(address).or_default() += 1;
        }
        sent
    }
}
