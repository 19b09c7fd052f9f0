//! What AWS refuses in conditions and filters.
//!
//! Order: reserved words, functions that do not exist or stand in the wrong place, then part by part: placeholders that stand for nothing,
//! the number of operands, operands that are the same, their types. Recorded: DynamoDB Local, and at AWS by dynalite, which has reserved words
//! behind functions.

use dynoxide::AttributeValue;

use super::functions::{self, OF_CONDITIONS, OF_UPDATES};
use super::parser::{Call, Condition, Leaf, Operand, Parser};
use super::path::{Step, shown};
use super::token::syntax_error;
use super::{Expression, Fault, Names, Values};
use crate::limits;

/// Returns why AWS refuses the expression.
pub(super) fn fault(expression: &Expression<'_>) -> Option<Fault> {
    match read(expression)? {
        Ok(condition) => check(&condition, expression).err(),
        Err(fault) => Some(fault),
    }
}

/// Reads the expression; nothing when its syntax is the engine's to refuse.
pub(super) fn read<'t>(expression: &Expression<'t>) -> Option<Result<Condition<'t>, Fault>> {
    let parser = Parser::new(expression.text);
    let tokens = parser.tokens.clone();
    match parser.condition() {
        Ok(condition) => Some(Ok(condition)),
        // The engine takes such names.
        Err(at) => tokens
            .get(at)
            .filter(|token| token.text.starts_with('_'))
            .map(|_| Err(Fault::before_reserved(syntax_error(expression.text, &tokens, at)))),
    }
}

/// Returns the paths that the expression names.
pub(super) fn paths(expression: &Expression<'_>) -> Vec<Vec<Step>> {
    let Some(Ok(condition)) = read(expression) else { return Vec::new() };
    let mut written = Vec::new();
    let operands = condition.leaves.iter().flat_map(|leaf| &leaf.operands);
    operands.for_each(|operand| add_paths(operand, &mut written));
    written.iter().filter_map(|path| path.resolved(expression.names).ok()).collect()
}

fn add_paths<'c, 't>(operand: &'c Operand<'t>, paths: &mut Vec<&'c super::path::Written<'t>>) {
    match operand {
        Operand::Path(path) => paths.push(path),
        Operand::Value(_) => {}
        Operand::Call(call) => call.arguments.iter().for_each(|inner| add_paths(inner, paths)),
    }
}

/// Checks a condition that is read.
pub(super) fn check(condition: &Condition<'_>, expression: &Expression<'_>) -> Result<(), Fault> {
    let leaves = &condition.leaves;
    leaves.iter().try_for_each(check_functions)?;
    leaves.iter().try_for_each(|leaf| check_leaf(leaf, expression.names, expression.values))?;
    check_limits(condition)
}

/// `size` is an operand and no condition, the other functions are conditions and no operands.
fn check_functions(leaf: &Leaf<'_>) -> Result<(), Fault> {
    leaf.operands.iter().try_for_each(check_operand_function)?;
    if leaf.is_function {
        check_name(leaf.operator)?;
    }
    if leaf.is_function && leaf.operator == "size" {
        return Err(functions::misused("size"));
    }
    Ok(())
}

fn check_operand_function(operand: &Operand<'_>) -> Result<(), Fault> {
    let Operand::Call(Call { name, arguments }) = operand else { return Ok(()) };
    arguments.iter().try_for_each(check_operand_function)?;
    check_name(name)?;
    if *name == "size" { Ok(()) } else { Err(functions::misused(name)) }
}

fn check_name(name: &str) -> Result<(), Fault> {
    functions::check_name(name, &OF_CONDITIONS, &OF_UPDATES, "a condition expression")
}

fn check_leaf(leaf: &Leaf<'_>, names: &Names, values: &Values) -> Result<(), Fault> {
    for operand in &leaf.operands {
        check_placeholders(operand, names, values)?;
    }
    for operand in &leaf.operands {
        check_call(operand, values)?;
    }
    if leaf.is_function {
        functions::check_count(leaf.operator, &leaf.operands, &OF_CONDITIONS)?;
    }
    check_distinct(leaf, names)?;
    check_types(leaf.operator, &leaf.operands, values)
}

fn check_placeholders(operand: &Operand<'_>, names: &Names, values: &Values) -> Result<(), Fault> {
    match operand {
        Operand::Path(path) => path.resolved(names).map(drop),
        Operand::Value(name) => check_value(name, values),
        Operand::Call(call) => {
            let mut arguments = call.arguments.iter();
            arguments.try_for_each(|inner| check_placeholders(inner, names, values))
        }
    }
}

