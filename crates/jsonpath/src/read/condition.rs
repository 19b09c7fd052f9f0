//! Whether an element passes a filter.

use vestibule_vtl::limits::REGEX_STEPS_PER_STEP;
use vestibule_vtl::regex::{MatchError, Regex};
use vestibule_vtl::value::{Heap, Value};

use super::compare::{self, Side, Verdict};
use super::{Halt, ReadError, follow};
use crate::path::{Condition, Filter, Operand, Operator};

/// What the paths of a condition start from.
#[derive(Debug)]
pub(super) struct Document<'d, 'a> {
    /// `$`.
    pub(super) root: &'d Value<'a>,
    /// `@`.
    pub(super) element: &'d Value<'a>,
}

/// Tells whether the element passes `filter`.
pub(super) fn accepts<'a>(
    filter: &Filter,
    heap: &mut Heap<'a>,
    document: &Document<'_, 'a>,
) -> Result<bool, Halt> {
    for group in &filter.groups {
        if all_hold(group, heap, document)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn all_hold<'a>(
    group: &[Condition],
    heap: &mut Heap<'a>,
    document: &Document<'_, 'a>,
) -> Result<bool, Halt> {
    for condition in group {
        if !holds(condition, heap, document)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn holds<'a>(
    condition: &Condition,
    heap: &mut Heap<'a>,
    document: &Document<'_, 'a>,
) -> Result<bool, Halt> {
    match condition {
        Condition::Exists { steps, expected } => {
            match follow(steps, heap, document.element, true) {
                Ok(value) => Ok(value.is_null() != *expected),
                Err(Halt::NotFound) => Ok(!expected),
                Err(halt) => Err(halt),
            }
        }
        Condition::Comparison { left, operator, right } => {
            match compared(left, *operator, right, heap, document) {
                Err(Halt::NotFound) => Ok(false),
                answer => answer,
            }
        }
    }
}

fn compared<'a>(
    left: &Operand,
    operator: Operator,
    right: &Operand,
    heap: &mut Heap<'a>,
    document: &Document<'_, 'a>,
) -> Result<bool, Halt> {
    let left = evaluate(left, heap, document)?;
    let right = evaluate(right, heap, document)?;
    if operator == Operator::Matches {
        return matches(&left, &right, heap);
    }
    let is_ordered = !matches!(operator, Operator::Equal | Operator::NotEqual);
    if is_ordered && left.is_null() != right.is_null() {
        return Ok(false);
    }
    // The right side is the one that text is read as a number or boolean for.
    let order = match compare::compare(&right, &left) {
        Verdict::Order(order) => order.reverse(),
        Verdict::Incomparable => return Ok(false),
        Verdict::NotANumber => return Err(Halt::Misfit),
    };
    Ok(match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
        Operator::Matches => return matches(&left, &right, heap),
    })
}

fn evaluate<'o, 'a>(
    operand: &'o Operand,
    heap: &mut Heap<'a>,
    document: &Document<'_, 'a>,
) -> Result<Side<'o, 'a>, Halt> {
    Ok(match operand {
        Operand::Path { steps, from_root } => {
            let start = if *from_root { document.root } else { document.element };
            Side::Value(follow(steps, heap, start, false)?)
        }
        Operand::Text(text) => Side::Text(text),
        Operand::Pattern(pattern) => Side::Pattern(pattern),
    })
}

/// The regular expression may stand on either side; the other side is matched whole, as the text
/// Java prints for it.
fn matches<'a>(left: &Side<'_, 'a>, right: &Side<'_, 'a>, heap: &Heap<'a>) -> Result<bool, Halt> {
    let (pattern, target) = match (left, right) {
        (Side::Pattern(pattern), target) | (target, Side::Pattern(pattern)) => (pattern, target),
        (Side::Value(Value::Null), Side::Value(Value::Null)) => return Ok(false),
        (Side::Value(_) | Side::Text(_), Side::Value(_) | Side::Text(_)) => {
            return Err(Halt::Misfit);
        }
    };
    match target {
        Side::Value(Value::Null) => Ok(false),
        Side::Value(value) => {
            let text = heap.text_of(value)?;
            is_match(pattern, text, heap)
        }
        Side::Text(text) => is_match(pattern, text, heap),
        Side::Pattern(other) => is_match(pattern, other.pattern(), heap),
    }
}

fn is_match(pattern: &Regex, text: &str, heap: &Heap<'_>) -> Result<bool, Halt> {
    heap.charge(text.len() as u64 / 64)?;
    let failed = |error: MatchError| Halt::Failed(ReadError::Regex(error.to_string()));
    let mut search = pattern.search(text).map_err(failed)?;
    heap.charge(search.text_steps() + search.next_steps())?;
    let found = search.next().map_err(failed)?;
    heap.charge(search.steps() / REGEX_STEPS_PER_STEP)?;
    Ok(found.is_some())
}
