//! The placeholders of expressions: what AWS refuses in their names, and in the names of attributes that they stand for.

use super::{Fault, Names, Values};
use crate::limits;

/// Checks both kinds, in AWS's order.
pub(super) fn check(names: &Names, values: &Values) -> Result<(), Fault> {
    let listed = names.iter().flatten();
    check_keys("ExpressionAttributeNames", '#', listed.clone().map(|(name, _)| name.as_str()))?;
    let mut too_long: Vec<&String> =
        listed.filter(|(_, name)| name.len() >= limits::NAME_BYTES).map(|(key, _)| key).collect();
    too_long.sort();
    if let Some(key) = too_long.first() {
        return Err(Fault::bare(format!(
            "ExpressionAttributeNames contains invalid value: Attribute name is too large, must be less than {} bytes for key {key}",
            limits::NAME_BYTES
        )));
    }
    let listed = values.iter().flatten();
    check_keys("ExpressionAttributeValues", ':', listed.clone().map(|(name, _)| name.as_str()))?;
    let bytes: usize = listed.map(|(name, value)| name.len() + value.size()).sum();
    if bytes > limits::VALUES_BYTES {
        // Source: DynamoDB Local 1.25.1.
        return Err(Fault::bare("ExpressionAttributeValues exceeds max size".to_owned()));
    }
    Ok(())
}

/// The maps have no order: the first in the order of names is told.
fn check_keys<'n>(
    member: &str,
    sign: char,
    names: impl Iterator<Item = &'n str>,
) -> Result<(), Fault> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_wrong = |name: &&str| {
        let body = name.strip_prefix(sign);
        let is_right = body.is_some_and(|body| !body.is_empty() && body.chars().all(is_name));
        !is_right || name.len() > limits::PLACEHOLDER_BYTES
    };
    let mut wrong: Vec<&str> = names.filter(is_wrong).collect();
    wrong.sort_unstable();
    match wrong.first() {
        None => Ok(()),
        Some(name) if name.len() > limits::PLACEHOLDER_BYTES => Err(Fault::bare(format!(
            "{member} contains invalid key: The expression attribute map contains a key that is too long; size of key: {}",
            name.len()
        ))),
        Some(name) => Err(Fault::bare(format!(
            "{member} contains invalid key: Syntax error; key: \"{name}\""
        ))),
    }
}
