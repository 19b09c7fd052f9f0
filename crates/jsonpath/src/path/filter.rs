//! Filters: `[?(@.price < 10 && @.title =~ /a.*/)]`.
//!
//! Jayway JsonPath 2.0.0 splits the text at `&&` and `||` and each piece at the first operator it
//! finds, without regard to quotes and parentheses; `&&` binds tighter. Conditions are tried from
//! the last to the first.

use vestibule_vtl::regex::{Options, Regex, Span};

use super::compile::{self, Part};
use super::error::{PathError, PathProblem};
use super::step::Step;
use crate::limits::REGEX_BACKTRACKS_MAX;

/// Conditions: true when all conditions of one group are. Groups and conditions stand in the order
/// they are tried.
#[derive(Debug)]
pub(crate) struct Filter {
    pub(crate) groups: Vec<Vec<Condition>>,
}

/// One condition on the element `@`.
#[derive(Debug)]
pub(crate) enum Condition {
    /// `@.name`, or with `expected` false `!@.name`: whether there is a value other than null. A
    /// path that starts at the root is followed from `@` all the same.
    Exists { steps: Box<[Step]>, expected: bool },
    /// `left operator right`.
    Comparison { left: Operand, operator: Operator, right: Operand },
}

/// One side of a comparison.
#[derive(Debug)]
pub(crate) enum Operand {
    /// A definite path from the root of the document or from `@`.
    Path { steps: Box<[Step]>, from_root: bool },
    /// Anything in quotes, and anything else as it stands: `5`, `true`, `null`.
    Text(Box<str>),
    /// `/regex/` or `/regex/i`.
    Pattern(Box<Regex>),
}

/// How two sides are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
}

/// The operators in the order they are looked for.
const OPERATORS: [(&str, Operator); 7] = [
    ("==", Operator::Equal),
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("!=", Operator::NotEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("=~", Operator::Matches),
];

/// Compiles the filter whose `?` stands at byte `at` of `fragment`. Filters do not nest: the paths
/// of their conditions have one answer.
pub(super) fn step(fragment: Part<'_>, at: usize) -> Result<Step, PathError> {
    if fragment.is_operand {
        return Err(fragment.error(0, PathProblem::Indefinite(fragment.text.to_owned())));
    }
    let refused = |part: Part<'_>| part.error(0, PathProblem::Filter(part.text.to_owned()));
    let start = fragment.text.get(..at).and_then(|before| before.rfind('[')).unwrap_or(0);
    let end = end(fragment, start)?;
    let whole = fragment.cut(start, end);
    let inside = inner(whole, '[', ']').ok_or_else(|| refused(whole))?;
    if inside.byte(0) != Some(b'?') {
        return Err(refused(whole));
    }
    let parentheses = inside.cut(1, inside.text.len()).trim();
    let conditions = inner(parentheses, '(', ')').ok_or_else(|| refused(whole))?;
    Ok(Step::Filter(Filter { groups: groups(conditions)? }))
}

/// Returns where the filter that opens at byte `start` ends. Parentheses and brackets in quotes do
/// not count.
fn end(fragment: Part<'_>, start: usize) -> Result<usize, PathError> {
    let (mut parentheses, mut brackets) = (0i32, 0i32);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, byte) in fragment.text.bytes().enumerate().skip(start) {
        match byte {
            b'\'' if !is_escaped => is_quoted = !is_quoted,
            b'(' if !is_quoted => parentheses += 1,
            b')' if !is_quoted => parentheses -= 1,
            b'[' if !is_quoted => brackets += 1,
            b']' if !is_quoted => {
                brackets -= 1;
                if parentheses == 0 && brackets == 0 {
                    return Ok(at + 1);
                }
                if parentheses == 0 {
                    break;
                }
            }
            _ => {}
        }
        is_escaped = byte == b'\\';
    }
    Err(fragment.error(start, PathProblem::Filter(fragment.text.to_owned())))
}

/// Returns what stands between `open` and `close`, without blanks around it.
fn inner<'t>(part: Part<'t>, open: char, close: char) -> Option<Part<'t>> {
    let is_enclosed =
        part.text.len() >= 2 && part.text.starts_with(open) && part.text.ends_with(close);
    is_enclosed.then(|| part.cut(1, part.text.len() - 1).trim())
}

