//! The settings of webhooks, and the metrics of the channel.

use super::{Manner, Receiver, SECRET, sender_with};
use crate::support::{Service, wait_until};

const URL: (&str, &str) = ("DAEMUN_WEBHOOK_URL", "https://app.example.com/webhooks");

#[track_caller]
fn faults(settings: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Service::command_in(folder.path(), settings);
    let refused = command.arg("migrate").output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{settings:?}: {refused:?}");
    let reported = String::from_utf8(refused.stderr).unwrap();
    assert!(!reported.contains("hunter2"), "{reported}");
    reported.lines().map(str::to_owned).collect()
}

#[test]
fn settings_that_miss_their_counterpart_are_refused() {
    for (settings, name) in [
        (&[URL][..], "DAEMUN_WEBHOOK_SECRET"),
        (
            &[("DAEMUN_WEBHOOK_SECRET", SECRET)],
            "DAEMUN_WEBHOOK_SECRET",
        ),
        (
            &[("DAEMUN_WEBHOOK_EVENTS", "user.*")],
            "DAEMUN_WEBHOOK_EVENTS",
        ),
    ] {
        let reported = faults(settings);
        assert_eq!(reported.len(), 1, "{reported:?}");
        assert!(reported[0].starts_with(&format!("daemun: {name}: ")));
        assert!(reported[0].contains("; for example "), "{reported:?}");
    }
}

#[test]
fn unusable_urls_secrets_and_types_are_refused() {
    let three = [SECRET; 3].join(",");
    for (name, value) in [
        ("DAEMUN_WEBHOOK_URL", "app.example.com/webhooks"),
        ("DAEMUN_WEBHOOK_URL", "ftp://app.example.com/"),
        ("DAEMUN_WEBHOOK_URL", "https://ann:hunter2@app.example.com/"),
        ("DAEMUN_WEBHOOK_URL", "https://app.example.com/#hunter2"),
        ("DAEMUN_WEBHOOK_URL", "https:///webhooks hunter2"),
        ("DAEMUN_WEBHOOK_SECRET", "hunter2"),
        ("DAEMUN_WEBHOOK_SECRET", "whsec_hunter2"),
        ("DAEMUN_WEBHOOK_SECRET", &three),
        ("DAEMUN_WEBHOOK_EVENTS", "user.deleted,user"),
        ("DAEMUN_WEBHOOK_EVENTS", "proof.refused"),
    ] {
        let usual = [URL, ("DAEMUN_WEBHOOK_SECRET", SECRET)];
        let usual = usual.into_iter().filter(|(other, _)| *other != name);
        let settings: Vec<_> = usual.chain([(name, value)]).collect();
        let reported = faults(&settings);
        assert_eq!(reported.len(), 1, "{value}: {reported:?}");
        assert!(reported[0].starts_with(&format!("daemun: {name}: ")));
    }
}

#[test]
fn the_metrics_show_the_channel_of_webhooks() {
    let receiver = Receiver::start();
    let listen = ("DAEMUN_ADMIN_LISTEN", "127.0.0.1:0");
    let service = sender_with(&receiver, &[listen]);
    let value = |name: &str| {
        let text = service.admin("GET", "/metrics").send().assert(200).text;
        let line = text
            .lines()
            .find(|line| line.starts_with(&format!("{name} ")))?;
        line.rsplit(' ').next()?.parse::<f64>().ok()
    };
    service.sign_up("minji");
    receiver.wait_for(1);
    wait_until(|| value("daemun_webhooks_sent_total") == Some(1.0));
    wait_until(|| value("daemun_webhooks_pending") == Some(0.0));
    assert_eq!(value("daemun_webhooks_failed_total"), Some(0.0));
    assert_eq!(value("daemun_webhook_paused"), Some(0.0));
    receiver.behave(Manner::Respond(410, ""));
    service.sign_up("sora");
    wait_until(|| value("daemun_webhook_paused") == Some(1.0));
    assert_eq!(value("daemun_webhook_circuit_breaker_open"), Some(1.0));
    assert_eq!(value("daemun_webhooks_pending"), Some(1.0));
    assert!(value("daemun_webhooks_oldest_age_seconds") > Some(0.0));
}

#[test]
fn without_a_receiver_no_event_waits() {
    let service = Service::start();
    service.sign_up("minji");
    assert_eq!(super::queued(&mut service.sql(), "waiting"), 0);
}
