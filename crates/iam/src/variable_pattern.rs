//! Patterns with policy variables: compared as a [`Glob`](crate::glob::Glob), with what the variables
//! stand for filled in on the way. No heap but for what a context makes, and no exponential search.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::facts::{Asked, Key};
use crate::glob::{Token, tokens};
use crate::template::{Piece, Template, value};

/// A compiled pattern with at least one variable.
#[derive(Clone, Debug)]
pub(crate) struct VariablePattern {
    /// What stands between the `*`; never empty.
    parts: Box<[Box<[Bit]>]>,
    variables: Box<[(Key, Option<String>)]>,
}

#[derive(Clone, Debug)]
enum Bit {
    Text(String),
    /// `?`
    One,
    /// By its place among the variables.
    Variable(usize),
}

/// What the variables stand for, in their order.
type Filling<'a> = SmallVec<[Cow<'a, str>; 2]>;

impl VariablePattern {
    pub(crate) fn of(template: Template) -> VariablePattern {
        let (mut parts, mut variables) = (Vec::new(), Vec::new());
        let mut part: Vec<Bit> = Vec::new();
        for piece in template.pieces {
            match piece {
                Piece::Text(text) => {
                    for token in tokens(&text) {
                        match token {
                            Token::Many => parts.push(std::mem::take(&mut part).into()),
                            Token::One => part.push(Bit::One),
                            Token::Char(c) => push(&mut part, c),
                        }
                    }
                }
                Piece::Literal(c) => push(&mut part, c),
                Piece::Variable { key, default } => {
                    part.push(Bit::Variable(variables.len()));
                    variables.push((key, default));
                }
            }
        }
        parts.push(part.into());
        VariablePattern { parts: parts.into(), variables: variables.into() }
    }

    /// Whether the whole of `text` is one that the pattern stands for in this request.
    pub(crate) fn matches(&self, text: &str, asked: &Asked<'_>) -> bool {
        let Some((first, rest)) = self.parts.split_first() else { return false };
        // Most texts differ before the first variable.
        if let Some(Bit::Text(start)) = first.first()
            && !text.starts_with(start)
        {
            return false;
        }
        let values =
            self.variables.iter().map(|(key, default)| value(key, default.as_deref(), asked));
        let Some(filling) = values.collect::<Option<Filling<'_>>>() else { return false };
        let Some(taken) = prefix(first, text, &filling) else { return false };
        let Some((last, middle)) = rest.split_last() else { return taken == text.len() };
        let mut left = text.get(taken..).unwrap_or_default();
        for part in middle {
            let Some(end) = find_end(part, left, &filling) else { return false };
            left = left.get(end..).unwrap_or_default();
        }
        is_suffix(last, left, &filling)
    }
}

fn push(part: &mut Vec<Bit>, c: char) {
    match part.last_mut() {
        Some(Bit::Text(text)) => text.push(c),
        _ => part.push(Bit::Text(c.to_string())),
    }
}

fn filled<'f>(place: usize, filling: &'f Filling<'_>) -> &'f str {
    filling.get(place).map_or("", AsRef::as_ref)
}

/// Returns how many bytes of `text` a part takes at its start.
fn prefix(part: &[Bit], text: &str, filling: &Filling<'_>) -> Option<usize> {
    let mut left = text;
    for bit in part {
        left = match bit {
            Bit::Text(plain) => left.strip_prefix(plain.as_str())?,
            Bit::Variable(place) => left.strip_prefix(filled(*place, filling))?,
            Bit::One => {
                let mut characters = left.chars();
                characters.next()?;
                characters.as_str()
            }
        };
    }
    Some(text.len() - left.len())
}

/// Returns where a part ends in `text` where it is first found.
fn find_end(part: &[Bit], text: &str, filling: &Filling<'_>) -> Option<usize> {
    // The end is a start as well: an empty part is found there.
    let mut starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    starts.find_map(|at| Some(at + prefix(part, text.get(at..)?, filling)?))
}

fn is_suffix(part: &[Bit], text: &str, filling: &Filling<'_>) -> bool {
    let chars = part.iter().map(|bit| match bit {
        Bit::Text(plain) => plain.chars().count(),
        Bit::Variable(place) => filled(*place, filling).chars().count(),
        Bit::One => 1,
    });
    let start = match chars.sum::<usize>().checked_sub(1) {
        None => Some(text.len()),
        Some(before_last) => text.char_indices().rev().nth(before_last).map(|(at, _)| at),
    };
    let tail = start.and_then(|start| text.get(start..));
    tail.is_some_and(|tail| prefix(part, tail, filling) == Some(tail.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::facts::{Facts, Request, Values};
    use crate::glob::{Case, Glob};

    struct Context(String);

    impl Facts for Context {
        fn values(&self, key: &str) -> Option<Values<'_>> {
            (key == "a:v").then(|| Values::from_iter([Cow::Borrowed(self.0.as_str())]))
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

        /// Source: inferred (a variable is as good as its value, written without wildcards).
        #[test]
        fn a_variable_is_as_good_as_its_value(
            before in "[aé?*]{0,4}", after in "[aé?*]{0,4}", value in "[aé]{0,3}",
            text in "[aé]{0,9}",
        ) {
            let facts = Context(value.clone());
            let (action, resource) = ("a:b", "*");
            let request = Request { principal: None, action, resource, facts: &facts };
            let template = Template::parse(&format!("{before}${{a:v}}{after}"), true).unwrap();
            let pattern = VariablePattern::of(template);
            let written = Glob::new(&format!("{before}{value}{after}"));
            prop_assert_eq!(
                pattern.matches(&text, &Asked::new(&request)),
                written.matches(&text, Case::Exact)
            );
        }
    }
}
