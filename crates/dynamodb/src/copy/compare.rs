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
    /// Whether items were left out when those that differ were looked for, because there are more than are held in memory.
    pub is_cut: bool,
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
        is_cut: false,
    };
    if !compared.is_alike() && !compared.is_missing {
        (compared.differences, compared.is_cut) = differences(planned, &source, &target).await?;
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

/// Some of the items that differ, those of as many parts as can be held; and whether others were left out.
async fn differences(
    planned: &Planned,
    source: &Sums,
    target: &Sums,
) -> Result<(Vec<Difference>, bool), CopyError> {
    let wanted = worth_reading(source, target, COPY_KEYS_HELD);
    let here = held(planned, End::Source, &wanted).await?;
    let there = held(planned, End::Target, &wanted).await?;
    let is_cut = leaves_out(source, target, &wanted) || here.is_cut || there.is_cut;
    let mut differences = tell_apart(here, there);
    differences.sort_unstable();
    differences.truncate(COPY_KEYS_SHOWN);
    Ok((differences, is_cut))
}

/// The parts that differ, as many as have this many items together. None when the first one has more.
fn worth_reading(source: &Sums, target: &Sums, most: u64) -> Vec<bool> {
    let mut left = most;
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

/// Whether a part that differs is none of those that are read.
fn leaves_out(source: &Sums, target: &Sums, wanted: &[bool]) -> bool {
    let parts = source.0.iter().zip(&target.0).zip(wanted);
    parts.into_iter().any(|((here, there), is_wanted)| here != there && !is_wanted)
}

/// An item that may differ.
#[derive(Debug)]
struct Held {
    digest: u128,
    key: String,
}

/// The items of one side that may differ, by the digests of their keys.
#[derive(Debug)]
struct Side {
    items: BTreeMap<u128, Held>,
    most: usize,
    /// Whether some were left out.
    is_cut: bool,
}

impl Side {
    fn new(most: u64) -> Side {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Side { items: BTreeMap::new(), most, is_cut: false }
    }

    fn take(&mut self, id: u128, held: Held) {
        if self.items.len() < self.most {
            self.items.insert(id, held);
        } else {
            self.is_cut = true;
        }
    }
}

/// Reads a table at one end, and returns its items of the wanted parts. One that has grown meanwhile is not read into memory whole.
async fn held(planned: &Planned, end: End, wanted: &[bool]) -> Result<Side, CopyError> {
    let mut side = Side::new(COPY_KEYS_HELD);
    for segment in planned.segments(end) {
        each(&segment, None, |item| {
            let key = key(item, &planned.definition.keys);
            let id = digest(&key);
            if wanted.get(bucket(id)) == Some(&true) {
                let key = Value::Object(key).to_string();
                side.take(id, Held { digest: digest(item), key });
            }
        })
        .await?;
    }
    Ok(side)
}

/// The items that differ. What one side left out is not known to be missing there.
fn tell_apart(here: Side, there: Side) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut left = here.items;
    for (id, held) in there.items {
        match left.remove(&id) {
            Some(same) if same.digest == held.digest => {}
            Some(other) => differences.push(Difference::Unlike(other.key)),
            None if here.is_cut => {}
            None => differences.push(Difference::Surplus(held.key)),
        }
    }
    if !there.is_cut {
        differences.extend(left.into_values().map(|held| Difference::Missing(held.key)));
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A side that holds so many items; each is the number of its key and what it is.
    fn side(most: u64, items: &[(u128, u128)]) -> Side {
        let mut side = Side::new(most);
        for (key, digest) in items {
            side.take(*key, Held { digest: *digest, key: key.to_string() });
        }
        side
    }

    // Source: inferred.
    #[test]
    fn what_was_left_out_at_one_side_is_not_said_to_be_missing_there() {
        let here = [(1, 0), (2, 0), (3, 0)];
        let there = [(2, 1), (3, 0), (4, 0)];
        let unlike = || Difference::Unlike("2".to_owned());
        let missing = || Difference::Missing("1".to_owned());
        let surplus = || Difference::Surplus("4".to_owned());
        let told = |most: [u64; 2]| tell_apart(side(most[0], &here), side(most[1], &there));
        assert_eq!(told([3, 3]), [unlike(), surplus(), missing()]);
        // `3` is left out at the source, `4` at the target.
        assert_eq!(told([2, 3]), [unlike(), missing()]);
        assert_eq!(told([3, 2]), [unlike()]);
        assert_eq!(told([2, 2]), [unlike()]);
        assert!(side(2, &here).is_cut && !side(3, &here).is_cut);
    }

    // Source: inferred.
    #[test]
    fn parts_that_differ_and_are_too_much_to_hold_are_left_out() {
        let sums = |parts: &[u64]| {
            let part = |items: &u64| Contents { items: *items, checksum: u128::from(*items) };
            Sums(parts.iter().map(part).collect())
        };
        let (source, target) = (sums(&[3, 5, 9, 1]), sums(&[3, 4, 0, 2]));
        let all = worth_reading(&source, &target, 21);
        assert_eq!(all, [false, true, true, true]);
        assert!(!leaves_out(&source, &target, &all));
        let some = worth_reading(&source, &target, 12);
        assert_eq!(some, [false, true, false, true]);
        assert!(leaves_out(&source, &target, &some));
    }
}
