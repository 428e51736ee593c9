//! SIGHUP: from a closed terminal it stops the service like SIGTERM. Otherwise it is logged and
//! ignored.

use std::{fs::File, os::fd::OwnedFd};

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};

use crate::support::{Home, Service, wait_until};

/// Opens a terminal. Returns both of its ends.
fn terminal() -> (OwnedFd, OwnedFd) {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    let controller = openpt(flags).unwrap();
    grantpt(&controller).unwrap();
    unlockpt(&controller).unwrap();
    let user = ioctl_tiocgptpeer(&controller, flags).unwrap();
    (controller, user)
}

#[test]
fn a_closed_terminal_stops_the_service_like_sigterm() {
    let (controller, user) = terminal();
    let home = Home::new();
    let mut command = Service::command_at(&home, &[]);
    command.arg("serve").stdin(File::from(user));
    let mut service = Service::try_start(command, &home).unwrap();
    service.sign_up("minji");
    drop(controller);
    service.signal("HUP");
    assert_eq!(service.wait().code(), Some(0));
    let log = service.log();
    assert!(
        log.contains("service.stopping") && log.contains("service.stopped"),
        "{log}"
    );
    Service::try_start_in(&home, &[]).unwrap().log_in("minji");
}

#[test]
fn without_a_terminal_sighup_is_logged_and_ignored() {
    let mut service = Service::start();
    let minji = service.sign_up("minji");
    for count in 1..=2 {
        service.signal("HUP");
        wait_until(|| service.log().matches("signal.ignored").count() == count);
    }
    service.get("/me").bearer(&minji.token).send().assert(200);
    assert_eq!(service.stop().code(), Some(0));
}
