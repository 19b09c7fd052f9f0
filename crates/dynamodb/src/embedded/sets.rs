//! Number sets in updates, with each number as it is stored.
//!
//! The engine compares the members of such a set with those that are stored by their text, and so takes `1.0` for another number than `1`.

use std::collections::HashMap;

use dynoxide::AttributeValue;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::actions::update_item::UpdateItemRequest;
use dynoxide::types::normalize_dynamo_number;

use crate::expression::Values;

/// Writes the numbers of an UpdateItem as they are stored.
pub(super) fn normalize_update(request: &mut UpdateItemRequest) {
    normalize(&mut request.expression_attribute_values);
    let updates = request.attribute_updates.iter_mut().flatten();
    updates.filter_map(|(_, update)| update.value.as_mut()).for_each(normalize_value);
}

/// Writes the numbers of a transaction's updates as they are stored.
pub(super) fn normalize_transaction(request: &mut TransactWriteItemsRequest) {
    let updates = request.transact_items.iter_mut().filter_map(|item| item.update.as_mut());
    updates.for_each(|update| normalize(&mut update.expression_attribute_values));
}

fn normalize(values: &mut Values) {
    values.iter_mut().flat_map(HashMap::values_mut).for_each(normalize_value);
}

/// What is no number stays, for the engine to refuse.
fn normalize_value(value: &mut AttributeValue) {
    let AttributeValue::NS(numbers) = value else { return };
    for number in numbers.iter_mut() {
        let is_part = |byte: u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        if number.bytes().any(|byte| byte.is_ascii_digit()) && number.bytes().all(is_part) {
            *number = normalize_dynamo_number(number);
        }
    }
}
