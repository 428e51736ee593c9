//! What callers of the hashing service see.

use std::{
    num::NonZeroUsize,
    pin::Pin,
    sync::{Arc, Condvar, Mutex, mpsc},
    task::{Context, Waker},
    time::Duration,
};

use proptest::prelude::*;

use super::{Hasher, Refusal, Settings, StartError, worker::Bcrypt};

const QUICK: Settings = Settings {
    cost: 4,
    workers: NonZeroUsize::new(1),
    deadline: Duration::from_mins(1),
};

fn quick() -> Hasher {
    Hasher::start(QUICK).expect("starts")
}

/// A bcrypt that tells when it begins and waits for permission to end.
struct Gate {
    begun: mpsc::Receiver<()>,
    open: Arc<(Mutex<bool>, Condvar)>,
}

impl Gate {
    fn new() -> (Self, Bcrypt) {
        let (sender, begun) = mpsc::channel();
        let open = Arc::new((Mutex::new(true), Condvar::new()));
        let inside = Arc::clone(&open);
        let bcrypt: Bcrypt = Arc::new(move |cost, salt, key| {
            let is_open = inside.0.lock().expect("no panic");
            sender.send(()).expect("somebody listens");
            drop(
                inside
                    .1
                    .wait_while(is_open, |is_open| !*is_open)
                    .expect("no panic"),
            );
            bcrypt::bcrypt(cost, salt, key)
        });
        (Self { begun, open }, bcrypt)
    }

    fn set(&self, is_open: bool) {
        *self.open.0.lock().expect("no panic") = is_open;
        self.open.1.notify_all();
    }
}

/// A service whose only worker is held up in a job of an hour-long queue, that job, and the gate.
async fn held_up(
    deadline: Duration,
) -> (
    Hasher,
    tokio::task::JoinHandle<Result<String, Refusal>>,
    Gate,
) {
    let (gate, bcrypt) = Gate::new();
    let hasher = Hasher::start_with(Settings { deadline, ..QUICK }, &bcrypt).expect("starts");
    gate.begun.recv().expect("the start-up estimate");
    gate.set(false);
    let first = tokio::spawn({
        let hasher = hasher.clone();
        async move { hasher.hash("first").await }
    });
    while !hasher.is_busy() {
        tokio::task::yield_now().await;
    }
    gate.begun.recv().expect("the first job");
    (hasher, first, gate)
}

/// The future after its first step, which is the one that submits; it must have to wait.
fn begun<'a, F: Future + 'a>(future: F) -> Pin<Box<dyn Future<Output = F::Output> + 'a>> {
    let mut future: Pin<Box<dyn Future<Output = F::Output> + 'a>> = Box::pin(future);
    let first = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(first.is_pending());
    future
}

#[tokio::test]
async fn a_password_matches_its_own_hash_alone() {
    let hasher = quick();
    for length in [0, 1, 8, 71, 72, 73, 128, 1000] {
        let password = "p".repeat(length);
        let stored = hasher.hash(&password).await.expect("hashed");
        assert!(
            hasher.verify(&password, &stored).await.expect("computed"),
            "{length} bytes"
        );
        assert!(
            !hasher
                .verify(&format!("{password}p"), &stored)
                .await
                .expect("computed"),
            "{length} bytes"
        );
    }
}

#[tokio::test]
async fn the_form_tells_which_passwords_bcrypt_sees_whole() {
    let hasher = quick();
    for (password, prefix) in [
        ("p".repeat(72), "$2b$04$"),
        ("p".repeat(73), "$bcrypt-sha256$v=2,t=2b,r=4$"),
        ("비".repeat(24), "$2b$04$"),
        ("비".repeat(25), "$bcrypt-sha256$v=2,t=2b,r=4$"),
        ("a\0a".to_owned(), "$bcrypt-sha256$v=2,t=2b,r=4$"),
    ] {
        let stored = hasher.hash(&password).await.expect("hashed");
        assert!(stored.starts_with(prefix), "{stored}");
        assert!(hasher.verify(&password, &stored).await.expect("computed"));
    }
}

#[tokio::test]
async fn the_same_password_is_never_stored_twice_alike() {
    let hasher = quick();
    let (one, two) = (hasher.hash("same").await, hasher.hash("same").await);
    assert_ne!(one.expect("hashed"), two.expect("hashed"));
}

