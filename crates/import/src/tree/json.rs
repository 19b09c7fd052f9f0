//! A strict JSON reader (RFC 8259) that builds the tree and says what is wrong where.

use super::build::{Builder, Fatal};
use super::flow;
use super::node::Style;
use std::ops::Range;
use vestibule_restapi::Code;

/// Reads one JSON value that fills the whole text.
pub(super) fn build(text: &str, builder: &mut Builder<'_>) -> Result<(), Fatal> {
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader { text, at, builder };
    reader.blanks();
    if reader.peek().is_none() {
        return Ok(());
    }
    reader.value()?;
    reader.blanks();
    match reader.peek() {
        None => Ok(()),
        Some(_) => Err(reader.expected("the end of the file")),
    }
}

/// Bytes of what was found instead, as a message shows it; of something longer, its first character.
const FOUND_BYTES_MAX: usize = 32;

struct Reader<'t, 'b, 'f> {
    text: &'t str,
    at: usize,
    builder: &'b mut Builder<'f>,
}

impl<'t> Reader<'t, '_, '_> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    /// Takes a character when it is next, after blanks.
    fn take(&mut self, wanted: char) -> bool {
        self.blanks();
        let is_next = self.rest().starts_with(wanted);
        self.at += if is_next { wanted.len_utf8() } else { 0 };
        is_next
    }

    /// Reads a value; the builder's depth limit bounds the recursion.
    fn value(&mut self) -> Result<(), Fatal> {
        self.blanks();
        let start = self.at;
        match self.peek() {
            Some('{') => self.object(start),
            Some('[') => self.array(start),
            Some('"') => self.string(),
            Some('-' | '0'..='9') => self.number(),
            Some('t') => self.word("true"),
            Some('f') => self.word("false"),
            Some('n') => self.word("null"),
            Some(_) | None => Err(self.expected("a value")),
        }
    }

    fn object(&mut self, start: usize) -> Result<(), Fatal> {
        self.builder.object(start..start + 1, None)?;
        self.at += 1;
        if self.take('}') {
            return self.builder.close();
        }
        loop {
            self.blanks();
            if self.peek() != Some('"') {
                return Err(self.unclosed("a key in double quotes", start));
            }
            self.string()?;
            if !self.take(':') {
                return Err(self.unclosed("`:` after the key", start));
            }
            self.value()?;
            if self.take('}') {
                return self.builder.close();
            }
            if !self.take(',') {
                return Err(self.unclosed("`,` or `}`", start));
            }
        }
    }

    fn array(&mut self, start: usize) -> Result<(), Fatal> {
        self.builder.array(start..start + 1, None)?;
        self.at += 1;
        if self.take(']') {
            return self.builder.close();
        }
        loop {
            self.value()?;
            if self.take(']') {
                return self.builder.close();
            }
            if !self.take(',') {
                return Err(self.unclosed("`,` or `]`", start));
            }
        }
    }

    fn string(&mut self) -> Result<(), Fatal> {
        let start = self.at;
        let end = self.string_end(start)?;
        let Some(runs) = flow::double_quoted(self.text, start..end) else {
            return Err(self.wrong("half of a surrogate pair stands alone", start..end));
        };
        self.at = end;
        self.builder.scalar(start..end, None, start, (runs.text(), Style::DoubleQuoted)).map(|_| ())
    }

    /// The offset behind the closing quote, after a look at each character and escape.
    fn string_end(&self, start: usize) -> Result<usize, Fatal> {
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((offset, character)) = characters.next() {
            let at = start + offset;
            match character {
                '"' => return Ok(at + 1),
                '\\' => {
                    let length = self.escape(at)?;
                    characters.nth(length - 2);
                }
                '\0'..='\x1f' => {
                    let help = format!("write it as `\\u{:04x}`", u32::from(character));
                    let message = match character {
                        '\n' | '\r' => "a string ends on the line where it begins",
                        _ => "a control character in a string",
                    };
                    let mut finding = self.wrong(message, at..at + 1);
                    finding.help = Some(match character {
                        '\n' | '\r' => {
                            "close it with `\"`, or write the line break as `\\n`".into()
                        }
                        _ => help,
                    });
                    return Err(finding);
                }
                _ => {}
            }
        }
        Err(self.wrong("a string is not closed", start..start + 1))
    }

    /// Length of the escape at `at`.
    fn escape(&self, at: usize) -> Result<usize, Fatal> {
        let escape = self.text.get(at + 1..).unwrap_or("");
        let letter = escape.chars().next();
        match letter {
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => Ok(2),
            Some('u') => {
                let digits = escape.get(1..5).unwrap_or("");
                let is_hex = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_hexdigit());
                if is_hex {
                    Ok(6)
                } else {
                    Err(self.wrong("`\\u` needs four hex digits", at..at + 2))
                }
            }
            Some(other) => {
                let end = at + 1 + other.len_utf8();
                Err(self.wrong(&format!("`\\{other}` is no escape of JSON"), at..end))
            }
            None => Err(self.wrong("a string is not closed", at..at + 1)),
        }
    }

    fn number(&mut self) -> Result<(), Fatal> {
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let text = rest.split(|c| !is_part(c)).next().unwrap_or("");
        let span = self.at..self.at + text.len();
        if !is_number(text) {
            return Err(self.wrong(&format!("`{text}` is not a number of JSON"), span));
        }
        self.at = span.end;
        let start = span.start;
        self.builder.scalar(span, None, start, (text, Style::Plain)).map(|_| ())
    }

    fn word(&mut self, word: &str) -> Result<(), Fatal> {
        let found = self.rest().split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        if found != word {
            return Err(self.expected("a value"));
        }
        let span = self.at..self.at + word.len();
        self.at = span.end;
        let start = span.start;
        self.builder.scalar(span, None, start, (word, Style::Plain)).map(|_| ())
    }

    /// Something else stands here than should.
    fn expected(&self, wanted: &str) -> Fatal {
        let Some(next) = self.peek() else {
            let message = format!("expected {wanted}, found the end of the file");
            let end = self.text.trim_end().len();
            return self.wrong(&message, end..end);
        };
        let rest = self.rest();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match next {
            '"' => rest.get(1..).and_then(|rest| rest.find('"')).map_or(1, |at| at + 2),
            _ => rest.find(|c| !is_word(c)).unwrap_or(rest.len()).max(next.len_utf8()),
        };
        let is_short = length <= FOUND_BYTES_MAX;
        let found =
            rest.get(..length).filter(|_| is_short).map_or_else(|| next.to_string(), str::to_owned);
        let end = self.at + found.len();
        let mut finding = self.wrong(&format!("expected {wanted}, found `{found}`"), self.at..end);
        finding.help = match next {
            '\'' => Some("JSON strings stand in double quotes".into()),
            '/' | '#' => Some("JSON has no comments; YAML has".into()),
            ']' | '}' if self.is_after_comma() => Some("remove the comma before it".into()),
            _ => None,
        };
        finding
    }

    /// As `expected`, for a place inside the object or array that began at `start`.
    fn unclosed(&self, wanted: &str, start: usize) -> Fatal {
        let mut finding = self.expected(wanted);
        if self.peek().is_none() {
            let opened = self.builder.place(start..start + 1).start();
            let bracket = self.text.get(start..=start).unwrap_or("");
            let note = format!(
                "`{bracket}` of line {}, column {} is not closed",
                opened.line, opened.column
            );
            finding.notes.push(note);
        }
        finding
    }

    fn is_after_comma(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or("");
        before.trim_end_matches([' ', '\t', '\r', '\n']).ends_with(',')
    }

    fn wrong(&self, message: &str, span: Range<usize>) -> Fatal {
        self.builder.fatal(Code::Syntax, format!("not JSON: {message}"), span)
    }
}

/// RFC 8259 section 6.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_exponent = |part: &str| is_digits(part.strip_prefix(['+', '-']).unwrap_or(part));
    is_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(is_digits)
        && exponent.is_none_or(is_exponent)
}
