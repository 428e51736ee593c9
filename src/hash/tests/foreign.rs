//! Tests of hashes of other systems, with samples that the original libraries made.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use proptest::prelude::*;
use serde::Deserialize;

use super::fast_hasher;
use crate::hash::{FirebaseParameters, ForeignGate, ForeignHashError, ForeignSettings};

pub(super) const MIB: u64 = 1024 * 1024;
const LONG: Duration = Duration::from_mins(5);

#[derive(Deserialize)]
struct SampleFile {
    firebase_hash_config: String,
    devise_pepper: String,
    samples: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    form: String,
    password: String,
    hash: String,
}

fn samples() -> SampleFile {
    let text = include_str!("../../../tests/external/hashes/samples.json");
    serde_json::from_str(text).expect("JSON")
}

fn settings(samples: &SampleFile) -> ForeignSettings {
    let key = samples.firebase_hash_config.lines().find_map(|line| {
        let key = line.trim().strip_prefix("base64_signer_key: ")?;
        BASE64_STANDARD.decode(key.trim_end_matches(',')).ok()
    });
    let key = key.expect("a signer key");
    let firebase = FirebaseParameters::new(&key, &[7], 8, 14).expect("within the bounds");
    ForeignSettings {
        devise_pepper: Some(samples.devise_pepper.clone().into()),
        firebase: Some(Arc::new(firebase)),
        ..ForeignSettings::default()
    }
}

pub(super) fn gate(settings: ForeignSettings, workers: usize, deadline: Duration) -> ForeignGate {
    ForeignGate::start(settings, NonZeroUsize::new(workers), deadline).expect("starts")
}

/// A gate without secrets of other systems.
pub(super) fn plain_gate() -> ForeignGate {
    gate(ForeignSettings::default(), 1, LONG)
}

#[tokio::test]
async fn the_right_password_matches_a_hash_of_every_library_and_another_does_not() {
    let samples = samples();
    let (hasher, gate) = (fast_hasher(), gate(settings(&samples), 2, LONG));
    for sample in &samples.samples {
        let Sample {
            form,
            password,
            hash,
        } = sample;
        let recognized = gate.recognize(hash).expect(form);
        assert_eq!(recognized.as_str(), hash, "{form}");
        let is_match = hasher.verify_any(&gate, password, hash).await;
        assert_eq!(is_match, Ok(true), "{form}");
        let wrong = format!("{password}.");
        let is_match = hasher.verify_any(&gate, &wrong, hash).await;
        assert_eq!(is_match, Ok(false), "{form}");
        let is_ours = form.starts_with("bcrypt");
        assert_eq!(gate.is_foreign(hash), !is_ours, "{form}");
    }
}

#[tokio::test]
async fn a_password_over_72_bytes_matches_no_bcrypt_hash_that_reads_less() {
    let samples = samples();
    let (hasher, gate) = (fast_hasher(), gate(settings(&samples), 1, LONG));
    let long = "x".repeat(73);
    let hash = bcrypt::hash_with_salt(&long, 4, [1; 16]).expect("hashed");
    for stored in [hash.to_string(), format!("devise${hash}")] {
        let is_match = hasher.verify_any(&gate, &long, &stored).await;
        assert_eq!(is_match, Ok(false), "{stored}");
    }
}

#[test]
fn costs_beyond_the_bounds_are_refused_by_name() {
    use ForeignHashError::{
        Argon2Lanes, Argon2Memory, Argon2Time, BcryptCost, Pbkdf2Iterations, ScryptMemory,
        ScryptParallelism, TooLong,
    };
    let (salt, hash) = ("c2FsdHNhbHQ", "A".repeat(43));
    let argon2 = |costs: &str| format!("$argon2id$v=19${costs}${salt}${hash}");
    let scrypt = |costs: &str| format!("$scrypt${costs}${salt}${hash}");
    let bcrypt = "abcdefghijklmnopqrstuu".to_owned() + &"a".repeat(30) + "u";
    let gate = plain_gate();
    for (text, error) in [
        (argon2("m=262145,t=1,p=1"), Argon2Memory),
        (argon2("m=99999999999,t=1,p=1"), Argon2Memory),
        (argon2("m=31,t=1,p=4"), Argon2Memory),
        (argon2("m=65536,t=11,p=1"), Argon2Time),
        (argon2("m=65536,t=0,p=1"), Argon2Time),
        (argon2("m=65536,t=3,p=17"), Argon2Lanes),
        (scrypt("ln=18,r=8,p=1"), ScryptMemory),
        (scrypt("ln=63,r=1,p=1"), ScryptMemory),
        (scrypt("ln=4000000000,r=1,p=1"), ScryptMemory),
        (scrypt("ln=1,r=1025,p=1"), ScryptMemory),
        (scrypt("ln=14,r=8,p=9"), ScryptParallelism),
        (format!("scrypt$262144$s$8$1${hash}"), ScryptMemory),
        (
            format!("scrypt:16384:8:9$s${}", "a".repeat(64)),
            ScryptParallelism,
        ),
        (format!("pbkdf2_sha256$5000001$s${hash}"), Pbkdf2Iterations),
        (format!("$pbkdf2-sha512$0${salt}${hash}"), Pbkdf2Iterations),
        (format!("$2b$16${bcrypt}"), BcryptCost),
        (format!("$2a$03${bcrypt}"), BcryptCost),
        (format!("bcrypt_sha256$$2b$31${bcrypt}"), BcryptCost),
        ("9".repeat(513), TooLong),
    ] {
        assert_eq!(gate.recognize(&text).err(), Some(error), "{text}");
    }
}