/// Refuses a value that is not defined.
pub(super) fn check_value(name: &str, values: &Values) -> Result<(), Fault> {
    if values.as_ref().is_some_and(|values| values.contains_key(name)) {
        return Ok(());
    }
    Err(Fault::new(format!(
        "An expression attribute value used in expression is not defined; attribute value: {name}"
    )))
}

/// Checks `size(...)` where it is an operand.
fn check_call(operand: &Operand<'_>, values: &Values) -> Result<(), Fault> {
    let Operand::Call(Call { name, arguments }) = operand else { return Ok(()) };
    arguments.iter().try_for_each(|inner| check_call(inner, values))?;
    functions::check_count(name, arguments, &OF_CONDITIONS)?;
    check_types(name, arguments, values)
}

/// AWS: what is compared with itself tells nothing.
fn check_distinct(leaf: &Leaf<'_>, names: &Names) -> Result<(), Fault> {
    let path = |operand: &Operand<'_>| match operand {
        Operand::Path(path) => path.resolved(names).ok(),
        _ => None,
    };
    let Some((first, rest)) = leaf.operands.split_first() else { return Ok(()) };
    let Some(first) = path(first) else { return Ok(()) };
    if rest.iter().any(|operand| path(operand).as_ref() == Some(&first)) {
        return Err(Fault::new(format!(
            "The first operand must be distinct from the remaining operands for this operator or function; operator: {}, first operand: {}",
            leaf.operator,
            shown(&first)
        )));
    }
    Ok(())
}

fn check_types(operator: &str, operands: &[Operand<'_>], values: &Values) -> Result<(), Fault> {
    let kinds = || operands.iter().filter_map(|operand| functions::known_kind(operand, values));
    let refuse = |kind: Option<&'static str>| match kind {
        Some(kind) => Err(functions::wrong_type(operator, kind)),
        None => Ok(()),
    };
    match operator {
        "<" | "<=" | ">" | ">=" | "BETWEEN" => {
            refuse(kinds().find(|kind| !matches!(*kind, "S" | "N" | "B")))
        }
        "begins_with" => refuse(kinds().find(|kind| !matches!(*kind, "S" | "B"))),
        "size" => refuse(kinds().find(|kind| matches!(*kind, "N" | "BOOL" | "NULL"))),
        "attribute_exists" | "attribute_not_exists" | "attribute_type"
            if !matches!(operands.first(), Some(Operand::Path(_))) =>
        {
            Err(Fault::new(format!(
                "Operator or function requires a document path; operator or function: {operator}"
            )))
        }
        "attribute_type" => check_type_name(operands.get(1), values),
        _ => Ok(()),
    }
}

/// The names of types.
const TYPES: [&str; 10] = ["S", "N", "B", "NULL", "SS", "BOOL", "L", "BS", "NS", "M"];

/// What AWS says of an operand whose type is not known without an item. The order of its set is its own.
const ANY_TYPE: &str = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}";

fn check_type_name(operand: Option<&Operand<'_>>, values: &Values) -> Result<(), Fault> {
    let name = match operand {
        Some(Operand::Value(name)) => name,
        Some(Operand::Path(_)) => return Err(functions::wrong_type("attribute_type", ANY_TYPE)),
        Some(Operand::Call(_)) => return Err(functions::wrong_type("attribute_type", "N")),
        None => return Ok(()),
    };
    match values.as_ref().and_then(|values| values.get(*name)) {
        Some(AttributeValue::S(kind)) if !TYPES.contains(&kind.as_str()) => {
            Err(Fault::new(format!(
                "Invalid attribute type name found; type: {kind}, valid types: {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}"
            )))
        }
        Some(AttributeValue::S(_)) | None => Ok(()),
        Some(other) => Err(functions::wrong_type("attribute_type", functions::kind_of(other))),
    }
}

fn check_limits(condition: &Condition<'_>) -> Result<(), Fault> {
    for leaf in condition.leaves.iter().filter(|leaf| leaf.operator == "IN") {
        let listed = leaf.operands.len().saturating_sub(1);
        if listed > limits::IN_OPERANDS {
            return Err(Fault::new(format!(
                "The IN operator is provided with too many operands; number of operands: {listed}"
            )));
        }
    }
    check_operators(condition.operators)
}

/// AWS stops counting at the first that is too many.
pub(super) fn check_operators(operators: usize) -> Result<(), Fault> {
    if operators > limits::OPERATORS {
        return Err(Fault::new(format!(
            "The expression contains too many operators; operator count: {}",
            limits::OPERATORS + 1
        )));
    }
    Ok(())
}
