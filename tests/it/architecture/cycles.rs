//! Circles: children of a folder, files or folders, that name each other, also through others.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    assert_none,
    source::{Source, absolute, sources},
    tokens::{self, Named},
};

/// The children of a folder that each child names, with the first file that does so.
type Arrows<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>;

#[test]
fn no_folder_has_a_circle() {
    assert_none(circles(&sources("src")));
}

#[test]
fn a_circle_of_files_is_reported_with_its_members() {
    let circles = circles(&[
        Source::new("http/a.rs", "use super::{b::X, c};"),
        Source::new("http/b.rs", "use crate::http::c::Y;"),
        Source::new("http/c.rs", "fn f() { super::a::g() }"),
        Source::new("http/d.rs", "use super::a;"),
    ]);
    assert_eq!(
        circles,
        ["a circle in http: a → b (http/a.rs) → c (http/b.rs) → a (http/c.rs)"]
    );
}

#[test]
fn a_circle_of_folders_is_reported_at_every_level() {
    let nested = circles(&[
        Source::new("http/routes/a/one.rs", "use crate::http::routes::b::two;"),
        Source::new("http/routes/b/two.rs", "use super::super::a::three::X;"),
        Source::new("http/routes/a/three.rs", ""),
    ]);
    assert_eq!(
        nested,
        ["a circle in http::routes: a → b (http/routes/a/one.rs) → a (http/routes/b/two.rs)"]
    );
    let rooms = circles(&[
        Source::new("a/x/one.rs", "use crate::b::y::Two;"),
        Source::new("b/y.rs", "use crate::a::x;"),
        Source::new("a/x/mod.rs", ""),
    ]);
    assert_eq!(
        rooms,
        ["a circle in the crate: a → b (a/x/one.rs) → a (b/y.rs)"]
    );
}

#[test]
fn a_circle_through_a_reexport_is_reported() {
    let circles = circles(&[
        Source::new(
            "http/mod.rs",
            "mod a;\nmod b;\npub(crate) use self::b::{Y, f};\npub use a::X;",
        ),
        Source::new("http/a.rs", "use super::Y;"),
        Source::new("http/b.rs", "fn f() -> crate::http::X {}"),
    ]);
    assert_eq!(
        circles,
        ["a circle in http: a → b (http/a.rs) → a (http/b.rs)"]
    );
}

#[test]
fn a_folder_and_its_own_files_are_no_circle() {
    let circles = circles(&[
        Source::new("http/mod.rs", "mod a;\npub use a::X;\npub struct Y;"),
        Source::new("http/a.rs", "use super::Y;"),
    ]);
    assert!(circles.is_empty(), "{circles:?}");
}

/// Returns one circle of each folder that has any.
fn circles(sources: &[Source]) -> Vec<String> {
    let sources: Vec<_> = sources.iter().filter(|source| !source.is_test()).collect();
    let tree = Tree::of(&sources);
    let arrows: Vec<(Named, Named, &str)> = sources
        .iter()
        .flat_map(|source| {
            let module = source.module();
            let named = tree.modules_named(source);
            named.map(move |named| (module.clone(), named, source.path.as_str()))
        })
        .collect();
    let mut folders: BTreeMap<&[String], Arrows<'_>> = BTreeMap::new();
    for (module, named, path) in &arrows {
        let pairs = module.iter().zip(named);
        let shared = pairs.take_while(|(one, other)| one == other).count();
        if let (Some(from), Some(to)) = (module.get(shared), named.get(shared)) {
            let folder = folders.entry(&module[..shared]).or_default();
            folder.entry(from).or_default().entry(to).or_insert(path);
        }
    }
    let circles = folders.iter().filter_map(|(folder, arrows)| {
        let circle = circle(arrows)?;
        let folder = if folder.is_empty() {
            "the crate".into()
        } else {
            folder.join("::")
        };
        Some(format!(
            "a circle in {folder}: {}",
            spelled(&circle, arrows)
        ))
    });
    circles.collect()
}

