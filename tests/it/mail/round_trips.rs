//! Whole flows with the codes and links of the mails themselves.

use serde_json::{Value, json};

use crate::support::{Mail, PASSWORD, Service, wait_until};

const NEW: &str = "Another-Staple-8-lantern";

/// Starts a service that sends codes and links.
fn start(verification: &str) -> Service {
    Service::start_with(&[
        ("DAEMUN_MAIL_URL", "file://mail"),
        ("DAEMUN_PUBLIC_URL", "https://app.example.com/auth"),
        ("DAEMUN_EMAIL_VERIFICATION", verification),
    ])
}

/// Waits until this address has so many mails. Returns them.
fn mails(service: &Service, to: &str, count: usize) -> Vec<Mail> {
    let read = || {
        let mut mails = Mail::in_folder(&service.home().path().join("mail"));
        mails.retain(|mail| mail.to == to);
        mails
    };
    wait_until(|| read().len() >= count);
    let mails = read();
    assert_eq!(mails.len(), count);
    mails
}

fn post(service: &Service, path: &str, body: &Value) -> u16 {
    service.post(path, body).send().status
}

#[test]
fn from_signup_to_another_address() {
    let service = start("optional");
    let minji = service.sign_up("minji");
    let mail = mails(&service, &minji.email, 1).remove(0);
    // The address is there for the password manager of the browser.
    let link = format!(
        "https://app.example.com/auth/email/verify#token={}&email=minji%40example.com\n",
        mail.token()
    );
    assert!(mail.text().contains(&link), "{}", mail.text());
    let with = |method: &str, path: &str, body: &Value| {
        let call = service.call(method, path).bearer(&minji.token);
        call.json(body).send()
    };
    with("POST", "/email/verify", &json!({ "code": mail.code() })).assert(200);
    let change = json!({ "email": "new@example.com" });
    with("PUT", "/me/email", &change).assert(202);
    let mail = mails(&service, "new@example.com", 1).remove(0);
    mails(&service, &minji.email, 2);
    let reply = with("POST", "/email/verify", &json!({ "token": mail.token() })).assert(200);
    assert_eq!(reply.json["email"], "new@example.com");
    // The old mailbox was notified twice. The new one got one challenge.
    mails(&service, &minji.email, 3);
    mails(&service, "new@example.com", 1);
}

#[test]
fn from_a_pending_signup_to_a_new_password() {
    let service = start("required");
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD });
    let call = service.post("/signup", &body);
    call.header("accept-language", "ko").send().assert(202);
    let mail = mails(&service, "minji@example.com", 1).remove(0);
    assert_eq!(mail.header("Content-Language"), "ko");
    let verify = json!({ "token": mail.token(), "password": PASSWORD });
    assert_eq!(post(&service, "/email/verify", &verify), 200);
    service.log_in("minji");
    // Another signup with the address notifies its owner, without a link or a code in the mail.
    let again = json!({ "username": "other", "email": "minji@example.com", "password": PASSWORD });
    assert_eq!(post(&service, "/signup", &again), 202);
    let mail = mails(&service, "minji@example.com", 2).remove(1);
    assert_eq!(mail.header("Subject"), "You already have an account");
    assert!(!mail.raw.contains("dmc_"));
    assert_eq!(
        post(
            &service,
            "/password/forgot",
            &json!({ "email": "MINJI@example.com" })
        ),
        202
    );
    // The mail goes to the address as it is stored.
    let mail = mails(&service, "minji@example.com", 3).remove(2);
    let reset = json!({ "token": mail.token(), "new_password": NEW });
    assert_eq!(post(&service, "/password/reset", &reset), 204);
    mails(&service, "minji@example.com", 4);
    let log_in = |password: &str| json!({ "identifier": "minji", "password": password });
    assert_eq!(post(&service, "/login", &log_in(PASSWORD)), 401);
    assert_eq!(post(&service, "/login", &log_in(NEW)), 200);
}
