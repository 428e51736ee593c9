//! The sessions of an account.

use super::{Admin, user};

#[test]
fn sessions_are_listed_and_revoked() {
    let admin = Admin::start();
    let minji = admin.service.sign_up("minji");
    let second = admin.service.log_in("minji");
    let other = admin.service.sign_up("minho");
    let path = format!("{}/sessions", user(&minji.id));
    let ids = || {
        let listed = admin.get(&path).assert(200).json;
        let sessions = listed["sessions"].as_array().unwrap().iter();
        let ids = sessions.map(|session| session["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(ids().len(), 2);
    assert_eq!(ids()[1], minji.session_id, "the newest first");

    let revoke = |session: &str| admin.call("DELETE", &format!("{path}/{session}")).send();
    revoke(&minji.session_id).assert(204);
    revoke(&minji.session_id).assert_problem(404, "session_not_found");
    revoke(&other.session_id).assert_problem(404, "session_not_found");
    revoke("none").assert_problem(404, "session_not_found");
    let me = |token: &str| admin.service.get("/me").bearer(token).send();
    me(&minji.token).assert_problem(401, "not_authenticated");
    me(&second).assert(200);

    admin.call("DELETE", &path).send().assert(204);
    me(&second).assert_problem(401, "not_authenticated");
    me(&other.token).assert(200);
    assert!(ids().is_empty());
    admin.call("DELETE", &path).send().assert(204);
}
