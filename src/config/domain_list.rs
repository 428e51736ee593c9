//! Reads a list of email domains from a setting or a file.

use std::{fs, path::PathBuf};

use super::read::Reader;
use crate::domain::account::email_domains::{EmailDomain, EmailDomains};

/// The beginning of a comment in a file.
const COMMENT: char = '#';

/// The number of wrong lines of a file that are reported. A file of another kind would flood the
/// terminal.
const REPORTED: usize = 5;

/// The place of a list of domains, with the name of its setting.
#[derive(Clone, Debug)]
pub(super) enum DomainList {
    /// There is no list.
    Unset,
    /// The setting holds the list.
    Text(&'static str, String),
    /// A file holds the list, one domain a line.
    File(&'static str, PathBuf),
}

impl DomainList {
    /// Returns whether a file holds the list.
    pub(super) const fn is_file(&self) -> bool {
        matches!(self, Self::File(..))
    }

    /// Reads the list, if there is one.
    pub(super) fn read(&self, reader: &mut Reader) -> Option<EmailDomains> {
        match self {
            Self::Unset => None,
            Self::Text(name, text) => {
                let entries = reader.list(name, text, |entry| {
                    EmailDomain::parse(entry)
                        .ok_or("is not a domain; for example example.com,.example.net")
                });
                Some(entries.into_iter().collect())
            }
            Self::File(name, path) => match fs::read_to_string(path) {
                Ok(text) => Some(lines(name, &text, reader)),
                Err(error) => {
                    let path = path.display();
                    reader.fault(format!(
                        "{name}: cannot read {path}: {error}; for example /etc/daemun/domains.txt"
                    ));
                    None
                }
            },
        }
    }
}

/// Reads the lines of a file, without blank lines and comments. A file without a domain is a fault:
/// it is likelier cut off than meant.
fn lines(name: &str, text: &str, reader: &mut Reader) -> EmailDomains {
    let mut fault = |cause: String| {
        reader.fault(format!(
            "{name}: {cause}; for example example.com, or .example.com for its subdomains"
        ));
    };
    let mut domains = Vec::new();
    let mut wrong = Vec::new();
    for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let entry = line.split(COMMENT).next().unwrap_or_default().trim();
        match EmailDomain::parse(entry) {
            Some(domain) => domains.push(domain),
            None if entry.is_empty() => {}
            None => wrong.push(number),
        }
    }
    for number in wrong.iter().take(REPORTED) {
        fault(format!("line {number} is not a domain"));
    }
    if wrong.len() > REPORTED {
        fault(format!(
            "{} more lines are no domains",
            wrong.len() - REPORTED
        ));
    } else if wrong.is_empty() && domains.is_empty() {
        fault(String::from("the file has no domain"));
    }
    domains.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<usize, Vec<String>> {
        let mut reader = Reader::default();
        let domains = lines("NAME", text, &mut reader);
        let read = reader.finish(domains.len());
        read.map_err(|errors| errors.to_string().lines().map(str::to_owned).collect())
    }

    #[test]
    fn file_has_comments_and_blank_lines() {
        let text = "\u{feff}# Ours\r\n\r\nexample.com\r\n  .example.net # and below\n#last";
        assert_eq!(read(text), Ok(2));
    }

    #[test]
    fn every_wrong_line_is_named_up_to_a_number() {
        let reported = read("a b\nexample.com\n*").unwrap_err();
        assert_eq!(reported.len(), 2, "{reported:?}");
        assert!(reported[0].starts_with("NAME: line 1 is not a domain; for example "));
        assert!(reported[1].starts_with("NAME: line 3 is not a domain; for example "));
        let reported = read(&"*\n".repeat(1_000)).unwrap_err();
        assert_eq!(reported.len(), REPORTED + 1);
        assert!(reported[REPORTED].starts_with("NAME: 995 more lines are no domains"));
    }

    #[test]
    fn file_without_a_domain_is_a_fault() {
        for text in ["", "\n\n", "# none"] {
            assert_eq!(read(text).unwrap_err().len(), 1, "{text}");
        }
    }
}
