//! Patterns with `*`, any characters, and `?`, one character. Compiled once; matching needs no heap
//! and no exponential search: every part between two `*` is taken where it is first found.

use memchr::memmem::Finder;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(crate) struct Glob {
    /// Up to the first `*`.
    first: Part,
    /// Between two `*`, each with what finds it when it is plain.
    middle: Box<[(Part, Option<Finder<'static>>)]>,
    /// After the last `*`; nothing when there is none.
    last: Option<Part>,
}

/// How letters are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Exact,
    /// Letters of ASCII alone; the pattern is in lower case.
    Ignored,
}

/// One character of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    One,
    Many,
    Char(char),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Plain(Box<str>),
    /// With `?`, which are `None`.
    Holes(Box<[Option<char>]>),
}

impl Glob {
    /// Compiles a pattern in which every `*` and `?` is a wildcard.
    pub(crate) fn new(pattern: &str) -> Glob {
        Glob::of(tokens(pattern))
    }

    pub(crate) fn of(tokens: impl IntoIterator<Item = Token>) -> Glob {
        let mut parts = Vec::new();
        let mut part = Vec::new();
        for token in tokens {
            match token {
                Token::Many => parts.push(Part::of(std::mem::take(&mut part))),
                Token::One => part.push(None),
                Token::Char(c) => part.push(Some(c)),
            }
        }
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else {
            return Glob { first: Part::of(part), middle: Box::default(), last: None };
        };
        let middle = parts.map(|part| {
            let finder = part.plain().map(|plain| Finder::new(plain).into_owned());
            (part, finder)
        });
        Glob { first, middle: middle.collect(), last: Some(Part::of(part)) }
    }

    /// Whether the whole of `text` is one that the pattern stands for.
    #[inline]
    pub(crate) fn matches(&self, text: &str, case: Case) -> bool {
        let Some(taken) = self.first.prefix(text, case) else { return false };
        let Some(last) = &self.last else { return taken == text.len() };
        let mut left = text.get(taken..).unwrap_or_default();
        for (part, finder) in &self.middle {
            let end = match (finder, case) {
                (Some(finder), Case::Exact) => {
                    finder.find(left.as_bytes()).map(|start| start + finder.needle().len())
                }
                _ => part.find_end(left, case),
            };
            let Some(end) = end else { return false };
            left = left.get(end..).unwrap_or_default();
        }
        last.is_suffix(left, case)
    }

    /// The only text that it stands for, when it has no wildcard.
    pub(crate) fn plain(&self) -> Option<&str> {
        if self.last.is_some() { None } else { self.first.plain() }
    }

    /// The pattern, character by character.
    pub(crate) fn tokens(&self) -> Vec<Token> {
        let mut tokens = self.first.tokens();
        for part in self.middle.iter().map(|(part, _)| part).chain(&self.last) {
            tokens.push(Token::Many);
            tokens.extend(part.tokens());
        }
        tokens
    }
}

/// A text as a pattern in which every `*` and `?` is a wildcard.
pub(crate) fn tokens(pattern: &str) -> impl Iterator<Item = Token> {
    pattern.chars().map(|c| match c {
        '*' => Token::Many,
        '?' => Token::One,
        c => Token::Char(c),
    })
}

impl Part {
    fn of(characters: Vec<Option<char>>) -> Part {
        let plain: Option<String> = characters.iter().copied().collect();
        plain.map_or_else(|| Part::Holes(characters.into()), |plain| Part::Plain(plain.into()))
    }

    fn plain(&self) -> Option<&str> {
        match self {
            Part::Plain(plain) => Some(plain),
            Part::Holes(_) => None,
        }
    }

    fn tokens(&self) -> Vec<Token> {
        match self {
            Part::Plain(plain) => plain.chars().map(Token::Char).collect(),
            Part::Holes(holes) => {
                holes.iter().map(|hole| hole.map_or(Token::One, Token::Char)).collect()
            }
        }
    }

    /// Returns how many bytes of `text` this part takes at its start.
    #[inline]
    fn prefix(&self, text: &str, case: Case) -> Option<usize> {
        match self {
            Part::Plain(plain) => {
                let start = text.as_bytes().get(..plain.len())?;
                is_equal(plain.as_bytes(), start, case).then_some(plain.len())
            }
            Part::Holes(holes) => {
                let mut characters = text.chars();
                for hole in holes {
                    let c = characters.next()?;
                    let c = if case == Case::Ignored { c.to_ascii_lowercase() } else { c };
                    if hole.is_some_and(|wanted| wanted != c) {
                        return None;
                    }
                }
                Some(text.len() - characters.as_str().len())
            }
        }
    }

    /// Returns where this part ends in `text` where it is first found.
    fn find_end(&self, text: &str, case: Case) -> Option<usize> {
        // The end is a start as well: an empty part is found there.
        let starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        starts.into_iter().find_map(|at| Some(at + self.prefix(text.get(at..)?, case)?))
    }

    fn is_suffix(&self, text: &str, case: Case) -> bool {
        let start = match self {
            Part::Plain(plain) => text.len().checked_sub(plain.len()),
            Part::Holes(holes) => {
                let before_last = holes.len().checked_sub(1);
                before_last.and_then(|n| text.char_indices().rev().nth(n)).map(|(at, _)| at)
            }
        };
        let tail = start.and_then(|start| text.get(start..));
        tail.is_some_and(|tail| self.prefix(tail, case) == Some(tail.len()))
    }
}

fn is_equal(lower: &[u8], text: &[u8], case: Case) -> bool {
    match case {
        Case::Exact => lower == text,
        Case::Ignored => lower.eq_ignore_ascii_case(text),
    }
}

#[cfg(test)]
mod tests {
    //! Source: inferred (the definition of `*` and `?`).
    use proptest::prelude::*;

    use super::*;

    /// The definition, as it is read: tries everything.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), None) => naive(rest, text),
            (Some(('*', rest)), Some((_, tail))) => naive(rest, text) || naive(pattern, tail),
            (Some((p, rest)), Some((t, tail))) => (*p == '?' || p == t) && naive(rest, tail),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

        /// Source: inferred (the definition of `*` and `?`).
        #[test]
        fn matches_what_the_definition_does(
            pattern in "[ab?é*]{0,9}", text in "[abé]{0,9}",
        ) {
            let wanted = naive(
                &pattern.chars().collect::<Vec<_>>(),
                &text.chars().collect::<Vec<_>>(),
            );
            let glob = Glob::new(&pattern);
            prop_assert_eq!(glob.matches(&text, Case::Exact), wanted);
            prop_assert_eq!(glob.matches(&text, Case::Ignored), wanted);
            prop_assert_eq!(glob.matches(&text.to_ascii_uppercase(), Case::Ignored), wanted);
            prop_assert_eq!(glob.tokens(), tokens(&pattern).collect::<Vec<Token>>());
        }
    }

    #[test]
    fn a_long_pattern_of_stars_takes_no_exponential_time() {
        let glob = Glob::new(&"*a".repeat(4_000));
        assert!(!glob.matches(&"a".repeat(3_999), Case::Exact));
        assert!(glob.matches(&format!("{}a", "ab".repeat(4_000)), Case::Exact));
    }
}
