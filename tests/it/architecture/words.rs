//! Words and phrases that plain technical English does without.

/// Words that no text holds: private dialect, and pronouns for programs, requests and rows.
const WORDS: [&str; 25] = [
    "whoever", "whomever", "whom", "somebody", "someone", "nobody", "anybody", "he", "him", "his",
    "himself", "she", "her", "hers", "told", "tells", "anew", "log-in", "log-ins", "log-out",
    "log-outs", "sign-up", "sign-ups", "e-mail", "e-mails",
];

/// Phrases that no text holds, as words with single spaces.
const PHRASES: [&str; 5] = [
    "it must not know",
    "of late",
    "comes to be",
    "user name",
    "user names",
];

/// Words with one use that is a term of the field: the word before or after that makes it so.
const TERMS: [(&str, &str, &str); 6] = [
    ("neighbour", "noisy", ""),
    ("neighbours", "noisy", ""),
    ("neighbor", "noisy", ""),
    ("neighbors", "noisy", ""),
    ("sibling", "", "hyper-thread"),
    ("siblings", "", "hyper-thread"),
];

/// Words that open a relative clause. A doc comment opens with a noun phrase or a verb.
pub const OPENINGS: [&str; 7] = ["What", "Who", "Whose", "Whom", "Whether", "How", "Where"];

/// Returns the forbidden words and phrases of a line. Code in backticks, single words in quotes,
/// URLs, paths, flags and identifiers are names, not prose. The next line may end a term.
pub fn forbidden(line: &str, next: &str) -> Vec<&'static str> {
    let line = line.to_lowercase();
    let prose = without_code(&line);
    let words: Vec<&str> = prose
        .split_whitespace()
        .filter(|token| !is_name(token))
        .flat_map(|token| token.split(|part: char| !part.is_alphanumeric() && !"-'".contains(part)))
        .map(|word| word.trim_matches(['-', '\'']).trim_end_matches("'s"))
        .filter(|word| !word.is_empty())
        .collect();
    let mut found: Vec<_> = WORDS
        .into_iter()
        .filter(|word| words.contains(word))
        .collect();
    let next = next.trim_start_matches(|mark: char| !mark.is_alphanumeric());
    // Punctuation between two words keeps them apart.
    let trimmed = prose
        .split_whitespace()
        .map(|token| token.trim_matches(|mark: char| !mark.is_alphanumeric()));
    let text = format!(" {} ", trimmed.collect::<Vec<_>>().join(" "));
    found.extend(
        PHRASES
            .into_iter()
            .filter(|phrase| text.contains(&format!(" {phrase} "))),
    );
    for (place, word) in words.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| words.get(place));
        let after = words.get(place + 1).unwrap_or(&next);
        found.extend(TERMS.into_iter().filter_map(|(term, first, last)| {
            let is_term = (!first.is_empty() && before == Some(&first))
                || (!last.is_empty() && after.starts_with(last));
            (*word == term && !is_term).then_some(term)
        }));
    }
    found
}

/// Blanks the code in backticks.
fn without_code(line: &str) -> String {
    let parts = line.split('`').enumerate();
    let prose = parts.filter(|(place, _)| place % 2 == 0);
    prose.map(|(_, part)| part).collect::<Vec<_>>().join(" ")
}

/// Returns whether a token is an identifier, a path, a flag, an address, or a value in quotes.
fn is_name(token: &str) -> bool {
    let inner =
        token.trim_matches(|mark: char| mark.is_ascii_punctuation() && mark != '/' && mark != '-');
    token.matches('\"').count() > 1
        || inner.contains(['\\', '=', '@', '_', '{', '}', '<', '>', '$'])
        || inner.contains("://")
        || inner.contains("::")
        || inner.starts_with(['/', '-'])
}

#[test]
fn planted_words_and_phrases_are_seen() {
    for (line, expected) in [
        ("// Whoever calls gets a 401.", &["whoever"][..]),
        ("\"what nobody's row holds\"", &["nobody"]),
        ("A log-in, or an e-mail.", &["log-in", "e-mail"]),
        ("The user name is free.", &["user name"]),
        ("It must not know of HTTP.", &["it must not know"]),
        ("a neighbour of the service", &["neighbour"]),
        ("a sibling service", &["sibling"]),
        ("The client tells his name.", &["his", "tells"]),
    ] {
        let mut found = forbidden(line, "");
        found.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{line}");
    }
}

#[test]
fn names_and_terms_of_the_field_are_allowed() {
    for line in [
        "The policies `sign-up` and \"log-in\" of `RateLimit-Policy`.",
        "Set --limit-log-ins or DAEMUN_LIMIT_LOG_INS.",
        "See https://example.com/e-mail, a@nobody.example and /docs/sign-up.",
        "A noisy neighbour, and a sibling hyper-thread.",
        "post(\"nobody\", \"nobody{number}\")",
        "Others, there, the shed: words that hold shorter ones.",
    ] {
        assert_eq!(forbidden(line, ""), [""; 0], "{line}");
    }
}
