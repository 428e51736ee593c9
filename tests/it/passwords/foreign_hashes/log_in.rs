//! Logins of imported accounts, and the hashes that replace theirs.

use serde_json::json;

use super::{Importer, Sample, SampleFile};
use crate::support::wait_until;

/// The cost of the tests, in both forms of this service.
const OURS: &str = "$2b$04$";

#[test]
fn the_first_login_replaces_a_hash_of_every_other_system() {
    let samples = SampleFile::read();
    let importer = Importer::start(&samples);
    for (number, sample) in samples.samples.iter().enumerate() {
        let Sample {
            form,
            made_by,
            password,
            hash,
        } = sample;
        let name = format!("imported{number}");
        importer.create(&name, hash).assert(201);
        assert_eq!(&importer.stored(&name), hash, "{form}");
        let wrong = importer.log_in(&name, &format!("{password}."));
        wrong.assert_problem(401, "invalid_credentials");
        assert_eq!(&importer.stored(&name), hash, "{form}");
        let first = importer.log_in(&name, password);
        let status = first.assert(200).status;
        // Its form is that of this service, and its cost not below the configured one.
        if form != "bcrypt 2b" {
            wait_until(|| &importer.stored(&name) != hash);
        }
        let replaced = importer.stored(&name);
        let prefix = &replaced[..7];
        println!("{form:24} {made_by:24} login {status}, then {prefix}");
        assert!(prefix == OURS || form == "bcrypt 2b" && prefix == "$2b$10$");
        importer.log_in(&name, password).assert(200);
        assert_eq!(importer.stored(&name), replaced, "{form}");
        importer.log_in(&name, &format!("{password}.")).assert(401);
    }
    let log = importer.service.log();
    for sample in &samples.samples {
        assert!(!log.contains(&sample.hash) && !log.contains(&sample.password));
    }
    assert!(!log.contains(&samples.devise_pepper));
}

#[test]
fn every_check_of_the_current_password_accepts_a_hash_of_another_system() {
    let samples = SampleFile::read();
    let importer = Importer::start(&samples);
    let service = &importer.service;
    let minji = service.sign_up("minji");
    let django = samples.samples.iter();
    let django = django
        .clone()
        .find(|one| one.form == "django pbkdf2_sha256");
    let Sample { password, hash, .. } = django.unwrap();
    let statement = format!("UPDATE users SET password_hash = '{hash}'");
    assert_eq!(service.sql().change(&statement), 1);
    let confirm = |password: &str| {
        let body = json!({ "password": password });
        let call = service.post("/me/confirm", &body).bearer(&minji.token);
        call.send().status
    };
    assert_eq!(confirm("wrong"), 403);
    assert_eq!(confirm(password), 204);
    let body = json!({ "current_password": password, "new_password": "Another-Staple-8-lantern" });
    let change = service.call("PUT", "/me/password").json(&body);
    change.bearer(&minji.token).send().assert(204);
    assert!(importer.stored("minji").starts_with(OURS));
}

#[test]
fn a_replaced_password_hash_ends_sessions_and_the_old_password() {
    let samples = SampleFile::read();
    let importer = Importer::start(&samples);
    let minji = importer.service.sign_up("minji");
    let argon2 = samples.samples.iter().find(|one| one.form == "argon2id");
    let Sample { password, hash, .. } = argon2.unwrap();
    let path = format!("/admin/users/{}/password", minji.id);
    let set = importer.admin("PUT", &path);
    set.json(&json!({ "password_hash": hash }))
        .send()
        .assert(204);
    let me = importer.service.get("/me").bearer(&minji.token).send();
    me.assert_problem(401, "not_authenticated");
    importer
        .log_in("minji", crate::support::PASSWORD)
        .assert(401);
    importer.log_in("minji", password).assert(200);
    wait_until(|| importer.stored("minji").starts_with(OURS));
}
