//! Exports of Supabase, Keycloak, Firebase and `PocketBase`.

use serde_json::json;

use super::{FROM_EMAIL, has_jq, imported, lines, sample};

#[test]
fn supabase() {
    if !has_jq() {
        return;
    }
    let bcrypt = sample("bcrypt 2a");
    let row = |email: &str, hash: &str, confirmed: Option<&str>, banned: Option<&str>| {
        json!({
            "instance_id": "00000000-0000-0000-0000-000000000000",
            "id": format!("7b0c1f5e-0000-4000-8000-{:012}", email.len()), "aud": "authenticated",
            "role": "authenticated", "email": email, "encrypted_password": hash,
            "email_confirmed_at": confirmed, "banned_until": banned, "deleted_at": null,
            "created_at": "2024-05-01T09:30:00.123456+00:00", "is_sso_user": false,
            "raw_app_meta_data": {"provider": "email", "providers": ["email"]},
            "raw_user_meta_data": {"full_name": "Kim Minji"},
        })
    };
    let confirmed = Some("2024-05-01T09:31:00+00:00");
    let export = lines(&[
        row("minji@example.com", &bcrypt.hash, confirmed, None),
        row(
            "jisu.lee@example.com",
            "",
            None,
            Some("2999-01-01T00:00:00+00:00"),
        ),
    ]);
    let logins = [("minji@example.com", &bcrypt)];
    let accounts = imported("Supabase", ("supabase.jsonl", &export), FROM_EMAIL, &logins);
    assert_eq!(accounts[0]["username"], "jisu.lee");
    assert_eq!(accounts[0]["disabled"], true);
    assert_eq!(accounts[1]["disabled"], false);
    assert_eq!(accounts[1]["email_verified"], true);
    assert_eq!(accounts[1]["display_name"], "Kim Minji");
    assert_eq!(accounts[1]["created_at"], "2024-05-01T09:30:00.123456Z");
}

#[test]
fn keycloak() {
    if !has_jq() {
        return;
    }
    let forms = ["pbkdf2-sha256", "pbkdf2-sha512", "argon2id"];
    let samples = forms.map(sample);
    // Keycloak writes base64 with padding.
    let padded = |text: &str| {
        let text = text.replace('.', "+");
        let padding = "=".repeat((4 - text.len() % 4) % 4);
        format!("{text}{padding}")
    };
    let user = |number: usize| {
        let parts: Vec<_> = samples[number].hash.split('$').collect();
        let (salt, value) = (
            padded(parts[parts.len() - 2]),
            padded(parts[parts.len() - 1]),
        );
        let secret = json!({ "value": value, "salt": salt, "additionalParameters": {} });
        let data = if number == 2 {
            json!({ "hashIterations": 3, "algorithm": "argon2", "additionalParameters": {
                "hashLength": ["32"], "memory": ["65536"], "type": ["id"], "version": ["1.3"],
                "parallelism": ["4"] } })
        } else {
            let iterations: u32 = parts[2].parse().unwrap();
            let algorithm = forms[number];
            json!({ "hashIterations": iterations, "algorithm": algorithm,
                "additionalParameters": {} })
        };
        json!({
            "id": format!("5e1c-{number}"), "username": format!("user{number}"),
            "email": format!("user{number}@example.com"), "emailVerified": number == 0,
            "createdTimestamp": 1_714_555_800_123_u64, "enabled": true,
            "totp": false, "firstName": "Minji", "lastName": "Kim",
            "credentials": [
                { "type": "password", "secretData": secret.to_string(),
                  "credentialData": data.to_string() },
            ],
            "realmRoles": ["default-roles-shop"], "groups": [],
        })
    };
    let service_account = json!({ "id": "x", "username": "service-account-api", "enabled": true });
    let users = [user(0), user(1), user(2), service_account];
    let export = json!({ "realm": "shop", "users": users }).to_string();
    let names = [
        "user0@example.com",
        "user1@example.com",
        "user2@example.com",
    ];
    let logins: Vec<_> = names.into_iter().zip(&samples).collect();
    let accounts = imported("Keycloak", ("keycloak.json", &export), &[], &logins);
    assert_eq!(accounts.len(), 3);
    assert_eq!(accounts[0]["email_verified"], true);
    assert_eq!(accounts[1]["email_verified"], false);
    assert_eq!(accounts[0]["created_at"], "2024-05-01T09:30:00.000000Z");
    assert_eq!(accounts[0]["display_name"], "Minji Kim");
}

#[test]
fn firebase() {
    if !has_jq() {
        return;
    }
    let scrypt = sample("firebase");
    let parts: Vec<_> = scrypt.hash.split('$').collect();
    let user = |name: &str, hash: Option<&str>| {
        let mut user = json!({
            "localId": format!("uid-{name}"), "email": format!("{name}@example.com"),
            "emailVerified": true, "displayName": name, "lastSignedInAt": "1714555800123",
            "createdAt": "1714555800123", "providerUserInfo": [],
        });
        if let Some(hash) = hash {
            user["passwordHash"] = hash.into();
            user["salt"] = parts[1].into();
        } else {
            user["disabled"] = true.into();
        }
        user
    };
    let anonymous = json!({ "localId": "uid-x", "createdAt": "1714555800123" });
    let users = [user("minji", Some(parts[2])), user("sora", None), anonymous];
    let export = json!({ "users": users }).to_string();
    let logins = [("minji@example.com", &scrypt)];
    let accounts = imported("Firebase", ("firebase.json", &export), FROM_EMAIL, &logins);
    assert_eq!(accounts.len(), 2);
    assert_eq!(accounts[0]["external_id"], "uid-minji");
    assert_eq!(accounts[0]["created_at"], "2024-05-01T09:30:00.000000Z");
    assert_eq!(accounts[1]["disabled"], true);
}

#[test]
fn pocketbase() {
    if !has_jq() {
        return;
    }
    let bcrypt = sample("bcrypt 2a");
    let row = |name: &str, verified: u8| {
        json!({
            "id": format!("{name}0123456789"), "email": format!("{name}@example.com"),
            "emailVisibility": 0, "verified": verified, "name": "", "avatar": "",
            "password": bcrypt.hash, "tokenKey": "x".repeat(50),
            "created": "2024-05-01 09:30:00.123Z", "updated": "2024-05-01 09:30:00.123Z",
        })
    };
    let export = json!([row("minji", 1), row("sora", 0)]).to_string();
    let logins = [
        ("minji@example.com", &bcrypt),
        ("sora@example.com", &bcrypt),
    ];
    let accounts = imported(
        "PocketBase",
        ("pocketbase.json", &export),
        FROM_EMAIL,
        &logins,
    );
    assert_eq!(accounts[0]["email_verified"], true);
    assert_eq!(accounts[1]["email_verified"], false);
    assert_eq!(accounts[0]["created_at"], "2024-05-01T09:30:00.123000Z");
}