#[test]
fn costs_at_the_bounds_are_accepted() {
    let gate = plain_gate();
    let hash = "A".repeat(43);
    for text in [
        format!("$argon2id$v=19$m=262144,t=10,p=16$c2FsdHNhbHQ${hash}"),
        format!("$scrypt$ln=17,r=8,p=8$c2FsdHNhbHQ${hash}"),
        format!("pbkdf2_sha256$5000000$s${hash}"),
        format!("$2b$15$abcdefghijklmnopqrstuu{}u", "a".repeat(30)),
    ] {
        assert_eq!(gate.recognize(&text).err(), None, "{text}");
    }
}

#[test]
fn unknown_and_damaged_forms_are_refused() {
    let gate = plain_gate();
    let hash = "A".repeat(43);
    for text in [
        "",
        "password",
        "$",
        "$1$salt$hash",
        "$2b$12$short",
        "$2x$10$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzabcde",
        "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        &format!("$argon2id$v=18$m=65536,t=3,p=4$c2FsdHNhbHQ${hash}"),
        &format!("$argon2id$v=19$m=65536,t=3,p=4,keyid=AAAA$c2FsdHNhbHQ${hash}"),
        &format!("$argon2id$v=19$m=065536,t=3,p=4$c2FsdHNhbHQ${hash}"),
        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$AAAA",
        &format!("scrypt$16385$s$8$1${hash}"),
        &format!("pbkdf2_md5$1000$s${hash}"),
        &format!("pbkdf2:sha256$s${}", "a".repeat(64)),
        &format!("pbkdf2_sha256$1000$s${hash} "),
        &format!("{}:{}", "ab".repeat(16), "a".repeat(126)),
        &format!("{}:{}", "zz".repeat(16), "a".repeat(128)),
        "bcrypt_sha256$$bcrypt-sha256$v=2,t=2b,r=12$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2",
    ] {
        assert_eq!(
            gate.recognize(text).err(),
            Some(ForeignHashError::Unknown),
            "{text}"
        );
    }
}

#[test]
fn a_form_that_needs_a_setting_is_refused_without_it() {
    let samples = samples();
    let gate = plain_gate();
    let of_form = samples.samples.iter().filter(|sample| {
        let needs_setting = ["devise", "firebase"];
        needs_setting.contains(&sample.form.as_str())
    });
    for sample in of_form {
        let error = gate.recognize(&sample.hash).err();
        assert_eq!(error, Some(ForeignHashError::Unconfigured));
    }
}

#[test]
fn the_memory_of_the_gate_bounds_one_hash_too() {
    let settings = ForeignSettings {
        memory: 16 * MIB,
        ..ForeignSettings::default()
    };
    let gate = gate(settings, 1, LONG);
    let error = |text: &str| gate.recognize(&format!("{text}${}", "A".repeat(43))).err();
    let (argon2, scrypt) = (
        "$argon2id$v=19$m=16385,t=1,p=1$c2FsdHNhbHQ",
        "$scrypt$ln=15,r=8,p=1$c2FsdA",
    );
    assert_eq!(error(argon2), Some(ForeignHashError::Argon2Memory));
    assert_eq!(error(scrypt), Some(ForeignHashError::ScryptMemory));
    assert_eq!(error(&argon2.replace("16385", "16384")), None);
}

#[test]
fn debug_hides_hashes_and_secrets() {
    let samples = samples();
    let settings = settings(&samples);
    let shown = format!("{settings:?}");
    assert!(!shown.contains(&samples.devise_pepper) && !shown.contains("signer_key: ["));
    let gate = plain_gate();
    let hash = format!("pbkdf2_sha256$1$s${}", "A".repeat(43));
    let recognized = gate.recognize(&hash).expect("recognized");
    assert_eq!(
        format!("{recognized:?} {gate:?}"),
        "ImportedHash ForeignGate"
    );
}

proptest! {
    #[test]
    fn any_change_of_a_hash_is_recognized_or_refused(place in 0_usize..1000, changed: char, number: u32) {
        let samples = samples();
        let gate = gate(settings(&samples), 1, LONG);
        for sample in &samples.samples {
            let mut characters: Vec<char> = sample.hash.chars().collect();
            let length = characters.len();
            characters[place % length] = changed;
            let text: String = characters.into_iter().collect();
            let recognized = gate.recognize(&text);
            prop_assert!(recognized.is_err() || recognized.is_ok_and(|hash| hash.as_str() == text));
            let costs = sample.hash.replace("65536", &number.to_string());
            prop_assert!(gate.recognize(&costs).is_ok() || costs != sample.hash);
        }
    }
}
