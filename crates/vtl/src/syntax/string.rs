//! String literals: quotes, escapes, and the template that a double-quoted string with `$` or `#` is.

use super::error::ParseError;
use super::origin::Origin;
use super::parser::Parser;
use super::tree::{Expr, Node};

/// The characters of a literal, each byte with its offset in the text it was read from.
#[derive(Debug, Default)]
struct Contents {
    text: String,
    offsets: Vec<u32>,
    is_mapped: bool,
}

impl Contents {
    fn push(&mut self, character: char, offset: u32) {
        self.text.push(character);
        self.offsets.resize(self.text.len(), offset);
    }
}

impl Parser<'_, '_> {
    pub(super) fn string(&mut self) -> Result<Expr, ParseError> {
        let number = self.take()?;
        let image = self.image(number);
        let contents = self.contents(number)?;
        if !image.starts_with('"') || !image.contains(['$', '#']) {
            return Ok(Expr::Text(contents.text.into()));
        }
        // AWS: Velocity 1.7 parses the string with a blank behind it, and drops the last character that renders.
        let trims = !image.contains("##");
        let mut text = contents.text;
        let origin = self.string_origin(number, contents.is_mapped.then_some(contents.offsets));
        if trims {
            text.push(' ');
        }
        let span = self.span(number, number + 1);
        self.charge_string(text.len(), span)?;
        self.enter()?;
        let mut inner = Parser::new(&text, origin, self.shared);
        inner.in_string = true;
        let body = inner.template()?;
        self.leave();
        Ok(match constant(&body, trims) {
            Some(text) => Expr::Text(text),
            None => Expr::Interpolated { body, trims },
        })
    }

    /// Returns the template's offset of each byte of a literal with escapes, and of its end.
    pub(super) fn string_offsets(&self, number: usize) -> Option<Vec<u32>> {
        let contents = self.contents(number).ok()?;
        match self.string_origin(number, contents.is_mapped.then_some(contents.offsets)) {
            Origin::Mapped(offsets) => Some(offsets),
            Origin::Direct(_) => None,
        }
    }

    fn string_origin(&self, number: usize, offsets: Option<Vec<u32>>) -> Origin {
        let (start, end) = self.token(number).map_or((0, 0), |token| (token.start, token.end));
        match (offsets, &self.lexer.origin) {
            (None, Origin::Direct(base)) => Origin::Direct(base + start + 1),
            (None, outer @ Origin::Mapped(_)) => {
                Origin::Mapped((start + 1..end).map(|at| outer.offset(at)).collect())
            }
            (Some(offsets), outer) => {
                let inner = offsets.into_iter().chain([end.saturating_sub(1)]);
                Origin::Mapped(inner.map(|at| outer.offset(at)).collect())
            }
        }
    }

    /// Reads the characters between the quotes: doubled quotes stand for one, `\uXXXX` for a UTF-16 unit.
    fn contents(&self, number: usize) -> Result<Contents, ParseError> {
        let image = self.image(number);
        let start = self.token(number).map_or(0, |token| token.start);
        let quote = image.chars().next().unwrap_or('"');
        let mut contents = Contents::default();
        let mut units = Vec::new();
        let last = image.len().saturating_sub(1);
        let mut at = 1;
        while let Some(character) = image.get(at..last).and_then(|rest| rest.chars().next()) {
            let offset = start + u32::try_from(at).unwrap_or(0);
            let rest = image.get(at..last).unwrap_or_default();
            if quote == '"'
                && let Some(escape) = rest.strip_prefix("\\u")
            {
                let digits = escape
                    .get(..4)
                    .filter(|four| four.bytes().all(|byte| byte.is_ascii_hexdigit()));
                let Some(unit) = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok())
                else {
                    let span = self.lexer.origin.span(offset, offset + 2);
                    return Err(ParseError::new(span, "`\\u` without a character code")
                        .expecting(&["four hexadecimal digits"]));
                };
                units.push((unit, offset));
                contents.is_mapped = true;
                at += 6;
                continue;
            }
            flush(&mut contents, &mut units);
            contents.push(character, offset);
            at += character.len_utf8();
            if character == quote {
                contents.is_mapped = true;
                at += quote.len_utf8();
            }
        }
        flush(&mut contents, &mut units);
        Ok(contents)
    }
}

/// Returns the text that a string always is, when nothing in it is evaluated: `"$.id"`.
fn constant(body: &[Node], trims: bool) -> Option<Box<str>> {
    let text = match body {
        [] => "",
        [Node::Text(text)] => &text.text,
        _ => return None,
    };
    let mut rest = text.chars();
    if trims {
        rest.next_back();
    }
    Some(rest.as_str().into())
}

/// Appends the UTF-16 units gathered so far. A lone surrogate prints as `?`, as in Java.
fn flush(contents: &mut Contents, units: &mut Vec<(u16, u32)>) {
    let Some((_, first)) = units.first().copied() else { return };
    for character in char::decode_utf16(units.drain(..).map(|(unit, _)| unit)) {
        contents.push(character.unwrap_or('?'), first);
    }
}
