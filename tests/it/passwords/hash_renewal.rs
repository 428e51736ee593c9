//! The renewal of hashes whose cost is lower than configured.

use daemun::{domain::account::username::Username, store::tables::users};
use serde_json::json;

use crate::support::{Service, wait_until};

#[test]
fn a_login_renews_a_hash_of_a_lower_cost() {
    let mut service = Service::start();
    service.sign_up("minji");
    let before = stored_hash(&service);
    assert!(before.starts_with("$2b$04$"), "{before}");
    let cheap = service.log_in("minji");
    assert_eq!(stored_hash(&service), before);

    service.stop();
    let costlier = [("DAEMUN_BCRYPT_COST", "5")];
    let service = Service::try_start_in(service.home(), &costlier).unwrap();
    let wrong = json!({ "identifier": "minji", "password": "wrong" });
    service.post("/login", &wrong).send().assert(401);
    assert_eq!(stored_hash(&service), before);
    service.log_in("minji");
    // The renewal follows the response, so that the response time does not reveal it.
    wait_until(|| stored_hash(&service) != before);
    assert!(stored_hash(&service).starts_with("$2b$05$"));
    service.log_in("minji");
    service.get("/me").bearer(&cheap).send().assert(200);
}

fn stored_hash(service: &Service) -> String {
    let db = service.home().db();
    let key = Username::parse("minji").unwrap().key().clone();
    db.read(|tx| users::by_username(tx, &key))
        .unwrap()
        .unwrap()
        .password_hash
}
