//! What a request touches, for whoever decides by policies: a table or index with what AWS's condition keys ask about it.
//!
//! Source: AWS docs, "Using IAM policy conditions for fine-grained access control" and the service authorization reference of
//! DynamoDB. What cannot be told of a request is told as [`UNREADABLE`], which no value of a policy is.

mod expression;
mod keys;
mod partiql;

use serde_json::{Map, Value};

use crate::action::Action;
use crate::handles::Tables;
use keys::Schema;

/// Stands for values that cannot be told of a request, so that conditions about them do not hold.
pub const UNREADABLE: &str = "\u{fffd}";

/// One thing that a request touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The action without its service, such as `GetItem` or `PartiQLSelect`.
    pub action: &'static str,
    /// The table's name; none of an action without a table.
    pub table: Option<String>,
    /// The index of the table.
    pub index: Option<String>,
    /// `dynamodb:LeadingKeys`: values of partition keys.
    pub leading_keys: Option<Vec<String>>,
    /// `dynamodb:Attributes`: names of attributes at the top level.
    pub attributes: Option<Vec<String>>,
    /// `dynamodb:Select`
    pub select: Option<String>,
    /// `dynamodb:ReturnValues`
    pub return_values: Option<String>,
    /// `dynamodb:ReturnConsumedCapacity`
    pub return_consumed_capacity: Option<String>,
    /// `dynamodb:EnclosingOperation`: the transaction that it is a part of.
    pub enclosing_operation: Option<&'static str>,
    /// `dynamodb:FullTableScan`, of a statement.
    pub full_table_scan: bool,
}

type Members = Map<String, Value>;

/// Says what a request touches. A request that is no JSON object touches nothing: the store refuses it.
pub(crate) async fn of(tables: &Tables, action: Action, body: &[u8]) -> Vec<Access> {
    // Of members that stand twice the last counts, as in the store.
    let Ok(Value::Object(request)) = serde_json::from_slice(body) else { return Vec::new() };
    let mut reading = Reading { tables, capacity: text(&request, "ReturnConsumedCapacity") };
    match action {
        Action::GetItem
        | Action::PutItem
        | Action::UpdateItem
        | Action::DeleteItem
        | Action::Query
        | Action::Scan => vec![reading.single(action.name(), &request, None).await],
        Action::BatchGetItem | Action::BatchWriteItem => {
            reading.batch(action.name(), &request).await
        }
        Action::TransactGetItems | Action::TransactWriteItems => {
            reading.transaction(action.name(), &request).await
        }
        Action::ExecuteStatement => vec![reading.statement(&request)],
        Action::BatchExecuteStatement => reading.statements(&request, "Statements"),
        Action::ExecuteTransaction => reading.statements(&request, "TransactStatements"),
        _ => vec![of_table(action.name(), &request)],
    }
}

/// An action about a table as a whole, or about none.
fn of_table(action: &'static str, request: &Members) -> Access {
    let named = ["TableName", "ResourceArn", "TableArn", "SourceTableName", "TargetTableName"];
    let table = named.into_iter().find_map(|member| text(request, member));
    Access { action, table: table.map(|name| table_name(&name)), ..Access::default() }
}

struct Reading<'t> {
    tables: &'t Tables,
    capacity: Option<String>,
}

