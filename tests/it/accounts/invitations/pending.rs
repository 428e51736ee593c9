//! Invitations with `DAEMUN_EMAIL_VERIFICATION=required`: a pending signup reserves a use.

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use super::{done, list, sign_up_at, token_for};
use crate::support::{PASSWORD, TestService, assert_same_response};

const DAY: Duration = Duration::from_hours(24);

fn start() -> TestService {
    TestService::start_with_mail(&["--sign-up=invited", "--email-verification=required"])
}

/// Returns the body that verifies the newest signup of a name.
fn verification(service: &TestService, name: &str) -> Value {
    let email = format!("{name}@example.com");
    let token = service.mailbox().token(Purpose::SignUp, &email);
    json!({ "token": token, "password": PASSWORD })
}

#[test]
fn a_pending_signup_reserves_a_use_until_it_expires() {
    let service = start();
    let invitation = token_for(&service, &["--expires", "400d"]);
    sign_up_at(&service, "minji", &invitation).assert(202);
    // The same signup, sent again, has its reservation already.
    sign_up_at(&service, "minji", &invitation).assert(202);
    service.pass_almost(DAY);
    sign_up_at(&service, "jisoo", &invitation).assert_problem(403, "invitation_invalid");
    service.pass(Duration::from_micros(1));
    sign_up_at(&service, "jisoo", &invitation).assert(202);
    assert_eq!(list(service.command())[0][5], "1");
    let verify = service.post("/email/verify", &verification(&service, "jisoo"));
    verify.send().assert(200);
    assert_eq!(list(service.command())[0][5], "0");
    sign_up_at(&service, "other", &invitation).assert_problem(403, "invitation_invalid");
}

#[test]
fn the_verified_account_has_the_roles_of_the_invitation() {
    let service = start();
    let invitation = token_for(&service, &["--role", "editor", "--uses", "2"]);
    for name in ["minji", "jisoo"] {
        sign_up_at(&service, name, &invitation).assert(202);
    }
    sign_up_at(&service, "other", &invitation).assert_problem(403, "invitation_invalid");
    for name in ["minji", "jisoo"] {
        let body = verification(&service, name);
        let user = service.post("/email/verify", &body).send().assert(200).json;
        assert_eq!(user["roles"], json!(["editor"]));
    }
}

#[test]
fn a_resent_mail_keeps_the_reservation() {
    let service = start();
    let invitation = token_for(&service, &["--role", "editor"]);
    sign_up_at(&service, "minji", &invitation).assert(202);
    service.pass(Duration::from_hours(1));
    let resend = json!({ "email": "minji@example.com" });
    service.post("/email/resend", &resend).send().assert(202);
    let mailbox = service.mailbox();
    crate::support::wait_until(|| mailbox.count(Purpose::SignUp, "minji@example.com") == 2);
    let body = verification(&service, "minji");
    let user = service.post("/email/verify", &body).send().assert(200).json;
    assert_eq!(user["roles"], json!(["editor"]));
}

#[test]
fn a_revoked_invitation_completes_no_pending_signup() {
    let service = start();
    let invitation = token_for(&service, &[]);
    sign_up_at(&service, "minji", &invitation).assert(202);
    let id = list(service.command())[0][0].clone();
    done(service.command(), &["revoke", &id]);
    let code = service.mailbox().code(Purpose::SignUp, "minji@example.com");
    let by_code = json!({ "email": "minji@example.com", "code": code, "password": PASSWORD });
    let verify = |body: &Value| service.post("/email/verify", body).send();
    verify(&by_code).assert_problem(422, "code_invalid");
    verify(&verification(&service, "minji")).assert_problem(410, "token_invalid");
}

#[test]
fn an_invitation_that_expires_meanwhile_completes_its_pending_signup() {
    let service = TestService::start_now_with(&[
        "--sign-up=invited",
        "--email-verification=required",
        "--mail-url=file:///nowhere",
    ]);
    let invitation = token_for(&service, &["--expires", "5m"]);
    sign_up_at(&service, "minji", &invitation).assert(202);
    service.pass(Duration::from_mins(10));
    let body = verification(&service, "minji");
    service.post("/email/verify", &body).send().assert(200);
}

#[test]
fn an_invited_signup_does_not_reveal_whether_the_email_has_an_account() {
    let service = start();
    let invitation = token_for(&service, &["--uses", "3"]);
    sign_up_at(&service, "minji", &invitation).assert(202);
    let body = verification(&service, "minji");
    service.post("/email/verify", &body).send().assert(200);
    let sign_up = |name: &str, email: &str| {
        let mut body = super::body(name, &invitation);
        body["email"] = json!(email);
        service.post("/signup", &body).send().assert(202)
    };
    assert_same_response(&[
        sign_up("known", "minji@example.com"),
        sign_up("unknown", "unknown@example.com"),
    ]);
    // Both reserve a use, so the next signup has the same response too.
    sign_up_at(&service, "other", &invitation).assert_problem(403, "invitation_invalid");
}
