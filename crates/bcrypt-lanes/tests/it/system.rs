//! Comparison with `crypt()` of the C library, called through Perl, if both exist.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use base64::Engine as _;
use bcrypt_lanes::MAX_KEY;

use crate::cases::{Case, Random, compute_together};

const CASES: usize = 1_000;

/// Reads lines with a hexadecimal password and a setting, and prints `crypt()` of both.
const SCRIPT: &str = r#"while (<STDIN>) { my ($password, $setting) = split; print crypt(pack("H*", substr($password, 1)), $setting) // "", "\n" }"#;

#[test]
fn a_thousand_random_passwords_match_the_c_library() {
    let mut random = Random::new(1_000);
    let (mut inputs, mut cases) = (Vec::new(), Vec::new());
    for number in 0..CASES {
        let mut case = Case::random(&mut random, 4);
        case.key = random.bytes(number % 80);
        // A C string ends at NUL.
        case.key.retain(|&byte| byte != 0);
        let prefix = ["2b", "2y"][number % 2];
        let digits: Vec<_> = case.key.iter().map(|byte| format!("{byte:02x}")).collect();
        let salt = bcrypt::BASE_64.encode(case.salt);
        inputs.push(format!("x{} ${prefix}$04${salt}\n", digits.concat()));
        case.key.push(0);
        case.key.truncate(MAX_KEY);
        cases.push(case);
    }
    let Some(outputs) = crypt(&inputs.concat()) else {
        return println!("skipped: this machine has no Perl, or its C library no bcrypt");
    };
    let digests: Vec<_> = cases.chunks(7).flat_map(compute_together).collect();
    for ((input_line, digest), output) in inputs.iter().zip(digests).zip(outputs.lines()) {
        let digest = bcrypt::BASE_64.encode(&digest[..23]);
        assert!(
            output.len() == 60 && output.ends_with(&digest),
            "{input_line} gave {output}, not {digest}"
        );
    }
    assert_eq!(outputs.lines().count(), CASES);
}

fn crypt(inputs: &str) -> Option<String> {
    let mut perl = Command::new("perl")
        .args(["-e", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = perl.stdin.take().unwrap();
    let inputs = inputs.to_owned();
    let writer = std::thread::spawn(move || input.write_all(inputs.as_bytes()));
    let output = perl.wait_with_output().unwrap();
    writer.join().unwrap().ok()?;
    let hashes = String::from_utf8(output.stdout).ok()?;
    hashes.starts_with("$2").then_some(hashes)
}
