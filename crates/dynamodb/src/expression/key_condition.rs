//! What AWS refuses in the key conditions of a Query, behind what it refuses in any condition.

use dynoxide::AttributeValue;

use super::condition::{check, read};
use super::parser::{Leaf, Operand};
use super::path::Step;
use super::{Expression, Fault};

/// Returns why AWS refuses the expression.
pub(super) fn fault(expression: &Expression<'_>) -> Option<Fault> {
    let condition = match read(expression)? {
        Ok(condition) => condition,
        Err(fault) => return Some(fault),
    };
    if let Err(fault) = check(&condition, expression) {
        return Some(fault);
    }
    if let Some(logic) = condition.first_logic {
        return Some(wrong_operator(logic));
    }
    let mut keys = Vec::new();
    condition.leaves.iter().find_map(|leaf| {
        let key = match key_of(leaf, expression) {
            Ok(key) => key,
            Err(fault) => return Some(fault),
        };
        if keys.contains(&key) {
            let once = "KeyConditionExpressions must only contain one condition per key";
            return Some(Fault::bare(once.to_owned()));
        }
        keys.push(key);
        None
    })
}

/// A value that a key is compared with.
#[derive(Debug)]
pub(crate) struct KeyValue {
    pub(crate) key: String,
    pub(crate) value: AttributeValue,
}

/// Returns the values that the keys of a Query are compared with, none of an expression that is refused.
pub(crate) fn key_values(expression: &Expression<'_>) -> Vec<KeyValue> {
    let Some(Ok(condition)) = read(expression) else { return Vec::new() };
    let mut found = Vec::new();
    for leaf in &condition.leaves {
        let Ok(key) = key_of(leaf, expression) else { continue };
        for operand in &leaf.operands {
            let Operand::Value(name) = operand else { continue };
            let value = expression.values.as_ref().and_then(|values| values.get(*name));
            found.extend(value.map(|value| KeyValue { key: key.clone(), value: value.clone() }));
        }
    }
    found
}

fn wrong_operator(operator: &str) -> Fault {
    Fault::bare(format!("Invalid operator used in KeyConditionExpression: {operator}"))
}

/// Returns the attribute that a part of the condition is about.
fn key_of(leaf: &Leaf<'_>, expression: &Expression<'_>) -> Result<String, Fault> {
    match leaf.operator {
        "<>" | "IN" => return Err(wrong_operator(leaf.operator)),
        "attribute_exists" | "attribute_not_exists" | "attribute_type" | "contains" => {
            return Err(wrong_operator(leaf.operator));
        }
        _ => {}
    }
    if leaf.operands.iter().any(|operand| matches!(operand, Operand::Call(_))) {
        return Err(Fault::bare(
            "KeyConditionExpressions cannot contain nested operations".to_owned(),
        ));
    }
    let is_first_key = matches!(leaf.operands.first(), Some(Operand::Path(_)));
    if matches!(leaf.operator, "BETWEEN" | "begins_with") && !is_first_key {
        return Err(invalid(&format!(
            "{} operator must have the key attribute as its first operand",
            leaf.operator
        )));
    }
    let paths = leaf.operands.iter().filter_map(|operand| match operand {
        Operand::Path(path) => path.resolved(expression.names).ok(),
        _ => None,
    });
    let paths: Vec<Vec<Step>> = paths.collect();
    match paths.as_slice() {
        [] => Err(invalid("No key attribute specified")),
        [path] => match path.as_slice() {
            [Step::Name(name)] => Ok(name.clone()),
            _ => Err(Fault::bare(
                "KeyConditionExpressions cannot have conditions on nested attributes".to_owned(),
            )),
        },
        _ => Err(invalid("Multiple attribute names used in one condition")),
    }
}

fn invalid(what: &str) -> Fault {
    Fault::bare(format!("Invalid condition in KeyConditionExpression: {what}"))
}
