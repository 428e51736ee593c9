//! Tests of the filters.

use super::{build::ListError, *};

fn filter(list: &str, format: ListFormat) -> Result<(PasswordFilter, usize), ListError> {
    let mut entries = Entries::default();
    entries.add(&mut list.as_bytes(), format)?;
    entries.build()
}

fn contains(filter: &PasswordFilter, password: &str) -> bool {
    filter.contains(&NewPassword::parse(password, 1).unwrap())
}

#[test]
fn filter_contains_its_list_in_nfc_and_survives_its_file() {
    let list = "password1\r\nshort\npassword1\n비밀번호입니다1\ncafe\u{301}cafe\n";
    let (built, entries) = filter(list, ListFormat::Plain).unwrap();
    assert_eq!(entries, 3);
    let read = PasswordFilter::from_bytes(&built.to_bytes()).unwrap();
    for listed in ["password1", "비밀번호입니다1", "cafécafe"] {
        assert!(contains(&read, listed), "{listed}");
    }
    for other in ["password2", "Password1", "short", "비밀번호입니다2"] {
        assert!(!contains(&read, other), "{other}");
    }
}

#[test]
fn list_of_sha_1_digests_makes_the_same_filter() {
    let (plain, _) = filter("password\n", ListFormat::Plain).unwrap();
    let listed = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:52256179\n";
    let (digests, _) = filter(listed, ListFormat::Sha1).unwrap();
    assert_eq!(digests.to_bytes(), plain.to_bytes());
    let wrong = filter(&format!("{listed}password\n"), ListFormat::Sha1);
    assert!(matches!(wrong, Err(ListError::NoDigest(2))));
    assert!(matches!(
        filter("short\n\n", ListFormat::Plain),
        Err(ListError::Empty)
    ));
}

#[test]
fn damaged_file_is_rejected() {
    let bytes = filter("password1\n", ListFormat::Plain)
        .unwrap()
        .0
        .to_bytes();
    for end in 0..bytes.len() {
        assert!(PasswordFilter::from_bytes(&bytes[..end]).is_err(), "{end}");
    }
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1;
        assert!(PasswordFilter::from_bytes(&damaged).is_err(), "{place}");
    }
}

#[test]
fn lengths_that_do_not_fit_are_rejected() {
    let bytes = filter("password1\n", ListFormat::Plain)
        .unwrap()
        .0
        .to_bytes();
    let content = &bytes[..bytes.len() - CHECK_SUM];
    assert!(parse(content).is_some());
    for (place, value) in [
        (8, 0_u32),
        (8, 3),
        (8, u32::MAX),
        (12, 0),
        (12, u32::MAX),
        (12, 1 << 30),
    ] {
        let mut wrong = content.to_vec();
        let at = MAGIC.len() + place;
        wrong[at..at + 4].copy_from_slice(&value.to_le_bytes());
        assert!(parse(&wrong).is_none(), "{place} {value}");
    }
}

#[test]
fn built_in_filter_knows_passwords_that_an_estimate_does_not() {
    let built_in = PasswordFilter::built_in().unwrap();
    for leaked in ["password1", "qwertyuiop", "1qaz2wsx3edc", "iloveyou2"] {
        assert!(contains(&built_in, leaked), "{leaked}");
    }
    assert!(!contains(&built_in, "Correct-Horse-7-battery"));
}

#[test]
fn built_in_filter_has_few_false_alarms() {
    const TRIES: u64 = 1_000_000;
    let built_in = PasswordFilter::built_in().unwrap();
    let alarms = (0..TRIES)
        .filter(|number| {
            let digest = Sha256::digest(number.to_le_bytes());
            let (first, _) = digest.split_first_chunk().unwrap();
            built_in.0.contains(&u64::from_le_bytes(*first))
        })
        .count();
    // 15 are expected; 40 or more has a probability below 1e-7.
    assert!(alarms < 40, "{alarms}");
}
