//! The plain form of a Query or Scan: strings without escapes, each member once, no filter and no projection.
//!
//! Any other request is the engine's.

use super::request::{KeyPart, has_another, key_part, name};
use super::scan::{Scan, whole_number};
use crate::limits;

/// A Query or Scan as it is written.
#[derive(Debug, Default)]
pub(super) struct PageRequest<'b> {
    pub(super) table: &'b str,
    pub(super) index: Option<&'b str>,
    pub(super) condition: &'b str,
    /// Placeholders, and the names they stand for.
    pub(super) names: Vec<(&'b str, &'b str)>,
    /// Each one's name is its placeholder.
    pub(super) values: Vec<KeyPart<'b>>,
    /// The key that the page begins behind; empty: at the beginning.
    pub(super) start: Vec<KeyPart<'b>>,
    pub(super) is_backward: bool,
    pub(super) is_strong: bool,
    pub(super) limit: Option<usize>,
    pub(super) select: Option<Select>,
    pub(super) capacity: Option<&'b str>,
}

/// What a page has of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Select {
    Count,
    AllAttributes,
    AllProjectedAttributes,
}

/// Returns the Query of `body`, when it has the plain form.
pub(super) fn query(body: &str) -> Option<PageRequest<'_>> {
    let (read, seen) = parse(body)?;
    (seen.has(TABLE) && seen.has(CONDITION)).then_some(read)
}

/// Returns the Scan of `body`, when it has the plain form and is of a table in one segment.
pub(super) fn scan(body: &str) -> Option<PageRequest<'_>> {
    const OF_SCAN: [u16; 6] = [TABLE, START, STRONG, LIMIT, SELECT, CAPACITY];
    let (read, seen) = parse(body)?;
    (seen.has(TABLE) && seen.are_of(&OF_SCAN)).then_some(read)
}

fn parse(body: &str) -> Option<(PageRequest<'_>, Seen)> {
    let mut scan = Scan::new(body);
    let mut read = PageRequest::default();
    let mut seen = Seen::default();
    scan.space();
    scan.expect("{")?;
    loop {
        read.member(&mut scan, &mut seen)?;
        if !has_another(&mut scan)? {
            break;
        }
    }
    scan.space();
    scan.is_at_end().then_some((read, seen))
}

// The members, as places in `Seen`.
const TABLE: u16 = 0;
const INDEX: u16 = 1;
const CONDITION: u16 = 2;
const NAMES: u16 = 3;
const VALUES: u16 = 4;
const START: u16 = 5;
const FORWARD: u16 = 6;
const STRONG: u16 = 7;
const LIMIT: u16 = 8;
const SELECT: u16 = 9;
const CAPACITY: u16 = 10;

/// The members that were read.
#[derive(Debug, Default)]
struct Seen(u16);

impl Seen {
    /// Takes a member, each only once.
    fn take(&mut self, member: u16) -> Option<()> {
        let is_new = self.0 & (1 << member) == 0;
        self.0 |= 1 << member;
        is_new.then_some(())
    }

    fn has(&self, member: u16) -> bool {
        self.0 & (1 << member) != 0
    }

    fn are_of(&self, members: &[u16]) -> bool {
        self.0 & !members.iter().fold(0, |all, member| all | (1 << member)) == 0
    }
}

impl<'b> PageRequest<'b> {
    fn member(&mut self, scan: &mut Scan<'b>, seen: &mut Seen) -> Option<()> {
        match name(scan)? {
            "TableName" => {
                seen.take(TABLE)?;
                self.table = scan.plain_string()?;
            }
            "IndexName" => {
                seen.take(INDEX)?;
                self.index = Some(scan.plain_string()?);
            }
            "KeyConditionExpression" => {
                seen.take(CONDITION)?;
                self.condition = scan.plain_string()?;
            }
            "ExpressionAttributeNames" => {
                seen.take(NAMES)?;
                self.names = object(scan, |scan| Some((name(scan)?, scan.plain_string()?)))?;
            }
            "ExpressionAttributeValues" => {
                seen.take(VALUES)?;
                self.values = object(scan, key_part)?;
            }
            "ExclusiveStartKey" => {
                seen.take(START)?;
                self.start = object(scan, key_part)?;
            }
            "ScanIndexForward" => {
                seen.take(FORWARD)?;
                self.is_backward = !boolean(scan)?;
            }
            "ConsistentRead" => {
                seen.take(STRONG)?;
                self.is_strong = boolean(scan)?;
            }
            "Limit" => {
                seen.take(LIMIT)?;
                self.limit = Some(limit(scan)?);
            }
            "Select" => {
                seen.take(SELECT)?;
                self.select = Some(match scan.plain_string()? {
                    "COUNT" => Select::Count,
                    "ALL_ATTRIBUTES" => Select::AllAttributes,
                    "ALL_PROJECTED_ATTRIBUTES" => Select::AllProjectedAttributes,
                    _ => return None,
                });
            }
            "ReturnConsumedCapacity" => {
                seen.take(CAPACITY)?;
                let mode = scan.plain_string()?;
                self.capacity = Some(mode);
                matches!(mode, "NONE" | "TOTAL" | "INDEXES").then_some(())?;
            }
            _ => return None,
        }
        Some(())
    }
}

/// Reads an object of few members.
fn object<'b, T>(
    scan: &mut Scan<'b>,
    member: impl Fn(&mut Scan<'b>) -> Option<T>,
) -> Option<Vec<T>> {
    scan.expect("{")?;
    let mut members = Vec::with_capacity(limits::PLAIN_MEMBERS);
    loop {
        if members.len() == limits::PLAIN_MEMBERS {
            return None;
        }
        members.push(member(scan)?);
        if !has_another(scan)? {
            return Some(members);
        }
    }
}

fn boolean(scan: &mut Scan<'_>) -> Option<bool> {
    if scan.has("true") {
        return Some(true);
    }
    scan.expect("false")?;
    Some(false)
}

/// Reads a limit that AWS takes: above its most the engine says what it means.
fn limit(scan: &mut Scan<'_>) -> Option<usize> {
    let number = i32::try_from(whole_number(scan.digits())?).ok()?;
    usize::try_from(number).ok().filter(|limit| *limit > 0)
}
