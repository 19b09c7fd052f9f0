//! `aws_dynamodb_table` as `AWS::DynamoDB::Table`. registry.terraform.io/providers/hashicorp/aws: dynamodb_table.

use super::translate::{Source, Translator};
use crate::assembled::{Member, array, object};
use crate::reader::Reader;
use crate::tree::{Entry, Node, Plain, Stand, Value};
use vestibule_restapi::{Code, Diagnostic, Place};

/// Attributes without an effect here, and why.
const IGNORED: [(&str, &str); 10] = [
    ("deletion_protection_enabled", "nothing here deletes a table on its own"),
    ("import_table", "load items with `--seed FILE`"),
    ("on_demand_throughput", "throughput is not limited here"),
    ("point_in_time_recovery", "back up the data folder instead"),
    ("replica", "there is one region here"),
    ("restore_source_name", "load items with `--seed FILE`"),
    ("restore_source_table_arn", "load items with `--seed FILE`"),
    ("server_side_encryption", "encrypt the disk of the data folder instead"),
    ("stream_enabled", "changes are not streamed here"),
    ("table_class", "there is one class of storage here"),
];

/// The properties of a table.
pub(super) fn members<'t>(
    source: &Source<'t>,
    translator: &mut Translator<'_, 't>,
    reader: &mut Reader<'_>,
) -> Vec<Member<'t>> {
    ignored(source, reader);
    let place = &source.place;
    let mut members = vec![];
    members.extend(copied(translator.known(source, "name", false), "TableName"));
    let billing = translator.known(source, "billing_mode", true);
    members.extend(copied(billing, "BillingMode"));
    let attributes = translator.blocks(source, "attribute");
    let attributes = attributes.into_iter().map(|(node, block)| {
        let parts = [("name", "AttributeName"), ("type", "AttributeType")];
        let members = parts
            .into_iter()
            .filter_map(|(name, property)| copied(translator.known(&block, name, false), property));
        Value::Object(Stand::Node(node), members.collect())
    });
    let attributes = attributes.collect();
    members.push((Value::standing("AttributeDefinitions", place), array(place, attributes)));
    let hash = translator.known(source, "hash_key", false);
    let range = translator.known(source, "range_key", false);
    members.push(key_schema([hash, range], place));
    let is_provisioned =
        billing.is_none_or(|billing| billing.value.text() != Some("PAY_PER_REQUEST"));
    members.extend(throughput(source, is_provisioned, translator));
    for (name, property) in [
        ("global_secondary_index", "GlobalSecondaryIndexes"),
        ("local_secondary_index", "LocalSecondaryIndexes"),
    ] {
        let blocks = translator.blocks(source, name);
        if blocks.is_empty() {
            continue;
        }
        let is_local = name == "local_secondary_index";
        let indexes = blocks.into_iter().map(|(node, block)| {
            let hash = hash.filter(|_| is_local);
            let is_provisioned = is_provisioned && !is_local;
            Value::Object(Stand::Node(node), index(&block, hash, is_provisioned, translator))
        });
        let indexes = indexes.collect();
        members.push((Value::standing(property, place), array(place, indexes)));
    }
    members.extend(time_to_live(source, translator));
    members
}

/// Says which attributes that are set change nothing.
fn ignored(source: &Source<'_>, reader: &mut Reader<'_>) {
    for (name, why) in IGNORED {
        let Some(entry) = source.entry(name) else { continue };
        let is_off = |node: Node<'_>| {
            node.plain() == Some(Plain::Bool(false)) || node.text() == Some("STANDARD")
        };
        let blocks: Vec<Node<'_>> = entry.value.items().collect();
        let is_disabled = |block: &Node<'_>| block.get("enabled").is_some_and(is_off);
        let is_off = is_off(entry.value) || !blocks.is_empty() && blocks.iter().all(is_disabled);
        if !is_off {
            let finding = Diagnostic::warning(Code::Ignored, format!("`{name}` has no effect"));
            reader.error(finding.at(entry.key.place()).note(why));
        }
    }
}

