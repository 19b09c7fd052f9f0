//! The plain form of a Query: strings without escapes, each member once, no filter and no projection.
//!
//! Any other request is the engine's.

use super::request::{KeyPart, has_another, key_part, name};
use super::scan::{Scan, whole_number};
use crate::limits;

/// A Query as it is written.
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
pub(super) fn parse(body: &str) -> Option<PageRequest<'_>> {
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
    (scan.is_at_end() && !read.table.is_empty() && !read.condition.is_empty()).then_some(read)
}

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
}

impl<'b> PageRequest<'b> {
    fn member(&mut self, scan: &mut Scan<'b>, seen: &mut Seen) -> Option<()> {
        match name(scan)? {
            "TableName" => {
                seen.take(0)?;
                self.table = scan.plain_string()?;
            }
            "IndexName" => {
                seen.take(1)?;
                self.index = Some(scan.plain_string()?);
            }
            "KeyConditionExpression" => {
                seen.take(2)?;
                self.condition = scan.plain_string()?;
            }
            "ExpressionAttributeNames" => {
                seen.take(3)?;
                self.names = object(scan, |scan| Some((name(scan)?, scan.plain_string()?)))?;
            }
            "ExpressionAttributeValues" => {
                seen.take(4)?;
                self.values = object(scan, key_part)?;
            }
            "ExclusiveStartKey" => {
                seen.take(5)?;
                self.start = object(scan, key_part)?;
            }
            "ScanIndexForward" => {
                seen.take(6)?;
                self.is_backward = !boolean(scan)?;
            }
            "ConsistentRead" => {
                seen.take(7)?;
                self.is_strong = boolean(scan)?;
            }
            "Limit" => {
                seen.take(8)?;
                self.limit = Some(limit(scan)?);
            }
            "Select" => {
                seen.take(9)?;
                self.select = Some(match scan.plain_string()? {
                    "COUNT" => Select::Count,
                    "ALL_ATTRIBUTES" => Select::AllAttributes,
                    "ALL_PROJECTED_ATTRIBUTES" => Select::AllProjectedAttributes,
                    _ => return None,
                });
            }
            "ReturnConsumedCapacity" => {
                seen.take(10)?;
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
