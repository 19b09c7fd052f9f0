//! Which attributes an expression may name as they are: the engine keeps the list of reserved words, and is asked.

use std::collections::HashMap;

use dynoxide::actions::query::{self, QueryRequest};
use dynoxide::storage::Storage;
use dynoxide::{AttributeValue, DynoxideError};

use crate::embedded::keyed::ready;

/// Returns whether an expression may name the attribute without a placeholder.
///
/// The engine reads expressions before it looks for the table, which there is not.
pub(super) fn is_name(name: &str) -> bool {
    let is_word = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_word {
        return false;
    }
    let Ok(storage) = Storage::memory() else { return false };
    let request = QueryRequest {
        table_name: "none".to_owned(),
        key_condition_expression: Some(format!("{name} = :value")),
        expression_attribute_values: Some(HashMap::from([(
            ":value".to_owned(),
            AttributeValue::S("x".to_owned()),
        )])),
        ..QueryRequest::default()
    };
    let answer = ready(query::execute(&storage, request));
    matches!(answer, Err(DynoxideError::ResourceNotFoundException(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: AWS docs: "Reserved words in DynamoDB", "Expression attribute names".
    #[test]
    fn words_that_mean_something_are_no_names() {
        for name in ["id", "owner_2", "Pk", "gsi1pk"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["name", "Status", "AND", "between", "_id", "2nd", "a-b", "a.b", "", "é"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
