//! A thousand accounts beside a million, on SQLite and on PostgreSQL: what a log-in and `GET /me` take, what an account weighs, how
//! long a purge and a move to the other database last.
//!
//! `cargo bench --bench scale` fills four databases by the fast path of `filling`, starts a service on each, and asks them in turns, so
//! that a disturbance hits all alike. Passwords are hashed at cost 4, so that the database shows. It fails when a million accounts
//! take more than [`CEILING`] times what a thousand take, or `GET /me` on PostgreSQL answers less than [`FLOOR`] of what SQLite does.
//! The server is one of the benchmark's own, on loopback, from the distribution's packages.
//! `fill`, `measure`, `bill`, `purge`, `move` name single steps, between which the databases stay in the folder for temporary files.
#![expect(clippy::print_stdout, reason = "its tables are what it is for")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on fails"
)]

#[path = "support/account.rs"]
mod account;
#[path = "support/postgres.rs"]
mod cluster;
#[path = "support/bulk_accounts.rs"]
mod filling;
#[path = "support/cpu_time.rs"]
mod processor;
#[path = "support/server.rs"]
mod server;

use std::{
    env, fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    sql_query, sql_types::BigInt,
};
use serde_json::json;

use self::{cluster::Cluster, processor::Spent, server::Server};

/// The accounts, and the most that the larger number may cost.
const SIZES: [u32; 2] = [1_000, 1_000_000];
const CEILING: f64 = 1.2;

/// The least that PostgreSQL answers of what SQLite does.
const FLOOR: f64 = 0.35;

/// Rounds, and what each database is asked in one: multiples of four, after which their order is the first again.
const ROUNDS: u32 = 8;
const LOG_INS: u32 = 48;
const VISITS: u32 = 252;

/// For requests a second: clients that ask again as soon as they are answered.
const CLIENTS: u32 = 8;
const SPAN: Duration = Duration::from_secs(2);

/// Requests over which processor time is counted.
const BILLED: u32 = 1_000;

/// Sessions that expire before a purge.
const EXPIRED: u32 = 100_000;

