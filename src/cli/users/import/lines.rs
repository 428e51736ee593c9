//! Reads the lines of an import, in bounded memory whatever the file holds.

use std::io::{self, BufRead};

use super::rejection::Rejection;

/// The most bytes of a line.
pub(super) const MAX_LINE: usize = 64 * 1024;

/// The mark with which some editors begin a file in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The lines of a file. Blank lines are counted and not returned.
pub(super) struct InputLines<R> {
    input: R,
    buffer: Vec<u8>,
    number: u64,
    bytes: u64,
}

/// A line that is not blank.
pub(super) struct InputLine<'a> {
    /// Its number in the file, from 1.
    pub(super) number: u64,
    /// The text, or why it cannot be read.
    pub(super) text: Result<&'a str, Rejection>,
}

impl<R: BufRead> InputLines<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            buffer: Vec::with_capacity(MAX_LINE),
            number: 0,
            bytes: 0,
        }
    }

    /// Returns the bytes that were read.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the next line that is not blank, or `None` at the end.
    pub(super) fn next_line(&mut self) -> io::Result<Option<InputLine<'_>>> {
        loop {
            let Some(is_whole) = self.fill()? else {
                return Ok(None);
            };
            if !is_whole {
                return Ok(Some(InputLine {
                    number: self.number,
                    text: Err(Rejection::line_too_long()),
                }));
            }
            if !self.buffer.trim_ascii().is_empty() {
                break;
            }
        }
        let text = str::from_utf8(&self.buffer);
        let text = text.map_err(|_position| Rejection::invalid_utf8());
        Ok(Some(InputLine {
            number: self.number,
            text,
        }))
    }

    /// Reads one line without its end into the buffer. Returns `false` for a line that is too long,
    /// whose rest is skipped, and `None` at the end of the file.
    fn fill(&mut self) -> io::Result<Option<bool>> {
        self.buffer.clear();
        let mut is_whole = true;
        let mut is_read = false;
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                break;
            }
            is_read = true;
            let end = available.iter().position(|byte| *byte == b'\n');
            let part = available.get(..end.unwrap_or(available.len()));
            let part = part.unwrap_or_default();
            is_whole &= self.buffer.len() + part.len() <= MAX_LINE;
            if is_whole {
                self.buffer.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            self.bytes += u64::try_from(used).unwrap_or(0);
            if end.is_some() {
                break;
            }
        }
        if !is_read {
            return Ok(None);
        }
        self.number += 1;
        if self.number == 1 && self.buffer.starts_with(BYTE_ORDER_MARK) {
            self.buffer.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(Some(is_whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &[u8]) -> Vec<(u64, Result<String, &'static str>)> {
        let mut lines = InputLines::new(input);
        let mut read = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            let text = line.text.map(str::to_owned);
            read.push((line.number, text.map_err(|rejection| rejection.code)));
        }
        assert_eq!(lines.bytes(), u64::try_from(input.len()).unwrap());
        read
    }

    #[test]
    fn lines_are_numbered_without_blanks_and_marks() {
        let input = "\u{feff}{}\r\n\n \t\r\n[1]\nlast".as_bytes();
        let texts = [(1, "{}\r"), (4, "[1]"), (5, "last")];
        let expected = texts.map(|(number, text)| (number, Ok(String::from(text))));
        assert_eq!(read(input), expected);
        assert_eq!(read(b""), []);
        assert_eq!(read(b"\xef\xbb\xbf"), []);
    }

    #[test]
    fn long_lines_and_other_encodings_are_rejected_and_the_next_line_is_read() {
        let longest = "a".repeat(MAX_LINE);
        let input = format!("{longest}\n{longest}a\n{longest}{longest}{longest}\nb\n");
        let mut input = input.into_bytes();
        input.extend_from_slice(b"M\xfcnchen\nc");
        assert_eq!(
            read(&input),
            [
                (1, Ok(longest)),
                (2, Err("line_too_long")),
                (3, Err("line_too_long")),
                (4, Ok(String::from("b"))),
                (5, Err("invalid_utf8")),
                (6, Ok(String::from("c"))),
            ]
        );
    }
}
