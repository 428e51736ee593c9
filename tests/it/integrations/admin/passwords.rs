//! Passwords and second factors that a service replaces.

use daemun::clock::Clock;
use serde_json::json;

use super::{Admin, log_in, user};
use crate::support::{PASSWORD, authenticator_app::AuthenticatorApp};

const OTHER: &str = "Another-Staple-8-lantern";

#[test]
fn a_new_password_ends_sessions_and_the_old_password() {
    let admin = Admin::start();
    let minji = admin.service.sign_up("minji");
    let path = format!("{}/password", user(&minji.id));
    let set = |password: &str| {
        admin
            .call("PUT", &path)
            .json(&json!({ "password": password }))
            .send()
    };
    set(OTHER).assert(204);
    let me = admin.service.get("/me").bearer(&minji.token).send();
    me.assert_problem(401, "not_authenticated");
    assert_eq!(log_in(&admin.service, "minji", PASSWORD), 401);
    assert_eq!(log_in(&admin.service, "minji", OTHER), 200);
    for (password, refused) in [
        ("short", "password too_short"),
        ("password1234", "password password_common"),
        ("minji@example.com", "password password_equals_email"),
    ] {
        let reply = set(password).assert_problem(422, "validation_failed");
        assert_eq!(reply.refused(), [refused]);
    }
    assert_eq!(log_in(&admin.service, "minji", OTHER), 200);
}

#[test]
fn removed_second_factors_are_not_requested() {
    let admin = Admin::start();
    let minji = admin.service.sign_up("minji");
    let setup = admin
        .service
        .post("/me/totp", &json!({}))
        .bearer(&minji.token);
    let app = AuthenticatorApp::scan(&setup.send().assert(200).json);
    let code = json!({ "code": app.code_at(Clock::system().now()) });
    let enabled = admin
        .service
        .post("/me/totp/verify", &code)
        .bearer(&minji.token);
    enabled.send().assert(200);
    let shown = || admin.get(&user(&minji.id)).assert(200).json;
    assert_eq!(shown()["second_factor"], true);
    assert_eq!(log_in(&admin.service, "minji", PASSWORD), 401);
    let path = format!("{}/second-factors", user(&minji.id));
    let remove = || admin.call("DELETE", &path).send();
    remove().assert(204);
    remove().assert(204);
    assert_eq!(shown()["second_factor"], false);
    assert_eq!(log_in(&admin.service, "minji", PASSWORD), 200);
}