/// Made with passlib 1.7.4 (`bcrypt_sha256` and `bcrypt`, rounds 5, a fixed salt).
#[tokio::test]
async fn reads_what_passlib_wrote() {
    let hasher = quick();
    for (password, stored) in [
        (
            "",
            "$bcrypt-sha256$v=2,t=2b,r=5$n79VH.0Q2TMWmt3Oqt9uku$dxxTesegmwvfPs5sK7fOejfMfK1jHfW",
        ),
        (
            "password",
            "$bcrypt-sha256$v=2,t=2b,r=5$n79VH.0Q2TMWmt3Oqt9uku$oyU6hjHR7FUYIEdu8RXDI0A.W3hqSO6",
        ),
        (
            &"x".repeat(73),
            "$bcrypt-sha256$v=2,t=2b,r=5$n79VH.0Q2TMWmt3Oqt9uku$x8.LKUDpum4cPfGWBqIwXheI44q8mWi",
        ),
        (
            &"한국어 비밀번호 ".repeat(8),
            "$bcrypt-sha256$v=2,t=2b,r=5$n79VH.0Q2TMWmt3Oqt9uku$n3YQXr2gQzl1hpKVJT64N2ff.ZdrSsO",
        ),
        (
            "",
            "$2b$05$n79VH.0Q2TMWmt3Oqt9ukukNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u",
        ),
        (
            &"x".repeat(72),
            "$2b$05$n79VH.0Q2TMWmt3Oqt9ukuG4qbY2Oamm4.2aZOEuKOGwvuVSFI8Hu",
        ),
        (
            "한국어 비밀번호",
            "$2b$05$n79VH.0Q2TMWmt3Oqt9ukuNz3RhPSMnygYxy4D8sQ2xy4pM2FBdjW",
        ),
    ] {
        assert!(
            hasher.verify(password, stored).await.expect("computed"),
            "{stored}"
        );
        assert!(
            !hasher.verify("another", stored).await.expect("computed"),
            "{stored}"
        );
    }
}

#[tokio::test]
async fn a_plain_hash_never_matches_what_bcrypt_would_cut_or_repeat() {
    let hasher = quick();
    let full = hasher.hash(&"x".repeat(72)).await.expect("hashed");
    assert!(
        !hasher
            .verify(&"x".repeat(73), &full)
            .await
            .expect("computed")
    );
    let short = hasher.hash("a").await.expect("hashed");
    assert!(
        !hasher.verify("a\0a", &short).await.expect("computed"),
        "bcrypt repeats its key"
    );
}

#[tokio::test]
async fn lower_costs_and_older_schemes_are_outdated() {
    let hasher = Hasher::start(Settings { cost: 5, ..QUICK }).expect("starts");
    let rest = "n79VH.0Q2TMWmt3Oqt9ukukNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u";
    for older in ["$2a$05$", "$2y$05$"] {
        let stored = format!("{older}{rest}");
        assert!(
            hasher.verify("", &stored).await.expect("computed"),
            "{stored}"
        );
        assert!(hasher.is_outdated(&stored), "{stored}");
    }
    assert!(hasher.is_outdated(&format!("$2b$04${rest}")));
    assert!(!hasher.is_outdated(&format!("$2b$05${rest}")));
    assert!(!hasher.is_outdated(&format!("$2b$06${rest}")));
    assert!(
        !hasher.is_outdated("damaged"),
        "there is nothing that could match and be hashed anew"
    );
}

#[tokio::test]
async fn damaged_hashes_and_forbidden_costs_match_nothing() {
    let hasher = quick();
    let rest = "n79VH.0Q2TMWmt3Oqt9ukukNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u";
    for stored in [
        String::new(),
        "$2b$05$".to_owned(),
        format!("$2b$03${rest}"),
        format!("$2b$16${rest}"),
        format!("$2b$31${rest}"),
        format!("$2b$+5${rest}"),
        format!("$2b$5${rest}"),
        format!("$2x$05${rest}"),
        format!("$2b$05${rest}="),
        format!("$2b$05$한{}", &rest[3..]),
        format!(
            "$bcrypt-sha256$v=1,t=2b,r=5${}${}",
            &rest[..22],
            &rest[22..]
        ),
        format!(
            "$bcrypt-sha256$v=2,t=2b,r=05${}${}",
            &rest[..22],
            &rest[22..]
        ),
        format!("$bcrypt-sha256$v=2,t=2b,r=${}${}", &rest[..22], &rest[22..]),
        format!(
            "$bcrypt-sha256$v=2,t=2b,r=5$n79VH.0Q2TMWmt3Oqt9ukv${}",
            &rest[22..]
        ),
    ] {
        assert!(
            !hasher.verify("", &stored).await.expect("computed"),
            "{stored}"
        );
    }
}

#[tokio::test]
async fn noise_in_the_unused_bits_of_a_salt_is_skipped() {
    let noisy = "$2b$05$n79VH.0Q2TMWmt3Oqt9ukvkNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u";
    assert!(quick().verify("", noisy).await.expect("computed"));
}

