//! Tokenizes Rust: blanks what is not code and collects the paths of the rest.

/// The segments of a path.
pub type Named = Vec<String>;

/// Returns the text with comments and literals replaced by spaces, line by line.
pub fn blanked(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment(rest)
        } else if rest.starts_with("r\"") || rest.starts_with("r#") {
            raw_string(rest)
        } else if first == '"' {
            string(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else if rest.starts_with("'\\") {
            rest[3..].find('\'').map_or(rest.len(), |end| end + 4)
        } else {
            0
        };
        if skipped == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.extend(rest[..skipped].chars().map(blank));
            rest = &rest[skipped..];
        }
    }
    code
}

/// Returns blanked code with every `#[cfg(test)]` item blanked too, and the lines of these items.
pub fn without_tests(code: &str) -> (String, usize) {
    let mut kept = String::with_capacity(code.len());
    let mut lines = 0;
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..start]);
        let item = &rest[start..];
        let end = item_end(item);
        kept.extend(item[..end].chars().map(blank));
        lines += item[..end].lines().count();
        rest = &item[end..];
    }
    kept.push_str(rest);
    (kept, lines)
}

fn blank(character: char) -> char {
    if character == '\n' { '\n' } else { ' ' }
}

/// Returns the length of an item: up to its semicolon, or to the brace that closes its first one.
fn item_end(item: &str) -> usize {
    let mut depth = 0;
    for (place, character) in item.char_indices() {
        match character {
            ';' if depth == 0 => return place + 1,
            '{' => depth += 1,
            '}' if depth == 1 => return place + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    item.len()
}

fn comment(text: &str) -> usize {
    let mut depth = 0;
    for (place, pair) in text.as_bytes().windows(2).enumerate() {
        match pair {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return place + 2;
        }
    }
    text.len()
}

fn string(text: &str) -> usize {
    let mut is_escaped = false;
    for (place, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_string(text: &str) -> usize {
    let hashes = text[1..].bytes().take_while(|byte| *byte == b'#').count();
    if !text[1 + hashes..].starts_with('"') {
        return 1;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let begin = hashes + 2;
    text[begin..]
        .find(&end)
        .map_or(text.len(), |place| begin + place + end.len())
}

/// Splits blanked code into its words.
pub fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|character: char| !character.is_alphanumeric() && character != '_')
}

/// Collects every path of blanked code. Groups of `use` are spread out: `a::{b, c::d}` becomes
/// `a::b` and `a::c::d`.
pub fn paths(code: &str) -> Vec<Named> {
    let mut paths = Vec::new();
    let mut groups: Vec<Named> = Vec::new();
    let mut path = Named::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() || first == '_' {
            let word = words(rest).next().unwrap();
            if path.is_empty() {
                path = groups.last().cloned().unwrap_or_default();
            }
            path.push(word.to_owned());
            let is_continued = rest[word.len()..].starts_with("::");
            if !is_continued {
                paths.push(std::mem::take(&mut path));
            }
            word.len() + if is_continued { 2 } else { 0 }
        } else {
            match first {
                '{' => groups.push(std::mem::take(&mut path)),
                '}' => drop(groups.pop()),
                '<' | '*' => path.clear(),
                _ => {}
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    paths
}

#[test]
fn comments_literals_and_unit_tests_are_no_code() {
    let text = "//! diesel\n// use crate::store;\n/* bcrypt /* nested */\naltcha */ const A: &str = \"lettre \\\" x\n\";\n\
        const RAW: &str = r#\"use \"diesel\" here\"#; const MARK: [char; 2] = ['\"', '\\''];\n\
        #[cfg(test)]\nmod tests;\nfn f<'a>() {}\n#[cfg(test)]\nmod more {\n    fn g() {}\n}\nfn h() {}\n";
    let (code, lines) = without_tests(&blanked(text));
    let words: Vec<_> = words(&code).filter(|word| !word.is_empty()).collect();
    let expected = "const A str const RAW str const MARK char 2 fn f a fn h";
    assert_eq!(words.join(" "), expected);
    assert_eq!(code.lines().count(), text.lines().count());
    assert_eq!(lines, 6);
}
