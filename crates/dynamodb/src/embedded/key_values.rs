//! The values of a Query's key conditions: AWS refuses those that no key may have, where the engine finds no items.

use dynoxide::AttributeValue;
use dynoxide::actions::query::QueryRequest;
use dynoxide::storage::Storage;
use dynoxide::types::{KeySchemaElement, KeyType};
use serde_json::Value;

use super::failure::Failure;
use crate::expression::{self, Expression, KeyValue, Member};
use crate::limits;

/// Returns AWS's words for a key condition whose value is empty or too long.
pub(super) fn refusal(
    storage: &Storage,
    request: &QueryRequest,
) -> Result<Option<String>, Failure> {
    let compared = compared(request);
    let empty = compared.iter().find(|compared| size(&compared.value) == Some(0));
    if let Some(KeyValue { key, value }) = empty {
        return Ok(Some(refused_as_empty(request.index_name.as_deref(), key, value)));
    }
    if !compared.iter().any(|compared| is_too_long(&compared.value)) {
        return Ok(None);
    }
    let sort = sort_key(storage, &request.table_name)?;
    let is_refused = |compared: &KeyValue| {
        let of_sort_key = request.index_name.is_none() && sort.as_ref() == Some(&compared.key);
        of_sort_key && is_too_long(&compared.value)
    };
    Ok(compared.iter().any(is_refused).then(|| {
        format!(
            "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of {} bytes",
            limits::SORT_KEY_BYTES
        )
    }))
}

/// The values that keys are compared with, in an expression or in the conditions from before there were expressions.
fn compared(request: &QueryRequest) -> Vec<KeyValue> {
    let conditions = request.key_conditions.as_ref().and_then(Value::as_object);
    let of_condition = |(key, condition): (&String, &Value)| {
        let values = condition.get("AttributeValueList").cloned().unwrap_or_default();
        let values: Vec<AttributeValue> = serde_json::from_value(values).unwrap_or_default();
        values.into_iter().map(|value| KeyValue { key: key.clone(), value }).collect::<Vec<_>>()
    };
    let mut compared: Vec<KeyValue> =
        conditions.into_iter().flatten().flat_map(of_condition).collect();
    if let Some(text) = request.key_condition_expression.as_deref() {
        compared.extend(expression::key_values(&Expression {
            member: Member::KeyCondition,
            text,
            names: &request.expression_attribute_names,
            values: &request.expression_attribute_values,
        }));
    }
    compared
}

fn is_too_long(value: &AttributeValue) -> bool {
    size(value).is_some_and(|size| size > limits::SORT_KEY_BYTES)
}

/// The bytes of a text or of binary data.
fn size(value: &AttributeValue) -> Option<usize> {
    match value {
        AttributeValue::S(text) => Some(text.len()),
        AttributeValue::B(bytes) => Some(bytes.len()),
        _ => None,
    }
}

fn refused_as_empty(index: Option<&str>, key: &str, value: &AttributeValue) -> String {
    let kind = if matches!(value, AttributeValue::B(_)) { "binary" } else { "string" };
    let empty =
        format!("The AttributeValue for a key attribute cannot contain an empty {kind} value.");
    match index {
        Some(index) => format!(
            "One or more parameter values are not valid. A value specified for a secondary index key is not supported. {empty} IndexName: {index}, IndexKey: {key}"
        ),
        None => format!("One or more parameter values are not valid. {empty} Key: {key}"),
    }
}

fn sort_key(storage: &Storage, table: &str) -> Result<Option<String>, Failure> {
    let table = storage.get_table_metadata(table).map_err(Failure::Engine)?;
    let keys: Vec<KeySchemaElement> =
        table.and_then(|table| serde_json::from_str(&table.key_schema).ok()).unwrap_or_default();
    let sort = keys.into_iter().find(|key| key.key_type == KeyType::RANGE);
    Ok(sort.map(|key| key.attribute_name))
}
