//! The hints of problem documents.

mod limits;
mod secrecy;
mod texts;

/// Returns the words of a text that begin with a prefix, without the punctuation behind them.
fn words<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    text.split([' ', '`', '='])
        .filter(move |word| word.starts_with(prefix))
        .map(|word| word.trim_end_matches(['.', ',', ':', ';']))
}
