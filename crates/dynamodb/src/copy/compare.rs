//! Whether two tables hold the same items: their number, and the sum of their digests, which does not ask for an order. The sums
//! are kept in parts, by the items' keys; where a part differs, its items are read once more and told apart by their keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::digest::{Item, digest, key};
use super::end::{Asked, End};
use super::error::CopyError;
use super::items::broken;
use super::pages::{Segment, segments};
use super::plan::Planned;
use crate::limits::{COPY_BUCKETS, COPY_KEYS_HELD, COPY_KEYS_SHOWN};

/// What one side has of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contents {
    /// Its items.
    pub items: u64,
    /// The sum of their digests.
    pub checksum: u128,
}

/// What two sides have of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCompared {
    /// Its name.
    pub table: String,
    /// What is at the source.
    pub source: Contents,
    /// What is at the target.
    pub target: Contents,
    /// Whether the table is not at the target at all.
    pub is_missing: bool,
    /// Some of the items that differ, by their keys.
    pub differences: Vec<Difference>,
}

/// An item that is not the same at both sides; its key as JSON.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// The target lacks it.
    Missing(String),
    /// The source lacks it.
    Surplus(String),
    /// It is another one.
    Unlike(String),
}

impl TableCompared {
    /// Returns whether both sides have the same items.
    pub fn is_alike(&self) -> bool {
        self.source == self.target && !self.is_missing
    }
}

impl Contents {
    fn add(&mut self, digest: u128) {
        self.items += 1;
        self.checksum = self.checksum.wrapping_add(digest);
    }

    fn merge(&mut self, other: &Contents) {
        self.items += other.items;
        self.checksum = self.checksum.wrapping_add(other.checksum);
    }
}

/// The contents in parts.
#[derive(Debug, Clone)]
struct Sums(Vec<Contents>);

impl Sums {
    fn new() -> Sums {
        Sums(vec![Contents::default(); COPY_BUCKETS])
    }

    fn whole(&self) -> Contents {
        let mut whole = Contents::default();
        self.0.iter().for_each(|part| whole.merge(part));
        whole
    }
}

/// The part that an item with this key is counted in.
fn bucket(key: u128) -> usize {
    usize::try_from(key % COPY_BUCKETS as u128).unwrap_or_default()
}

/// Compares a table; `report` takes the items that were read, of both sides together.
pub(super) async fn compare(
    planned: &Planned,
    report: &mut impl FnMut(u64),
) -> Result<TableCompared, CopyError> {
    let (source, target) = sums(planned, report).await?;
    let mut compared = TableCompared {
        table: planned.name.to_string(),
        source: source.whole(),
        target: target.whole(),
        is_missing: !planned.is_there && !planned.is_made_by_its_store(),
        differences: Vec::new(),
    };
    if !compared.is_alike() && !compared.is_missing {
        compared.differences = differences(planned, &source, &target).await?;
    }
    Ok(compared)
}

async fn sums(planned: &Planned, report: &mut impl FnMut(u64)) -> Result<(Sums, Sums), CopyError> {
    let (sender, mut counts) = mpsc::channel::<u64>(16);
    let mut parts = JoinSet::new();
    let is_readable = |end| end == End::Source || planned.is_there;
    for end in [End::Source, End::Target].into_iter().filter(|end| is_readable(*end)) {
        for segment in planned.segments(end) {
            let (keys, sender) = (planned.keys(), sender.clone());
            parts.spawn(async move { Ok((end, sum(segment, &keys, &sender).await?)) });
        }
    }
    drop(sender);
    let mut read = 0;
    let (mut source, mut target) = (Sums::new(), Sums::new());
    loop {
        tokio::select! {
            Some(count) = counts.recv() => {
                read += count;
                report(read);
            }
            Some(ended) = parts.join_next() => {
                let (end, part) = ended.unwrap_or_else(|error| Err(broken(&planned.name, &error)))?;
                let sums = if end == End::Source { &mut source } else { &mut target };
                sums.0.iter_mut().zip(&part.0).for_each(|(sum, part)| sum.merge(part));
            }
            else => return Ok((source, target)),
        }
    }
}

