//! The shape of files and folders: sizes, headers, names and columns.

use std::collections::BTreeMap;

use super::{
    assert_none,
    source::{Source, sources},
};

/// Lines of a file at most, its unit tests not counted.
const FILE_LINES: usize = 250;

/// Lines of a function at most, from its `fn` to its closing brace.
const FUNCTION_LINES: usize = 40;

/// The texts of mails. Each language is one function, whose lines are texts.
const TEXTS: &str = "mail/texts/";

/// Entries of a folder at most.
const ENTRIES: usize = 15;

/// Folders that may have more entries: the rooms, and one file for each table.
const LONG_LISTS: [&str; 2] = ["src", "src/store/tables"];

/// Columns of a doc comment at most.
const COLUMNS: usize = 100;

/// File names without a meaning.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "common", "types", "misc"];

/// Names that a module may give to a type of its own although other modules do the same.
const SHARED_NAMES: [&str; 3] = ["Error", "Settings", "Row"];

/// Words that open a relative clause. A module header opens with the purpose itself.
const RELATIVE: [&str; 8] = [
    "What", "Who", "Whose", "Whom", "Where", "How", "Whether", "That",
];

/// The roots that keep every rule of this file.
const ROOTS: [&str; 5] = ["benches", "crates", "fuzz", "src", "tests/it"];

#[test]
fn files_and_folders_keep_their_shape() {
    let mut broken = Vec::new();
    for root in ROOTS {
        let sources = sources(root);
        broken.extend(sources.iter().flat_map(|source| file(root, source)));
        broken.extend(folders(root, &sources));
    }
    broken.extend(type_names(&sources("src")));
    assert_none(broken);
}

#[test]
fn planted_misshapes_of_files_are_seen() {
    let long_file = "const A: u8 = 1;\n".repeat(FILE_LINES);
    let long_function = format!(
        "    fn f() {{\n{}    }}\n",
        "        a();\n".repeat(FUNCTION_LINES - 1)
    );
    let wide = format!("/// {}", "a".repeat(COLUMNS));
    for (path, text, expected) in [
        ("http/me.rs", long_file.as_str(), "251 lines"),
        ("http/me.rs", &long_function, "f has 41 lines"),
        ("http/me.rs", &wide, "104 columns"),
        ("http/me.rs", "", "does not open with its purpose"),
        ("http/me.rs", "", "opens with a relative clause"),
        ("http/utils.rs", "", "without a meaning"),
    ] {
        let header = match expected {
            "does not open with its purpose" => "use std::fmt;",
            "opens with a relative clause" => "//! What it is for.",
            _ => "//! The purpose.",
        };
        let text = format!("{header}\n{text}");
        let broken = file("src", &Source::new(path, text));
        assert_eq!(broken.len(), 1, "{expected}: {broken:?}");
        assert!(broken[0].contains(expected), "{broken:?}, not {expected}");
    }
}

#[test]
fn planted_full_folders_and_double_names_are_seen() {
    let file = |number: usize| Source::new(format!("http/f{number}.rs"), "");
    let full: Vec<_> = (0..=ENTRIES).map(file).collect();
    assert_eq!(folders("src", &full), ["src/http has 16 entries"]);
    assert!(folders("src", &full[1..]).is_empty());
    let double = [
        Source::new(
            "a.rs",
            "pub struct Kind;\nstruct Row;\ntrait A {\n    type Kind;\n}",
        ),
        Source::new(
            "b.rs",
            "enum Kind { A }\nstruct Row;\n#[cfg(test)]\nstruct A;",
        ),
    ];
    assert_eq!(type_names(&double), ["src/a.rs and b.rs: Kind"]);
}

