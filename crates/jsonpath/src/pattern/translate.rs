//! Java's regular expressions in the words of the engine.
//!
//! Where the two differ: `\d`, `\w`, `\s` and letter case are ASCII in Java, `.` stops at more line
//! ends, and braces and brackets are literal in more places. Flags are resolved here.

use super::{RegexError, class};

/// What `.` does not match, and `\R` does.
pub(super) const LINE_ENDS: &str = r"\n\r\x{85}\x{2028}\x{2029}";

/// Translates the Java expression `source`.
pub(super) fn translate(source: &str, ignores_case: bool) -> Result<String, RegexError> {
    let flags = Flags { ignores_case, ..Flags::default() };
    let mut translator = Translator {
        source: Source { rest: source },
        out: String::new(),
        flags,
        outer: Vec::new(),
    };
    while let Some(character) = translator.source.next() {
        translator.item(character)?;
    }
    Ok(translator.out)
}

/// The characters that are still to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'s> {
    pub(super) rest: &'s str,
}

impl<'s> Source<'s> {
    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = self.rest.get(next.len_utf8()..)?;
        Some(next)
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Returns what stands before `end` and steps behind it.
    pub(super) fn take_to(&mut self, end: &str) -> Option<&'s str> {
        let (taken, rest) = self.rest.split_once(end)?;
        self.rest = rest;
        Some(taken)
    }
}

/// Java's flags `i`, `s`, `m` and `x`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) ignores_case: bool,
    dot_is_all: bool,
    has_lines: bool,
    has_comments: bool,
}

pub(super) struct Translator<'s> {
    pub(super) source: Source<'s>,
    pub(super) out: String,
    pub(super) flags: Flags,
    /// The flags of the groups around the current one.
    outer: Vec<Flags>,
}

impl Translator<'_> {
    fn item(&mut self, character: char) -> Result<(), RegexError> {
        if self.is_comment(character) {
            return Ok(());
        }
        match character {
            '\\' => self.escape(),
            '[' => class::translate(self, 0),
            '.' if self.flags.dot_is_all => {
                self.out.push_str("(?s:.)");
                Ok(())
            }
            '.' => {
                self.out.push_str(&format!("[^{LINE_ENDS}]"));
                Ok(())
            }
            '(' => self.group(),
            ')' => {
                self.flags = self.outer.pop().unwrap_or(self.flags);
                self.out.push(')');
                Ok(())
            }
            '*' | '+' | '?' => {
                self.out.push(character);
                self.greed();
                Ok(())
            }
            '{' => self.repetition(),
            '^' | '$' if self.flags.has_lines => {
                self.out.push_str(&format!("(?m:{character})"));
                Ok(())
            }
            '^' | '$' | '|' => {
                self.out.push(character);
                Ok(())
            }
            _ => {
                self.literal(character);
                Ok(())
            }
        }
    }

    /// Tells whether the flag `x` makes nothing of `character`, and steps over a comment it starts.
    pub(super) fn is_comment(&mut self, character: char) -> bool {
        if !self.flags.has_comments {
            return false;
        }
        if character == '#' && self.source.take_to("\n").is_none() {
            self.source.rest = "";
        }
        character == '#' || character.is_ascii_whitespace() || character == '\u{b}'
    }

    /// Writes a character that stands for itself.
    pub(super) fn literal(&mut self, character: char) {
        if self.flags.ignores_case && character.is_ascii_alphabetic() {
            let (lower, upper) = (character.to_ascii_lowercase(), character.to_ascii_uppercase());
            self.out.push_str(&format!("[{lower}{upper}]"));
        } else {
            push_escaped(&mut self.out, character);
        }
    }

    /// `?` makes a repetition lazy, `+` possessive.
    fn greed(&mut self) {
        for suffix in ["?", "+"] {
            if self.source.eat(suffix) {
                self.out.push_str(suffix);
                return;
            }
        }
    }

    fn repetition(&mut self) -> Result<(), RegexError> {
        let bounds = self.source.take_to("}").ok_or(RegexError::Repetition)?;
        let (least, most) = bounds.split_once(',').unwrap_or((bounds, ""));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if least.is_empty() || !is_number(least) || !is_number(most) {
            return Err(RegexError::Repetition);
        }
        self.out.push_str(&format!("{{{bounds}}}"));
        self.greed();
        Ok(())
    }

    fn group(&mut self) -> Result<(), RegexError> {
        if !self.source.eat("?") {
            self.outer.push(self.flags);
            self.out.push('(');
            return Ok(());
        }
        for kind in [":", "=", "!", ">", "<=", "<!"] {
            if self.source.eat(kind) {
                self.outer.push(self.flags);
                self.out.push_str(&format!("(?{kind}"));
                return Ok(());
            }
        }
        if self.source.eat("<") {
            let name = self.source.take_to(">").ok_or(RegexError::End)?;
            self.outer.push(self.flags);
            self.out.push_str(&format!("(?<{name}>"));
            return Ok(());
        }
        self.inline_flags()
    }

    /// `(?i)` holds up to the end of the group around it, `(?i:...)` inside.
    fn inline_flags(&mut self) -> Result<(), RegexError> {
        let before = self.flags;
        let mut sets = true;
        loop {
            match self.source.next().ok_or(RegexError::End)? {
                'i' => self.flags.ignores_case = sets,
                's' => self.flags.dot_is_all = sets,
                'm' => self.flags.has_lines = sets,
                'x' => self.flags.has_comments = sets,
                '-' => sets = false,
                ')' => return Ok(()),
                ':' => {
                    self.outer.push(before);
                    self.out.push_str("(?:");
                    return Ok(());
                }
                flag => return Err(RegexError::Unsupported(format!("(?{flag})"))),
            }
        }
    }
}

/// Writes `character` so that it has no meaning to the engine, in a class or outside.
pub(super) fn push_escaped(out: &mut String, character: char) {
    if "\\.+*?()|[]{}^$#&-~".contains(character) {
        out.push('\\');
    }
    out.push(character);
}