async fn sum(
    segment: Segment,
    keys: &[String],
    counts: &mpsc::Sender<u64>,
) -> Result<Sums, CopyError> {
    let mut sums = Sums::new();
    each(&segment, Some(counts), |item| {
        if let Some(part) = sums.0.get_mut(bucket(digest(&key(item, keys)))) {
            part.add(digest(item));
        }
    })
    .await?;
    Ok(sums)
}

/// Reads a part to its end.
async fn each(
    segment: &Segment,
    counts: Option<&mpsc::Sender<u64>>,
    mut take: impl FnMut(&Item),
) -> Result<(), CopyError> {
    let mut after = None;
    loop {
        let page = segment.page(after.as_ref()).await?;
        page.items.iter().for_each(&mut take);
        if let Some(counts) = counts {
            // Nobody takes it when the comparison has stopped.
            let _stopped = counts.send(page.items.len() as u64).await;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

impl Planned {
    fn keys(&self) -> Arc<[String]> {
        self.definition.keys.clone().into()
    }

    fn segments(&self, end: End) -> Vec<Segment> {
        let asked: &Asked = if end == End::Source { &self.source } else { &self.target };
        let of = segments(asked);
        let segment =
            |number| Segment { asked: asked.clone(), table: Arc::clone(&self.name), number, of };
        (0..of).map(segment).collect()
    }
}

/// Some of the items that differ: those of as many parts as can be held.
async fn differences(
    planned: &Planned,
    source: &Sums,
    target: &Sums,
) -> Result<Vec<Difference>, CopyError> {
    let wanted = worth_reading(source, target);
    let mut found = BTreeMap::new();
    for segment in planned.segments(End::Source) {
        for (id, held) in held(segment, &planned.definition.keys, &wanted).await? {
            found.insert(id, held);
        }
    }
    let mut differences = Vec::new();
    for segment in planned.segments(End::Target) {
        for (id, there) in held(segment, &planned.definition.keys, &wanted).await? {
            match found.remove(&id) {
                Some(here) if here.digest == there.digest => {}
                Some(here) => differences.push(Difference::Unlike(here.key)),
                None => differences.push(Difference::Surplus(there.key)),
            }
        }
    }
    differences.extend(found.into_values().map(|held| Difference::Missing(held.key)));
    differences.sort_unstable();
    differences.truncate(COPY_KEYS_SHOWN);
    Ok(differences)
}

/// The parts that differ, as many as can be held in memory. None when the first one cannot.
fn worth_reading(source: &Sums, target: &Sums) -> Vec<bool> {
    let mut left = COPY_KEYS_HELD;
    let pairs = source.0.iter().zip(&target.0);
    let is_worth = pairs.map(|(here, there)| {
        let items = here.items + there.items;
        let is_worth = here != there && items <= left;
        if is_worth {
            left -= items;
        }
        is_worth
    });
    is_worth.collect()
}

/// An item that may differ.
#[derive(Debug)]
struct Held {
    digest: u128,
    key: String,
}

/// Reads a part of a table, and returns its items of the wanted parts by the digests of their keys. A table that has grown
/// meanwhile is not read into memory whole.
async fn held(
    segment: Segment,
    keys: &[String],
    wanted: &[bool],
) -> Result<BTreeMap<u128, Held>, CopyError> {
    let (mut found, most) =
        (BTreeMap::new(), usize::try_from(COPY_KEYS_HELD).unwrap_or(usize::MAX));
    each(&segment, None, |item| {
        let key = key(item, keys);
        let id = digest(&key);
        if wanted.get(bucket(id)) == Some(&true) && found.len() < most {
            found.insert(id, Held { digest: digest(item), key: Value::Object(key).to_string() });
        }
    })
    .await?;
    Ok(found)
}
