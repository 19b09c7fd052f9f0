//! From a stored item to an answer, without reading its values.
//!
//! The engine stores what its own writer wrote, so that a value passes as it stands; only the
//! members of objects are put in order. A text of any other form has no answer here.

use dynoxide::types::number_size;

use super::scan::{Scan, whole_number};
use crate::limits;
use crate::wire::Draft;

const BEFORE: &[u8] = br#"{"Item":"#;
const AFTER: &[u8] = b"}";

/// Returns `{"Item":...}` for a stored item.
pub(super) fn write(stored: &str, draft: &mut Draft) -> Option<Vec<u8>> {
    draft.restart(BEFORE.len() + stored.len() + AFTER.len(), limits::POINT_KEPT_BYTES);
    draft.out.extend_from_slice(BEFORE);
    Walk::<false>::new(stored, draft).whole()?;
    draft.out.extend_from_slice(AFTER);
    Some(std::mem::take(&mut draft.out))
}

/// What an item has that was added to the output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Added {
    /// Its size, as AWS counts it.
    pub(super) bytes: usize,
    /// Whether a set of several numbers is somewhere in it: their order in a Scan is another.
    pub(super) has_number_set: bool,
}

/// Adds a stored item to the output.
pub(super) fn append(stored: &str, draft: &mut Draft) -> Option<Added> {
    let mut walk = Walk::<true>::new(stored, draft);
    let bytes = walk.whole()?;
    Some(Added { bytes, has_number_set: walk.has_number_set })
}

/// Returns whether a stored text is an item, as the engine's writer writes them. Another text may be one too.
pub(in crate::embedded) fn is_plain(stored: &str) -> bool {
    let mut draft = Draft::default();
    draft.out.reserve(stored.len());
    Walk::<false>::new(stored, &mut draft).whole().is_some()
}

/// Returns of an item that was written here the object of some attributes.
pub(super) fn key_of(written: &str, names: &[&str]) -> Option<Vec<u8>> {
    let quoted: Vec<String> =
        names.iter().map(|name| serde_json::to_string(name).unwrap_or_default()).collect();
    let (mut draft, mut key) = (Draft::default(), vec![b'{']);
    let mut walk = Walk::<false>::new(written, &mut draft);
    walk.scan.expect("{")?;
    loop {
        let start = walk.scan.at();
        let name = walk.scan.string()?;
        walk.scan.expect(":")?;
        walk.value(0)?;
        if quoted.iter().any(|quoted| quoted == name) {
            if key.len() > 1 {
                key.push(b',');
            }
            key.extend_from_slice(walk.scan.since(start).as_bytes());
        }
        if !walk.scan.has(",") {
            key.push(b'}');
            return Some(key);
        }
    }
}

/// `SIZED`: whether the size is wanted, to which numbers have to be looked at.
struct Walk<'t, 'd, const SIZED: bool> {
    scan: Scan<'t>,
    draft: &'d mut Draft,
    /// Of what was read, strings as they are written. See dynoxide's `item_size`.
    size: usize,
    has_number_set: bool,
}

/// AWS docs: "DynamoDB item sizes and formats": what a list or map has beside its members, and what each of these has.
const NESTED: usize = 3;
const NESTED_MEMBER: usize = 1;

// Depth: `limits::POINT_DEPTH`.
impl<'t, 'd, const SIZED: bool> Walk<'t, 'd, SIZED> {
    fn new(stored: &'t str, draft: &'d mut Draft) -> Walk<'t, 'd, SIZED> {
        Walk { scan: Scan::new(stored), draft, size: 0, has_number_set: false }
    }

    /// Copies a whole item; returns its size, when that is wanted.
    fn whole(&mut self) -> Option<usize> {
        self.attributes(0)?;
        self.scan.is_at_end().then(|| self.size.saturating_sub(self.scan.escaping()))
    }

    /// Copies an object of names and attribute values; returns how many.
    fn attributes(&mut self, depth: usize) -> Option<usize> {
        self.scan.expect("{")?;
        let object = self.draft.open();
        let mut members = 0;
        if !self.scan.has("}") {
            loop {
                let start = self.draft.next_member(object);
                let name = self.scan.string()?;
                self.draft.out.extend_from_slice(name.as_bytes());
                let member = self.draft.end_name(start);
                self.size += name.len() - QUOTES;
                members += 1;
                self.scan.expect(":")?;
                self.value(depth)?;
                self.draft.end_member(member);
                if !self.scan.has(",") {
                    break;
                }
            }
            self.scan.expect("}")?;
        }
        self.draft.close(object).then_some(members)
    }