fn main() -> ExitCode {
    let steps: Vec<_> = env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let folder = env::temp_dir().join("daemun-scale");
    let is_asked = |step: &str| steps.is_empty() || steps.iter().any(|word| word == step);
    if is_asked("fill") {
        let _none_left = fs::remove_dir_all(&folder);
    }
    let cluster = Cluster::start(&folder.join("postgres"));
    let subjects = subjects(&folder, &cluster);
    if is_asked("fill") {
        for subject in &subjects {
            subject.fill(&cluster);
        }
        // Otherwise what was filled goes to the disk while it is asked, and every commit waits behind it.
        rustix::fs::sync();
    }
    let is_fast = !is_asked("measure") || measure(&subjects);
    if is_asked("bill") {
        bill(&subjects, &cluster);
    }
    if is_asked("purge") {
        for subject in &subjects {
            subject.purge(&cluster);
        }
    }
    if is_asked("move") {
        move_house(&subjects, &folder, &cluster);
    }
    drop(cluster);
    if steps.is_empty() {
        fs::remove_dir_all(&folder).unwrap();
    }
    if is_fast {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A database of one kind and size.
struct Subject {
    kind: Kind,
    size: u32,
    url: String,
    folder: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

fn subjects(folder: &Path, cluster: &Cluster) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        for size in SIZES {
            let folder = folder.join(format!("{}-{size}", kind.name()));
            let url = match kind {
                Kind::Sqlite => format!("sqlite://{}", folder.join("daemun.db").display()),
                Kind::Postgres => cluster.url(&schema(size)),
            };
            subjects.push(Subject {
                kind,
                size,
                url,
                folder,
            });
        }
    }
    subjects
}

fn schema(size: u32) -> String {
    format!("accounts_{size}")
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

impl Subject {
    fn serve(&self) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daemun"));
        command
            .env("DATABASE_URL", &self.url)
            .env("DAEMUN_UNSAFE_FAST_HASHES", "true")
            .env("DAEMUN_BCRYPT_COST", "4");
        Server::start(command, &self.folder)
    }

    fn sqlite(&self) -> SqliteConnection {
        let path = self.url.strip_prefix("sqlite://").unwrap();
        SqliteConnection::establish(path).unwrap()
    }

    /// One account by the service, all others by the fast path.
    fn fill(&self, cluster: &Cluster) {
        if self.kind == Kind::Postgres {
            drop(cluster.connect(&schema(self.size)));
        }
        account::sign_up(&self.serve(), filling::FIRST);
        let begun = Instant::now();
        let bytes = match self.kind {
            Kind::Sqlite => {
                filling::fill(&mut self.sqlite(), &filling::SQLITE, self.size);
                number(
                    &mut self.sqlite(),
                    "SELECT page_count * page_size AS number FROM pragma_page_count, pragma_page_size",
                )
            }
            Kind::Postgres => {
                let mut connection = cluster.connect(&schema(self.size));
                filling::fill(&mut connection, &filling::POSTGRES, self.size);
                number(
                    &mut connection,
                    "SELECT (pg_total_relation_size('users') + pg_total_relation_size('sessions'))::bigint AS number",
                )
            }
        };
        println!(
            "{:<10} {:>9} accounts, a session each: filled in {:.1?}, {bytes} bytes, {} each",
            self.kind.name(),
            self.size,
            begun.elapsed(),
            bytes / i64::from(self.size)
        );
    }

    /// How long the service takes to remove expired sessions, beginning with its start.
    fn purge(&self, cluster: &Cluster) {
        if self.size < EXPIRED {
            return;
        }
        let expire = format!(
            "UPDATE sessions SET expires_at = 1 WHERE id IN (SELECT id FROM sessions WHERE expires_at > 1 LIMIT {EXPIRED})"
        );
        match self.kind {
            Kind::Sqlite => self.sqlite().batch_execute(&expire).unwrap(),
            Kind::Postgres => {
                let mut connection = cluster.connect(&schema(self.size));
                connection.batch_execute(&expire).unwrap();
            }
        }
        let server = self.serve();
        let begun = Instant::now();
        let rows = server.event("database.purged")["rows"].as_u64().unwrap();
        println!(
            "{:<10} purged {rows} rows in {:.1?}",
            self.kind.name(),
            begun.elapsed()
        );
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn number<C: Connection>(connection: &mut C, query: &str) -> i64
where
    diesel::query_builder::SqlQuery: for<'q> diesel::query_dsl::LoadQuery<'q, C, Number>,
{
    let number: Number = sql_query(query).get_result(connection).unwrap();
    number.number
}

/// A subject while it is asked.
struct Asked<'s> {
    subject: &'s Subject,
    server: Server,
    client: TcpStream,
    visits: Vec<Vec<u8>>,
    log_in_times: Vec<Duration>,
    visit_times: Vec<Duration>,
    rates: Vec<f64>,
}

/// Whether a million accounts cost no more than they may, and PostgreSQL answers what it has to.
fn measure(subjects: &[Subject]) -> bool {
    let mut asked: Vec<_> = subjects.iter().map(Asked::new).collect();
    for round in 0..ROUNDS {
        take_turns(&mut asked, round);
        for subject in &mut asked {
            let rate = subject.rate();
            subject.rates.push(rate);
        }
    }
    println!(
        "\n| database   |  accounts | log-in p50 | p99      | `/me` p50 | p99      | `/me` a second |\n\
         |------------|----------:|-----------:|---------:|----------:|---------:|---------------:|"
    );
    let figures: Vec<_> = asked.into_iter().map(Asked::finish).collect();
    let mut is_fast = true;
    let mut judge = |what: String, ratio: f64, is_met: bool| {
        println!(
            "{what:<58} {ratio:>6.2}   {}",
            if is_met { "met" } else { "MISSED" }
        );
        is_fast &= is_met;
    };
    println!();
    for (pair, kind) in figures.chunks(2).zip([Kind::Sqlite, Kind::Postgres]) {
        let [small, large] = [&pair[0], &pair[1]];
        for (what, ratio) in [
            ("log-in", large.log_in / small.log_in),
            ("GET /me", large.visit / small.visit),
        ] {
            let what = format!(
                "{what}, {}: 1,000,000 ÷ 1,000 (at most {CEILING})",
                kind.name()
            );
            judge(what, ratio, ratio <= CEILING);
        }
    }
    for (place, size) in SIZES.into_iter().enumerate() {
        let ratio = figures[place + 2].rate / figures[place].rate;
        let what =
            format!("GET /me a second, {size} accounts: PostgreSQL ÷ SQLite (at least {FLOOR})");
        judge(what, ratio, ratio >= FLOOR);
    }
    is_fast
}

/// One request of each in turn, whoever was last being first the next time: a neighbour's disturbance, and the disk that all of them
/// share, hit all alike.
fn take_turns(asked: &mut [Asked<'_>], round: u32) {
    for place in 0..LOG_INS {
        for subject in asked.iter_mut() {
            // Others each time, from everywhere among the accounts.
            let person = subject
                .subject
                .person(place * ROUNDS + round, LOG_INS * ROUNDS);
            let time = timed(&mut subject.client, &log_in(&person));
            subject.log_in_times.push(time);
        }
        asked.rotate_left(1);
    }
    for place in 0..VISITS {
        for subject in asked.iter_mut() {
            let request = &subject.visits[usize::try_from(place).unwrap()];
            let time = timed(&mut subject.client, request);
            subject.visit_times.push(time);
        }
        asked.rotate_left(1);
    }
}

/// Medians, in milliseconds, and requests a second.
struct Figures {
    log_in: f64,
    visit: f64,
    rate: f64,
}

impl<'s> Asked<'s> {
    /// Starts the service, and logs people in for whom it is visited later.
    fn new(subject: &'s Subject) -> Self {
        let server = subject.serve();
        let visits = (0..VISITS).map(|place| {
            let body = json!({ "identifier": subject.person(place, VISITS), "password": account::PASSWORD });
            let reply = ureq::post(&format!("http://{}/login", server.address)).send_json(&body);
            let reply: serde_json::Value = reply.unwrap().into_body().read_json().unwrap();
            account::me(reply["session"]["token"].as_str().unwrap())
        });
        let visits = visits.collect();
        let client = TcpStream::connect(server.address).unwrap();
        client.set_nodelay(true).unwrap();
        Self {
            subject,
            visits,
            client,
            server,
            log_in_times: Vec::new(),
            visit_times: Vec::new(),
            rates: Vec::new(),
        }
    }

    fn rate(&self) -> f64 {
        let ask = |first: u32| {
            let mut client = TcpStream::connect(self.server.address).unwrap();
            client.set_nodelay(true).unwrap();
            let requests = self
                .visits
                .iter()
                .cycle()
                .skip(usize::try_from(first * 31).unwrap());
            let begun = Instant::now();
            let answered = requests
                .take_while(|_| begun.elapsed() < SPAN)
                .map(|request| timed(&mut client, request));
            u32::try_from(answered.count()).unwrap()
        };
        let ask = &ask;
        let answered: u32 = thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|first| scope.spawn(move || ask(first)))
                .collect();
            clients
                .into_iter()
                .map(|client| client.join().unwrap())
                .sum()
        });
        f64::from(answered) / SPAN.as_secs_f64()
    }

    fn finish(mut self) -> Figures {
        self.rates.sort_by(f64::total_cmp);
        let rate = self.rates[self.rates.len() / 2];
        let [log_in, slow_log_in] = percentiles(&mut self.log_in_times);
        let [visit, slow_visit] = percentiles(&mut self.visit_times);
        println!(
            "| {:<10} | {:>9} | {log_in:>10.2} | {slow_log_in:>8.2} | {visit:>9.3} | {slow_visit:>8.3} | {rate:>14.0} |",
            self.subject.kind.name(),
            self.subject.size
        );
        Figures {
            log_in,
            visit,
            rate,
        }
    }
}

