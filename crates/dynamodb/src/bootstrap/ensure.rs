//! Creates a table of a definition unless it is there, and tells when the one there differs.

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::action::Action;
use crate::handles::{Door, Tables};
use crate::limits::{TABLE_PAUSE, TABLE_WAIT};
use crate::reply::{CallError, Reply};

/// What became of a table's definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ensured {
    /// The table was missing and is there now.
    Created,
    /// A table with these keys and indexes was there already.
    Existing,
    /// A table of this name was there with other keys or indexes. It is left as it is.
    Different {
        /// What differs, for example ``KeySchema: `id` HASH here, `name` HASH in the store``.
        difference: String,
    },
    /// There is no such table, and in this store it is not ours to make: it is AWS's.
    Missing,
    /// Whether there is such a table is not told to us. In AWS's store alone.
    Unseen {
        /// DynamoDB's words.
        message: String,
    },
}

/// Why a table could not be ensured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnsureError {
    /// The definition is not a JSON object.
    #[error("the table definition is not a JSON object: {reason}")]
    NotJson {
        /// What the reader says.
        reason: String,
    },
    /// DynamoDB refuses the definition.
    #[error("{action} refuses table `{table}`: {message}")]
    Refused {
        /// The action that refused.
        action: Action,
        /// The table's name, as far as the definition has one.
        table: String,
        /// DynamoDB's words.
        message: String,
    },
    /// The store has no answer.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// See [`Tables::ensure_table`].
pub(crate) async fn ensure_table(
    tables: &Tables,
    definition: &str,
    ttl_attribute: Option<&str>,
) -> Result<Ensured, EnsureError> {
    let wanted: Value = serde_json::from_str(definition).map_err(not_json)?;
    if !wanted.is_object() {
        return Err(EnsureError::NotJson { reason: "another kind of JSON".to_owned() });
    }
    let table = text(&wanted, "TableName");
    if tables.is_aws() {
        return look_at(tables, &table, &wanted).await;
    }
    let door = Door::Tables(tables.clone());
    let body = Bytes::copy_from_slice(definition.as_bytes());
    let created = door.call(Action::CreateTable, body).await?;
    let ensured = if created.is_success() {
        let created: Value = serde_json::from_slice(&created.body).map_err(not_json)?;
        if !is_active(&created, "TableDescription") {
            wait_for(&door, &table).await?;
        }
        Ensured::Created
    } else if kind(&created) == "ResourceInUseException" {
        let body = json!({ "TableName": table });
        let found = call(&door, Action::DescribeTable, &table, &body).await?;
        compare(&wanted, found.get("Table").unwrap_or(&Value::Null))
    } else {
        return Err(refused(Action::CreateTable, &table, &created));
    };
    if let (Some(attribute), Ensured::Created | Ensured::Existing) = (ttl_attribute, &ensured) {
        expire_by(&door, &table, attribute).await?;
    }
    Ok(ensured)
}

/// Compares with the table that is there, if one is.
async fn look_at(tables: &Tables, table: &str, wanted: &Value) -> Result<Ensured, EnsureError> {
    let body = Bytes::from(json!({ "TableName": table }).to_string());
    let found = tables.call(Action::DescribeTable, body).await?;
    if found.is_success() {
        let found: Value = serde_json::from_slice(&found.body).map_err(not_json)?;
        return Ok(compare(wanted, found.get("Table").unwrap_or(&Value::Null)));
    }
    match kind(&found).as_str() {
        "ResourceNotFoundException" => Ok(Ensured::Missing),
        "AccessDeniedException" => Ok(Ensured::Unseen { message: message(&found) }),
        _ => Err(refused(Action::DescribeTable, table, &found)),
    }
}

/// Waits until a new table can be used: some stores make it after they have answered.
pub(crate) async fn wait_for(door: &Door, table: &str) -> Result<(), EnsureError> {
    let deadline = Instant::now() + TABLE_WAIT;
    let body = json!({ "TableName": table });
    loop {
        let found = call(door, Action::DescribeTable, table, &body).await?;
        if is_active(&found, "Table") {
            return Ok(());
        }
        if Instant::now() >= deadline {
            let message = format!("it is not active after {} s", TABLE_WAIT.as_secs());
            let (action, table) = (Action::CreateTable, table.to_owned());
            return Err(EnsureError::Refused { action, table, message });
        }
        sleep(TABLE_PAUSE).await;
    }
}

fn is_active(answer: &Value, member: &str) -> bool {
    answer.get(member).is_some_and(|table| text(table, "TableStatus") == "ACTIVE")
}

/// Turns time to live on unless it is on already.
pub(crate) async fn expire_by(
    door: &Door,
    table: &str,
    attribute: &str,
) -> Result<(), EnsureError> {
    if expires_by(door, table, attribute).await? {
        return Ok(());
    }
    let body = json!({
        "TableName": table,
        "TimeToLiveSpecification": { "Enabled": true, "AttributeName": attribute },
    });
    match call(door, Action::UpdateTimeToLive, table, &body).await {
        // Another gateway on the same store may have been first.
        Err(refused @ EnsureError::Refused { .. }) => {
            if expires_by(door, table, attribute).await? {
                Ok(())
            } else {
                Err(refused)
            }
        }
        other => other.map(|_| ()),
    }
}

