//! Three replicas on one PostgreSQL while sign-ups go on: each is killed by SIGKILL in turn and started again, and the server is
//! restarted once as after a crash. What was acknowledged must be there, each account must get one message, and nobody may see
//! anything but 201, 503 or a cut connection.
//!
//! `cargo bench --bench replicas` counts; it fails on the first account lost, message doubled or missing, or other answer. The server is
//! one of the benchmark's own, on loopback.
#![expect(clippy::print_stdout, reason = "its table is what it is for")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on fails"
)]

#[path = "support/postgres.rs"]
mod cluster;
#[path = "support/server.rs"]
mod server;

use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use serde_json::{Value, json};
use ureq::Agent;

use self::{cluster::Cluster, server::Server};

const REPLICAS: usize = 3;
const CLIENTS: usize = 6;

/// Each replica is killed so many times; half-way, the server is restarted.
const ROUNDS: usize = 4;
const PAUSE: Duration = Duration::from_millis(1_500);

/// How long a client waits for an answer, and how long all messages may take once the load has ended: a replica's that was killed
/// while it sent them are left alone for a while.
const PATIENCE: Duration = Duration::from_secs(15);
const LAST_MESSAGE: Duration = Duration::from_mins(4);

fn main() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    // The server's own user has to get through.
    Command::new("chmod")
        .arg("755")
        .arg(folder.path())
        .status()
        .unwrap();
    let cluster = Cluster::start(&folder.path().join("postgres"));
    drop(cluster.connect("accounts"));
    let stack = Stack::start(folder.path(), cluster.url("accounts"));
    let (tally, is_over) = (Mutex::new(Tally::default()), AtomicBool::new(false));
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (stack, tally, is_over) = (&stack, &tally, &is_over);
            scope.spawn(move || stack.sign_people_up(client, tally, is_over));
        }
        stack.suffer(&cluster);
        is_over.store(true, Ordering::Relaxed);
    });
    let tally = tally.into_inner().unwrap();
    let lost = lost(&cluster, &tally.acknowledged);
    let (missing, doubled) = stack.messages(&tally.acknowledged);
    let failed = tally.refused + tally.cut + tally.others;
    let asked = failed + tally.acknowledged.len();
    println!("kills of a replica                {:>6}", ROUNDS * REPLICAS);
    println!("crashes of PostgreSQL             {:>6}", 1);
    println!("sign-ups asked for                {asked:>6}");
    println!(
        "answered 201                      {:>6}",
        tally.acknowledged.len()
    );
    println!("answered 503                      {:>6}", tally.refused);
    println!("connection cut                    {:>6}", tally.cut);
    println!(
        "answered otherwise                {:>6}   (none)",
        tally.others
    );
    println!(
        "share that failed               {:>6} per mille",
        1_000 * failed / asked.max(1)
    );
    println!("acknowledged accounts lost        {lost:>6}   (none)");
    println!("messages missing                  {missing:>6}   (none)");
    println!("messages doubled                  {doubled:>6}   (none)");
    let is_sound =
        [tally.others, lost, missing, doubled] == [0; 4] && !tally.acknowledged.is_empty();
    if is_sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What clients saw.
#[derive(Default)]
struct Tally {
    acknowledged: Vec<String>,
    refused: usize,
    cut: usize,
    others: usize,
}

/// The replicas, and where each is to be found now.
struct Stack {
    folder: PathBuf,
    url: String,
    replicas: [Mutex<Option<Server>>; REPLICAS],
    addresses: [Mutex<SocketAddr>; REPLICAS],
    next: AtomicUsize,
}

impl Stack {
    fn start(folder: &Path, url: String) -> Self {
        let nowhere = || Mutex::new(SocketAddr::from(([127, 0, 0, 1], 1)));
        let stack = Self {
            folder: folder.to_owned(),
            url,
            replicas: [const { Mutex::new(None) }; REPLICAS],
            addresses: std::array::from_fn(|_| nowhere()),
            next: AtomicUsize::new(0),
        };
        (0..REPLICAS).for_each(|place| stack.start_replica(place));
        stack
    }

