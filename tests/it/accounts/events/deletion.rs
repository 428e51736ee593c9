//! The events of accounts that are deleted.

use super::{audited, log_in};
use crate::support::Service;

#[test]
fn events_of_a_deleted_account_keep_its_id_and_no_personal_data() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let seojun = service.sign_up("seojun");
    assert_eq!(log_in(&service, "minji", "wrong"), 401);
    service.confirm(&minji.token);
    service
        .call("DELETE", "/me")
        .bearer(&minji.token)
        .send()
        .assert(204);

    let rows = audited(&mut service.sql());
    let (gone, kept): (Vec<_>, Vec<_>) = rows
        .iter()
        .partition(|row| row.user.as_deref() == Some(minji.id.as_str()));
    let names: Vec<_> = gone.iter().map(|row| row.name.as_str()).collect();
    let expected = [
        "user.signed_up",
        "login.failed",
        "confirmation.succeeded",
        "user.deleted",
    ];
    assert_eq!(names, expected);
    for row in gone {
        assert_eq!(
            (&row.ip, &row.session, &row.detail),
            (&None, &None, &serde_json::Value::Null)
        );
        assert!(row.request.is_some());
    }
    assert!(
        kept.iter()
            .all(|row| row.user.as_deref() == Some(seojun.id.as_str()))
    );
    assert!(kept.iter().all(|row| row.ip.is_some()));
    let agents = "SELECT user_agent AS text FROM events WHERE user_id = $1 AND type <> $2 AND user_agent IS NOT NULL";
    assert!(service.sql().texts(agents, &minji.id, "").is_empty());
}

#[test]
fn a_deletion_by_the_operator_is_recorded_and_removes_the_same() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let deleted = service
        .command()
        .args(["user", "delete", "minji", "--yes"])
        .output();
    assert!(deleted.unwrap().status.success());
    let rows = audited(&mut service.sql());
    let actors: Vec<_> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.actor.as_str()))
        .collect();
    assert_eq!(
        actors,
        [("user.signed_up", "owner"), ("user.deleted", "operator")]
    );
    assert!(rows.iter().all(|row| row.ip.is_none()));
    assert!(
        rows.iter()
            .all(|row| row.user.as_deref() == Some(minji.id.as_str()))
    );
}
