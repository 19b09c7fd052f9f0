//! `AWS::DynamoDB::Table` as a CreateTable request, checked as CloudFormation and DynamoDB would.
//! AWS docs: aws-resource-dynamodb-table.

use super::indexes::{self, Index, IndexKind};
use super::keys::{self, Attributes, KeySchema};
use super::properties::Properties;
use crate::definitions::Table;
use crate::intrinsic;
use crate::reader::Reader;
use crate::tree::{Entry, Kind, Node, quote};
use vestibule_restapi::{Code, Diagnostic, Sourced};

const RESOURCE: Properties = Properties {
    what: "a resource",
    known: &[
        "Type",
        "Properties",
        "Condition",
        "Metadata",
        "DependsOn",
        "DeletionPolicy",
        "UpdateReplacePolicy",
    ],
    ignored: &[
        ("CreationPolicy", "tables are created at once"),
        ("UpdatePolicy", "tables are never changed here"),
    ],
};

const TABLE: Properties = Properties {
    what: "`AWS::DynamoDB::Table`",
    known: &[
        "TableName",
        "AttributeDefinitions",
        "KeySchema",
        "BillingMode",
        "ProvisionedThroughput",
        "GlobalSecondaryIndexes",
        "LocalSecondaryIndexes",
        "TimeToLiveSpecification",
        "Tags",
    ],
    ignored: &[
        ("ContributorInsightsSpecification", "requests are not recorded here"),
        ("DeletionProtectionEnabled", "nothing here deletes a table on its own"),
        ("ImportSourceSpecification", "load items with `--seed FILE`"),
        ("KinesisStreamSpecification", "changes are not streamed here"),
        ("OnDemandThroughput", "throughput is not limited here"),
        ("PointInTimeRecoverySpecification", "back up the data folder instead"),
        ("ResourcePolicy", "the store here is reached by the gateway alone"),
        ("SSESpecification", "encrypt the disk of the data folder instead"),
        ("StreamSpecification", "changes are not streamed here"),
        ("TableClass", "there is one class of storage here"),
        ("WarmThroughput", "throughput is not limited here"),
    ],
};

const TIME_TO_LIVE: Properties = Properties {
    what: "a time to live specification",
    known: &["AttributeName", "Enabled"],
    ignored: &[],
};

const THROUGHPUT: Properties = Properties {
    what: "a provisioned throughput",
    known: &["ReadCapacityUnits", "WriteCapacityUnits"],
    ignored: &[],
};

/// The names of tables that the gateway keeps for itself begin so.
const RESERVED: &str = "vestibule.";

/// How throughput is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Throughput {
    Provisioned,
    OnDemand,
    /// The billing mode could not be read: nothing is checked.
    Unknown,
}

/// Reads a table; none when a part without which there is none is missing.
pub(super) fn read(entry: Entry<'_>, reader: &mut Reader<'_>) -> Option<Table> {
    reader.properties(entry.value, &RESOURCE);
    let Some(node) = entry.value.get("Properties") else {
        reader.missing(entry.value, &format!("the table `{}`", entry.name()), "Properties");
        return None;
    };
    reader.properties(node, &TABLE);
    let name = name(entry, node, reader);
    let billing = billing(node, reader);
    let attributes = required(node, "AttributeDefinitions", reader);
    let attributes = attributes.map(|node| keys::attributes(node, reader));
    let key = required(node, "KeySchema", reader);
    let key = key.and_then(|key| keys::key_schema(key, reader));
    let mut are_complete = true;
    let mut read_indexes = |kind: IndexKind| {
        let Some(node) = node.get(kind.property()) else { return vec![] };
        let indexes = indexes::read(node, kind, billing, key.as_ref(), reader);
        are_complete &= indexes.len() == node.items().count();
        indexes
    };
    let (global, local) = (read_indexes(IndexKind::Global), read_indexes(IndexKind::Local));
    let all: Vec<&Index> = global.iter().chain(&local).collect();
    indexes::check_names(&all, reader);
    let throughput = throughput(node, TABLE.what, billing, reader);
    let time_to_live_attribute = time_to_live(node, reader);
    let (name, attributes, key) = (name?, attributes?, key?);
    let keys: Vec<&KeySchema> = std::iter::once(&key).chain(all.iter().map(|i| &i.key)).collect();
    if attributes.is_complete {
        keys::check_defined(&attributes, &keys, reader);
    }
    if are_complete {
        keys::check_used(&attributes, &keys, reader);
    }
    let request =
        Request { name: &name, attributes: &attributes, key: &key, throughput, global, local };
    Some(Table {
        logical_id: entry.name().to_owned(),
        create_table: request.json(),
        time_to_live_attribute,
        place: entry.key.place(),
        name,
    })
}

/// The parts of a CreateTable request.
struct Request<'r> {
    name: &'r str,
    attributes: &'r Attributes,
    key: &'r KeySchema,
    /// None when throughput is paid by the request.
    throughput: Option<String>,
    global: Vec<Index>,
    local: Vec<Index>,
}