/// The rules about one file. Functions of tests hold tables, so only those of `src` are measured.
fn file(root: &str, source: &Source) -> Vec<String> {
    let path = format!("{root}/{}", source.path);
    let mut broken = Vec::new();
    match source.text.strip_prefix("//! ").map(first_word) {
        None => broken.push(format!("{path} does not open with its purpose")),
        Some(word) if RELATIVE.contains(&word) => {
            broken.push(format!("{path} opens with a relative clause: {word} …"));
        }
        Some(_) => {}
    }
    // A file of unit tests alone has no lines besides them.
    if source.lines > FILE_LINES && !(root == "src" && source.is_test()) {
        broken.push(format!("{path} has {} lines", source.lines));
    }
    let stem = path.trim_end_matches(".rs").rsplit('/').next();
    if stem.is_some_and(|stem| EMPTY_NAMES.contains(&stem)) {
        broken.push(format!("{path} has a name without a meaning"));
    }
    broken.extend(wide_comments(&path, &source.text));
    let is_text = source.path.starts_with(TEXTS);
    if root == "src" && !is_text && !source.is_test() {
        broken.extend(long_functions(&path, &source.code));
    }
    broken
}

fn first_word(text: &str) -> &str {
    let end = text.find(|character: char| !character.is_alphabetic());
    &text[..end.unwrap_or(text.len())]
}

fn wide_comments(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().enumerate();
    let comments = lines.filter(|(_, line)| {
        let line = line.trim_start();
        line.starts_with("///") || line.starts_with("//!")
    });
    let widths = comments.map(|(number, line)| (number + 1, line.chars().count()));
    widths
        .filter(|(_, width)| *width > COLUMNS)
        .map(|(number, width)| format!("{path}:{number}: a doc comment of {width} columns"))
        .collect()
}

fn long_functions(path: &str, code: &str) -> Vec<String> {
    let lines: Vec<_> = code.lines().map(str::trim_end).collect();
    let functions = lines.iter().enumerate().filter_map(|(start, line)| {
        let indentation = line.len() - line.trim_start().len();
        let name = function_name(line.trim_start())?;
        let ends = |line: &&str| {
            line.len() > indentation
                && line.trim_start().len() + indentation == line.len()
                && (line[indentation..].starts_with('}') || line.ends_with([';', '}']))
        };
        let length = lines[start..].iter().position(ends)? + 1;
        Some((start + 1, name, length))
    });
    functions
        .filter(|(_, _, length)| *length > FUNCTION_LINES)
        .map(|(number, name, length)| format!("{path}:{number}: {name} has {length} lines"))
        .collect()
}

/// Returns the name of the function that a line begins.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let is_function = before.split_whitespace().all(|word| {
        word.starts_with("pub") || ["const", "async", "extern", "crate)", "super)"].contains(&word)
    });
    is_function.then(|| first_name(after))
}

fn first_name(text: &str) -> &str {
    let end = text.find(|character: char| !character.is_alphanumeric() && character != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The rule about folders.
fn folders(root: &str, sources: &[Source]) -> Vec<String> {
    let mut entries: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for source in sources {
        let mut folder = root.to_owned();
        for entry in source.path.split('/') {
            let known = entries.entry(folder.clone()).or_default();
            if !known.contains(&entry) {
                known.push(entry);
            }
            folder = format!("{folder}/{entry}");
        }
    }
    entries
        .into_iter()
        .filter(|(folder, entries)| {
            entries.len() > ENTRIES && !LONG_LISTS.contains(&folder.as_str())
        })
        .map(|(folder, entries)| format!("{folder} has {} entries", entries.len()))
        .collect()
}

/// The rule about the names of types.
fn type_names(sources: &[Source]) -> Vec<String> {
    let mut types: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        for line in source.code.lines() {
            if let Some(name) = type_name(line) {
                types.entry(name).or_default().push(&source.path);
            }
        }
    }
    types
        .into_iter()
        .filter(|(name, paths)| paths.len() > 1 && !SHARED_NAMES.contains(name))
        .map(|(name, paths)| format!("src/{}: {name}", paths.join(" and ")))
        .collect()
}

/// Returns the name of the type that a line defines. An indented `type` belongs to a trait.
fn type_name(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().peekable();
    while words
        .next_if(|word| word.starts_with("pub") || *word == "unsafe")
        .is_some()
    {}
    let keyword = words.next()?;
    let is_type = ["struct", "enum", "trait", "union"].contains(&keyword)
        || (keyword == "type" && !line.starts_with(' '));
    let name = words.next().map(first_name);
    name.filter(|name| is_type && !name.is_empty())
}
