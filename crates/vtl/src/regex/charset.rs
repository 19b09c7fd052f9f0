//! A set of characters, read from a class in the words of the linear engine.

use regex_syntax::hir::{Class, HirKind};

use super::error::RegexError;

/// A set of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CharSet {
    /// A bit for each ASCII character.
    ascii: u128,
    /// The others: sorted ranges, both ends in.
    others: Box<[(char, char)]>,
}

impl CharSet {
    /// Reads a class such as `[a-z&&[^m]]`, with its brackets.
    pub(super) fn parse(class: &str) -> Result<Self, RegexError> {
        let read = regex_syntax::parse(class).map_err(|error| {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default().trim();
            RegexError::Syntax(last.strip_prefix("error: ").unwrap_or(last).to_owned())
        })?;
        let ranges: Vec<(char, char)> = match read.kind() {
            HirKind::Class(Class::Unicode(class)) => {
                class.iter().map(|range| (range.start(), range.end())).collect()
            }
            HirKind::Class(Class::Bytes(class)) => {
                class.iter().map(|range| (range.start().into(), range.end().into())).collect()
            }
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).unwrap_or_default();
                text.chars().map(|character| (character, character)).collect()
            }
            _ => Vec::new(),
        };
        let mut ascii = 0;
        for code in 0..128u8 {
            let character = char::from(code);
            if ranges.iter().any(|(first, last)| (*first..=*last).contains(&character)) {
                ascii |= 1 << code;
            }
        }
        Ok(Self {
            ascii,
            others: ranges.into_iter().filter(|(_, last)| !last.is_ascii()).collect(),
        })
    }

    pub(super) fn contains(&self, character: char) -> bool {
        if character.is_ascii() {
            return self.ascii >> (character as u32) & 1 == 1;
        }
        let at = self.others.partition_point(|(_, last)| *last < character);
        self.others.get(at).is_some_and(|(first, _)| *first <= character)
    }

    /// Returns how many bytes it takes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.others.len() * size_of::<(char, char)>()
    }
}
