//! The expressions of requests: those that AWS refuses and the engine does not, or words otherwise, are refused in AWS's words.
//!
//! What AWS checks before expressions the engine checks too. So it is still asked, with the expression made unreadable, which writes nothing:
//! what it refuses before it comes to the expression stands.

use dynoxide::DynoxideError;
use dynoxide::actions::batch_get_item::BatchGetItemRequest;
use dynoxide::actions::batch_write_item::BatchWriteItemRequest;
use dynoxide::actions::delete_item::DeleteItemRequest;
use dynoxide::actions::get_item::GetItemRequest;
use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::actions::query::QueryRequest;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::actions::transact_get_items::TransactGetItemsRequest;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::actions::update_item::UpdateItemRequest;

use super::failure::Failure;
use crate::expression::{self, Expression, Fault, Member, Names, Values};
use crate::limits;

/// Is shown an expression, its text to be changed.
type Visitor<'v> = &'v mut dyn FnMut(Member, &mut String, &Names, &Values);

/// A request that may have expressions.
pub(super) trait Expressions {
    /// Shows the expressions in AWS's order.
    fn each(&mut self, visit: Visitor<'_>);
}

/// A request whose expression AWS refuses: it is unreadable now.
pub(super) struct Spoiled {
    member: Member,
    fault: Fault,
}

/// Looks for an expression that AWS refuses, and makes it unreadable.
pub(super) fn spoil(request: &mut impl Expressions) -> Option<Spoiled> {
    let mut found = None;
    request.each(&mut |member, text, names, values| {
        if found.is_some() {
            return;
        }
        let expression = Expression { member, text, names, values };
        if let Some(fault) = expression::fault(&expression) {
            make_unreadable(text);
            found = Some(Spoiled { member, fault });
        }
    });
    found
}

/// Adds a parenthesis that nothing opens: what is refused before it still is.
fn make_unreadable(text: &mut String) {
    const BEHIND: &str = " )";
    if text.len() + BEHIND.len() > limits::EXPRESSION_BYTES {
        text.clear();
    }
    text.push_str(BEHIND);
}

impl Spoiled {
    /// Returns why the request is refused, when the engine has answered it as it is now.
    pub(super) fn refusal(self, outcome: Result<(), Failure>) -> Failure {
        match outcome {
            Err(Failure::Engine(error)) if self.is_before(&error) => Failure::Engine(error),
            _ => {
                let Spoiled { member, fault } = self;
                let message = if fault.is_bare {
                    fault.message
                } else {
                    format!("Invalid {}: {}", member.name(), fault.message)
                };
                Failure::Engine(DynoxideError::EnvelopedValidation(message))
            }
        }
    }

