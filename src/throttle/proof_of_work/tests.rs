//! Tests of proofs of work: valid and invalid solutions, their lifetime and their cost.

use std::sync::LazyLock;

use altcha::SolveChallengeOptions;
use proptest::prelude::*;

use super::*;
use crate::{clock::Clock, domain::credential::secret::SECRET_BYTES};

/// The present: the protocol's own check of the expiry looks at the machine's clock.
static NOW: LazyLock<Timestamp> = LazyLock::new(|| Clock::system().now());

fn captcha(secret: u8) -> Captcha {
    Captcha::new(CaptchaMode::Always, &Secret::new([secret; SECRET_BYTES]))
}

/// A challenge's solution, as the widget sends it.
fn payload(challenge: &CaptchaChallenge) -> serde_json::Value {
    let challenge = serde_json::json!({
        "parameters": {
            "algorithm": challenge.algorithm, "cost": challenge.cost, "expiresAt": challenge.expires_at,
            "keyLength": challenge.key_length, "keyPrefix": challenge.key_prefix,
            "keySignature": challenge.key_signature, "nonce": challenge.nonce, "salt": challenge.salt,
        },
        "signature": challenge.signature,
    });
    let read = serde_json::from_value(challenge.clone()).unwrap();
    let solution = altcha::solve_challenge(SolveChallengeOptions::new(&read));
    serde_json::json!({ "challenge": challenge, "solution": solution.unwrap().unwrap() })
}

fn encoded(payload: &serde_json::Value) -> String {
    STANDARD.encode(payload.to_string())
}

static PAYLOAD: LazyLock<serde_json::Value> =
    LazyLock::new(|| payload(&captcha(7).challenge(0, *NOW).unwrap()));

fn is_right(captcha: &Captcha, text: &str, now: Timestamp) -> bool {
    matches!(
        captcha.check(Some(text), now).presented,
        Presented::Solution { .. }
    )
}

#[test]
fn a_solution_is_right_until_five_minutes_have_passed() {
    let text = encoded(&PAYLOAD);
    assert!(is_right(&captcha(7), &text, *NOW));
    assert!(is_right(
        &captcha(7),
        &text,
        NOW.plus(LIFE).minus(Duration::from_secs(1))
    ));
    assert!(!is_right(&captcha(7), &text, NOW.plus(LIFE)));
}

#[test]
fn a_challenge_that_the_system_clock_finds_expired_is_expired() {
    let early = NOW.minus(LIFE * 2);
    let text = encoded(&payload(&captcha(7).challenge(0, early).unwrap()));
    assert!(!is_right(&captcha(7), &text, early));
}

#[test]
fn a_solution_for_another_secret_is_invalid() {
    assert!(!is_right(&captcha(8), &encoded(&PAYLOAD), *NOW));
}

#[test]
fn an_absent_solution_differs_from_a_wrong_one() {
    for nothing in [None, Some("")] {
        assert!(matches!(
            captcha(7).check(nothing, *NOW).presented,
            Presented::Nothing
        ));
    }
    for wrong in [
        " ",
        "é",
        "{}",
        "bnVsbA==",
        &STANDARD.encode("{}"),
        &"A".repeat(MAX_LENGTH + 4),
    ] {
        assert!(
            matches!(
                captcha(7).check(Some(wrong), *NOW).presented,
                Presented::Invalid
            ),
            "{wrong}"
        );
    }
}

#[test]
fn every_member_counts() {
    for (pointer, value) in [
        ("/challenge/parameters/algorithm", "SHA-256".into()),
        ("/challenge/parameters/cost", 1.into()),
        ("/challenge/parameters/expiresAt", 9_999_999_999_i64.into()),
        ("/challenge/parameters/keyLength", 16.into()),
        ("/challenge/parameters/keyPrefix", "00".into()),
        ("/challenge/parameters/keySignature", "".into()),
        ("/challenge/parameters/nonce", "00".into()),
        ("/challenge/parameters/salt", "00".into()),
        ("/challenge/signature", "00".into()),
        ("/solution/derivedKey", "00".into()),
        ("/solution/derivedKey", "not hexadecimal".into()),
    ] {
        let mut forged: serde_json::Value = PAYLOAD.clone();
        *forged.pointer_mut(pointer).unwrap() = value;
        assert!(!is_right(&captcha(7), &encoded(&forged), *NOW), "{pointer}");
    }
    let mut longer = PAYLOAD.clone();
    longer["challenge"]["parameters"]["data"] = serde_json::json!({ "more": 1 });
    assert!(!is_right(&captcha(7), &encoded(&longer), *NOW));
}

#[test]
fn the_work_doubles_with_the_abuse_and_stays_in_bounds() {
    let times = |abuse| tries(abuse) / TRIES;
    let doubled = [0, 9, 10, 19, 20, 40, 80, 160, u64::MAX].map(times);
    assert_eq!(doubled, [1, 1, 2, 2, 4, 8, 16, 32, 32]);
}

#[test]
fn every_number_of_tries_can_come_about() {
    let captcha = captcha(7);
    let counters = (0..30).map(|_| {
        let payload = payload(&captcha.challenge(0, *NOW).unwrap());
        payload["solution"]["counter"].as_u64().unwrap()
    });
    let (low, high): (Vec<_>, Vec<_>) = counters.partition(|counter| *counter < 100);
    assert!(high.iter().all(|counter| *counter < 200));
    assert!(!low.is_empty() && !high.is_empty());
}

#[test]
#[ignore = "a measurement: cargo test --release --lib -- --ignored --nocapture captcha"]
fn making_and_judging_take_so_long() {
    const TIMES: u32 = 2_000;
    let captcha = captcha(7);
    let text = encoded(&PAYLOAD);
    let forged = text.replace('A', "B");
    let measure = |name: &str, work: &dyn Fn()| {
        let start = std::time::Instant::now();
        (0..TIMES).for_each(|_| work());
        eprintln!("{name}: {:?}", start.elapsed() / TIMES);
    };
    measure("making a challenge", &|| {
        drop(captcha.challenge(0, *NOW).unwrap());
    });
    measure("judging a solution", &|| {
        assert!(is_right(&captcha, &text, *NOW));
    });
    measure("judging a forgery", &|| {
        assert!(!is_right(&captcha, &forged, *NOW));
    });
}

#[test]
fn debug_hides_the_keys() {
    assert_eq!(format!("{:?}", captcha(7)), "Captcha(Always)");
}

proptest! {
    #[test]
    fn no_text_is_right_or_stops_us(text in ".{0,300}") {
        prop_assert!(!is_right(&captcha(7), &text, *NOW));
    }

    #[test]
    fn no_bytes_are_right_or_stop_us(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(!is_right(&captcha(7), &STANDARD.encode(bytes), *NOW));
    }

    #[test]
    fn no_changed_byte_goes_unnoticed_that_means_anything(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let text = PAYLOAD.to_string();
        let mut bytes = text.into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        // Some members are not signed: the duration, the number beside a right key, and the case of
        // the key's digits.
        let key = |payload: &serde_json::Value| {
            payload["solution"]["derivedKey"].as_str().map(str::to_ascii_lowercase)
        };
        let means_the_same = serde_json::from_slice::<serde_json::Value>(&bytes).is_ok_and(|changed| {
            changed["challenge"] == PAYLOAD["challenge"]
                && key(&changed) == key(&PAYLOAD)
        });
        prop_assert!(means_the_same || !is_right(&captcha(7), &STANDARD.encode(bytes), *NOW));
    }
}
