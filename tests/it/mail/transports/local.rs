//! The transports without a server: a folder and the log.

use std::{fs, os::unix::fs::PermissionsExt};

use super::put;
use crate::support::{Mail, Service, put_notices, wait_until};

#[test]
fn a_folder_holds_one_private_file_per_message() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/out");
    let service = Service::start_with(&[("DAEMUN_MAIL_URL", &format!("file://{}", out.display()))]);
    let ids = put_notices(&service.home().db(), ["ann@example.com", "ben@example.com"]);
    wait_until(|| Mail::in_folder(&out).len() == 2);
    let mut recipients = Mail::in_folder(&out)
        .into_iter()
        .map(|mail| mail.to)
        .collect::<Vec<_>>();
    recipients.sort();
    assert_eq!(recipients, ["ann@example.com", "ben@example.com"]);
    for id in ids {
        let file = fs::metadata(out.join(format!("{id}.eml"))).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(
        fs::metadata(&out).unwrap().permissions().mode() & 0o777,
        0o700
    );
    assert_eq!(
        fs::read_dir(&out).unwrap().count(),
        2,
        "nothing is left half written"
    );
}

#[test]
fn the_log_transport_logs_messages_and_warns() {
    let service = Service::start_with(&[("DAEMUN_MAIL_URL", "log:")]);
    assert!(
        service
            .log()
            .contains("the log contains the codes and links")
    );
    put(&service);
    wait_until(|| service.log().contains("mail.sent"));
    let log = service.log();
    assert!(
        log.contains("To       Ann@example.com")
            && log.contains("Subject  비밀번호가 변경되었습니다"),
        "{log}"
    );
}
