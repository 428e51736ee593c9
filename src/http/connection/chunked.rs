//! The framing of a chunked body (RFC 9112 section 7.1), read strictly: lines end with CR LF and
//! have a maximum length.

/// The maximum size of a chunk's first line, and of all trailers together, in bytes.
const MAX_LINE: usize = 8 * 1024;

/// The position in a chunked body.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ChunkedBody {
    state: State,
    /// The remaining bytes of the chunk.
    left: u64,
    /// The bytes of the line or the trailers so far.
    line: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Start,
    Size,
    Blank,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    LineStart,
    Trailer,
    TrailerLf,
    EndLf,
    End,
}

/// The state of the body after the bytes that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkedProgress {
    More,
    End,
    Malformed,
}

impl ChunkedBody {
    /// Returns how many of these bytes belong to the body, up to the first malformed byte.
    pub fn advance(&mut self, bytes: &[u8]) -> (usize, ChunkedProgress) {
        let mut rest = bytes;
        let mut next = ChunkedProgress::More;
        while next == ChunkedProgress::More
            && let Some((byte, others)) = rest.split_first()
        {
            if self.state == State::Data {
                rest = self.data(rest);
                continue;
            }
            match self.state_after(*byte) {
                Some(state) => {
                    self.state = state;
                    rest = others;
                    if state == State::End {
                        next = ChunkedProgress::End;
                    }
                }
                None => next = ChunkedProgress::Malformed,
            }
        }
        (bytes.len() - rest.len(), next)
    }

    /// Returns the bytes after the chunk's data.
    fn data<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let used = usize::try_from(self.left).map_or(bytes.len(), |left| left.min(bytes.len()));
        self.left -= u64::try_from(used).unwrap_or(self.left);
        if self.left == 0 {
            self.state = State::DataCr;
        }
        bytes.get(used..).unwrap_or_default()
    }

    /// Returns the state after this byte, or `None` if the byte is not allowed here.
    fn state_after(&mut self, byte: u8) -> Option<State> {
        self.line += 1;
        if self.line > MAX_LINE {
            return None;
        }
        let is_text = byte == b'\t' || byte >= b' ' && byte != 0x7f;
        Some(match (self.state, byte) {
            (State::Start | State::Size, digit) if digit.is_ascii_hexdigit() => {
                let digit = char::from(digit).to_digit(16)?;
                self.left = self.left.checked_mul(16)?.checked_add(digit.into())?;
                State::Size
            }
            (State::Size | State::Blank, b' ' | b'\t') => State::Blank,
            (State::Size | State::Blank, b';') => State::Extension,
            (State::Extension, _) if is_text => State::Extension,
            (State::Size | State::Blank | State::Extension, b'\r') => State::SizeLf,
            (State::SizeLf, b'\n') => {
                self.line = 0;
                if self.left == 0 {
                    State::LineStart
                } else {
                    State::Data
                }
            }
            (State::DataCr, b'\r') => State::DataLf,
            (State::DataLf, b'\n') => State::Start,
            (State::LineStart, b'\r') => State::EndLf,
            (State::LineStart | State::Trailer, _) if is_text => State::Trailer,
            (State::Trailer, b'\r') => State::TrailerLf,
            (State::TrailerLf, b'\n') => State::LineStart,
            (State::EndLf, b'\n') => State::End,
            _ => return None,
        })
    }
}