async fn expires_by(door: &Door, table: &str, attribute: &str) -> Result<bool, EnsureError> {
    let body = json!({ "TableName": table });
    let found = call(door, Action::DescribeTimeToLive, table, &body).await?;
    let now = found.get("TimeToLiveDescription").unwrap_or(&Value::Null);
    let is_on = matches!(text(now, "TimeToLiveStatus").as_str(), "ENABLED" | "ENABLING");
    Ok(is_on && text(now, "AttributeName") == attribute)
}

async fn call(
    door: &Door,
    action: Action,
    table: &str,
    body: &Value,
) -> Result<Value, EnsureError> {
    let reply = door.call(action, Bytes::from(body.to_string())).await?;
    if !reply.is_success() {
        return Err(refused(action, table, &reply));
    }
    serde_json::from_slice(&reply.body).map_err(not_json)
}

fn not_json(error: serde_json::Error) -> EnsureError {
    EnsureError::NotJson { reason: error.to_string() }
}

fn refused(action: Action, table: &str, reply: &Reply) -> EnsureError {
    EnsureError::Refused { action, table: table.to_owned(), message: message(reply) }
}

/// Returns the exception's name without its namespace.
pub(crate) fn kind(reply: &Reply) -> String {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let kind = text(&body, "__type");
    kind.rsplit_once('#').map_or(kind.clone(), |(_, name)| name.to_owned())
}

/// Returns DynamoDB's message, or its exception's name when it has none.
pub(crate) fn message(reply: &Reply) -> String {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let message = ["message", "Message"].iter().find_map(|name| body.get(name)?.as_str());
    message.map_or_else(|| kind(reply), str::to_owned)
}

pub(crate) fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn compare(wanted: &Value, found: &Value) -> Ensured {
    match difference(wanted, found, ["here", "in the store"]) {
        None => Ensured::Existing,
        Some(difference) => Ensured::Different { difference },
    }
}

/// Returns in which keys or indexes two tables differ; `places` says where the one and the other are.
pub(crate) fn difference(
    wanted: &Value,
    found: &Value,
    [here, there]: [&str; 2],
) -> Option<String> {
    let parts: [(&str, Describe); 3] = [
        ("KeySchema", keys_of_table),
        ("GlobalSecondaryIndexes", global_indexes),
        ("LocalSecondaryIndexes", local_indexes),
    ];
    let differences: Vec<String> = parts
        .iter()
        .filter_map(|(name, describe)| {
            let (one, other) = (describe(wanted), describe(found));
            (one != other).then(|| format!("{name}: {one} {here}, {other} {there}"))
        })
        .collect();
    (!differences.is_empty()).then(|| differences.join("; "))
}

/// Describes a part of a table so that equal parts have equal descriptions.
type Describe = fn(&Value) -> String;

fn keys_of_table(table: &Value) -> String {
    keys(table, table)
}

/// Describes the keys of a table or of one of its indexes, with the types of the attributes.
fn keys(table: &Value, holder: &Value) -> String {
    let types = list(table, "AttributeDefinitions");
    let keys = list(holder, "KeySchema").iter().map(|key| {
        let name = text(key, "AttributeName");
        let definition = types.iter().find(|definition| text(definition, "AttributeName") == name);
        let kind = definition.map(|definition| text(definition, "AttributeType"));
        format!("`{name}` {} {}", text(key, "KeyType"), kind.unwrap_or_default())
    });
    joined(keys.collect())
}

fn global_indexes(table: &Value) -> String {
    indexes(table, "GlobalSecondaryIndexes")
}

fn local_indexes(table: &Value) -> String {
    indexes(table, "LocalSecondaryIndexes")
}

fn indexes(table: &Value, member: &str) -> String {
    let indexes = list(table, member).iter().map(|index| {
        let keys = keys(table, index);
        let projection = index.get("Projection").unwrap_or(&Value::Null);
        let mut others: Vec<String> = list(projection, "NonKeyAttributes")
            .iter()
            .filter_map(|name| name.as_str().map(|name| format!("`{name}`")))
            .collect();
        others.sort();
        let name = text(index, "IndexName");
        let projected = text(projection, "ProjectionType");
        let others =
            if others.is_empty() { String::new() } else { format!(" {}", others.join(" ")) };
        format!("`{name}` ({keys}, {projected}{others})")
    });
    let mut indexes: Vec<String> = indexes.collect();
    indexes.sort();
    joined(indexes)
}

fn joined(parts: Vec<String>) -> String {
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

pub(crate) fn list<'v>(value: &'v Value, member: &str) -> &'v [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
