//! The table of event types in docs/audit.md.

use std::collections::BTreeSet;

use daemun::domain::event::EventType;

const PAGE: &str = include_str!("../../../../docs/audit.md");

/// Returns the types in the first column of the table.
fn documented() -> BTreeSet<&'static str> {
    let section = PAGE.split("\n## Event types\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let firsts = rows.filter_map(|row| row.split('|').nth(1));
    firsts
        .flat_map(|first| first.split('`').skip(1).step_by(2))
        .collect()
}

#[test]
fn page_lists_every_event_type() {
    let types: BTreeSet<_> = EventType::audited().map(EventType::name).collect();
    assert_eq!(documented(), types);
}
