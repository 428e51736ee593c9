//! Lists of accounts and their conditions.

use serde_json::json;

use super::{Admin, new_user};

fn create(admin: &Admin, name: &str, change: &[(&str, serde_json::Value)]) {
    let mut body = new_user(name);
    for (member, value) in change {
        body[*member] = value.clone();
    }
    admin.post("/admin/users", &body).assert(201);
}

#[test]
fn a_list_without_conditions_has_every_account_the_oldest_first() {
    let admin = Admin::start();
    for name in ["zoe", "minji", "ann"] {
        admin.create(name);
    }
    assert_eq!(admin.names(""), ["zoe", "minji", "ann"]);
    assert_eq!(admin.names("limit=2"), ["zoe", "minji"]);
}

#[test]
fn conditions_are_combined() {
    let admin = Admin::start();
    create(&admin, "ann", &[("roles", json!(["editor", "a_b"]))]);
    create(
        &admin,
        "ben",
        &[
            ("roles", json!(["editor.chief"])),
            ("disabled", json!(true)),
        ],
    );
    create(
        &admin,
        "cho",
        &[
            ("roles", json!(["axb", "editor"])),
            ("disabled", json!(true)),
        ],
    );
    create(&admin, "dan", &[("external_id", json!("x1"))]);
    for (query, expected) in [
        ("role=editor", "ann cho"),
        ("role=a_b", "ann"),
        ("role=edit", ""),
        ("disabled=true", "ben cho"),
        ("disabled=false", "ann dan"),
        ("role=editor&disabled=true", "cho"),
        ("role=editor&disabled=false", "ann"),
        ("external_id=x1", "dan"),
        ("external_id=X1", ""),
        ("external_id=x1&disabled=true", ""),
        ("external_id=x1&query=d", "dan"),
        ("external_id=x1&query=a", ""),
        ("query=c&role=editor", "cho"),
        ("query=c&disabled=false", ""),
    ] {
        assert_eq!(admin.names(query).join(" "), expected, "{query}");
    }
}

#[test]
fn a_query_finds_usernames_first_and_then_addresses() {
    let admin = Admin::start();
    create(&admin, "zoe", &[("email", json!("minji@example.org"))]);
    create(&admin, "Minji", &[]);
    create(&admin, "minho", &[]);
    create(&admin, "민지", &[("email", json!("a@example.com"))]);
    for (query, expected) in [
        ("query=MIN", "minho Minji zoe"),
        ("query=minji", "Minji zoe"),
        ("query=minji@", "Minji zoe"),
        ("query=minji@example.org", "zoe"),
        ("query=%EB%AF%BC", "민지"),
        ("query=inji", ""),
        ("query=m%25", ""),
        ("query=_", ""),
    ] {
        assert_eq!(admin.names(query).join(" "), expected, "{query}");
    }
}

#[test]
fn pages_of_a_query_hold_every_account_once() {
    let admin = Admin::start();
    for number in 0..7 {
        create(&admin, &format!("min{number}"), &[]);
        let email = json!(format!("min-{number}@example.org"));
        create(&admin, &format!("x{number}"), &[("email", email)]);
    }
    let (seen, pages) = admin.all_names("query=min&limit=3");
    assert_eq!(pages, 5);
    let expected = (0..7).map(|number| format!("min{number}"));
    let expected = expected.chain((0..7).map(|number| format!("x{number}")));
    assert_eq!(seen, expected.collect::<Vec<_>>());
}

#[test]
fn accounts_that_are_created_meanwhile_shift_no_page() {
    let admin = Admin::start();
    for number in 0..5 {
        admin.create(&format!("user{number}"));
    }
    let (first, next) = admin.page("limit=2");
    admin.create("later");
    let (second, next) = admin.page(&format!("limit=2&cursor={}", next.unwrap()));
    let (third, next) = admin.page(&format!("limit=2&cursor={}", next.unwrap()));
    assert_eq!(next, None);
    assert_eq!(
        [first, second, third].concat(),
        ["user0", "user1", "user2", "user3", "user4", "later"]
    );
}

#[test]
fn every_rejected_parameter_is_listed() {
    let admin = Admin::start();
    let long = "a".repeat(255);
    let path = format!(
        "/admin/users?query={long}&role=A&disabled=yes&external_id=%20&limit=101&external=1&role=b"
    );
    let reply = admin.get(&path).assert_problem(422, "validation_failed");
    let expected = [
        "query too_long",
        "role invalid_characters",
        "disabled invalid_value",
        "external_id invalid_characters",
        "limit invalid_value",
        "external unknown_field",
    ];
    assert_eq!(reply.refused(), expected);
    let reply = admin.get("/admin/users?role=a&role=b");
    let reply = reply.assert_problem(422, "validation_failed");
    assert_eq!(reply.refused(), ["role duplicate_field"]);
    let reply = admin.get("/admin/users?query=%20&role=&disabled=&external_id=&limit=");
    let reply = reply.assert_problem(422, "validation_failed");
    let expected = [
        "query too_short",
        "role too_short",
        "disabled invalid_value",
        "external_id too_short",
        "limit invalid_value",
    ];
    assert_eq!(reply.refused(), expected);
}

#[test]
fn a_page_reads_a_bounded_number_of_accounts() {
    let admin = Admin::start();
    let id = admin.create("minji");
    // Accounts of another role, as many as two pages read.
    let mut sql = admin.service.sql();
    let copies = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2250) \
        INSERT INTO users (id, username, username_key, email, email_key, email_verified, password_hash, \
        password_version, disabled, created_at, roles) SELECT substr(id, 1, 31) || (10000 + n.n), 'min' || n.n, \
        'min' || n.n, 'min' || n.n || '@example.org', 'min' || n.n || '@example.org', email_verified, password_hash, 0, \
        disabled, created_at, 'member' FROM users, n WHERE username_key = 'minji'";
    sql.run(copies);
    let last = admin.create("zoe");
    for id in [&id, &last] {
        admin.patch(id, &json!({ "roles": ["chief"] })).assert(200);
    }
    for query in ["role=chief", "role=chief&disabled=false"] {
        let (seen, pages) = admin.all_names(query);
        assert_eq!(seen, ["minji", "zoe"], "{query}");
        assert!((2..=4).contains(&pages), "{query}: {pages} pages");
    }
    // An account is listed once although its username and its address match.
    let (seen, _) = admin.all_names("query=min&limit=100");
    assert_eq!(seen.len(), 2_251);
}
