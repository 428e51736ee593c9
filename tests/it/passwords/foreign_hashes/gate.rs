//! The gate of hashes of other systems: bounded memory and waits, apart from other logins.

use super::Importer;
use crate::support::{at_once, wait_until};

#[test]
fn logins_beyond_the_memory_of_the_gate_are_rejected_while_others_proceed() {
    let importer = Importer::start_with(&[
        ("DAEMUN_FOREIGN_HASH_MEMORY", "64"),
        ("DAEMUN_HASH_DEADLINE", "1s"),
    ]);
    let slow = format!(
        "$argon2id$v=19$m=65536,t=10,p=1$c2FsdHNhbHQ${}",
        "A".repeat(43)
    );
    importer.create("hana", &slow).assert(201);
    // A verification takes a few tenths of a second, and one runs at a time.
    let log_in = || importer.log_in("hana", "wrong");
    let (rejected, verified): (Vec<_>, Vec<_>) = at_once([log_in; 12])
        .into_iter()
        .partition(|reply| reply.status == 503);
    assert!(!rejected.is_empty() && !verified.is_empty());
    for reply in rejected {
        let reply = reply.assert_problem(503, "overloaded");
        let seconds: u64 = reply.header("retry-after").parse().unwrap();
        assert!((1..60).contains(&seconds), "{seconds}");
    }
    for reply in verified {
        reply.assert_problem(401, "invalid_credentials");
    }
    // A rejected login is not a failed one, and other hashes do not wait for the gate.
    importer.service.sign_up("minji");
    importer.service.log_in("minji");
    wait_until(|| importer.log_in("hana", "wrong").status == 401);
}
