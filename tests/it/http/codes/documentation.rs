//! `docs/errors.md`: the codes for frontend developers.

use std::{fs, path::Path};

use daemun::{domain::invalid::Invalid, http::ProblemCode};

/// Returns the cells of every row of the table under a heading.
fn table(heading: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md");
    let text = fs::read_to_string(path).unwrap();
    let (_before, section) = text.split_once(&format!("## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells = row.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

#[test]
fn the_page_lists_every_problem_code_in_order_with_its_status() {
    let documented: Vec<_> = table("Problem codes")
        .into_iter()
        .map(|row| {
            assert_eq!(row.len(), 4, "{row:?}");
            assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
            (row[0].clone(), row[1].clone())
        })
        .collect();
    let table: Vec<_> = ProblemCode::ALL
        .iter()
        .map(|code| {
            (
                format!("`{}`", code.slug()),
                code.status().as_str().to_owned(),
            )
        })
        .collect();
    assert_eq!(documented, table);
}

#[test]
fn the_page_lists_every_field_code_in_order() {
    let documented: Vec<_> = table("Field codes")
        .into_iter()
        .map(|row| {
            assert_eq!(row.len(), 2, "{row:?}");
            row[0].clone()
        })
        .collect();
    let table: Vec<_> = Invalid::ALL
        .iter()
        .map(|reason| format!("`{}`", reason.code()))
        .collect();
    assert_eq!(documented, table);
}