    /// Returns whether the engine refuses the request before AWS would look at the expression, or for what AWS tells first of it.
    fn is_before(&self, error: &DynoxideError) -> bool {
        let message = match error {
            DynoxideError::ValidationException(message)
            | DynoxideError::EnvelopedValidation(message)
            | DynoxideError::KeyEmptyValueValidation(message) => message,
            _ => return false,
        };
        if message.contains("reserved keyword") {
            return !self.fault.is_before_reserved;
        }
        let name = self.member.name();
        let is_about_it = message.contains(&format!("Invalid {name}"))
            || message.contains(&format!("in {name}"))
            || message.contains(&format!("of {name}"));
        if is_about_it {
            return message.contains("redundant parentheses")
                || message.contains("only be used once");
        }
        // AWS looks at expressions before it looks for the table and its keys.
        !message.contains("does not match the schema")
            && !message.contains("Missing the key")
            && !message.contains("Item size")
    }
}

/// Refuses names and values of a transaction's Put or Delete that has no condition, which the engine takes.
pub(super) fn check_placeholders(request: &TransactWriteItemsRequest) -> Result<(), Failure> {
    for item in &request.transact_items {
        if let Some(put) = &item.put {
            let (names, values) =
                (&put.expression_attribute_names, &put.expression_attribute_values);
            check_use(put.condition_expression.as_deref(), names, values)?;
        }
        if let Some(delete) = &item.delete {
            let (names, values) =
                (&delete.expression_attribute_names, &delete.expression_attribute_values);
            check_use(delete.condition_expression.as_deref(), names, values)?;
        }
    }
    Ok(())
}

fn check_use(condition: Option<&str>, names: &Names, values: &Values) -> Result<(), Failure> {
    const UNUSED: &str = "can only be specified when using expressions";
    let message = match (condition, names, values) {
        (None, Some(_), _) => format!("ExpressionAttributeNames {UNUSED}"),
        (None, None, Some(_)) => {
            format!("ExpressionAttributeValues {UNUSED}: ConditionExpression is null")
        }
        _ => return Ok(()),
    };
    Err(Failure::Engine(DynoxideError::ValidationException(message)))
}

macro_rules! visit {
    ($visit:ident, $member:ident, $text:expr, $names:expr, $values:expr) => {
        if let Some(text) = &mut $text {
            $visit(Member::$member, text, &$names, &$values);
        }
    };
}

impl Expressions for GetItemRequest {
    fn each(&mut self, visit: Visitor<'_>) {
        visit!(
            visit,
            Projection,
            self.projection_expression,
            self.expression_attribute_names,
            None
        );
    }
}

impl Expressions for BatchGetItemRequest {
    fn each(&mut self, visit: Visitor<'_>) {
        // The tables have no order: theirs is made.
        let mut tables: Vec<_> = self.request_items.iter_mut().collect();
        tables.sort_by(|left, right| left.0.cmp(right.0));
        for (_, of) in tables {
            visit!(
                visit,
                Projection,
                of.projection_expression,
                of.expression_attribute_names,
                None
            );
        }
    }
}

impl Expressions for BatchWriteItemRequest {
    fn each(&mut self, _visit: Visitor<'_>) {}
}

impl Expressions for TransactGetItemsRequest {
    fn each(&mut self, visit: Visitor<'_>) {
        for item in &mut self.transact_items {
            let get = &mut item.get;
            visit!(
                visit,
                Projection,
                get.projection_expression,
                get.expression_attribute_names,
                None
            );
        }
    }
}

impl Expressions for PutItemRequest {
    fn each(&mut self, visit: Visitor<'_>) {
        let (names, values) = (&self.expression_attribute_names, &self.expression_attribute_values);
        visit!(visit, Condition, self.condition_expression, *names, *values);
    }
}

impl Expressions for DeleteItemRequest {
    fn each(&mut self, visit: Visitor<'_>) {
        // The engine reads these values later; it refuses those that are none before it looks at the condition.
        let values = match self.expression_attribute_values_raw.clone() {
            Some(raw) => match serde_json::from_value(raw) {
                Ok(values) => Some(values),
                Err(_) => return,
            },
            None => None,
        };
        visit!(
            visit,
            Condition,
            self.condition_expression,
            self.expression_attribute_names,
            values
        );
    }
}

impl Expressions for UpdateItemRequest {
    fn each(&mut self, visit: Visitor<'_>) {
        let (names, values) = (&self.expression_attribute_names, &self.expression_attribute_values);
        visit!(visit, Update, self.update_expression, *names, *values);
        visit!(visit, Condition, self.condition_expression, *names, *values);
    }
}

impl Expressions for QueryRequest {
    fn each(&mut self, visit: Visitor<'_>) {
        let (names, values) = (&self.expression_attribute_names, &self.expression_attribute_values);
        visit!(visit, KeyCondition, self.key_condition_expression, *names, *values);
        visit!(visit, Filter, self.filter_expression, *names, *values);
        visit!(visit, Projection, self.projection_expression, *names, *values);
    }
}

impl Expressions for ScanRequest {
    fn each(&mut self, visit: Visitor<'_>) {
        let (names, values) = (&self.expression_attribute_names, &self.expression_attribute_values);
        visit!(visit, Filter, self.filter_expression, *names, *values);
        visit!(visit, Projection, self.projection_expression, *names, *values);
    }
}

impl Expressions for TransactWriteItemsRequest {
    fn each(&mut self, visit: Visitor<'_>) {
        for item in &mut self.transact_items {
            if let Some(put) = &mut item.put {
                let (names, values) =
                    (&put.expression_attribute_names, &put.expression_attribute_values);
                visit!(visit, Condition, put.condition_expression, *names, *values);
            }
            if let Some(delete) = &mut item.delete {
                let (names, values) =
                    (&delete.expression_attribute_names, &delete.expression_attribute_values);
                visit!(visit, Condition, delete.condition_expression, *names, *values);
            }
            if let Some(update) = &mut item.update {
                let (names, values) =
                    (&update.expression_attribute_names, &update.expression_attribute_values);
                visit(Member::Update, &mut update.update_expression, names, values);
                visit!(visit, Condition, update.condition_expression, *names, *values);
            }
            if let Some(check) = &mut item.condition_check {
                let (names, values) =
                    (&check.expression_attribute_names, &check.expression_attribute_values);
                visit(Member::Condition, &mut check.condition_expression, names, values);
            }
        }
    }
}
