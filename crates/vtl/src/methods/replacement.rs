//! Java's replacement text: `$1`, `${name}`, `\` before a character that stands for itself.

use std::ops::Range;

use crate::error::{Exception, Failure};
use crate::regex::{Match, Regex};

/// A text built of parts of another and of replacements. A part may end between the halves of a surrogate pair; halves
/// that nothing comes between are one character again, others become `?`, as Java prints them.
#[derive(Debug)]
pub(super) struct Replaced<'t> {
    text: &'t str,
    built: String,
    /// The character whose first half was built last.
    half: Option<char>,
}

impl<'t> Replaced<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, built: String::new(), half: None }
    }

    pub(super) fn len(&self) -> usize {
        self.built.len()
    }

    /// Appends a range of the bytes of the text.
    pub(super) fn push_part(&mut self, part: Range<usize>) {
        if part.start >= part.end {
            return;
        }
        let Range { mut start, mut end } = part;
        if !self.text.is_char_boundary(start) {
            let whole = self.character_around(start);
            let first = self.half.take();
            match whole.filter(|_| first == whole) {
                Some(whole) => self.built.push(whole),
                None => self.built.push_str(if first.is_some() { "??" } else { "?" }),
            }
            start += 2;
        }
        let mut last = None;
        if !self.text.is_char_boundary(end) {
            last = self.character_around(end);
            end = end.saturating_sub(2);
        }
        self.push_str(self.text.get(start..end).unwrap_or_default());
        if last.is_some() {
            self.push_half();
            self.half = last;
        }
    }

    pub(super) fn push_str(&mut self, text: &str) {
        if !text.is_empty() {
            self.push_half();
            self.built.push_str(text);
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.push_half();
        self.built
    }

    fn push_half(&mut self) {
        if self.half.take().is_some() {
            self.built.push('?');
        }
    }

    /// Returns the character that byte `at` is in the middle of.
    fn character_around(&self, at: usize) -> Option<char> {
        self.text.get(at.checked_sub(2)?..)?.chars().next()
    }
}

/// Appends `by` to `built`, groups of `found` filled in.
pub(super) fn append(
    built: &mut Replaced<'_>,
    by: &str,
    found: &Match,
    pattern: &Regex,
) -> Result<(), Failure> {
    let mut rest = by;
    while let Some(at) = rest.find(['$', '\\']) {
        let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        built.push_str(plain);
        rest = match special.strip_prefix('\\') {
            Some(escaped) => {
                let mut characters = escaped.chars();
                let Some(character) = characters.next() else {
                    return Err(illegal("the replacement ends with a single `\\`"));
                };
                built.push_str(character.encode_utf8(&mut [0; 4]));
                characters.as_str()
            }
            None => group(built, special.get(1..).unwrap_or_default(), found, pattern)?,
        };
    }
    built.push_str(rest);
    Ok(())
}

/// Appends the group that `rest` names, and returns what follows the name.
fn group<'b>(
    built: &mut Replaced<'_>,
    rest: &'b str,
    found: &Match,
    pattern: &Regex,
) -> Result<&'b str, Failure> {
    if let Some(named) = rest.strip_prefix('{') {
        let Some((name, rest)) = named.split_once('}') else {
            return Err(illegal("`${` in the replacement is not closed"));
        };
        let Some(number) = pattern.group_number(name) else {
            return Err(illegal(&format!("the pattern has no group `{name}`")));
        };
        built.push_part(found.group(number).unwrap_or_default());
        return Ok(rest);
    }
    let digit = |text: &str| text.chars().next().and_then(|first| first.to_digit(10));
    let Some(mut number) = digit(rest) else {
        return Err(illegal("`$` in the replacement is not followed by a group; write `\\$`"));
    };
    let mut rest = rest.get(1..).unwrap_or_default();
    if number as usize > pattern.groups() {
        let message = format!("the pattern has no group {number}");
        return Err(Failure::exception(Exception::IndexOutOfBounds, message));
    }
    // As many digits as name a group that is there.
    while let Some(next) = digit(rest) {
        let longer = number.saturating_mul(10).saturating_add(next);
        if longer as usize > pattern.groups() {
            break;
        }
        number = longer;
        rest = rest.get(1..).unwrap_or_default();
    }
    built.push_part(found.group(number as usize).unwrap_or_default());
    Ok(rest)
}

fn illegal(message: &str) -> Failure {
    Failure::exception(Exception::IllegalArgument, message)
}
