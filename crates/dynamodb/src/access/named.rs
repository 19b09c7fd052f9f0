//! Which table a text of a request names, and whose it is.

use super::Unreadable;
use crate::embedded::stream_of_iterator;
use crate::handles::Tables;
use crate::wire::{TableArn, Within, is_arn};

/// Whose the table of an ARN is, as the ARN says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArnOwner {
    /// The partition, such as `aws`.
    pub partition: String,
    /// The region.
    pub region: String,
    /// The account.
    pub account: String,
}

/// What a text names.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// The table's name, of a stream with `/stream/` and its label.
    pub(super) table: Option<String>,
    /// Of an ARN.
    pub(super) owner: Option<ArnOwner>,
}

impl Named {
    fn of(arn: TableArn<'_>, table: String) -> Named {
        let owner = ArnOwner {
            partition: arn.partition.to_owned(),
            region: arn.region.to_owned(),
            account: arn.account.to_owned(),
        };
        Named { table: Some(table), owner: Some(owner) }
    }
}

/// A table by its name or its ARN.
pub(super) fn table(text: Option<String>) -> Result<Named, Unreadable> {
    match text {
        Some(arn) if is_arn(&arn) => arn_of_table(&arn),
        table => Ok(Named { table, owner: None }),
    }
}

fn arn_of_table(arn: &str) -> Result<Named, Unreadable> {
    let arn = TableArn::parse(arn).filter(|arn| arn.within == Within::Table).ok_or(Unreadable)?;
    Ok(Named::of(arn, arn.table.to_owned()))
}

/// A resource with tags: a table by its ARN alone. A store may find a table in what is no ARN of one.
pub(super) fn resource(arn: Option<String>, tables: &Tables) -> Result<Named, Unreadable> {
    let Some(arn) = arn else { return Ok(Named::default()) };
    let is_of_another_maker = tables.is_remote() && !tables.is_aws();
    match alternators(&arn).filter(|_| is_of_another_maker) {
        Some(table) => Ok(Named { table: Some(table.to_owned()), owner: None }),
        None => arn_of_table(&arn),
    }
}

/// The table of ScyllaDB Alternator's own ARNs, whose keyspace has the table's name.
fn alternators(arn: &str) -> Option<&str> {
    let (keyspace, table) =
        arn.strip_prefix("arn:scylla:alternator:alternator_")?.split_once(":scylla:table/")?;
    let is_whole = !table.is_empty() && !table.contains([':', '/']);
    (is_whole && keyspace == table).then_some(table)
}

/// A stream by its ARN.
pub(super) fn stream(arn: Option<String>) -> Result<Named, Unreadable> {
    let Some(arn) = arn else { return Ok(Named::default()) };
    let arn = TableArn::parse(&arn).ok_or(Unreadable)?;
    let Within::Stream(label) = arn.within else { return Err(Unreadable) };
    Ok(Named::of(arn, format!("{}/stream/{label}", arn.table)))
}

/// The stream of an iterator. Of those of a remote store it is not known.
pub(super) fn iterator(text: Option<String>, tables: &Tables) -> Result<Named, Unreadable> {
    match text {
        Some(iterator) if !tables.is_remote() => {
            let stream = stream_of_iterator(&iterator).ok_or(Unreadable)?;
            Ok(Named { table: Some(stream), owner: None })
        }
        Some(_) | None => Ok(Named::default()),
    }
}
