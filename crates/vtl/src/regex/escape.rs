//! What a backslash means.

use super::class;
use super::error::RegexError;
use super::parse::Parser;
use super::property;
use super::source::Token;
use super::tree::{Flags, Node, Place};

/// What an escape stands for where a character or a class may stand.
pub(super) enum Escape {
    /// A code point, or half of a surrogate pair.
    Code(u32),
    /// A class, in the engines' words.
    Class(String),
    /// A letter that means something else outside of classes, or nothing.
    Letter(char),
}

/// Reads an escape outside of classes, whose backslash was read.
pub(super) fn outside_class(parser: &mut Parser) -> Result<Node, RegexError> {
    let fold = parser.flags.fold();
    match read(parser)? {
        Escape::Code(code) => Ok(Node::Character { code, fold }),
        Escape::Class(class) => Ok(Node::Class(class)),
        Escape::Letter(letter) => place(parser, letter),
    }
}

/// Reads an escape whose backslash was read.
pub(super) fn read(parser: &mut Parser) -> Result<Escape, RegexError> {
    let Some(token) = parser.source.next_raw() else {
        return Err(RegexError::syntax("the pattern ends with a single `\\`"));
    };
    let code = |code: char| Ok(Escape::Code(u32::from(code)));
    match token {
        Token::Quoted(character) => code(character),
        Token::Plain(name @ ('p' | 'P')) => property(parser, name == 'P').map(Escape::Class),
        Token::Plain(letter) => match letter {
            't' => code('\t'),
            'n' => code('\n'),
            'r' => code('\r'),
            'f' => code('\u{c}'),
            'a' => code('\u{7}'),
            'e' => code('\u{1b}'),
            '0' => octal(parser).map(Escape::Code),
            'x' => hexadecimal(parser).map(Escape::Code),
            'u' => unicode(parser).map(Escape::Code),
            'c' => match parser.source.next() {
                Some(control) => Ok(Escape::Code(u32::from(control.character()) ^ 64)),
                None => Err(RegexError::syntax("`\\c` is not followed by a character")),
            },
            'N' => Err(RegexError::unsupported("\\N")),
            _ if letter.is_ascii_alphanumeric() => {
                Ok(named_class(letter, parser.flags).map_or(Escape::Letter(letter), Escape::Class))
            }
            _ => code(letter),
        },
    }
}

/// The classes that a single letter names.
fn named_class(letter: char, flags: Flags) -> Option<String> {
    let inside = match (letter.to_ascii_lowercase(), flags.has_unicode_classes) {
        ('d', false) => "0-9",
        ('d', true) => "\\p{Nd}",
        ('w', false) => "a-zA-Z_0-9",
        ('w', true) => "\\w",
        ('s', false) => "\\x20\\t-\\r",
        ('s', true) => property::WHITE_SPACE,
        ('h', _) => {
            "\\x20\\t\\x{a0}\\x{1680}\\x{180e}\\x{2000}-\\x{200a}\\x{202f}\\x{205f}\\x{3000}"
        }
        ('v', _) => "\\n-\\r\\x{85}\\x{2028}\\x{2029}",
        _ => return None,
    };
    Some(class::bracketed(inside, letter.is_ascii_uppercase()))
}

/// What a letter means that names no character and no class.
fn place(parser: &mut Parser, letter: char) -> Result<Node, RegexError> {
    let is_unicode = parser.flags.has_unicode_classes;
    let place = match letter {
        'A' => Place::TextStart,
        'z' => Place::TextEnd,
        'Z' => Place::LastLineEnd { is_unix: parser.flags.is_unix },
        'B' => Place::NoWordBoundary { is_unicode },
        'b' => {
            let next = (parser.source.raw(), parser.source.raw_ahead(1));
            if next == (Some(Token::Plain('{')), Some(Token::Plain('g'))) {
                return Err(RegexError::unsupported("\\b{g}"));
            }
            Place::WordBoundary { is_unicode }
        }
        'R' => return Ok(Node::LineBreak),
        'k' => return named_reference(parser),
        'G' => Place::LastMatchEnd,
        'X' => return Err(RegexError::unsupported("\\X")),
        digit @ '1'..='9' => return Ok(reference(parser, digit)),
        _ => return Err(unknown(letter)),
    };
    Ok(Node::Place(place))
}

