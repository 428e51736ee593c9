//! The form of the header `Idempotency-Key`.

use serde_json::json;

use crate::support::{PASSWORD, Service, contract::document};

#[test]
fn documented_limits_of_the_idempotency_key_apply() {
    let document = document();
    let parameter = &document["paths"]["/signup"]["post"]["parameters"][0];
    assert_eq!(parameter["name"], "Idempotency-Key");
    let limit = |name: &str| usize::try_from(parameter["schema"][name].as_u64().unwrap()).unwrap();
    let (least, most) = (limit("minLength"), limit("maxLength"));
    let service = Service::start();
    for length in [least - 1, least, least + 1, most - 1, most, most + 1] {
        let username = format!("minji{length}");
        let body = json!({
            "username": username, "email": format!("{username}@example.com"), "password": PASSWORD
        });
        let call = service.post("/signup", &body);
        let reply = call.header("idempotency-key", &"k".repeat(length)).send();
        let status = if (least..=most).contains(&length) {
            201
        } else {
            422
        };
        assert_eq!(reply.status, status, "{length}: {}", reply.text);
    }
}
