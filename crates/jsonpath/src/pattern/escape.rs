//! What a backslash means in a Java regular expression.

use super::RegexError;
use super::translate::{Flags, LINE_ENDS, Source, Translator};

/// What follows a backslash, where a character or a class of characters may stand.
pub(super) enum Escape {
    Character(char),
    /// A bracketed class.
    Class(String),
    /// `\Q...\E`.
    Quoted(String),
    /// A letter with another meaning outside of classes, or with none.
    Letter(char),
}

/// Reads an escape whose backslash was read.
pub(super) fn read(source: &mut Source<'_>, flags: Flags) -> Result<Escape, RegexError> {
    let letter = source.next().ok_or(RegexError::End)?;
    let class = |text: &str| Ok(Escape::Class(text.to_owned()));
    match letter {
        'd' => class("[0-9]"),
        'D' => class("[^0-9]"),
        'w' => class("[0-9A-Z_a-z]"),
        'W' => class("[^0-9A-Z_a-z]"),
        's' => class(r"[\t-\r ]"),
        'S' => class(r"[^\t-\r ]"),
        'h' => class(r"[\t \x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]"),
        'H' => class(r"[^\t \x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]"),
        'v' => class(r"[\n-\r\x{85}\x{2028}\x{2029}]"),
        'V' => class(r"[^\n-\r\x{85}\x{2028}\x{2029}]"),
        'p' | 'P' => property(source, letter == 'P', flags).map(Escape::Class),
        't' => Ok(Escape::Character('\t')),
        'n' => Ok(Escape::Character('\n')),
        'r' => Ok(Escape::Character('\r')),
        'f' => Ok(Escape::Character('\u{c}')),
        'a' => Ok(Escape::Character('\u{7}')),
        'e' => Ok(Escape::Character('\u{1b}')),
        'x' | 'u' | '0' | 'c' => code(source, letter).map(Escape::Character),
        'Q' => {
            let quoted = source.take_to("\\E").unwrap_or_else(|| std::mem::take(&mut source.rest));
            Ok(Escape::Quoted(quoted.to_owned()))
        }
        _ if letter.is_ascii_alphanumeric() => Ok(Escape::Letter(letter)),
        _ => Ok(Escape::Character(letter)),
    }
}

impl Translator<'_> {
    /// Translates an escape outside of a class.
    pub(super) fn escape(&mut self) -> Result<(), RegexError> {
        match read(&mut self.source, self.flags)? {
            Escape::Character(character) => self.literal(character),
            Escape::Class(class) => self.out.push_str(&class),
            Escape::Quoted(text) => text.chars().for_each(|character| self.literal(character)),
            Escape::Letter(letter @ ('b' | 'B' | 'A' | 'z')) => {
                self.out.push('\\');
                self.out.push(letter);
            }
            Escape::Letter('Z') => {
                self.out.push_str(&format!("(?=(?:\\r\\n|[{LINE_ENDS}])?\\z)"));
            }
            Escape::Letter('R') => {
                self.out.push_str(&format!("(?:\\r\\n|[\\x0b\\x0c{LINE_ENDS}])"))
            }
            Escape::Letter(digit @ '1'..='9') => self.out.push_str(&format!("(?:\\{digit})")),
            Escape::Letter('k') => {
                let name = if self.source.eat("<") { self.source.take_to(">") } else { None };
                self.out.push_str(&format!("\\k<{}>", name.ok_or(RegexError::Escape('k'))?));
            }
            Escape::Letter('E') => {}
            Escape::Letter(letter @ ('G' | 'X' | 'N')) => {
                return Err(RegexError::Unsupported(format!("\\{letter}")));
            }
            Escape::Letter(letter) => return Err(RegexError::Escape(letter)),
        }
        Ok(())
    }
}

/// Reads the code of a character after `\x`, `\u`, `\0` or `\c`.
fn code(source: &mut Source<'_>, letter: char) -> Result<char, RegexError> {
    let value = match letter {
        'c' => return control(source),
        'x' if source.eat("{") => {
            let digits = source.take_to("}").ok_or(RegexError::Code)?;
            u32::from_str_radix(digits, 16).map_err(|_| RegexError::Code)?
        }
        'x' => digits(source, 16, 2, 2)?,
        'u' => digits(source, 16, 4, 4)?,
        _ => {
            let digits_max = if source.peek().is_some_and(|digit| digit <= '3') { 3 } else { 2 };
            digits(source, 8, 1, digits_max)?
        }
    };
    char::from_u32(value).ok_or(RegexError::Code)
}

fn control(source: &mut Source<'_>) -> Result<char, RegexError> {
    let value = source.next().map(|letter| u32::from(letter) ^ 64);
    value.and_then(char::from_u32).ok_or(RegexError::Code)
}

fn digits(source: &mut Source<'_>, radix: u32, min: usize, max: usize) -> Result<u32, RegexError> {
    let mut value = 0;
    for count in 0..max {
        match source.peek().and_then(|digit| digit.to_digit(radix)) {
            Some(digit) => value = value * radix + digit,
            None if count < min => return Err(RegexError::Code),
            None => break,
        }
        source.next();
    }
    Ok(value)
}

/// Reads the name after `\p`: Java's POSIX classes are ASCII; categories and `Is...` scripts are
/// Unicode's.
fn property(source: &mut Source<'_>, is_negated: bool, flags: Flags) -> Result<String, RegexError> {
    let name = if source.eat("{") {
        source.take_to("}").ok_or(RegexError::End)?.to_owned()
    } else {
        source.next().ok_or(RegexError::End)?.to_string()
    };
    let not = if is_negated { "^" } else { "" };
    let ascii = match name.as_str() {
        "Lower" | "Upper" if flags.ignores_case => "A-Za-z",
        "Lower" => "a-z",
        "Upper" => "A-Z",
        "ASCII" => r"\x00-\x7f",
        "Alpha" => "A-Za-z",
        "Digit" => "0-9",
        "Alnum" => "0-9A-Za-z",
        "Punct" => r"!-/:-@\[-`{-~",
        "Graph" => "!-~",
        "Print" => " -~",
        "Blank" => r"\t ",
        "Cntrl" => r"\x00-\x1f\x7f",
        "XDigit" => "0-9A-Fa-f",
        "Space" => r"\t-\r ",
        _ => {
            let unicode = name.strip_prefix("Is").unwrap_or(&name);
            let is_known = name.len() <= 2 || unicode.len() < name.len();
            let is_word = unicode.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_known || !is_word {
                return Err(RegexError::Unsupported(format!("\\p{{{name}}}")));
            }
            return Ok(format!("[{not}\\p{{{unicode}}}]"));
        }
    };
    Ok(format!("[{not}{ascii}]"))
}
