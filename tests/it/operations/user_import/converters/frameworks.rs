//! Exports of Django, Devise, better-auth and keratin/authn.

use serde_json::json;

use super::{FROM_EMAIL, has_jq, imported, lines, sample};

#[test]
fn django() {
    if !has_jq() {
        return;
    }
    let (pbkdf2, argon2) = (sample("django pbkdf2_sha256"), sample("django argon2"));
    let row = |key: u32, username: &str, hash: &str, is_active: bool| {
        json!({ "model": "auth.user", "pk": key, "fields": {
            "password": hash, "last_login": null, "is_superuser": false, "username": username,
            "first_name": "", "last_name": "Kim", "email": format!("{username}@example.com"),
            "is_staff": key == 1, "is_active": is_active, "date_joined": "2024-05-01T09:30:00.123Z",
            "groups": [], "user_permissions": [],
        }})
    };
    let export = json!([
        row(1, "hana", &pbkdf2.hash, true),
        row(2, "jisu", &argon2.hash, true),
        row(3, "sora", "!Tq4b1dXo7RkVnJ3mE5wUe2fYg8hKpLsZ", false),
    ]);
    let logins = [("hana", &pbkdf2), ("jisu", &argon2)];
    let accounts = imported("Django", ("django.json", &export.to_string()), &[], &logins);
    assert_eq!(accounts[0]["roles"], json!(["staff"]));
    assert_eq!(accounts[0]["display_name"], "Kim");
    assert_eq!(accounts[0]["external_id"], "1");
    assert_eq!(accounts[2]["disabled"], true);
}

#[test]
fn devise() {
    if !has_jq() {
        return;
    }
    let bcrypt = sample("bcrypt 2a");
    let row = |id: u32, confirmed: Option<&str>, locked: Option<&str>| {
        json!({
            "id": id, "email": format!("user{id}@example.com"), "encrypted_password": bcrypt.hash,
            "reset_password_token": null, "reset_password_sent_at": null,
            "remember_created_at": null, "confirmed_at": confirmed, "locked_at": locked,
            "created_at": "2024-05-01T09:30:00.123456", "updated_at": "2024-05-01T09:30:00.123456",
        })
    };
    let time = Some("2024-05-01T09:31:00");
    let export = lines(&[row(1, time, None), row(2, None, time)]);
    let logins = [("user1@example.com", &bcrypt)];
    let accounts = imported("Devise", ("devise.jsonl", &export), FROM_EMAIL, &logins);
    assert_eq!(accounts[0]["email_verified"], true);
    assert_eq!(accounts[0]["created_at"], "2024-05-01T09:30:00.123456Z");
    assert_eq!(accounts[1]["disabled"], true);
}

#[test]
fn better_auth() {
    if !has_jq() {
        return;
    }
    let scrypt = sample("better-auth");
    let row = |name: &str, created: &str, hash: Option<&str>| {
        json!({
            "id": format!("{name}LqXx4jd1N0pWq2Fz"), "name": "Kim Minji", "image": null,
            "email": format!("{name}@example.com"), "emailVerified": true,
            "createdAt": created, "updatedAt": created, "password": hash,
        })
    };
    let export = lines(&[
        row("minji", "2024-05-01T09:30:00.123", Some(&scrypt.hash)),
        row("sora", "2024-05-01 18:30:00+09:00", None),
    ]);
    let logins = [("minji@example.com", &scrypt)];
    let accounts = imported(
        "better-auth",
        ("better-auth.jsonl", &export),
        FROM_EMAIL,
        &logins,
    );
    assert_eq!(accounts[0]["display_name"], "Kim Minji");
    assert_eq!(accounts[0]["created_at"], "2024-05-01T09:30:00.123000Z");
    assert_eq!(accounts[1]["created_at"], "2024-05-01T09:30:00.000000Z");
}

#[test]
fn keratin() {
    if !has_jq() {
        return;
    }
    let bcrypt = sample("bcrypt 2a");
    let row = |id: u32, name: &str, locked: bool| {
        json!({
            "id": id, "username": format!("{name}@example.com"), "password": bcrypt.hash,
            "locked": locked, "require_new_password": false, "deleted_at": null,
            "password_changed_at": "2024-05-01T09:30:00+00:00", "last_login_at": null,
            "created_at": "2024-05-01T09:30:00+00:00", "updated_at": "2024-05-01T09:30:00+00:00",
        })
    };
    let export = lines(&[row(1, "minji", false), row(2, "sora", true)]);
    let logins = [("minji@example.com", &bcrypt)];
    let accounts = imported(
        "keratin/authn",
        ("keratin.jsonl", &export),
        FROM_EMAIL,
        &logins,
    );
    assert_eq!(accounts[0]["external_id"], "1");
    assert_eq!(accounts[1]["disabled"], true);
}
