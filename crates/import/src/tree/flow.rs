//! Decodes plain and quoted scalars with positions: escapes, doubled quotes, and lines folded into spaces.

use super::pieces::Runs;
use std::ops::Range;

/// A scalar without quotes.
pub(super) fn plain(source: &str, span: Range<usize>) -> Option<Runs> {
    let mut reader = Reader::new(source, span);
    while let Some(next) = reader.peek() {
        match next {
            '\r' | '\n' => reader.fold()?,
            _ => reader.copy()?,
        }
    }
    Some(reader.runs)
}

/// `'...'`: two quotes are one.
pub(super) fn single_quoted(source: &str, span: Range<usize>) -> Option<Runs> {
    let mut reader = Reader::new(source, span);
    reader.skip("'")?;
    loop {
        match reader.peek()? {
            '\'' if reader.rest().starts_with("''") => reader.escape("'", 2)?,
            '\'' => return Some(reader.runs),
            '\r' | '\n' => reader.fold()?,
            _ => reader.copy()?,
        }
    }
}

/// `"..."` of YAML and of JSON, whose escapes are among YAML's.
pub(super) fn double_quoted(source: &str, span: Range<usize>) -> Option<Runs> {
    let mut reader = Reader::new(source, span);
    reader.skip("\"")?;
    loop {
        match reader.peek()? {
            '"' => return Some(reader.runs),
            '\\' => reader.backslash()?,
            '\r' | '\n' => reader.fold()?,
            _ => reader.copy()?,
        }
    }
}

struct Reader<'s> {
    source: &'s str,
    at: usize,
    end: usize,
    runs: Runs,
    /// Blanks before this offset of the decoded text come from escapes and survive folding.
    floor: usize,
}

impl<'s> Reader<'s> {
    fn new(source: &'s str, span: Range<usize>) -> Reader<'s> {
        Reader { source, at: span.start, end: span.end, runs: Runs::default(), floor: 0 }
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..self.end).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, token: &str) -> Option<()> {
        self.rest().starts_with(token).then(|| self.at += token.len())
    }

    /// Takes one character as it stands.
    fn copy(&mut self) -> Option<()> {
        let length = self.peek()?.len_utf8();
        let text = self.rest().get(..length)?;
        self.runs.verbatim(text, self.at);
        self.at += length;
        Some(())
    }

    /// Takes `length` bytes that stand for `text`.
    fn escape(&mut self, text: &str, length: usize) -> Option<()> {
        self.rest().get(..length)?;
        self.runs.escape(text, self.at..self.at + length);
        self.at += length;
        self.floor = self.runs.len();
        Some(())
    }

    /// Folds line breaks and the blanks around them: one break is a space, each further one a line feed.
    fn fold(&mut self) -> Option<()> {
        self.runs.trim_blanks(self.floor);
        let breaks = self.take_breaks();
        match breaks.as_slice() {
            [] => return None,
            [only] => self.runs.escape(" ", only.clone()),
            [_, rest @ ..] => {
                for line_break in rest {
                    self.runs.escape("\n", line_break.clone());
                }
            }
        }
        self.floor = self.runs.len();
        Some(())
    }

    /// The line breaks from here on, with blanks between and behind them skipped.
    fn take_breaks(&mut self) -> Vec<Range<usize>> {
        let mut breaks = vec![];
        loop {
            let blanks = self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
            self.at += blanks;
            let length = line_break(self.rest());
            if length == 0 {
                return breaks;
            }
            breaks.push(self.at..self.at + length);
            self.at += length;
        }
    }

    fn backslash(&mut self) -> Option<()> {
        let escaped = self.rest().chars().nth(1)?;
        let text = match escaped {
            '0' => "\0",
            'a' => "\x07",
            'b' => "\x08",
            't' | '\t' => "\t",
            'n' => "\n",
            'v' => "\x0b",
            'f' => "\x0c",
            'r' => "\r",
            'e' => "\x1b",
            ' ' => " ",
            '"' => "\"",
            '/' => "/",
            '\\' => "\\",
            'N' => "\u{85}",
            '_' => "\u{a0}",
            'L' => "\u{2028}",
            'P' => "\u{2029}",
            'x' => return self.code_point(2),
            'u' => return self.code_point(4),
            'U' => return self.code_point(8),
            '\r' | '\n' => return self.continuation(),
            _ => return None,
        };
        self.escape(text, 2)
    }

    /// `\x`, `\u`, `\U` with so many digits; two halves of a surrogate pair are one character.
    fn code_point(&mut self, digits: usize) -> Option<()> {
        let high = hex(self.rest(), 2, digits)?;
        if let Some(character) = char::from_u32(high) {
            return self.escape(character.encode_utf8(&mut [0; 4]), 2 + digits);
        }
        let pair = self.rest().get(6..8).filter(|next| *next == "\\u");
        let low = pair.and_then(|_| hex(self.rest(), 8, 4))?;
        let units = [u16::try_from(high).ok()?, u16::try_from(low).ok()?];
        let character = char::decode_utf16(units).next()?.ok()?;
        self.escape(character.encode_utf8(&mut [0; 4]), 12)
    }

    /// A backslash at the end of a line: the line goes on on the next one.
    fn continuation(&mut self) -> Option<()> {
        self.floor = self.runs.len();
        self.at += 1;
        let breaks = self.take_breaks();
        for line_break in breaks.into_iter().skip(1) {
            self.runs.escape("\n", line_break);
        }
        self.floor = self.runs.len();
        Some(())
    }
}

fn hex(text: &str, start: usize, digits: usize) -> Option<u32> {
    let digits = text.get(start..start + digits)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// Bytes of the line break a text starts with; 0 when there is none.
pub(super) fn line_break(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(text.starts_with(['\r', '\n'])) }
}
