//! Rows with optional columns: Diesel omits a column whose value is `None`, and the text of a
//! statement that a connection has cached would not fit it.

use super::{
    assert_none,
    source::{Source, sources},
};

#[test]
fn inserted_rows_never_omit_a_column() {
    let store = sources("src").into_iter();
    let store = store.filter(|source| source.path.starts_with("store/"));
    assert_none(store.flat_map(|source| omitted(&source)));
}

#[test]
fn planted_rows_that_omit_a_column_are_seen() {
    let row = |attribute: &str| {
        let text = format!(
            "#[derive(Insertable)]\n#[diesel(table_name = users{attribute})]\nstruct Row<'a> {{\n    name: Option<&'a str>,\n}}\n"
        );
        omitted(&Source::new("store/tables/users.rs", text))
    };
    assert_eq!(row("").len(), 1);
    assert_eq!(row(", treat_none_as_default_value = false").len(), 0);
}

fn omitted(source: &Source) -> Vec<String> {
    let blocks = source.code.split("#[derive(").skip(1);
    let rows = blocks.filter_map(|block| block.split("\n}").next());
    rows.filter(|row| {
        let is_inserted = row
            .split(')')
            .next()
            .is_some_and(|derived| derived.contains("Insertable"));
        is_inserted
            && row.contains("Option<")
            && !row.contains("treat_none_as_default_value = false")
    })
    .map(|_row| format!("{}: a row with an optional column", source.path))
    .collect()
}
