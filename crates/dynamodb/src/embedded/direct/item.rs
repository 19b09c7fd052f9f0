//! From a stored item to the answer of GetItem, without reading its values.
//!
//! The engine stores what its own writer wrote, so that a value passes as it stands; only the
//! members of objects are put in order. A text of any other form has no answer here.

use super::scan::{Scan, whole_number};
use crate::limits;
use crate::wire::Draft;

const BEFORE: &[u8] = br#"{"Item":"#;
const AFTER: &[u8] = b"}";

/// Returns `{"Item":...}` for a stored item.
pub(super) fn write(stored: &str, draft: &mut Draft) -> Option<Vec<u8>> {
    draft.restart(BEFORE.len() + stored.len() + AFTER.len(), limits::POINT_KEPT_BYTES);
    draft.out.extend_from_slice(BEFORE);
    let mut walk = Walk { scan: Scan::new(stored), draft };
    walk.attributes(0)?;
    if !walk.scan.is_at_end() {
        return None;
    }
    draft.out.extend_from_slice(AFTER);
    Some(std::mem::take(&mut draft.out))
}

struct Walk<'t, 'd> {
    scan: Scan<'t>,
    draft: &'d mut Draft,
}

// Depth: `limits::POINT_DEPTH`.
impl Walk<'_, '_> {
    /// Copies an object of names and attribute values.
    fn attributes(&mut self, depth: usize) -> Option<()> {
        self.scan.expect("{")?;
        let object = self.draft.open();
        if !self.scan.has("}") {
            loop {
                let start = self.draft.next_member(object);
                let name = self.scan.string()?;
                self.draft.out.extend_from_slice(name.as_bytes());
                let member = self.draft.end_name(start);
                self.scan.expect(":")?;
                self.value(depth)?;
                self.draft.end_member(member);
                if !self.scan.has(",") {
                    break;
                }
            }
            self.scan.expect("}")?;
        }
        self.draft.close(object).then_some(())
    }

    /// Copies one attribute value.
    fn value(&mut self, depth: usize) -> Option<()> {
        let start = self.scan.at();
        self.scan.expect("{")?;
        let kind = self.scan.plain_string()?;
        self.scan.expect(":")?;
        match kind {
            "S" | "B" => drop(self.scan.string()?),
            "N" => number(&mut self.scan)?,
            "BOOL" => (self.scan.has("true") || self.scan.has("false")).then_some(())?,
            "NULL" => self.scan.expect("true")?,
            "SS" => ascending(&mut self.scan, Some)?,
            "NS" => ascending(&mut self.scan, whole_number)?,
            // The engine orders them by the bytes they stand for: here only one is in order.
            "BS" => lone(&mut self.scan)?,
            "L" => return self.list(depth + 1),
            "M" => return self.map(depth + 1),
            _ => return None,
        }
        self.scan.expect("}")?;
        self.draft.out.extend_from_slice(self.scan.since(start).as_bytes());
        Some(())
    }

    fn map(&mut self, depth: usize) -> Option<()> {
        if depth > limits::POINT_DEPTH {
            return None;
        }
        self.draft.out.extend_from_slice(br#"{"M":"#);
        self.attributes(depth)?;
        self.draft.out.push(b'}');
        self.scan.expect("}")
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        if depth > limits::POINT_DEPTH {
            return None;
        }
        self.scan.expect("[")?;
        self.draft.out.extend_from_slice(br#"{"L":["#);
        if !self.scan.has("]") {
            loop {
                self.value(depth)?;
                if !self.scan.has(",") {
                    break;
                }
                self.draft.out.push(b',');
            }
            self.scan.expect("]")?;
        }
        self.draft.out.extend_from_slice(b"]}");
        self.scan.expect("}")
    }
}

/// Reads the text of a number.
fn number(scan: &mut Scan<'_>) -> Option<()> {
    let text = scan.plain_string()?;
    let is_part = |byte: u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    (!text.is_empty() && text.bytes().all(is_part)).then_some(())
}

/// Reads the members of a set, which must be in the order the engine answers them in: each less
/// than the next.
fn ascending<'t, K: Ord>(scan: &mut Scan<'t>, key: impl Fn(&'t str) -> Option<K>) -> Option<()> {
    scan.expect("[")?;
    let mut last = key(scan.plain_string()?)?;
    while scan.has(",") {
        let next = key(scan.plain_string()?)?;
        if next <= last {
            return None;
        }
        last = next;
    }
    scan.expect("]")
}

/// Reads a set of one member.
fn lone(scan: &mut Scan<'_>) -> Option<()> {
    scan.expect("[")?;
    scan.plain_string()?;
    scan.expect("]")
}