impl Subject {
    /// The name of one of so many people at equal distances.
    fn person(&self, place: u32, of: u32) -> String {
        let distance = u64::from(self.size) * u64::from(place) / u64::from(of);
        format!("person{}", distance + 1)
    }
}

fn percentiles(times: &mut [Duration]) -> [f64; 2] {
    times.sort();
    [50, 99].map(|percent| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3)
}

fn log_in(person: &str) -> Vec<u8> {
    let body = json!({ "identifier": person, "password": account::PASSWORD }).to_string();
    format!(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Asks over a kept connection; answers are far smaller than a segment, so each arrives in one piece.
fn timed(client: &mut TcpStream, request: &[u8]) -> Duration {
    let asked = Instant::now();
    client.write_all(request).unwrap();
    let mut answer = [0; 4096];
    let length = client.read(&mut answer).unwrap();
    let taken = asked.elapsed();
    assert!(
        answer[..length].starts_with(b"HTTP/1.1 200 "),
        "{}",
        String::from_utf8_lossy(&answer[..length])
    );
    taken
}

/// The processor time of a request at a million accounts: of the service without its hashing threads, and of PostgreSQL's processes.
fn bill(subjects: &[Subject], cluster: &Cluster) {
    println!("\nprocessor time of one, in ms: the service but for hashing, PostgreSQL");
    for subject in subjects.iter().filter(|subject| subject.size == SIZES[1]) {
        let asked = Asked::new(subject);
        let people = (0..BILLED).map(|place| log_in(&subject.person(place, BILLED)));
        let visits = asked.visits.iter().cycle().take(BILLED.try_into().unwrap());
        asked.bill("log-in", people, cluster);
        asked.bill("GET /me", visits.cloned(), cluster);
    }
}

impl Asked<'_> {
    fn bill(&self, what: &str, requests: impl Iterator<Item = Vec<u8>>, cluster: &Cluster) {
        let mut client = TcpStream::connect(self.server.address).unwrap();
        client.set_nodelay(true).unwrap();
        let before = (Spent::until_now(&self.server), spent(cluster));
        for request in requests {
            timed(&mut client, &request);
        }
        let service = (Spent::until_now(&self.server) - before.0).rest / BILLED;
        let server = spent(cluster).saturating_sub(before.1) / BILLED;
        println!(
            "{:<10} {what:<8} {:>7.3} {:>7.3}",
            self.subject.kind.name(),
            service.as_secs_f64() * 1e3,
            server.as_secs_f64() * 1e3
        );
    }
}

/// Processor time of all the server's processes that still run.
fn spent(cluster: &Cluster) -> Duration {
    let first_line = fs::read_to_string(cluster.data.join("postmaster.pid")).unwrap();
    let server = first_line.lines().next().unwrap().trim();
    let processes = fs::read_dir("/proc").unwrap();
    let nanos = processes.filter_map(|entry| {
        let process = entry.unwrap().path();
        // The program's name may hold anything but is in parentheses; behind it come the state and the parent.
        let status = fs::read_to_string(process.join("stat")).ok()?;
        let parent = status.rsplit(')').next()?.split_whitespace().nth(1)?;
        if parent != server && !process.ends_with(server) {
            return None;
        }
        let statistics = fs::read_to_string(process.join("schedstat")).ok()?;
        statistics.split_whitespace().next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanos.sum())
}

/// Moves a million accounts from SQLite to PostgreSQL and back.
fn move_house(subjects: &[Subject], folder: &Path, cluster: &Cluster) {
    let schema = "moved";
    cluster
        .connect(schema)
        .batch_execute("DROP SCHEMA moved CASCADE; CREATE SCHEMA moved")
        .unwrap();
    let back = folder.join("back.db");
    let _none_left = fs::remove_file(&back);
    let back = format!("sqlite://{}", back.display());
    let there = moved(&subjects[1].url, &cluster.url(schema));
    let again = moved(&cluster.url(schema), &back);
    assert_eq!(there, again, "the digests are the same");
    println!("{}", there.join("\n"));
}

/// The lines that tell of each table.
fn moved(from: &str, to: &str) -> Vec<String> {
    let begun = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_daemun"))
        .args(["database", "copy", "--from", from, "--to", to])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let told = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<_> = told.lines().map(str::to_owned).collect();
    println!("{:.1?}: {}", begun.elapsed(), lines.pop().unwrap());
    lines
}
