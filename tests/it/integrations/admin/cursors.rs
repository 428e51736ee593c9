//! Cursors of lists: sealed and bound to their query.

use super::Admin;

/// Returns the first page's cursor of a list with this query.
#[track_caller]
fn cursor(admin: &Admin, path: &str) -> String {
    let reply = admin.get(path).assert(200);
    reply.json["next_cursor"]
        .as_str()
        .expect("a cursor")
        .to_owned()
}

#[test]
fn a_cursor_is_for_its_own_query_alone() {
    let admin = Admin::start();
    for number in 0..3 {
        admin.create(&format!("user{number}"));
        admin
            .post("/admin/invitations", &serde_json::json!({}))
            .assert(201);
    }
    let lists = [
        "/admin/users?limit=1",
        "/admin/users?limit=1&query=u",
        "/admin/users?limit=1&disabled=false",
        "/admin/invitations?limit=1",
        "/admin/events?limit=1",
        "/admin/events?limit=1&type=user.created",
    ];
    for (place, list) in lists.iter().enumerate() {
        let cursor = cursor(&admin, list);
        for (other_place, other) in lists.iter().enumerate() {
            let reply = admin.get(&format!("{other}&cursor={cursor}"));
            if place == other_place {
                reply.assert(200);
            } else {
                reply.assert_problem(400, "cursor_invalid");
            }
        }
    }
    // Another size is no other query.
    let cursor = cursor(&admin, "/admin/users?limit=1");
    admin
        .get(&format!("/admin/users?limit=2&cursor={cursor}"))
        .assert(200);
}

#[test]
fn a_forged_cursor_is_rejected() {
    let admin = Admin::start();
    for number in 0..3 {
        admin.create(&format!("user{number}"));
    }
    let cursor = cursor(&admin, "/admin/users?limit=1");
    let mut changed = cursor.clone();
    let last = changed.pop().unwrap();
    changed.push(if last == 'A' { 'B' } else { 'A' });
    let short = cursor[..cursor.len() - 4].to_owned();
    for forged in ["1", "user0", &"A".repeat(80), &changed, &short] {
        let reply = admin.get(&format!("/admin/users?limit=1&cursor={forged}"));
        reply.assert_problem(400, "cursor_invalid");
    }
}