fn copied<'t>(entry: Option<Entry<'t>>, property: &str) -> Option<Member<'t>> {
    let Entry { key, value } = entry?;
    Some((Value::standing(property, &key.place()), Value::Copy(value)))
}

/// `KeySchema` of a partition key and a sort key.
fn key_schema<'t>(keys: [Option<Entry<'t>>; 2], place: &Place) -> Member<'t> {
    let element = |(entry, kind): (Option<Entry<'t>>, &str)| {
        let Entry { key, value } = entry?;
        let at = key.place();
        let name = (Value::standing("AttributeName", &at), Value::Copy(value));
        let kind = (Value::standing("KeyType", &at), Value::standing(kind, &at));
        Some(object(&at, vec![name, kind]))
    };
    let elements = keys.into_iter().zip(["HASH", "RANGE"]).filter_map(element).collect();
    (Value::standing("KeySchema", place), array(place, elements))
}

/// `ProvisionedThroughput` of a table or index that has one.
fn throughput<'t>(
    source: &Source<'t>,
    is_provisioned: bool,
    translator: &mut Translator<'_, 't>,
) -> Option<Member<'t>> {
    if !is_provisioned {
        return None;
    }
    let units = [("read_capacity", "ReadCapacityUnits"), ("write_capacity", "WriteCapacityUnits")];
    let units = units
        .into_iter()
        .filter_map(|(name, property)| copied(translator.known(source, name, true), property));
    let units: Vec<Member<'t>> = units.collect();
    let place = &source.place;
    (!units.is_empty())
        .then(|| (Value::standing("ProvisionedThroughput", place), object(place, units)))
}

/// An index; a local one has the partition key of the table.
fn index<'t>(
    block: &Source<'t>,
    hash: Option<Entry<'t>>,
    is_provisioned: bool,
    translator: &mut Translator<'_, 't>,
) -> Vec<Member<'t>> {
    let mut members = vec![];
    members.extend(copied(translator.known(block, "name", false), "IndexName"));
    let own = translator.blocks(block, "key_schema");
    if own.is_empty() {
        let hash = hash.or_else(|| translator.known(block, "hash_key", false));
        let range = translator.known(block, "range_key", false);
        members.push(key_schema([hash, range], &block.place));
    } else {
        let elements = own.into_iter().map(|(node, block)| {
            let parts = [("attribute_name", "AttributeName"), ("key_type", "KeyType")];
            let members = parts.into_iter().filter_map(|(name, property)| {
                copied(translator.known(&block, name, false), property)
            });
            Value::Object(Stand::Node(node), members.collect())
        });
        let elements = elements.collect();
        let key = array(&block.place, elements);
        members.push((Value::standing("KeySchema", &block.place), key));
    }
    let projection =
        [("projection_type", "ProjectionType"), ("non_key_attributes", "NonKeyAttributes")];
    let projection = projection
        .into_iter()
        .filter_map(|(name, property)| copied(translator.known(block, name, false), property));
    let projection = projection.collect();
    let place = &block.place;
    members.push((Value::standing("Projection", place), object(place, projection)));
    members.extend(throughput(block, is_provisioned, translator));
    members
}

/// `TimeToLiveSpecification`, when it is enabled.
fn time_to_live<'t>(
    source: &Source<'t>,
    translator: &mut Translator<'_, 't>,
) -> Option<Member<'t>> {
    let (node, block) = translator.blocks(source, "ttl").into_iter().next()?;
    let enabled = translator.known(&block, "enabled", true)?;
    if enabled.value.plain() != Some(Plain::Bool(true)) {
        return None;
    }
    let parts = [("attribute_name", "AttributeName"), ("enabled", "Enabled")];
    let members = parts
        .into_iter()
        .filter_map(|(name, property)| copied(translator.known(&block, name, false), property));
    let specification = Value::Object(Stand::Node(node), members.collect());
    Some((Value::standing("TimeToLiveSpecification", &source.place), specification))
}
