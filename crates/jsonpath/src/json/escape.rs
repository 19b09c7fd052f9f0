//! Strings: quoted text with escapes, read as UTF-16 units are put together in Java.

use super::error::{ParseError, ParseProblem, Parsed};
use super::scan::Scanner;

/// Reads a string with a backslash in it, whose opening `quote` comes next, onto `text`. Control characters are left out.
pub(super) fn read(scanner: &mut Scanner<'_>, quote: u8, text: &mut String) -> Parsed<()> {
    let start = scanner.position();
    let unclosed = || ParseError::new(start, ParseProblem::OpenString);
    scanner.advance();
    if !scanner.has(quote) {
        return Err(unclosed());
    }
    let mut units = Units { text, high: None };
    loop {
        units.push_str(scanner.take_plain(quote));
        match scanner.next_char() {
            None => return Err(unclosed()),
            Some('\\') => escape(scanner, &mut units)?,
            Some('\0'..='\u{1f}' | '\u{7f}') => {}
            Some(_) => {
                units.flush();
                return Ok(());
            }
        }
    }
}

fn escape(scanner: &mut Scanner<'_>, units: &mut Units<'_>) -> Parsed<()> {
    match scanner.next_char() {
        Some('t') => units.push('\t'),
        Some('n') => units.push('\n'),
        Some('r') => units.push('\r'),
        Some('f') => units.push('\u{c}'),
        Some('b') => units.push('\u{8}'),
        Some(same @ ('\\' | '/' | '\'' | '"')) => units.push(same),
        Some('u') => units.push_unit(hexadecimal(scanner, 4)?),
        Some('x') => units.push_unit(hexadecimal(scanner, 2)?),
        // AWS: any other escape stands for nothing; of a character beyond U+FFFF that is its first
        // half only.
        Some(other) => {
            let mut halves = [0; 2];
            if let [_, low] = other.encode_utf16(&mut halves) {
                units.push_unit(*low);
            }
        }
        None => scanner.advance(),
    }
    Ok(())
}

fn hexadecimal(scanner: &mut Scanner<'_>, digits: u32) -> Parsed<u16> {
    let mut value = 0u32;
    for _ in 0..digits {
        let digit = scanner.peek().and_then(|byte| char::from(byte).to_digit(16));
        let Some(digit) = digit else {
            return Err(scanner.error(ParseProblem::Escape));
        };
        scanner.advance();
        value = value * 16 + digit;
    }
    Ok(u16::try_from(value).unwrap_or(u16::MAX))
}

/// Text being built. A high surrogate waits for its low one; alone it is `?`, as Java's UTF-8
/// encoder writes it.
struct Units<'t> {
    text: &'t mut String,
    high: Option<u16>,
}

impl Units<'_> {
    fn push_str(&mut self, text: &str) {
        if !text.is_empty() {
            self.flush();
            self.text.push_str(text);
        }
    }

    fn push(&mut self, character: char) {
        self.flush();
        self.text.push(character);
    }

    fn push_unit(&mut self, unit: u16) {
        let pair = self.high.take().map(|high| [high, unit]);
        let joined = pair.and_then(|pair| char::decode_utf16(pair).next()?.ok());
        if let Some(character) = joined {
            self.text.push(character);
            return;
        }
        if pair.is_some() {
            self.text.push('?');
        }
        match unit {
            0xd800..=0xdbff => self.high = Some(unit),
            0xdc00..=0xdfff => self.text.push('?'),
            _ => self.text.extend(char::from_u32(u32::from(unit))),
        }
    }

    fn flush(&mut self) {
        if self.high.take().is_some() {
            self.text.push('?');
        }
    }
}
