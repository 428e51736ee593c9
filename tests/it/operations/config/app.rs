//! The app's name, URLs and color.

use super::{faults, migrate};

/// Settings with accepted and rejected values.
const VALUES: [(&str, &[&str], &[&str]); 4] = [
    (
        "DAEMUN_APP_NAME",
        &[
            "A",
            " 대문 & Söhne ",
            "가나다라마바사아자차카타파하12345678901234567890123456789012345678901234567890",
        ],
        &[
            "가나다라마바사아자차카타파하12345678901234567890123456789012345678901234567890!",
            "a\tb",
            "a\nb",
            "\u{7f}",
        ],
    ),
    (
        "DAEMUN_APP_URL",
        &[
            "https://app.example.com",
            "http://app.example.com:8080/a/@me?b=c#/d",
            "http://[::1]:5173/",
        ],
        &[
            "app.example.com",
            "ftp://app.example.com",
            "javascript://app.example.com/%0aalert(1)",
            "capacitor://localhost",
            "https://",
            "https:///app.example.com",
            "https:app.example.com",
            "https://ann@app.example.com",
            "https://ann:hunter2@app.example.com/",
            "https://@app.example.com",
            "https://app.example.com/\"x",
            "https://app.example.com/a b",
            "https://앱.example.com",
        ],
    ),
    (
        "DAEMUN_CHANGE_PASSWORD_URL",
        &[
            "https://app.example.com/account/password",
            "http://localhost:5173/#/password",
        ],
        &[
            "/account/password",
            "javascript:alert(1)",
            "https://ann@app.example.com",
        ],
    ),
    (
        "DAEMUN_APP_COLOR",
        &["#2456c4", "#000", "#767676", "#17695A"],
        &[
            "blue",
            "2456c4",
            "#2456c",
            "#777",
            "#fff",
            "#ffd400",
            "#12345678",
        ],
    ),
];

#[test]
fn name_url_and_color_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    for (name, taken, refused) in VALUES {
        for value in taken {
            let done = migrate(folder.path(), &[(name, value)]);
            assert!(done.status.success(), "{name}={value}: {done:?}");
        }
        for value in refused {
            let reported = faults(&[(name, value)]);
            assert_eq!(reported.len(), 1, "{name}={value}: {reported:?}");
            assert!(reported[0].starts_with(name), "{reported:?}");
            assert!(reported[0].contains("; for example "), "{reported:?}");
        }
    }
}

#[test]
fn a_color_with_low_contrast_is_rejected_with_its_contrast_and_a_darker_one() {
    let folder = tempfile::tempdir().unwrap();
    for (color, contrast) in [("#ffd400", "1.43"), ("#777777", "4.47"), ("#f00", "3.99")] {
        let reported = faults(&[("DAEMUN_APP_COLOR", color)]).remove(0);
        let begin =
            format!("DAEMUN_APP_COLOR: `{color}` has a contrast of {contrast}:1 with white");
        assert!(reported.starts_with(&begin), "{reported}");
        let (_, example) = reported.rsplit_once(' ').unwrap();
        let done = migrate(folder.path(), &[("DAEMUN_APP_COLOR", example)]);
        assert!(done.status.success(), "{example}: {done:?}");
    }
}
