//! `AWS::DynamoDB::GlobalTable` as the one `AWS::DynamoDB::Table` that stands for all its replicas here.
//! AWS docs: aws-resource-dynamodb-globaltable.

use super::properties::Properties;
use crate::assembled::{Member, member, object, text};
use crate::reader::Reader;
use crate::tree::{Entry, Node, Stand, Tree, Value};

const UNLIMITED: &str = "throughput is not limited here";

const GLOBAL_TABLE: Properties = Properties {
    what: "`AWS::DynamoDB::GlobalTable`",
    known: &[
        "AttributeDefinitions",
        "BillingMode",
        "GlobalSecondaryIndexes",
        "KeySchema",
        "LocalSecondaryIndexes",
        "TableName",
        "TimeToLiveSpecification",
    ],
    ignored: &[
        ("GlobalTableSourceArn", "one store stands for all replicas"),
        ("GlobalTableWitnesses", "one store stands for all replicas"),
        ("GlobalTableSettingsReplicationMode", "one store stands for all replicas"),
        ("MultiRegionConsistency", "one store stands for all replicas"),
        ("ReadOnDemandThroughputSettings", UNLIMITED),
        ("ReadProvisionedThroughputSettings", UNLIMITED),
        ("Replicas", "one store stands for all replicas"),
        ("SSESpecification", "encrypt the disk of the data folder instead"),
        ("StreamSpecification", "changes are not streamed here"),
        ("WarmThroughput", UNLIMITED),
        ("WriteOnDemandThroughputSettings", UNLIMITED),
        ("WriteProvisionedThroughputSettings", UNLIMITED),
    ],
};

/// Properties of a global index that say how it scales.
const OF_INDEXES: [&str; 5] = [
    "ReadOnDemandThroughputSettings",
    "ReadProvisionedThroughputSettings",
    "WarmThroughput",
    "WriteOnDemandThroughputSettings",
    "WriteProvisionedThroughputSettings",
];

/// An object with one member, the logical id, holds the resource; so does what is returned.
pub(super) fn table(tree: &Tree, reader: &mut Reader<'_>) -> Option<Tree> {
    let entry = tree.root().entries().next()?;
    let mut members = vec![];
    for Entry { key, value } in entry.value.entries() {
        members.push(match key.text() {
            Some("Type") => (Value::Copy(key), text("AWS::DynamoDB::Table", &value.place())),
            Some("Properties") => (Value::Copy(key), properties(value, reader)),
            Some(_) | None => (Value::Copy(key), Value::Copy(value)),
        });
    }
    let resource = (Value::Copy(entry.key), Value::Object(Stand::Node(entry.value), members));
    let whole = Value::Object(Stand::Node(tree.root()), vec![resource]);
    Tree::assemble(whole).map_err(|finding| reader.error(*finding)).ok()
}

/// What the table has too. Its capacity scales, so it is paid by the request.
fn properties<'t>(node: Node<'t>, reader: &mut Reader<'_>) -> Value<'t> {
    let mut members: Vec<Member<'t>> = vec![];
    for entry in reader.properties(node, &GLOBAL_TABLE) {
        let is_kept = GLOBAL_TABLE.known.contains(&entry.name()) && entry.name() != "BillingMode";
        if is_kept {
            let value = match entry.name() {
                "GlobalSecondaryIndexes" => {
                    let indexes = entry.value.items().map(index).collect();
                    Value::Array(Stand::Node(entry.value), indexes)
                }
                _ => Value::Copy(entry.value),
            };
            members.push((Value::Copy(entry.key), value));
        }
    }
    let mode = node.get("BillingMode");
    let place = mode.map_or_else(|| node.place(), |mode| mode.place());
    if let Some(word) = mode.and_then(|mode| reader.text(mode)) {
        reader.exact_word(&word, &["PROVISIONED", "PAY_PER_REQUEST"]);
    }
    members.push(member("BillingMode", &place, text("PAY_PER_REQUEST", &place)));
    object(&node.place(), members)
}

fn index(node: Node<'_>) -> Value<'_> {
    let entries = node.entries().filter(|entry| !OF_INDEXES.contains(&entry.name()));
    let members = entries.map(|entry| (Value::Copy(entry.key), Value::Copy(entry.value)));
    Value::Object(Stand::Node(node), members.collect())
}