impl Request<'_> {
    fn json(&self) -> String {
        let mut json = format!(
            "{{\"TableName\":{},\"AttributeDefinitions\":{},\"KeySchema\":{}",
            quote(self.name),
            self.attributes.json(),
            self.key.json()
        );
        match &self.throughput {
            Some(units) => {
                json.push_str(&format!(
                    ",\"BillingMode\":\"PROVISIONED\",\"ProvisionedThroughput\":{units}"
                ));
            }
            None => json.push_str(",\"BillingMode\":\"PAY_PER_REQUEST\""),
        }
        for (kind, indexes) in [(IndexKind::Global, &self.global), (IndexKind::Local, &self.local)]
        {
            if !indexes.is_empty() {
                let indexes: Vec<String> = indexes.iter().map(Index::json).collect();
                json.push_str(&format!(",\"{}\":[{}]", kind.property(), indexes.join(",")));
            }
        }
        json.push('}');
        json
    }
}

fn required<'t>(node: Node<'t>, name: &str, reader: &mut Reader<'_>) -> Option<Node<'t>> {
    let value = node.get(name);
    if value.is_none() && node.kind() == Kind::Object && intrinsic::of(node).is_none() {
        reader.missing(node, TABLE.what, name);
    }
    value
}

/// `TableName`, else the logical id: on AWS the name would be made of the stack's name, the logical id and a random part.
fn name(entry: Entry<'_>, node: Node<'_>, reader: &mut Reader<'_>) -> Option<Sourced> {
    let name = match node.get("TableName") {
        Some(name) => reader.text(name)?,
        None => entry.key.sourced()?,
    };
    if name.starts_with(RESERVED) {
        let message = format!("the table name `{}` is reserved for the gateway itself", &*name);
        let finding = Diagnostic::error(Code::ReservedTable, message).at(name.whole());
        reader.error(finding.help(format!("choose a name that does not begin with `{RESERVED}`")));
    } else if !is_name(&name) {
        let message = format!("`{}` is no name of a table", &*name);
        let note = "a name has 3 to 255 letters, digits and `_.-`".to_owned();
        reader.invalid(message, name.whole(), Some(note));
    }
    Some(name)
}

/// Whether a text is a name that DynamoDB takes for a table or an index.
pub(super) fn is_name(name: &str) -> bool {
    (3..=255).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}

fn billing(node: Node<'_>, reader: &mut Reader<'_>) -> Throughput {
    let Some(mode) = node.get("BillingMode") else { return Throughput::Provisioned };
    let word = reader.text(mode);
    match word.and_then(|word| reader.exact_word(&word, &["PROVISIONED", "PAY_PER_REQUEST"])) {
        Some("PROVISIONED") => Throughput::Provisioned,
        Some(_) => Throughput::OnDemand,
        None => Throughput::Unknown,
    }
}

/// `ProvisionedThroughput` of a table or a global index, as JSON; required or forbidden by the billing mode.
pub(super) fn throughput(
    node: Node<'_>,
    what: &str,
    billing: Throughput,
    reader: &mut Reader<'_>,
) -> Option<String> {
    let entry = node.entry("ProvisionedThroughput");
    match (entry, billing) {
        (None, Throughput::Provisioned) => {
            if node.kind() == Kind::Object && intrinsic::of(node).is_none() {
                let message = format!("{what} has no `ProvisionedThroughput`");
                let finding = Diagnostic::error(Code::Missing, message).at(node.place());
                reader.error(
                    finding.help("add it, or set `BillingMode: PAY_PER_REQUEST` on the table"),
                );
            }
            None
        }
        (None, Throughput::OnDemand | Throughput::Unknown) => None,
        (Some(entry), Throughput::OnDemand) => {
            let message = "`ProvisionedThroughput` does not go with `BillingMode: PAY_PER_REQUEST`";
            reader.invalid(message.to_owned(), entry.key.place(), None);
            None
        }
        (Some(entry), Throughput::Provisioned | Throughput::Unknown) => {
            reader.properties(entry.value, &THROUGHPUT);
            let mut units = |name: &str| match entry.value.get(name) {
                Some(value) => reader.integer(value, 1..=u32::MAX),
                None => {
                    if entry.value.kind() == Kind::Object && intrinsic::of(entry.value).is_none() {
                        reader.missing(entry.value, THROUGHPUT.what, name);
                    }
                    None
                }
            };
            let (read, write) = (units("ReadCapacityUnits"), units("WriteCapacityUnits"));
            Some(format!("{{\"ReadCapacityUnits\":{},\"WriteCapacityUnits\":{}}}", read?, write?))
        }
    }
}

fn time_to_live(node: Node<'_>, reader: &mut Reader<'_>) -> Option<Sourced> {
    let node = node.get("TimeToLiveSpecification")?;
    reader.properties(node, &TIME_TO_LIVE);
    let enabled = match node.get("Enabled") {
        Some(enabled) => reader.boolean(enabled)?,
        None => {
            if node.kind() == Kind::Object && intrinsic::of(node).is_none() {
                reader.missing(node, TIME_TO_LIVE.what, "Enabled");
            }
            return None;
        }
    };
    if !enabled {
        return None;
    }
    reader.required_text(node, TIME_TO_LIVE.what, "AttributeName")
}