fn groups(conditions: Part<'_>) -> Result<Vec<Vec<Condition>>, PathError> {
    let missing = |part: Part<'_>| part.error(0, PathProblem::Operand);
    let mut groups = Vec::new();
    let mut group = Vec::new();
    let mut is_condition_due = true;
    // Read from the end, as they are tried.
    for piece in pieces(conditions).into_iter().rev().map(Part::trim) {
        let is_operator = piece.text == "&&" || piece.text == "||";
        if is_operator == is_condition_due {
            return Err(missing(piece));
        }
        is_condition_due = is_operator;
        if !is_operator {
            group.push(condition(clean(piece).ok_or_else(|| missing(piece))?)?);
        } else if piece.text == "||" {
            groups.push(std::mem::take(&mut group));
        }
    }
    if is_condition_due {
        return Err(missing(conditions));
    }
    groups.push(group);
    Ok(groups)
}

/// Cuts before and after each `&&` and `||`.
fn pieces(conditions: Part<'_>) -> Vec<Part<'_>> {
    let bytes = conditions.text.as_bytes();
    let is_operator = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at..at + 2)).is_some_and(|pair| pair == b"&&" || pair == b"||")
    };
    let mut pieces = Vec::new();
    let mut from = 0;
    for at in 1..bytes.len() {
        if is_operator(Some(at)) || is_operator(at.checked_sub(2)) {
            pieces.push(conditions.cut(from, at));
            from = at;
        }
    }
    pieces.push(conditions.cut(from, bytes.len()));
    pieces
}

/// Returns a condition without the parentheses around it, which group nothing; nothing when nothing
/// is left.
fn clean(piece: Part<'_>) -> Option<Part<'_>> {
    let start = piece.text.find(|c| !matches!(c, '[' | '?' | '(' | ' '))?;
    let end = piece.text.trim_end_matches([')', ' ']).len();
    (start < end).then(|| piece.cut(start, end))
}

fn condition(text: Part<'_>) -> Result<Condition, PathError> {
    let refused = || text.error(0, PathProblem::Condition(text.text.to_owned()));
    let found = OPERATORS
        .iter()
        .find_map(|(spelling, operator)| Some((text.text.find(spelling)?, spelling, *operator)));
    let Some((at, spelling, operator)) = found else {
        let negated = text.text.starts_with("!@");
        let path = if negated { text.cut(1, text.text.len()) } else { text }.trim();
        if !is_path(path) {
            return Err(refused());
        }
        // A blank most likely stands before an operator that this dialect lacks.
        let (steps, _) = definite(path).map_err(|error| match error.problem {
            PathProblem::Blank => refused(),
            _ => error,
        })?;
        return Ok(Condition::Exists { steps, expected: !negated });
    };
    let left = text.cut(0, at).trim();
    let right = text.cut(at + spelling.len(), text.text.len()).trim();
    let left = if left.text.starts_with("!@") { left.cut(1, left.text.len()) } else { left };
    if right.text.starts_with("!@") {
        return Err(right.error(0, PathProblem::Negation));
    }
    Ok(Condition::Comparison { left: operand(left)?, operator, right: operand(right)? })
}

fn is_path(text: Part<'_>) -> bool {
    text.text.starts_with(['$', '@'])
}

fn definite(path: Part<'_>) -> Result<(Box<[Step]>, bool), PathError> {
    let compiled = compile::compile(Part { is_operand: true, ..path })?;
    if compiled.steps.iter().all(Step::is_definite) {
        return Ok((compiled.steps, compiled.from_root));
    }
    Err(path.error(0, PathProblem::Indefinite(path.text.to_owned())))
}

fn operand(side: Part<'_>) -> Result<Operand, PathError> {
    let unclosed = || side.error(0, PathProblem::Literal(side.text.to_owned()));
    let text = side.text;
    if is_path(side) {
        let (steps, from_root) = definite(side)?;
        return Ok(Operand::Path { steps, from_root });
    }
    if text.starts_with('\'') && text.ends_with('\'') {
        let quoted = text.get(1..text.len() - 1).ok_or_else(unclosed)?;
        return Ok(Operand::Text(quoted.into()));
    }
    if text.starts_with('/') && (text.ends_with('/') || text.ends_with("/i")) {
        let end = text.rfind('/').ok_or_else(unclosed)?;
        let source = text.get(1..end).ok_or_else(unclosed)?;
        let options = Options {
            span: Span::Whole,
            ignores_case: text.ends_with('i'),
            backtracks_max: REGEX_BACKTRACKS_MAX,
        };
        return Regex::compile(source, options)
            .map(|pattern| Operand::Pattern(Box::new(pattern)))
            .map_err(|error| side.error(0, PathProblem::Regex(error.to_string())));
    }
    Ok(Operand::Text(text.into()))
}
