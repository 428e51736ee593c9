//! Recognized devices, which are exempt from lockouts.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    PASSWORD, Service, TestService,
    guesses::{assert_waits, body, from_anywhere, guess, log_in, start, start_with},
};

const MINUTE: Duration = Duration::from_mins(1);

const DAY: Duration = Duration::from_hours(24);

#[test]
fn failures_of_others_do_not_lock_out_a_recognized_device() {
    let service = start_with(&["--limit-account-failures=20"]);
    let signed_up = service
        .post(
            "/signup",
            &json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD }),
        )
        .send()
        .assert(201);
    let device = signed_up.json["device_token"].as_str().unwrap().to_owned();
    let mut in_browser = body("minji", PASSWORD);
    in_browser["transport"] = json!("cookie");
    let reply = log_in(&service, &in_browser).assert(200);
    assert_eq!(reply.json["device_token"], Value::Null);
    let cookies = reply.lines("set-cookie");
    let cookie = cookies
        .iter()
        .find(|cookie| cookie.starts_with("__Host-daemun-device=dmd_"))
        .unwrap();
    for attribute in [
        "HttpOnly",
        "Secure",
        "SameSite=Lax",
        "Path=/",
        "Max-Age=34560000",
    ] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap();
    let with_token = |password| {
        let mut body = body("minji", password);
        body["device_token"] = json!(device);
        log_in(&service, &body)
    };
    let with_cookie = |password: &str| {
        let mut body = body("minji", password);
        body["transport"] = json!("cookie");
        from_anywhere(service.post("/login", &body))
            .header("cookie", cookie)
            .send()
    };
    // Other clients fail until only recognized devices may try.
    while guess(&service, "minji").status == 401 {}
    assert_waits(log_in(&service, &body("minji", PASSWORD)), MINUTE);
    let known = with_token(PASSWORD).assert(200);
    assert_eq!(known.json["device_token"], Value::Null);
    while guess(&service, "minji").status == 401 {}
    let known = with_cookie(PASSWORD).assert(200);
    assert_eq!(known.lines("set-cookie").len(), 1);
    // A recognized device has its own failures, which lock out only that device.
    for _free in 0..5 {
        with_token("wrong").assert(401);
    }
    assert_waits(with_token(PASSWORD), MINUTE);
    with_cookie(PASSWORD).assert(200);
    log_in(&service, &body("minji", PASSWORD)).assert(200);
    assert_waits(with_token(PASSWORD), MINUTE);
}

#[test]
fn a_device_is_recognized_only_by_its_own_account() {
    let service = start();
    let sign_up = |name: &str| {
        let body = json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
        let reply = service.post("/signup", &body).send().assert(201);
        reply.json["device_token"].as_str().unwrap().to_owned()
    };
    let (minji, other) = (sign_up("minji"), sign_up("other"));
    let guess_with = |device: &str| {
        let mut body = body("minji", "wrong");
        body["device_token"] = json!(device);
        log_in(&service, &body)
    };
    let made_up = format!("dmd_{}", "A".repeat(43));
    for device in [&other, &made_up, "", "dmd_", &"é".repeat(40)] {
        guess_with(device).assert(401);
    }
    assert_waits(guess_with(&other), MINUTE);
    guess_with(&minji).assert(401);
    // Unregistered names behave alike.
    let mut unknown = body("nobody", "wrong");
    unknown["device_token"] = json!(minji);
    for _free in 0..5 {
        log_in(&service, &unknown).assert(401);
    }
    assert_waits(log_in(&service, &unknown), MINUTE);
    // After 400 days the device is no longer recognized.
    service.pass(DAY * 400);
    for _free in 0..5 {
        guess_with(&minji).assert(401);
    }
    assert_waits(guess(&service, "minji"), MINUTE);
}

#[test]
fn an_account_has_at_most_twenty_recognized_devices() {
    let service = start();
    service.sign_up("minji");
    let devices: Vec<_> = (0..21)
        .map(|_| {
            service.pass(Duration::from_secs(1));
            let reply = log_in(&service, &body("minji", PASSWORD)).assert(200);
            reply.json["device_token"].as_str().unwrap().to_owned()
        })
        .collect();
    let is_known = |device: &str| {
        let mut body = body("minji", PASSWORD);
        body["device_token"] = json!(device);
        log_in(&service, &body).assert(200).json["device_token"].is_null()
    };
    assert!(is_known(&devices[1]));
    assert!(is_known(&devices[20]));
    assert!(!is_known(&devices[0]));
    // The last login added a device, which evicted the oldest.
    assert!(!is_known(&devices[1]));
}

#[test]
fn a_password_change_forgets_every_other_device() {
    let service = start();
    let body = |device: &Value, password: &str| {
        let mut body = body("minji", password);
        if !device.is_null() {
            body["device_token"] = device.clone();
        }
        body
    };
    let log_in = |device: &Value, password: &str| {
        let reply = log_in(&service, &body(device, password));
        reply.assert(200)
    };
    service.sign_up("minji");
    let [own, other] =
        [(); 2].map(|()| log_in(&Value::Null, PASSWORD).json["device_token"].clone());
    let session = log_in(&own, PASSWORD).token();
    let new = "Another-Staple-8-lantern";
    let change = json!({ "current_password": PASSWORD, "new_password": new });
    let call = service.call("PUT", "/me/password").bearer(&session);
    call.json(&change).send().assert(204);
    assert!(log_in(&own, new).json["device_token"].is_null());
    assert!(log_in(&other, new).json["device_token"].is_string());
}

#[test]
fn owners_are_notified_of_a_new_device() {
    for (notices, is_verified, reported) in [("on", true, 2), ("on", false, 0), ("off", true, 0)] {
        let service = Service::start_with(&[
            ("DAEMUN_RATE_LIMITS", "on"),
            ("DAEMUN_EMAIL_VERIFICATION", "off"),
            ("DAEMUN_MAIL_URL", "file://mail"),
            ("DAEMUN_DEVICE_NOTICES", notices),
        ]);
        service.sign_up("minji");
        if is_verified {
            service.sql().run("UPDATE users SET email_verified = TRUE");
        }
        let log_in = |device: &Value| {
            let mut body = body("minji", PASSWORD);
            if !device.is_null() {
                body["device_token"] = device.clone();
            }
            let reply = service
                .post("/login", &body)
                .header("user-agent", "그리고/1.0");
            reply.send().assert(200).json["device_token"].clone()
        };
        let device = log_in(&Value::Null);
        assert!(log_in(&device).is_null());
        log_in(&Value::Null);
        let written = "SELECT COUNT(*) AS number FROM outbox WHERE kind = 'new_device'";
        assert_eq!(
            service.sql().numbers(written),
            [reported],
            "{notices} {is_verified}"
        );
    }
}

#[test]
fn an_owner_is_notified_of_at_most_five_new_devices_an_hour() {
    let mail = ["--device-notices=on", "--email-verification=off"];
    let service = TestService::start_with_mail(&[&["--rate-limits=on"], &mail[..]].concat());
    service.sign_up("minji");
    service.sql().run("UPDATE users SET email_verified = TRUE");
    let log_in_new = |times: usize| {
        for _device in 0..times {
            let call = service.post("/login", &body("minji", PASSWORD));
            call.send().assert(200);
        }
        let kinds = service.mailbox().kinds();
        kinds.iter().filter(|kind| *kind == "new_device").count()
    };
    assert_eq!([log_in_new(5), log_in_new(3)], [5, 5]);
    service.pass(Duration::from_hours(1));
    assert_eq!(log_in_new(1), 6);
}
