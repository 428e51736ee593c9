//! Accounts that are shut to strangers, and the devices that are none

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    PASSWORD, Service, TestService,
    guesses::{
        assert_waits, body, from_anywhere, guess, log_in, refused, shape, shut, start, start_with,
    },
};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

#[test]
fn strangers_do_not_lock_a_known_device_out() {
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
    // Strangers fail until only known devices may try.
    while guess(&service, "minji").status == 401 {}
    assert_waits(log_in(&service, &body("minji", PASSWORD)), MINUTE);
    let known = with_token(PASSWORD).assert(200);
    assert_eq!(known.json["device_token"], Value::Null);
    while guess(&service, "minji").status == 401 {}
    let known = with_cookie(PASSWORD).assert(200);
    assert_eq!(known.lines("set-cookie").len(), 1);
    // A known device has failures of its own, which lock only itself out.
    for _free in 0..5 {
        with_token("wrong").assert(401);
    }
    assert_waits(with_token(PASSWORD), MINUTE);
    with_cookie(PASSWORD).assert(200);
    log_in(&service, &body("minji", PASSWORD)).assert(200);
    assert_waits(with_token(PASSWORD), MINUTE);
}

#[test]
fn a_device_is_known_to_its_own_account_alone() {
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
    // For names that nobody has it is the same.
    let mut nobody = body("nobody", "wrong");
    nobody["device_token"] = json!(minji);
    for _free in 0..5 {
        log_in(&service, &nobody).assert(401);
    }
    assert_waits(log_in(&service, &nobody), MINUTE);
    // After 400 days it is a stranger too.
    service.pass(DAY * 400);
    for _free in 0..5 {
        guess_with(&minji).assert(401);
    }
    assert_waits(guess(&service, "minji"), MINUTE);
}

#[test]
fn an_account_has_twenty_known_devices_at_most() {
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
    // That made another one, so the oldest went.
    assert!(!is_known(&devices[1]));
}

#[test]
fn a_hundred_failures_in_a_row_shut_an_account_to_strangers() {
    let service = start();
    service.sign_up("minji");
    assert_eq!(shut(&service), 100);
    // Days pass, from wherever, and it stays shut; so does a name that nobody has, after as many.
    service.pass(DAY * 7);
    let right = log_in(&service, &body("minji", PASSWORD));
    assert_eq!(refused(right).1, "account-failures");
    for _try in 0..100 {
        guess(&service, "nobody").assert(401);
        service.pass(MINUTE * 15);
    }
    service.pass(DAY * 7);
    let unknown = guess(&service, "nobody");
    assert_eq!(shape(&unknown), shape(&guess(&service, "minji")));
}

#[test]
fn a_log_in_from_a_known_device_opens_an_account_again() {
    let service = start_with(&["--limit-account-failures=10"]);
    let reply = service.post(
        "/signup",
        &json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD }),
    );
    let reply = reply.send().assert(201);
    assert_eq!(shut(&service), 10);
    let mut known = body("minji", PASSWORD);
    known["device_token"] = reply.json["device_token"].clone();
    log_in(&service, &known).assert(200);
    log_in(&service, &body("minji", PASSWORD)).assert(200);
    assert_eq!(shut(&service), 10);
    // A device that was stolen has as many failures itself, and no more, however slowly it comes.
    known["password"] = json!("wrong");
    for _try in 0..10 {
        service.pass(DAY * 2);
        log_in(&service, &known).assert(401);
    }
    service.pass(DAY * 2);
    assert_eq!(refused(log_in(&service, &known)).1, "account-failures");
}

#[test]
fn an_operator_opens_an_account_again() {
    let limits = [
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_LIMIT_FAILURES", "100"),
        ("DAEMUN_LIMIT_ACCOUNT_FAILURES", "10"),
        ("DAEMUN_LIMIT_NETWORK_FAILURES", "1000"),
        ("DAEMUN_LIMIT_LOG_INS", "1000"),
    ];
    let service = Service::start_with(&limits);
    service.sign_up("minji");
    let log_in = |password| service.post("/login", &body("minji", password)).send();
    for (command, stdin, password) in [
        ("unlock", "", PASSWORD),
        (
            "set-password",
            "Another-Staple-8-lantern\n",
            "Another-Staple-8-lantern",
        ),
    ] {
        while log_in("wrong").status == 401 {}
        assert_eq!(refused(log_in(password)).1, "account-failures");
        let told = operator(&service, command, stdin);
        assert!(told.contains("minji"), "{told}");
        log_in(password).assert(200);
    }
}

fn operator(service: &Service, command: &str, stdin: &str) -> String {
    use std::{io::Write, process::Stdio};
    let mut child = service
        .command()
        .args(["user", command, "minji"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(stdin.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_new_password_forgets_every_device_but_the_callers() {
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
fn owners_are_told_of_a_new_device() {
    for (notices, is_verified, told) in [("on", true, 2), ("on", false, 0), ("off", true, 0)] {
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
            [told],
            "{notices} {is_verified}"
        );
    }
}

#[test]
fn an_owner_is_told_of_five_new_devices_an_hour() {
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
