//! The retention of events.

use super::audited;
use crate::support::{Service, wait_until};

#[test]
fn events_are_deleted_after_their_retention() {
    let service = Service::start();
    service.sign_up("minji");
    service.log_in("minji");
    // The id of an event of the year 2024.
    let aged = "UPDATE events SET id = '01900000-0000-7000-8000-000000000000' WHERE type = 'user.signed_up'";
    assert_eq!(service.sql().change(aged), 1);
    let service = service.stop_and_restart();
    wait_until(|| {
        let rows = audited(&mut service.sql());
        rows.len() == 1 && rows[0].name == "login.succeeded"
    });
}