    fn start_replica(&self, place: usize) {
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
        let server = Server::start(command, &self.folder.join(place.to_string()));
        *self.addresses[place].lock().unwrap() = server.address;
        *self.replicas[place].lock().unwrap() = Some(server);
    }

    fn mails(&self) -> PathBuf {
        self.folder.join("mails")
    }

    /// Kills one after the other, and the database's server once.
    fn suffer(&self, cluster: &Cluster) {
        for round in 0..ROUNDS {
            for place in 0..REPLICAS {
                thread::sleep(PAUSE);
                // To drop it is to kill it.
                drop(self.replicas[place].lock().unwrap().take());
                thread::sleep(PAUSE / 2);
                self.start_replica(place);
            }
            if round == ROUNDS / 2 {
                thread::sleep(PAUSE);
                cluster.end("immediate");
                cluster.begin();
            }
        }
        thread::sleep(PAUSE * 2);
    }

    /// Signs up one person after the other, each at the next replica, whatever comes of it.
    fn sign_people_up(&self, client: usize, tally: &Mutex<Tally>, is_over: &AtomicBool) {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE));
        let agent: Agent = config.build().into();
        for number in 0.. {
            if is_over.load(Ordering::Relaxed) {
                return;
            }
            let name = format!("person{client}.{number}");
            let body = json!({
                "username": name, "email": format!("{name}@example.com"), "password": "Correct-Horse-7-battery",
            });
            let status = self.ask(&agent, &body);
            let mut tally = tally.lock().unwrap();
            match status {
                Ok(201) => tally.acknowledged.push(name),
                Ok(503) => tally.refused += 1,
                Ok(other) => {
                    println!("{name} was answered {other}");
                    tally.others += 1;
                }
                Err(_) => tally.cut += 1,
            }
            drop(tally);
            if !matches!(status, Ok(201)) {
                // Who is refused does not ask at once again.
                thread::sleep(Duration::from_millis(50));
            }
        }
    }

    /// Asks the next replica, and the one after it where nobody listens, as any balancer does.
    fn ask(&self, agent: &Agent, body: &Value) -> Result<u16, ureq::Error> {
        let mut tries = 0;
        loop {
            tries += 1;
            let place = self.next.fetch_add(1, Ordering::Relaxed) % REPLICAS;
            let address = *self.addresses[place].lock().unwrap();
            match agent
                .post(format!("http://{address}/signup"))
                .send_json(body)
            {
                Err(ureq::Error::Io(error))
                    if error.kind() == ErrorKind::ConnectionRefused && tries < REPLICAS => {}
                reply => return reply.map(|reply| reply.status().as_u16()),
            }
        }
    }

    /// Of how many acknowledged accounts no message came, and how many messages went to an account that had one.
    fn messages(&self, acknowledged: &[String]) -> (usize, usize) {
        let begun = Instant::now();
        loop {
            let sent = self.sent();
            let missing = acknowledged
                .iter()
                .filter(|name| !sent.contains_key(&format!("{name}@example.com")));
            let missing = missing.count();
            if missing == 0 || begun.elapsed() > LAST_MESSAGE {
                let doubled = sent.values().map(|count| count - 1).sum();
                return (missing, doubled);
            }
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Messages by their recipient.
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

#[derive(QueryableByName)]
struct Person {
    #[diesel(sql_type = Text)]
    username: String,
}

/// Acknowledged accounts that the database does not have.
fn lost(cluster: &Cluster, acknowledged: &[String]) -> usize {
    let mut connection = cluster.connect("accounts");
    let people: Vec<Person> = sql_query("SELECT username FROM users")
        .load(&mut connection)
        .unwrap();
    let there: std::collections::BTreeSet<_> =
        people.into_iter().map(|person| person.username).collect();
    acknowledged
        .iter()
        .filter(|name| !there.contains(*name))
        .count()
}
