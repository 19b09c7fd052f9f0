//! The functions of conditions and updates, and the types of what they are applied to.

use dynoxide::AttributeValue;

use super::parser::{Call, Operand};
use super::{Fault, Values};

/// The functions of conditions, with the number of their operands.
pub(super) const OF_CONDITIONS: [(&str, usize); 6] = [
    ("attribute_exists", 1),
    ("attribute_not_exists", 1),
    ("attribute_type", 2),
    ("begins_with", 2),
    ("contains", 2),
    ("size", 1),
];

/// The functions of updates.
pub(super) const OF_UPDATES: [(&str, usize); 2] = [("if_not_exists", 2), ("list_append", 2)];

/// Refuses a function that is none of `known`, but one of the `other` expressions, or none at all.
pub(super) fn check_name(
    name: &str,
    known: &[(&str, usize)],
    other: &[(&str, usize)],
    place: &str,
) -> Result<(), Fault> {
    let is_in = |functions: &[(&str, usize)]| functions.iter().any(|(known, _)| *known == name);
    if is_in(known) {
        return Ok(());
    }
    if is_in(other) {
        return Err(Fault::new(format!(
            "The function is not allowed in {place}; function: {name}"
        )));
    }
    Err(Fault::new(format!("Invalid function name; function: {name}")))
}

/// Refuses another number of operands than the function has.
pub(super) fn check_count(
    name: &str,
    operands: &[Operand<'_>],
    known: &[(&str, usize)],
) -> Result<(), Fault> {
    let wanted = known.iter().find(|(known, _)| *known == name).map(|(_, count)| *count);
    if wanted.is_some_and(|wanted| wanted != operands.len()) {
        return Err(Fault::new(format!(
            "Incorrect number of operands for operator or function; operator or function: {name}, number of operands: {}",
            operands.len()
        )));
    }
    Ok(())
}

/// AWS's words for a function that may not stand where it does.
pub(super) fn misused(name: &str) -> Fault {
    Fault::new(format!(
        "The function is not allowed to be used this way in an expression; function: {name}"
    ))
}

/// AWS's words for an operand of the wrong type.
pub(super) fn wrong_type(operator: &str, kind: &str) -> Fault {
    Fault::new(format!(
        "Incorrect operand type for operator or function; operator or function: {operator}, operand type: {kind}"
    ))
}

/// Returns a value's type: `S`, `N`, `BOOL` and so on.
pub(super) fn kind_of(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::S(_) => "S",
        AttributeValue::N(_) => "N",
        AttributeValue::B(_) => "B",
        AttributeValue::BOOL(_) => "BOOL",
        AttributeValue::NULL(_) => "NULL",
        AttributeValue::SS(_) => "SS",
        AttributeValue::NS(_) => "NS",
        AttributeValue::BS(_) => "BS",
        AttributeValue::L(_) => "L",
        AttributeValue::M(_) => "M",
    }
}

/// Returns the type of an operand that is known without an item.
pub(super) fn known_kind(operand: &Operand<'_>, values: &Values) -> Option<&'static str> {
    match operand {
        Operand::Path(_) => None,
        Operand::Value(name) => values.as_ref()?.get(*name).map(kind_of),
        Operand::Call(Call { name: "size", .. }) => Some("N"),
        Operand::Call(_) => None,
    }
}