fn spelled(circle: &[&str], arrows: &Arrows<'_>) -> String {
    let steps = circle.windows(2).map(|pair| {
        let path = arrows[pair[0]][pair[1]];
        format!(" → {} ({path})", pair[1])
    });
    format!("{}{}", circle[0], steps.collect::<String>())
}

/// Returns a walk from a child back to itself.
fn circle<'a>(arrows: &Arrows<'a>) -> Option<Vec<&'a str>> {
    let mut done = BTreeSet::new();
    arrows.keys().find_map(|child| {
        let mut walked = Vec::new();
        walk(child, arrows, &mut walked, &mut done).then_some(walked)
    })
}

/// Walks on from a child. Returns whether the walk met itself; `walked` then holds the circle.
fn walk<'a>(
    child: &'a str,
    arrows: &Arrows<'a>,
    walked: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
) -> bool {
    if let Some(start) = walked.iter().position(|seen| *seen == child) {
        walked.drain(..start);
        walked.push(child);
        return true;
    }
    if !done.insert(child) {
        return false;
    }
    walked.push(child);
    let next = arrows.get(child).into_iter().flatten();
    for (next, _path) in next {
        if walk(next, arrows, walked, done) {
            return true;
        }
    }
    walked.pop();
    false
}

/// The modules of the crate and what each of them re-exports.
struct Tree {
    modules: BTreeSet<Named>,
    /// The path behind each re-exported name.
    exports: BTreeMap<Named, Named>,
}

impl Tree {
    fn of(sources: &[&Source]) -> Self {
        let mut modules = BTreeSet::new();
        for source in sources {
            let module = source.module();
            modules.extend((1..=module.len()).map(|length| module[..length].to_vec()));
        }
        let mut tree = Self {
            modules,
            exports: BTreeMap::new(),
        };
        for source in sources {
            let module = source.module();
            for path in exports(&source.code) {
                if let (Some(name), Some(target)) = (path.last(), tree.absolute(&path, &module)) {
                    let exported = [&module[..], std::slice::from_ref(name)].concat();
                    tree.exports.insert(exported, target);
                }
            }
        }
        tree
    }

    /// Returns the modules that a file names.
    fn modules_named(&self, source: &Source) -> impl Iterator<Item = Named> {
        let module = source.module();
        let named = source.named().iter();
        let named = named.filter_map(move |path| self.absolute(path, &module));
        named.filter_map(|path| self.module_of(&path))
    }

    /// Returns a path from the root of the crate, if it names a module or an item of ours.
    fn absolute(&self, path: &Named, module: &Named) -> Option<Named> {
        absolute(path, module).or_else(|| {
            let child = [&module[..], &path[..1]].concat();
            let is_child = path.len() > 1 && self.modules.contains(&child);
            is_child.then(|| [&module[..], path].concat())
        })
    }

    /// Returns the module that defines what an absolute path names.
    fn module_of(&self, path: &Named) -> Option<Named> {
        let mut path = path.clone();
        // More steps than any chain of re-exports has; one that leads back to itself ends, too.
        for _step in 0..8 {
            let exported = (1..=path.len()).find_map(|length| {
                let target = self.exports.get(&path[..length])?;
                (!self.modules.contains(&path[..length]))
                    .then(|| [&target[..], &path[length..]].concat())
            });
            match exported {
                Some(target) => path = target,
                None => break,
            }
        }
        let known = (1..=path.len()).rev();
        let mut known = known.map(|length| &path[..length]);
        let module = known.find(|path| self.modules.contains(*path))?;
        Some(module.to_vec())
    }
}

/// Returns the paths that a file re-exports.
fn exports(code: &str) -> Vec<Named> {
    let statements = code.split(';').filter_map(|statement| {
        let (visibility, path) = statement.rsplit_once(" use ")?;
        let visibility = visibility.rsplit(['\n', '}']).next()?;
        visibility.trim().starts_with("pub").then_some(path)
    });
    statements.flat_map(tokens::paths).collect()
}
