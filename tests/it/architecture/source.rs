//! Reads Rust source files: their text, their code, and the paths that the code names.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::tokens::{self, Named};

/// A Rust source file.
pub struct Source {
    /// The path below the folder that was read.
    pub path: String,
    pub text: String,
    /// The text with comments, literals and unit tests blanked; every line keeps its number.
    pub code: String,
    /// The lines of the file without its unit tests.
    pub lines: usize,
    named: Vec<Named>,
}

impl Source {
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let (path, text) = (path.into(), text.into());
        let (code, tests) = tokens::without_tests(&tokens::blanked(&text));
        let named = tokens::paths(&code);
        let lines = text.lines().count() - tests;
        Self {
            path,
            text,
            code,
            lines,
            named,
        }
    }

    /// Returns whether the file holds nothing but unit tests.
    pub fn is_test(&self) -> bool {
        let path = Path::new(&self.path);
        path.file_stem().is_some_and(|stem| stem == "tests")
            || path.iter().any(|folder| folder == "tests")
    }

    /// Returns the module of the file: `http::me` for `http/me.rs`, `http` for `http/mod.rs`.
    pub fn module(&self) -> Named {
        let path = self.path.trim_end_matches(".rs");
        let path = path.trim_end_matches("/mod");
        path.split('/').map(str::to_owned).collect()
    }

    /// Returns every path of the code as it is written, with groups of `use` spread out.
    pub fn named(&self) -> &[Named] {
        &self.named
    }

    /// Returns the paths that begin with `crate`, `daemun` or `super`, from the root of the crate.
    pub fn own_paths(&self) -> Vec<Named> {
        let module = self.module();
        let own = self.named.iter();
        own.filter_map(|named| absolute(named, &module)).collect()
    }
}

/// Returns the absolute form of a path that a module names, if the path belongs to the crate.
pub fn absolute(path: &Named, module: &Named) -> Option<Named> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    match path[0].as_str() {
        "crate" | "daemun" => Some(path[1..].to_vec()),
        "self" => Some([module, &path[1..]].concat()),
        "super" if supers <= module.len() => {
            Some([&module[..module.len() - supers], &path[supers..]].concat())
        }
        _ => None,
    }
}

/// Returns the folder at this path below the repository's root.
pub fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Returns every Rust file below a folder of the repository, in the order of their paths.
pub fn sources(root: &str) -> Vec<Source> {
    let root = folder(root);
    let mut sources: Vec<_> = files(&root)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(&root).unwrap();
            Source::new(path.to_str().unwrap(), text)
        })
        .collect();
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}

/// Returns every file below a folder.
pub fn files(root: &Path) -> Vec<PathBuf> {
    let mut folders = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

#[test]
fn own_paths_are_absolute() {
    let source = Source::new(
        "http/routes/me.rs",
        "use super::{super::extract, models::A};\nfn f() { crate::domain::b() }\nuse std::fmt;",
    );
    let own: Vec<_> = source
        .own_paths()
        .iter()
        .map(|path| path.join("::"))
        .collect();
    assert_eq!(
        own,
        ["http::extract", "http::routes::models::A", "domain::b"]
    );
}