    /// Copies one attribute value.
    fn value(&mut self, depth: usize) -> Option<()> {
        let start = self.scan.at();
        self.scan.expect("{")?;
        let kind = self.scan.plain_string()?;
        self.scan.expect(":")?;
        self.size += match kind {
            "S" => self.scan.string()?.len() - QUOTES,
            "B" => binary_size(self.scan.plain_string()?)?,
            "N" => {
                let text = number(&mut self.scan)?;
                if SIZED { size_of_number(text) } else { 0 }
            }
            "BOOL" => (self.scan.has("true") || self.scan.has("false")).then_some(1)?,
            "NULL" => self.scan.has("true").then_some(1)?,
            "SS" => ascending(&mut self.scan, Some, str::len)?,
            "NS" => {
                let size = ascending(&mut self.scan, whole_number, size_of_number)?;
                self.has_number_set |= self.scan.since(start).contains(',');
                size
            }
            // The engine orders them by the bytes they stand for: here only one is in order.
            "BS" => lone(&mut self.scan)?,
            "L" => return self.list(depth + 1),
            "M" => return self.map(depth + 1),
            _ => return None,
        };
        self.scan.expect("}")?;
        self.draft.out.extend_from_slice(self.scan.since(start).as_bytes());
        Some(())
    }

    fn map(&mut self, depth: usize) -> Option<()> {
        if depth > limits::POINT_DEPTH {
            return None;
        }
        self.draft.out.extend_from_slice(br#"{"M":"#);
        self.size += NESTED + NESTED_MEMBER * self.attributes(depth)?;
        self.draft.out.push(b'}');
        self.scan.expect("}")
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        if depth > limits::POINT_DEPTH {
            return None;
        }
        self.scan.expect("[")?;
        self.draft.out.extend_from_slice(br#"{"L":["#);
        self.size += NESTED;
        if !self.scan.has("]") {
            loop {
                self.value(depth)?;
                self.size += NESTED_MEMBER;
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

const QUOTES: usize = 2;

/// The bytes of binary data, of its Base64 (RFC 4648, section 4); nothing when it is none.
fn binary_size(text: &str) -> Option<usize> {
    let data = text.trim_end_matches('=');
    let padding = text.len() - data.len();
    // Bits of the last character that stand for nothing are zero.
    let last = data.bytes().last();
    let is_ended = match padding {
        0 => true,
        1 => last.is_some_and(|last| b"AEIMQUYcgkosw048".contains(&last)),
        2 => last.is_some_and(|last| b"AQgw".contains(&last)),
        _ => false,
    };
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let is_base64 = is_ended && text.len().is_multiple_of(4) && data.bytes().all(is_letter);
    is_base64.then(|| text.len() / 4 * 3 - padding)
}

/// Returns what [`number_size`] does, in few steps for a whole number.
fn size_of_number(text: &str) -> usize {
    match whole_number(text) {
        Some(0) | None => number_size(text),
        Some(number) => {
            let digits = text.trim_start_matches('-').trim_end_matches('0').len();
            digits.div_ceil(2) + 1 + usize::from(number < 0)
        }
    }
}

/// Reads the text of a number that is within AWS's range and precision whatever its digits are.
fn number<'t>(scan: &mut Scan<'t>) -> Option<&'t str> {
    let text = scan.plain_string()?;
    let mut number = Scan::new(text);
    let mut is_number = !number.digits().trim_start_matches('-').is_empty();
    if number.has(".") {
        is_number &= number.digits().starts_with(|first: char| first.is_ascii_digit());
    }
    let digits = number.since(0);
    let mut is_within = digits.len() <= limits::PLAIN_NUMBER_DIGITS || is_long_number(digits);
    if number.has("E") || number.has("e") {
        let _sign = number.has("+");
        let exponent = number.digits().trim_start_matches('-');
        is_number &= (1..=limits::PLAIN_EXPONENT_DIGITS).contains(&exponent.len());
        is_within = digits.len() <= limits::POINT_DIGITS;
    }
    (is_number && is_within && number.is_at_end()).then_some(text)
}

/// Returns whether the many digits are zeros before or behind the few that count.
fn is_long_number(digits: &str) -> bool {
    let counting = digits.trim_start_matches(['-', '0', '.']).trim_end_matches(['0', '.']);
    digits.len() <= limits::PLAIN_NUMBER_BYTES && counting.len() <= limits::PLAIN_NUMBER_DIGITS
}

/// Reads the members of a set, which must be in the order the engine answers them in: each less
/// than the next. Returns their size.
fn ascending<'t, K: Ord>(
    scan: &mut Scan<'t>,
    key: impl Fn(&'t str) -> Option<K>,
    size: impl Fn(&'t str) -> usize,
) -> Option<usize> {
    scan.expect("[")?;
    let first = scan.plain_string()?;
    let (mut last, mut bytes) = (key(first)?, size(first));
    while scan.has(",") {
        let text = scan.plain_string()?;
        let next = key(text)?;
        if next <= last {
            return None;
        }
        (last, bytes) = (next, bytes + size(text));
    }
    scan.expect("]")?;
    Some(bytes)
}

/// Reads a set of one member of binary data; returns its size.
fn lone(scan: &mut Scan<'_>) -> Option<usize> {
    scan.expect("[")?;
    let text = scan.plain_string()?;
    scan.expect("]")?;
    binary_size(text)
}
