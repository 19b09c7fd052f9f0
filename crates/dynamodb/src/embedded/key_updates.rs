//! Updates of a transaction that would change the key of their item, which the engine does.
//!
//! AWS cancels the transaction, with the reason at the place of the update, unless its condition fails. So the update is replaced by one that no
//! item can have, which writes nothing, and its reason by AWS's.

use dynoxide::actions::transact_write_items::{TransactUpdate, TransactWriteItemsRequest};
use dynoxide::storage::Storage;
use dynoxide::types::KeySchemaElement;
use dynoxide::{AttributeValue, DynoxideError};

use super::failure::Failure;
use crate::expression::{self, Expression, Member, TokenKind};

/// The places of such updates, and the attributes of keys that they would change.
pub(super) struct KeyUpdates {
    found: Vec<(usize, String)>,
}

/// Finds such updates, and replaces them.
pub(super) fn replace(
    storage: &Storage,
    request: &mut TransactWriteItemsRequest,
) -> Result<KeyUpdates, Failure> {
    let mut found = Vec::new();
    for (at, item) in request.transact_items.iter_mut().enumerate() {
        let Some(update) = &mut item.update else { continue };
        if let Some(attribute) = changed_key(storage, update)? {
            make_impossible(update, &attribute);
            found.push((at, attribute));
        }
    }
    Ok(KeyUpdates { found })
}

fn changed_key(storage: &Storage, update: &TransactUpdate) -> Result<Option<String>, Failure> {
    let table = storage.get_table_metadata(&update.table_name).map_err(Failure::Engine)?;
    let keys: Vec<KeySchemaElement> =
        table.and_then(|table| serde_json::from_str(&table.key_schema).ok()).unwrap_or_default();
    let expression = Expression {
        member: Member::Update,
        text: &update.update_expression,
        names: &update.expression_attribute_names,
        values: &update.expression_attribute_values,
    };
    let changed = expression::attributes(&expression);
    let mut changed = changed.into_iter();
    Ok(changed.find(|name| keys.iter().any(|key| key.attribute_name == *name)))
}

/// Puts in the place of the update one that appends to the key, which is no list. Its condition stays, with what stands for its names
/// and values: those that nothing uses are refused.
fn make_impossible(update: &mut TransactUpdate, attribute: &str) {
    const KEY: &str = "#vestibule_key";
    const LIST: &str = ":vestibule_list";
    let condition = update.condition_expression.as_deref().unwrap_or_default();
    let tokens = expression::tokens(condition);
    let uses = |kind, name: &str| tokens.iter().any(|one| one.kind == kind && one.text == name);
    let names = update.expression_attribute_names.get_or_insert_default();
    names.retain(|name, _| uses(TokenKind::Placeholder, name));
    names.insert(KEY.to_owned(), attribute.to_owned());
    let values = update.expression_attribute_values.get_or_insert_default();
    values.retain(|name, _| uses(TokenKind::Value, name));
    values.insert(LIST.to_owned(), AttributeValue::L(Vec::new()));
    update.update_expression = format!("SET {LIST_OF_NONE} = list_append({KEY}, {LIST})");
}

/// An attribute that such an update names, and that no item gets.
const LIST_OF_NONE: &str = "vestibule_none";

impl KeyUpdates {
    /// Puts AWS's reasons in the places of those of the conditions.
    pub(super) fn explain(&self, failure: Failure) -> Failure {
        let Failure::Engine(DynoxideError::TransactionCanceledException(message, mut reasons)) =
            failure
        else {
            return failure;
        };
        for (at, attribute) in &self.found {
            let reason = reasons.get_mut(*at);
            if let Some(reason) = reason.filter(|reason| reason.code == "ValidationError") {
                reason.message = Some(format!(
                    "One or more parameter values were invalid: Cannot update attribute {attribute}. This attribute is part of the key"
                ));
            }
        }
        Failure::Engine(DynoxideError::TransactionCanceledException(message, reasons))
    }
}
