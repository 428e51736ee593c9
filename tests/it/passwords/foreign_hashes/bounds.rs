//! Password hashes that are refused.

use serde_json::json;

use super::{Importer, SampleFile};
use crate::support::PASSWORD;

#[test]
fn a_hash_beyond_a_bound_or_of_an_unknown_form_is_refused_by_name() {
    let samples = SampleFile::read();
    let importer = Importer::start_with(&[]);
    let minji = importer.service.sign_up("minji");
    let path = format!("/admin/users/{}/password", minji.id);
    let of_form = |form: &str| {
        let sample = samples.samples.iter().find(|one| one.form == form);
        sample.unwrap().hash.clone()
    };
    let hash = "A".repeat(43);
    let argon2 = |costs: &str| format!("$argon2id$v=19${costs}$c2FsdHNhbHQ${hash}");
    for (text, code) in [
        ("password".to_owned(), "password_hash_unknown"),
        (
            "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99".to_owned(),
            "password_hash_unknown",
        ),
        (of_form("devise"), "password_hash_unconfigured"),
        (of_form("firebase"), "password_hash_unconfigured"),
        (of_form("bcrypt 2b").replace("$10$", "$16$"), "bcrypt_cost"),
        (argon2("m=262145,t=3,p=1"), "argon2_memory"),
        (argon2("m=65536,t=11,p=1"), "argon2_time"),
        (argon2("m=65536,t=3,p=17"), "argon2_lanes"),
        (
            format!("$scrypt$ln=18,r=8,p=1$c2FsdA${hash}"),
            "scrypt_memory",
        ),
        (
            format!("$scrypt$ln=14,r=8,p=9$c2FsdA${hash}"),
            "scrypt_parallelism",
        ),
        (
            format!("pbkdf2_sha256$5000001$salt${hash}"),
            "pbkdf2_iterations",
        ),
        ("9".repeat(513), "too_long"),
    ] {
        let refused = [format!("password_hash {code}")];
        let created = importer.create("hana", &text);
        let created = created.assert_problem(422, "validation_failed");
        assert_eq!(created.refused(), refused, "{text}");
        let set = importer.admin("PUT", &path);
        let set = set.json(&json!({ "password_hash": text })).send();
        assert_eq!(
            set.assert_problem(422, "validation_failed").refused(),
            refused
        );
    }
    importer.log_in("minji", PASSWORD).assert(200);
}

#[test]
fn a_hash_and_a_password_exclude_one_another() {
    let importer = Importer::start_with(&[]);
    let minji = importer.service.sign_up("minji");
    let hash = importer.stored("minji");
    let user = json!({
        "username": "hana", "email": "hana@example.com", "password": PASSWORD, "password_hash": hash,
    });
    let created = importer
        .post(&user)
        .assert_problem(422, "validation_failed");
    assert_eq!(created.refused(), ["password_hash conflicting_field"]);
    let path = format!("/admin/users/{}/password", minji.id);
    for (body, refused) in [
        (
            json!({ "password": PASSWORD, "password_hash": hash }),
            "password_hash conflicting_field",
        ),
        (json!({}), "password required"),
    ] {
        let set = importer.admin("PUT", &path).json(&body).send();
        assert_eq!(
            set.assert_problem(422, "validation_failed").refused(),
            [refused]
        );
    }
}

#[test]
fn a_hash_of_this_service_moves_to_another_account() {
    let importer = Importer::start_with(&[]);
    importer.service.sign_up("minji");
    importer
        .create("hana", &importer.stored("minji"))
        .assert(201);
    importer.log_in("hana", PASSWORD).assert(200);
}
