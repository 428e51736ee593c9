//! The plain-text part of a message, which is complete without the HTML part.

use crate::mail::content::Content;

/// Renders paragraphs with an empty line between them; code and address are on lines of their own.
pub(crate) fn render(content: &Content) -> String {
    let branding = &content.branding;
    let mut paragraphs = vec![branding.name.clone(), content.subject.clone()];
    paragraphs.extend(content.opening.iter().cloned());
    let facts = content.facts.iter();
    let facts: Vec<_> = facts
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    if !facts.is_empty() {
        paragraphs.push(facts.join("\n"));
    }
    if let Some(code) = &content.code {
        paragraphs.push(format!("{}:\n\n    {}", code.label, code.digits));
    }
    if let Some(invitation) = &content.invitation {
        paragraphs.push(format!("{}:\n\n    {}", invitation.label, invitation.token));
    }
    if let Some(link) = &content.link {
        paragraphs.push(format!("{}:\n{}", link.label, link.url));
    }
    paragraphs.extend(content.closing.iter().cloned());
    paragraphs.extend(
        branding
            .url
            .as_ref()
            .map(|url| format!("{}\n{url}", branding.name)),
    );
    paragraphs.join("\n\n") + "\n"
}
