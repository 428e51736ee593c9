//! `daemun webhook list`, `replay` and `test`.

use std::process::Output;

use super::{ACCEPT, Manner, Receiver, SECRET, make_due, sender, wait_until_sent};
use crate::support::{Service, wait_until};

#[track_caller]
fn done(service: &Service, arguments: &[&str]) -> String {
    let output = run(service, arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn run(service: &Service, arguments: &[&str]) -> Output {
    let mut command = service.command();
    command.arg("webhook").args(arguments).output().unwrap()
}

#[test]
fn the_list_has_each_waiting_event_with_its_last_status() {
    let receiver = Receiver::start();
    receiver.behave(Manner::Respond(422, ""));
    let service = sender(&receiver);
    service.sign_up("minji");
    wait_until(|| service.log().contains("webhook.delayed"));
    wait_until(|| done(&service, &["list"]).contains("\twaiting\t1\t422\t"));
    let listed = done(&service, &["list"]);
    let id = receiver.requests()[0].id().to_owned();
    let lines: Vec<_> = listed.lines().collect();
    assert_eq!(lines.len(), 2, "{listed}");
    assert_eq!(
        lines[0],
        "id\ttype\tstate\tattempts\tlast_status\tdue_at\texpires_at"
    );
    assert!(
        lines[1].starts_with(&format!("{id}\tuser.signed_up\twaiting\t")),
        "{listed}"
    );
    receiver.behave(ACCEPT);
    make_due(&mut service.sql());
    wait_until_sent(&service);
    assert_eq!(done(&service, &["list"]).lines().count(), 1);
}

#[test]
fn events_are_replayed_by_id_by_time_and_after_they_expired() {
    let receiver = Receiver::start();
    let service = sender(&receiver);
    for name in ["minji", "sora"] {
        service.sign_up(name);
        service.log_in(name);
    }
    let accepted = receiver.wait_for(4);
    wait_until_sent(&service);
    let (first, second) = (accepted[0].id(), accepted[1].id());
    let mut expected = 4;
    for (arguments, count) in [
        (&[first, second][..], 2),
        (&["--since", "1h"], 4),
        (&["--since", "1h", "--type", "user.*"], 2),
        (&["--since", "2100-01-01T00:00:00Z"], 0),
        (&["--expired"], 0),
    ] {
        let arguments = [&["replay"], arguments].concat();
        let said = done(&service, &arguments);
        assert_eq!(said, format!("the running service sends {count} events\n"));
        expected += count;
        assert_eq!(receiver.wait_for(expected).len(), expected);
        wait_until_sent(&service);
    }
    let expire = "INSERT INTO webhook_messages VALUES ('{}', 'expired', 9, 500, 0, 0)";
    service.sql().run(&expire.replace("{}", first));
    assert!(done(&service, &["list"]).contains("\texpired\t9\t500\t"));
    let said = done(&service, &["replay", "--expired"]);
    assert_eq!(said, "the running service sends 1 event\n");
    let last = receiver.wait_for(expected + 1).pop().unwrap();
    assert_eq!(last.id(), first);
}

#[test]
fn a_replay_with_an_unknown_id_enqueues_nothing() {
    let receiver = Receiver::start();
    let service = sender(&receiver);
    service.sign_up("minji");
    let known = receiver.wait_for(1)[0].id().to_owned();
    wait_until_sent(&service);
    let unknown = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b";
    let output = run(&service, &["replay", &known, unknown]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    let expected = format!("the audit log has no events of these ids: {unknown}\n");
    assert!(said.ends_with(&expected), "{said}");
    assert_eq!(done(&service, &["list"]).lines().count(), 1);
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn a_replay_names_its_events() {
    let receiver = Receiver::start();
    let service = sender(&receiver);
    for arguments in [
        &["replay"][..],
        &["replay", "1"],
        &["replay", "--since", "yesterday"],
        &["replay", "--expired", "--since", "1h"],
        &["replay", "--expired", "--type", "user.deleted"],
        &["replay", "--since", "1h", "--type", "user"],
    ] {
        let output = run(&service, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    }
}

#[test]
fn the_test_event_is_sent_at_once_without_a_database() {
    let receiver = Receiver::start();
    let folder = tempfile::tempdir().unwrap();
    let url = receiver.url();
    let settings = [
        ("DAEMUN_WEBHOOK_URL", url.as_str()),
        ("DAEMUN_WEBHOOK_SECRET", SECRET),
    ];
    let test = |settings: &[(&str, &str)]| {
        let mut command = Service::command_in(folder.path(), settings);
        command.args(["webhook", "test"]).output().unwrap()
    };
    let output = test(&settings);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "sent to 127.0.0.1: status 204\n");
    let webhook = receiver.accepted().remove(0);
    assert_eq!(webhook.event_type(), "webhook.test");
    assert_eq!(webhook.json()["data"]["id"], webhook.id());
    receiver.behave(Manner::Respond(401, ""));
    let refused = test(&settings);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(said, "daemun: not sent to 127.0.0.1: status 401\n");
    let unset = test(&[]);
    let said = String::from_utf8(unset.stderr).unwrap();
    assert!(said.contains("set DAEMUN_WEBHOOK_URL"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
