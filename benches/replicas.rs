//! Three replicas on one PostgreSQL under signups, with injected faults.
//!
//! Each replica in turn is killed by SIGKILL and started again. PostgreSQL is restarted once, as
//! after a crash. Acknowledged accounts must exist, each must get one message, and clients may see
//! only 201, 503 or a closed connection. `cargo bench --bench replicas` fails on any lost account,
//! missing or duplicate message, or other response. PostgreSQL is started by the benchmark, on
//! loopback.
#![expect(clippy::print_stdout, reason = "the table is its output")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on fails"
)]

mod support {
    pub mod postgres;
    pub mod replicas;
    pub mod server;
}

use std::{
    collections::BTreeSet,
    process::{Command, ExitCode},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};

use self::support::{
    postgres::Cluster,
    replicas::{REPLICAS, ROUNDS, Stack, Tally},
};

const CLIENTS: usize = 6;

fn main() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    // The user that runs PostgreSQL needs access.
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
            scope.spawn(move || stack.sign_up_accounts(client, tally, is_over));
        }
        stack.inject_faults(&cluster);
        is_over.store(true, Ordering::Relaxed);
    });
    let tally = tally.into_inner().unwrap();
    let lost = lost(&cluster, &tally.acknowledged);
    let (missing, duplicates) = stack.messages(&tally.acknowledged);
    if report(&tally, lost, missing, duplicates) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Prints the counts. Returns whether nothing was lost, missing or duplicated.
fn report(tally: &Tally, lost: usize, missing: usize, duplicates: usize) -> bool {
    let failed = tally.unavailable + tally.disconnected + tally.others;
    let sent = failed + tally.acknowledged.len();
    println!("kills of a replica                {:>6}", ROUNDS * REPLICAS);
    println!("crashes of PostgreSQL             {:>6}", 1);
    println!("signups sent                      {sent:>6}");
    println!(
        "status 201                        {:>6}",
        tally.acknowledged.len()
    );
    println!("status 503                        {:>6}", tally.unavailable);
    println!(
        "connection closed                 {:>6}",
        tally.disconnected
    );
    println!(
        "any other status                  {:>6}   (none)",
        tally.others
    );
    println!(
        "share that failed               {:>6} per mille",
        1_000 * failed / sent.max(1)
    );
    println!("acknowledged accounts lost        {lost:>6}   (none)");
    println!("messages missing                  {missing:>6}   (none)");
    println!("duplicate messages                {duplicates:>6}   (none)");
    [tally.others, lost, missing, duplicates] == [0; 4] && !tally.acknowledged.is_empty()
}

#[derive(QueryableByName)]
struct Username {
    #[diesel(sql_type = Text)]
    username: String,
}

/// Returns the number of acknowledged accounts that the database does not have.
fn lost(cluster: &Cluster, acknowledged: &[String]) -> usize {
    let mut connection = cluster.connect("accounts");
    let stored: Vec<Username> = sql_query("SELECT username FROM users")
        .load(&mut connection)
        .unwrap();
    let stored: BTreeSet<_> = stored.into_iter().map(|row| row.username).collect();
    acknowledged
        .iter()
        .filter(|name| !stored.contains(*name))
        .count()
}
