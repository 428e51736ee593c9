//! Against the C library's `crypt()`, through Perl, where both are there.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use base64::Engine as _;
use bcrypt_lanes::MAX_KEY;

use crate::cases::{Case, Random, side_by_side};

const CASES: usize = 1_000;

/// Reads lines of a password in hexadecimal digits and a setting; answers with `crypt()` of both.
const SCRIPT: &str = r#"while (<STDIN>) { my ($password, $setting) = split; print crypt(pack("H*", substr($password, 1)), $setting) // "", "\n" }"#;

#[test]
fn a_thousand_random_passwords_as_the_c_library_hashes_them() {
    let mut random = Random::new(1_000);
    let (mut questions, mut cases) = (Vec::new(), Vec::new());
    for number in 0..CASES {
        let mut case = Case::random(&mut random, 4);
        case.key = random.bytes(number % 80);
        // A C string ends at NUL.
        case.key.retain(|&byte| byte != 0);
        let prefix = ["2b", "2y"][number % 2];
        let digits: Vec<_> = case.key.iter().map(|byte| format!("{byte:02x}")).collect();
        let salt = bcrypt::BASE_64.encode(case.salt);
        questions.push(format!("x{} ${prefix}$04${salt}\n", digits.concat()));
        case.key.push(0);
        case.key.truncate(MAX_KEY);
        cases.push(case);
    }
    let Some(answers) = crypt(&questions.concat()) else {
        return println!("skipped: this machine has no Perl, or its C library no bcrypt");
    };
    let digests: Vec<_> = cases.chunks(7).flat_map(side_by_side).collect();
    for ((question, digest), answer) in questions.iter().zip(digests).zip(answers.lines()) {
        let digest = bcrypt::BASE_64.encode(&digest[..23]);
        assert!(
            answer.len() == 60 && answer.ends_with(&digest),
            "{question} gave {answer}, not {digest}"
        );
    }
    assert_eq!(answers.lines().count(), CASES);
}

fn crypt(questions: &str) -> Option<String> {
    let mut perl = Command::new("perl")
        .args(["-e", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = perl.stdin.take().unwrap();
    let questions = questions.to_owned();
    let writer = std::thread::spawn(move || input.write_all(questions.as_bytes()));
    let output = perl.wait_with_output().unwrap();
    writer.join().unwrap().ok()?;
    let answers = String::from_utf8(output.stdout).ok()?;
    answers.starts_with("$2").then_some(answers)
}
