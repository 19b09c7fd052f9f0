//! A table as its store describes it, and as the request that would make the same table elsewhere.
//!
//! AWS docs, DynamoDB API Reference, "TableDescription" and "CreateTable".

use serde_json::{Map, Value, json};

use super::end::{Asked, End, Refusal};
use super::error::CopyError;
use crate::action::Action;
use crate::bootstrap::{list, text};
use crate::side::Side;

/// A table of the source.
#[derive(Debug, Clone)]
pub(super) struct Definition {
    /// The request that makes the table.
    pub(super) create: Value,
    /// The attributes of its key.
    pub(super) keys: Vec<String>,
    /// Items that its store counts, perhaps hours ago.
    pub(super) items: u64,
    /// What is turned on when the items are there.
    pub(super) later: Later,
}

/// What a table does by itself, and who may delete it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Later {
    /// The attribute of the time to live.
    pub(super) time_to_live: Option<String>,
    /// Its stream.
    pub(super) stream: Option<Value>,
    /// Its tags.
    pub(super) tags: Vec<Value>,
    pub(super) is_protected: bool,
    /// What of it the store does not tell.
    pub(super) unread: Vec<Unread>,
}

/// A setting that a call of its own tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    TimeToLive,
    Tags,
}

/// Members of a description that CreateTable takes as they are.
const SAME: [&str; 3] = ["AttributeDefinitions", "KeySchema", "OnDemandThroughput"];

/// Settings that belong to the place where a table is, and what they are for people.
const OF_THE_PLACE: [(&str, &str); 2] =
    [("SSEDescription", "its encryption key"), ("Replicas", "its replicas")];

/// Tags that AWS sets and nobody else may.
const TAGS_OF_AWS: &str = "aws:";

/// Describes a table; none when it is not there.
pub(super) async fn describe(asked: &Asked, table: &str) -> Result<Option<Value>, CopyError> {
    let body = json!({ "TableName": table });
    match asked.ask(Action::DescribeTable, table, &body).await? {
        Ok(mut found) => Ok(found.get_mut("Table").map(Value::take)),
        Err(refusal) if refusal.is_not_found() => Ok(None),
        Err(refusal) => Err(asked.refused(Action::DescribeTable, table, &refusal)),
    }
}

impl Definition {
    /// Reads what there is to know of a table; `note` takes what is not copied.
    pub(super) async fn read(
        asked: &Asked,
        table: &str,
        described: &Value,
        note: &mut impl FnMut(String),
    ) -> Result<Definition, CopyError> {
        let later = Later::read(asked, table, described, note).await?;
        for (member, what) in OF_THE_PLACE {
            if described.get(member).is_some_and(|setting| !setting.is_null()) {
                note(format!("{what} is not copied with table `{table}`"));
            }
        }
        let keys = list(described, "KeySchema").iter().map(|key| text(key, "AttributeName"));
        Ok(Definition {
            create: create(table, described),
            keys: keys.collect(),
            items: described.get("ItemCount").and_then(Value::as_u64).unwrap_or_default(),
            later,
        })
    }
}

impl Later {
    /// Reads it at one end; `note` takes what its store does not tell.
    pub(super) async fn read(
        asked: &Asked,
        table: &str,
        described: &Value,
        note: &mut impl FnMut(String),
    ) -> Result<Later, CopyError> {
        let mut later = Later {
            stream: stream(described),
            is_protected: described.get("DeletionProtectionEnabled") == Some(&Value::Bool(true)),
            ..Later::default()
        };
        let mut unread = |what: &str, refusal: &Refusal| {
            let (end, done) = match asked.end {
                End::Source => (End::Source, "copied"),
                End::Target => (End::Target, "compared"),
            };
            note(format!(
                "{what} of table `{table}` cannot be read at the {end}, and are not {done}: {refusal}"
            ));
        };
        let body = json!({ "TableName": table });
        match asked.ask(Action::DescribeTimeToLive, table, &body).await? {
            Ok(found) => later.time_to_live = time_to_live(&found),
            Err(refusal) => {
                unread("settings of time to live", &refusal);
                later.unread.push(Unread::TimeToLive);
            }
        }
        // The program's own tables have none.
        if asked.door.side() == Side::Tables {
            match tags(asked, table, described).await? {
                Ok(tags) => later.tags = tags,
                Err(refusal) => {
                    unread("tags", &refusal);
                    later.unread.push(Unread::Tags);
                }
            }
        }
        Ok(later)
    }
}

/// The request that makes the table.
fn create(table: &str, described: &Value) -> Value {
    let mut create = Map::new();
    create.insert("TableName".to_owned(), json!(table));
    for member in SAME {
        if let Some(value) = described.get(member).filter(|value| !value.is_null()) {
            create.insert(member.to_owned(), value.clone());
        }
    }
    let throughput = provisioned(described);
    let mode = if throughput.is_some() { "PROVISIONED" } else { "PAY_PER_REQUEST" };
    create.insert("BillingMode".to_owned(), json!(mode));
    let is_provisioned = throughput.is_some();
    create.extend(throughput.map(|units| ("ProvisionedThroughput".to_owned(), units)));
    let class = described.pointer("/TableClassSummary/TableClass").and_then(Value::as_str);
    if let Some(class) = class.filter(|class| *class != "STANDARD") {
        create.insert("TableClass".to_owned(), json!(class));
    }
    for (member, kept) in INDEXES {
        let indexes = list(described, member).iter().map(|index| {
            let mut wanted = Map::new();
            for name in kept.iter().filter(|name| index.get(**name).is_some_and(|v| !v.is_null())) {
                wanted.insert((*name).to_owned(), index.get(*name).cloned().unwrap_or_default());
            }
            if is_provisioned && member == "GlobalSecondaryIndexes" {
                let units = units(index).unwrap_or_else(|| units_of(1, 1));
                wanted.insert("ProvisionedThroughput".to_owned(), units);
            }
            Value::Object(wanted)
        });
        let indexes: Vec<Value> = indexes.collect();
        if !indexes.is_empty() {
            create.insert(member.to_owned(), Value::Array(indexes));
        }
    }
    Value::Object(create)
}

