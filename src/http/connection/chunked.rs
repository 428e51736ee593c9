//! The framing of a chunked body (RFC 9112 section 7.1), read strictly: lines end with CR LF and
//! have a maximum length.

/// The maximum size of a chunk's first line, and of all trailers together, in bytes.
const MAX_LINE: usize = 8 * 1024;

/// The position in a chunked body.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Chunked {
    place: Place,
    /// The remaining bytes of the chunk.
    left: u64,
    /// The bytes of the line or the trailers so far.
    line: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
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
pub enum Next {
    More,
    End,
    Malformed,
}

impl Chunked {
    /// Returns how many of these bytes belong to the body, up to the first malformed byte.
    pub fn advance(&mut self, bytes: &[u8]) -> (usize, Next) {
        let mut rest = bytes;
        let mut next = Next::More;
        while next == Next::More
            && let Some((byte, others)) = rest.split_first()
        {
            if self.place == Place::Data {
                rest = self.data(rest);
                continue;
            }
            match self.place_after(*byte) {
                Some(place) => {
                    self.place = place;
                    rest = others;
                    if place == Place::End {
                        next = Next::End;
                    }
                }
                None => next = Next::Malformed,
            }
        }
        (bytes.len() - rest.len(), next)
    }

    /// Returns the bytes after the chunk's data.
    fn data<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let used = usize::try_from(self.left).map_or(bytes.len(), |left| left.min(bytes.len()));
        self.left -= u64::try_from(used).unwrap_or(self.left);
        if self.left == 0 {
            self.place = Place::DataCr;
        }
        bytes.get(used..).unwrap_or_default()
    }

    /// Returns the place after this byte, or `None` if the byte is not allowed here.
    fn place_after(&mut self, byte: u8) -> Option<Place> {
        self.line += 1;
        if self.line > MAX_LINE {
            return None;
        }
        let is_text = byte == b'\t' || byte >= b' ' && byte != 0x7f;
        Some(match (self.place, byte) {
            (Place::Start | Place::Size, digit) if digit.is_ascii_hexdigit() => {
                let digit = char::from(digit).to_digit(16)?;
                self.left = self.left.checked_mul(16)?.checked_add(digit.into())?;
                Place::Size
            }
            (Place::Size | Place::Blank, b' ' | b'\t') => Place::Blank,
            (Place::Size | Place::Blank, b';') => Place::Extension,
            (Place::Extension, _) if is_text => Place::Extension,
            (Place::Size | Place::Blank | Place::Extension, b'\r') => Place::SizeLf,
            (Place::SizeLf, b'\n') => {
                self.line = 0;
                if self.left == 0 {
                    Place::LineStart
                } else {
                    Place::Data
                }
            }
            (Place::DataCr, b'\r') => Place::DataLf,
            (Place::DataLf, b'\n') => Place::Start,
            (Place::LineStart, b'\r') => Place::EndLf,
            (Place::LineStart | Place::Trailer, _) if is_text => Place::Trailer,
            (Place::Trailer, b'\r') => Place::TrailerLf,
            (Place::TrailerLf, b'\n') => Place::LineStart,
            (Place::EndLf, b'\n') => Place::End,
            _ => return None,
        })
    }
}