impl Reading<'_> {
    /// An action about one item, or about those of one query.
    async fn single(
        &mut self,
        action: &'static str,
        request: &Members,
        enclosing_operation: Option<&'static str>,
    ) -> Access {
        let table = text(request, "TableName").map(|name| table_name(&name));
        let index = text(request, "IndexName");
        let schema = match &table {
            Some(table) => Schema::of(self.tables, table).await,
            None => Schema::default(),
        };
        let leading_keys = match action {
            "Scan" => None,
            "Query" => Some(keys::of_query(request, schema.partition_key(index.as_deref()))),
            _ => {
                let item = request.get("Key").or_else(|| request.get("Item"));
                Some(keys::of_items(item, schema.partition_key(None)))
            }
        };
        let attributes = match action {
            "PutItem" => Some(expression::of_put(request)),
            _ => expression::of_request(request),
        };
        Access {
            action,
            table,
            leading_keys,
            attributes,
            select: select(action, index.as_deref(), request),
            index,
            return_values: text(request, "ReturnValues"),
            return_consumed_capacity: self.capacity.clone(),
            enclosing_operation,
            full_table_scan: false,
        }
    }

    async fn batch(&mut self, action: &'static str, request: &Members) -> Vec<Access> {
        let Some(items) = request.get("RequestItems").and_then(Value::as_object) else {
            return Vec::new();
        };
        let mut accesses = Vec::new();
        for (name, wanted) in items {
            let table = table_name(name);
            let schema = Schema::of(self.tables, &table).await;
            let (asked, attributes) = match wanted {
                Value::Object(asked) => (asked.get("Keys"), expression::of_request(asked)),
                Value::Array(_)
                | Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_) => (Some(wanted), Some(expression::of_writes(wanted))),
            };
            accesses.push(Access {
                action,
                leading_keys: Some(keys::of_items(asked, schema.partition_key(None))),
                attributes,
                select: wanted.as_object().and_then(|asked| select(action, None, asked)),
                table: Some(table),
                return_consumed_capacity: self.capacity.clone(),
                ..Access::default()
            });
        }
        accesses
    }

    async fn transaction(&mut self, enclosing: &'static str, request: &Members) -> Vec<Access> {
        const ACTIONS: [(&str, &str); 5] = [
            ("Get", "GetItem"),
            ("Put", "PutItem"),
            ("Update", "UpdateItem"),
            ("Delete", "DeleteItem"),
            ("ConditionCheck", "ConditionCheckItem"),
        ];
        let mut accesses = Vec::new();
        let items = request.get("TransactItems").and_then(Value::as_array);
        for item in items.into_iter().flatten().filter_map(Value::as_object) {
            for (member, action) in ACTIONS {
                if let Some(part) = item.get(member).and_then(Value::as_object) {
                    accesses.push(self.single(action, part, Some(enclosing)).await);
                }
            }
        }
        accesses
    }

    fn statements(&self, request: &Members, member: &str) -> Vec<Access> {
        let statements = request.get(member).and_then(Value::as_array).into_iter().flatten();
        statements.filter_map(Value::as_object).map(|one| self.statement(one)).collect()
    }

    fn statement(&self, request: &Members) -> Access {
        let statement = text(request, "Statement").unwrap_or_default();
        let return_consumed_capacity = self.capacity.clone();
        Access { return_consumed_capacity, ..partiql::access(&statement) }
    }
}

/// What `dynamodb:Select` is of an action that reads. Without a choice of attributes it is all of them.
fn select(action: &str, index: Option<&str>, request: &Members) -> Option<String> {
    if !matches!(action, "GetItem" | "BatchGetItem" | "Query" | "Scan") {
        return None;
    }
    let is_specific =
        request.contains_key("ProjectionExpression") || request.contains_key("AttributesToGet");
    let otherwise = match (is_specific, index) {
        (true, _) => "SPECIFIC_ATTRIBUTES",
        (false, Some(_)) => "ALL_PROJECTED_ATTRIBUTES",
        (false, None) => "ALL_ATTRIBUTES",
    };
    text(request, "Select").or_else(|| Some(otherwise.to_owned()))
}

fn text(request: &Members, member: &str) -> Option<String> {
    request.get(member)?.as_str().map(str::to_owned)
}

/// A table's name, of its ARN too.
fn table_name(text: &str) -> String {
    let name = match text.split_once(":table/") {
        Some((_, rest)) if text.starts_with("arn:") => rest.split('/').next().unwrap_or(rest),
        _ => text,
    };
    name.to_owned()
}

#[cfg(test)]
mod tests;