/// The lists of indexes, and the members of an index that CreateTable takes.
const INDEXES: [(&str, &[&str]); 3] = [
    ("GlobalSecondaryIndexes", &["IndexName", "KeySchema", "Projection", "OnDemandThroughput"]),
    ("LocalSecondaryIndexes", &["IndexName", "KeySchema", "Projection"]),
    (
        "VectorIndexes",
        &[
            "IndexName",
            "SearchSchema",
            "Projection",
            "VectorAttribute",
            "Dimensions",
            "DistanceFunction",
        ],
    ),
];

/// The units of a table that has them; none of one that is paid by the request.
fn provisioned(described: &Value) -> Option<Value> {
    let mode = described.pointer("/BillingModeSummary/BillingMode").and_then(Value::as_str);
    if mode == Some("PAY_PER_REQUEST") { None } else { units(described) }
}

fn units(described: &Value) -> Option<Value> {
    let units = described.get("ProvisionedThroughput")?;
    let of = |member| units.get(member).and_then(Value::as_u64).filter(|units| *units > 0);
    Some(units_of(of("ReadCapacityUnits")?, of("WriteCapacityUnits")?))
}

fn units_of(read: u64, write: u64) -> Value {
    json!({ "ReadCapacityUnits": read, "WriteCapacityUnits": write })
}

fn stream(described: &Value) -> Option<Value> {
    let stream = described.get("StreamSpecification")?;
    let kind = stream.get("StreamViewType")?;
    let is_on = stream.get("StreamEnabled") == Some(&Value::Bool(true));
    is_on.then(|| json!({ "StreamEnabled": true, "StreamViewType": kind }))
}

fn time_to_live(found: &Value) -> Option<String> {
    let found = found.get("TimeToLiveDescription")?;
    let is_on = ["ENABLED", "ENABLING"].contains(&text(found, "TimeToLiveStatus").as_str());
    is_on.then(|| text(found, "AttributeName"))
}

/// Reads all pages of a table's tags.
async fn tags(
    asked: &Asked,
    table: &str,
    described: &Value,
) -> Result<Result<Vec<Value>, Refusal>, CopyError> {
    let mut body = Map::new();
    body.insert("ResourceArn".to_owned(), json!(text(described, "TableArn")));
    let mut tags = Vec::new();
    loop {
        let request = Value::Object(body.clone());
        let mut page = match asked.ask(Action::ListTagsOfResource, table, &request).await? {
            Ok(page) => page,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let is_ours = |tag: &&Value| !text(tag, "Key").starts_with(TAGS_OF_AWS);
        tags.extend(list(&page, "Tags").iter().filter(is_ours).cloned());
        match page.get_mut("NextToken").map(Value::take).filter(Value::is_string) {
            Some(next) => body.insert("NextToken".to_owned(), next),
            None => return Ok(Ok(tags)),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: AWS docs, DynamoDB API Reference, "DescribeTable" (response) and "CreateTable" (request).
    #[test]
    fn a_description_becomes_the_request_that_makes_the_table() {
        let described = json!({
            "TableName": "t", "TableArn": "arn:aws:dynamodb:x:1:table/t", "TableStatus": "ACTIVE",
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "ProvisionedThroughput": {
                "NumberOfDecreasesToday": 0, "ReadCapacityUnits": 5, "WriteCapacityUnits": 6
            },
            "TableClassSummary": { "TableClass": "STANDARD_INFREQUENT_ACCESS" },
            "GlobalSecondaryIndexes": [{
                "IndexName": "g", "IndexStatus": "ACTIVE", "ItemCount": 3,
                "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
                "Projection": { "ProjectionType": "ALL" },
                "ProvisionedThroughput": {
                    "NumberOfDecreasesToday": 0, "ReadCapacityUnits": 7, "WriteCapacityUnits": 8
                },
            }],
            "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" },
        });
        let expected = json!({
            "TableName": "t",
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": { "ReadCapacityUnits": 5, "WriteCapacityUnits": 6 },
            "TableClass": "STANDARD_INFREQUENT_ACCESS",
            "GlobalSecondaryIndexes": [{
                "IndexName": "g",
                "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
                "Projection": { "ProjectionType": "ALL" },
                "ProvisionedThroughput": { "ReadCapacityUnits": 7, "WriteCapacityUnits": 8 },
            }],
        });
        assert_eq!(create("t", &described), expected);
        assert_eq!(
            stream(&described),
            Some(json!({ "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" }))
        );
    }

    #[test]
    fn a_table_paid_by_the_request_has_no_units() {
        let described = json!({
            "BillingModeSummary": { "BillingMode": "PAY_PER_REQUEST" },
            "ProvisionedThroughput": { "ReadCapacityUnits": 0, "WriteCapacityUnits": 0 },
            "GlobalSecondaryIndexes": [{ "IndexName": "g" }],
            "TableClassSummary": { "TableClass": "STANDARD" },
        });
        let expected = json!({
            "TableName": "t", "BillingMode": "PAY_PER_REQUEST",
            "GlobalSecondaryIndexes": [{ "IndexName": "g" }],
        });
        assert_eq!(create("t", &described), expected);
    }
}