/// An escape that Java does not know.
pub(super) fn unknown(letter: char) -> RegexError {
    RegexError::syntax(format!("`\\{letter}` is no escape"))
}

fn named_reference(parser: &mut Parser) -> Result<Node, RegexError> {
    if !parser.source.eat('<') {
        return Err(RegexError::syntax("`\\k` is not followed by `<`"));
    }
    let name = parser.group_name()?;
    parser.has_references = true;
    let known = parser.names.iter().find(|(other, _)| *other == name);
    match known {
        Some((_, group)) => Ok(Node::Reference { group: *group, fold: parser.flags.fold() }),
        None => Err(RegexError::syntax(format!("there is no group `{name}` before `\\k<{name}>`"))),
    }
}

/// Takes as many digits as name a group that was opened before.
fn reference(parser: &mut Parser, first: char) -> Node {
    parser.has_references = true;
    let mut group = first.to_digit(10).unwrap_or_default() as usize;
    while let Some(Token::Plain(digit @ '0'..='9')) = parser.source.peek() {
        let longer = group * 10 + digit.to_digit(10).unwrap_or_default() as usize;
        if longer > parser.groups {
            break;
        }
        parser.source.next();
        group = longer;
    }
    Node::Reference { group, fold: parser.flags.fold() }
}

/// Reads the name after `\p`.
fn property(parser: &mut Parser, is_negated: bool) -> Result<String, RegexError> {
    let name = if parser.source.eat('{') {
        parser.source.take_to('}', "the name of a property")?
    } else {
        let letter = parser.source.next();
        letter.map(|letter| letter.character().to_string()).unwrap_or_default()
    };
    property::class(&name, is_negated, parser.flags)
}

fn digit(parser: &mut Parser, radix: u32) -> Option<u32> {
    let digit = match parser.source.peek()? {
        Token::Plain(character) | Token::Quoted(character) => character.to_digit(radix)?,
    };
    parser.source.next();
    Some(digit)
}

/// One to three digits, at most `\0377`.
fn octal(parser: &mut Parser) -> Result<u32, RegexError> {
    let Some(first) = digit(parser, 8) else {
        return Err(RegexError::syntax("`\\0` is not followed by an octal digit"));
    };
    let mut code = first;
    for _ in 0..if first <= 3 { 2 } else { 1 } {
        let Some(next) = digit(parser, 8) else { break };
        code = code * 8 + next;
    }
    Ok(code)
}

fn hexadecimal(parser: &mut Parser) -> Result<u32, RegexError> {
    let illegal = || RegexError::syntax("`\\x` is not followed by `hh` or `{h...}`");
    if !parser.source.eat('{') {
        let first = digit(parser, 16).ok_or_else(illegal)?;
        return Ok(first * 16 + digit(parser, 16).ok_or_else(illegal)?);
    }
    let mut code = digit(parser, 16).ok_or_else(illegal)?;
    while let Some(next) = digit(parser, 16) {
        code = code * 16 + next;
        if code > u32::from(char::MAX) {
            return Err(RegexError::syntax("the code after `\\x{` is past 10FFFF"));
        }
    }
    if parser.source.eat('}') { Ok(code) } else { Err(illegal()) }
}

/// Four digits. Two escapes for the halves of a pair are one character.
fn unicode(parser: &mut Parser) -> Result<u32, RegexError> {
    let high = unit(parser)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Ok(high);
    }
    let mark = parser.source.mark();
    if parser.source.eat('\\') && parser.source.eat('u') {
        let low = unit(parser)?;
        if (0xdc00..0xe000).contains(&low) {
            return Ok(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
        }
    }
    parser.source.reset(mark);
    Ok(high)
}

fn unit(parser: &mut Parser) -> Result<u32, RegexError> {
    let mut code = 0;
    for _ in 0..4 {
        let next = digit(parser, 16);
        let next = next.ok_or_else(|| {
            RegexError::syntax("`\\u` is not followed by four hexadecimal digits")
        })?;
        code = code * 16 + next;
    }
    Ok(code)
}