#[tokio::test]
async fn a_log_in_that_cannot_match_does_the_work_of_one_that_can() {
    let (gate, bcrypt) = Gate::new();
    let hasher = Hasher::start_with(QUICK, &bcrypt).expect("starts");
    gate.begun.recv().expect("the start-up estimate");
    hasher.dummy("password").await.expect("computed");
    assert_eq!(gate.begun.try_iter().count(), 1);
    let long = "x".repeat(73);
    let plain = "$2b$04$n79VH.0Q2TMWmt3Oqt9ukukNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u";
    for (password, stored) in [("password", ""), ("password", "damaged"), (&long, plain)] {
        assert!(!hasher.verify(password, stored).await.expect("computed"));
        assert_eq!(gate.begun.try_iter().count(), 1, "{stored}");
    }
}

#[tokio::test]
async fn who_would_wait_too_long_is_refused_before_any_work() {
    let (hasher, first, gate) = held_up(Duration::ZERO).await;
    let refusal = hasher.hash("second").await.expect_err("no lane is free");
    assert!(
        matches!(refusal, Refusal::Overloaded { retry_after } if retry_after >= Duration::from_secs(1))
    );
    gate.set(true);
    first.await.expect("no panic").expect("hashed");
    assert_eq!(
        gate.begun.try_iter().count(),
        0,
        "the second was never begun"
    );
}

#[tokio::test]
async fn the_queue_is_bounded_in_length_too() {
    let (hasher, first, gate) = held_up(Duration::MAX).await;
    let waiting: Vec<_> = (0..1024).map(|_| begun(hasher.dummy("waiting"))).collect();
    let refusal = hasher.dummy("one too many").await.expect_err("full");
    assert!(matches!(refusal, Refusal::Overloaded { .. }));
    gate.set(true);
    first.await.expect("no panic").expect("hashed");
    for job in waiting {
        job.await.expect("computed");
    }
}

#[tokio::test]
async fn a_caller_who_hangs_up_makes_room() {
    let (hasher, first, gate) = held_up(Duration::MAX).await;
    let waiting: Vec<_> = (0..1024).map(|_| begun(hasher.dummy("waiting"))).collect();
    drop(waiting);
    let late = begun(hasher.hash("late"));
    gate.set(true);
    first.await.expect("no panic").expect("hashed");
    late.await.expect("hashed");
    assert_eq!(
        gate.begun.try_iter().count(),
        1,
        "no work is done for those who hung up"
    );
}

#[tokio::test]
async fn a_panic_denies_and_the_worker_goes_on() {
    let bcrypt: Bcrypt = Arc::new(|cost, salt, key| {
        assert!(!key.starts_with(b"poison"), "on purpose");
        bcrypt::bcrypt(cost, salt, key)
    });
    let hasher = Hasher::start_with(QUICK, &bcrypt).expect("starts");
    let stored = hasher.hash("password").await.expect("hashed");
    assert_eq!(hasher.hash("poison").await, Err(Refusal::Failed));
    assert_eq!(hasher.verify("poison", &stored).await, Err(Refusal::Failed));
    assert_eq!(hasher.verify("password", &stored).await, Ok(true));
    hasher.drain().await;
}

#[tokio::test]
async fn draining_finishes_what_was_admitted_and_refuses_the_rest() {
    let (hasher, first, gate) = held_up(Duration::MAX).await;
    let second = begun(hasher.hash("second"));
    let drained = begun(hasher.drain());
    assert_eq!(hasher.hash("third").await, Err(Refusal::Failed));
    gate.set(true);
    drained.await;
    hasher.drain().await;
    first.await.expect("no panic").expect("hashed");
    second.await.expect("hashed");
}

#[test]
fn refuses_a_cost_out_of_bounds() {
    for cost in [0, 3, 16, 31, u32::MAX] {
        let refused = Hasher::start(Settings { cost, ..QUICK }).expect_err("refused");
        assert!(matches!(refused, StartError::Cost(told) if told == cost));
    }
}

#[test]
fn debug_tells_nothing() {
    assert_eq!(format!("{:?}", quick()), "Hasher");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(password: String, stored: String, tail in "[./A-Za-z0-9$]{0,60}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("builds");
        let hasher = quick();
        for stored in [stored, format!("$2b$04${tail}"), format!("$bcrypt-sha256$v=2,t=2b,r=4${tail}")] {
            let answer = runtime.block_on(hasher.verify(&password, &stored));
            prop_assert_eq!(answer, Ok(false));
            let is_outdated = hasher.is_outdated(&(stored + " "));
            prop_assert!(!is_outdated);
        }
    }
}
