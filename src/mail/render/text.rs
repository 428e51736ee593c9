//! A letter as plain text, complete in itself; it must not know any words of its own.

use crate::mail::content::Letter;

/// Paragraphs with an empty line between them; a code and an address each on a line of their own.
pub(crate) fn render(letter: &Letter) -> String {
    let mut paragraphs = vec![letter.service.clone(), letter.subject.clone()];
    paragraphs.extend(letter.opening.iter().cloned());
    let facts = letter.facts.iter();
    let facts: Vec<_> = facts
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    if !facts.is_empty() {
        paragraphs.push(facts.join("\n"));
    }
    if let Some(code) = &letter.code {
        paragraphs.push(format!("{}:\n\n    {}", code.label, code.digits));
    }
    if let Some(link) = &letter.link {
        paragraphs.push(format!("{}:\n{}", link.label, link.url));
    }
    paragraphs.extend(letter.closing.iter().cloned());
    paragraphs.join("\n\n") + "\n"
}
