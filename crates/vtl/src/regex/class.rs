//! Classes: `[a-z]`, `[^\d]`, `[a-z&&[^m]]`, in the words of the engines. Everything but ASCII letters and digits is
//! written by its code, so that nothing has a meaning that Java does not give it.

use super::error::RegexError;
use super::escape::{self, Escape};
use super::parse::Parser;
use super::source::Token;
use super::tree::{Flags, Fold};
use crate::limits::NESTING_MAX;

/// A class that nothing is in.
pub(super) const NOTHING: &str = "[^\\x{0}-\\x{10ffff}]";

/// What `.` matches.
pub(super) fn dot(flags: Flags) -> String {
    let class = match (flags.dot_is_all, flags.is_unix) {
        (true, _) => "[\\x{0}-\\x{10ffff}]",
        (false, true) => "[^\\n]",
        (false, false) => "[^\\n\\r\\x{85}\\x{2028}\\x{2029}]",
    };
    class.to_owned()
}

/// Puts `inside` in brackets.
pub(super) fn bracketed(inside: &str, is_negated: bool) -> String {
    format!("[{}{inside}]", if is_negated { "^" } else { "" })
}

/// Writes a code point, in a class or outside. Half of a pair writes nothing: no text has one.
pub(super) fn push_code(out: &mut String, code: u32) -> bool {
    match char::from_u32(code) {
        Some(character) if character.is_ascii_alphanumeric() || !character.is_ascii() => {
            out.push(character);
            true
        }
        Some(_) => {
            out.push_str(&format!("\\x{{{code:x}}}"));
            true
        }
        None => false,
    }
}

/// Reads a class whose `[` was read, and its `]`.
pub(super) fn class(parser: &mut Parser, depth: usize) -> Result<String, RegexError> {
    let class = nested(parser, depth)?;
    // A class cannot fold in part: under `(?iu)` the engine folds all of it.
    let folds = parser.flags.fold() == Fold::Unicode;
    Ok(if folds { format!("(?i:{class})") } else { class })
}

fn nested(parser: &mut Parser, depth: usize) -> Result<String, RegexError> {
    let is_negated = parser.source.peek() == Some(Token::Plain('^'))
        && parser.source.raw_before() == Some(Token::Plain('['));
    if is_negated {
        parser.source.next();
    }
    let class = items(parser, depth + 1)?;
    parser.source.next();
    Ok(if is_negated { bracketed(&class, true) } else { class })
}

/// Reads up to a `]`.
fn items(parser: &mut Parser, depth: usize) -> Result<String, RegexError> {
    if depth >= NESTING_MAX {
        return Err(RegexError::syntax(format!("classes nest deeper than {NESTING_MAX}")));
    }
    let mut inside = String::new();
    loop {
        match parser.source.peek() {
            None => return Err(RegexError::syntax("a `[` is not closed")),
            Some(Token::Plain('[')) => {
                parser.source.next();
                inside.push_str(&nested(parser, depth)?);
            }
            Some(Token::Plain('&')) if parser.source.raw_ahead(1) == Some(Token::Plain('&')) => {
                parser.source.next();
                parser.source.next();
                let right = right_side(parser, depth)?;
                inside = match (inside.is_empty(), right) {
                    (true, None) => {
                        return Err(RegexError::syntax("`&&` stands between no classes"));
                    }
                    (true, Some(right)) => right,
                    (false, None) => inside,
                    (false, Some(right)) => format!("[[{inside}]&&{right}]"),
                };
            }
            Some(Token::Plain(']')) if !inside.is_empty() => return Ok(bracketed(&inside, false)),
            Some(_) => item(parser, &mut inside)?,
        }
    }
}

/// Reads what `&&` cuts with: all that follows, up to a `]` or the next `&&`.
fn right_side(parser: &mut Parser, depth: usize) -> Result<Option<String>, RegexError> {
    let mut right = String::new();
    loop {
        match parser.source.peek() {
            Some(Token::Plain(']' | '&')) => break,
            Some(Token::Plain('[')) => {
                parser.source.next();
                right.push_str(&nested(parser, depth)?);
            }
            Some(_) | None => right.push_str(&items(parser, depth + 1)?),
        }
    }
    Ok((!right.is_empty()).then(|| bracketed(&right, false)))
}

/// Reads a character, a range or an escape.
fn item(parser: &mut Parser, inside: &mut String) -> Result<(), RegexError> {
    let start = match parser.source.next() {
        Some(Token::Plain('\\')) => {
            let is_range = parser.source.raw_ahead(1) == Some(Token::Plain('-'));
            if is_range && parser.source.raw() == Some(Token::Plain('v')) {
                parser.source.next();
                0xb
            } else {
                match escape::read(parser)? {
                    Escape::Code(code) => code,
                    Escape::Class(class) => {
                        inside.push_str(&class);
                        return Ok(());
                    }
                    Escape::Letter(letter) => return Err(escape::unknown(letter)),
                }
            }
        }
        Some(token) => u32::from(token.character()),
        None => return Err(RegexError::syntax("a `[` is not closed")),
    };
    let end = range_end(parser, start)?.unwrap_or(start);
    push_range(inside, start, end, parser.flags.fold());
    Ok(())
}

/// Reads the end of the range that starts with `start`, when it is one.
fn range_end(parser: &mut Parser, start: u32) -> Result<Option<u32>, RegexError> {
    if !parser.source.is_at('-') {
        return Ok(None);
    }
    if matches!(parser.source.raw_ahead(1), Some(Token::Plain('[' | ']')) | None) {
        return Ok(None);
    }
    parser.source.next();
    let illegal = || RegexError::syntax("a range in `[...]` has no end or ends before it starts");
    let end = match parser.source.next() {
        Some(Token::Plain('\\')) => match (parser.source.raw(), escape::read(parser)?) {
            (_, Escape::Code(code)) => code,
            (Some(Token::Plain('v')), Escape::Class(_)) => 0xb,
            (_, Escape::Class(_) | Escape::Letter(_)) => return Err(illegal()),
        },
        Some(token) => u32::from(token.character()),
        None => return Err(illegal()),
    };
    if end < start { Err(illegal()) } else { Ok(Some(end)) }
}

/// Writes a range with what is alike.
fn push_range(out: &mut String, start: u32, end: u32, fold: Fold) {
    let length = out.len();
    // No text has halves of pairs, and no class of the engines.
    push_codes(out, start, end.min(0xd7ff));
    push_codes(out, start.max(0xe000), end);
    for (first, last, other) in [(0x61, 0x7a, 0x41), (0x41, 0x5a, 0x61)] {
        let (from, to) = (start.max(first), end.min(last));
        if fold != Fold::Exact && from <= to {
            push_codes(out, other + from - first, other + to - first);
        }
    }
    let has = |letter: char| (start..=end).contains(&u32::from(letter));
    if fold == Fold::Unicode && (has('i') || has('I')) {
        out.push_str("\u{130}\u{131}");
    }
    if out.len() == length {
        out.push_str(NOTHING);
    }
}

fn push_codes(out: &mut String, start: u32, end: u32) {
    if start > end {
        return;
    }
    push_code(out, start);
    // To the engine that backtracks, but not to Java, `[:` opens a named class; `[:-:` does not.
    if start < end || start == u32::from(':') {
        out.push('-');
        push_code(out, end);
    }
}
