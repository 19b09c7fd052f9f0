//! The plain form of a GetItem request: `TableName`, `Key`, and perhaps `ConsistentRead`.
//!
//! Strings are taken without escapes, each member once. Any other request is the engine's.

use super::scan::Scan;

/// One GetItem by its whole key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PointRead<'b> {
    pub(super) table: &'b str,
    pub(super) key: Key<'b>,
}

/// One or two attributes, in the order of the document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key<'b> {
    pub(super) first: KeyPart<'b>,
    pub(super) second: Option<KeyPart<'b>>,
}

/// One attribute of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyPart<'b> {
    pub(super) name: &'b str,
    pub(super) kind: Kind,
    /// The string, or the number as it is written.
    pub(super) text: &'b str,
}

/// The type of a key's attribute. Binary keys are left to the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    Number,
}

/// Returns the read that `body` asks for, when it has the plain form.
pub(super) fn parse(body: &str) -> Option<PointRead<'_>> {
    let mut scan = Scan::new(body);
    let (mut table, mut key, mut consistent) = (None, None, None);
    scan.space();
    scan.expect("{")?;
    loop {
        let is_new = match name(&mut scan)? {
            "TableName" => table.replace(scan.plain_string()?).is_none(),
            "Key" => key.replace(read_key(&mut scan)?).is_none(),
            "ConsistentRead" => {
                let is_boolean = scan.has("true") || scan.has("false");
                consistent.replace(is_boolean.then_some(())?).is_none()
            }
            _ => false,
        };
        if !is_new {
            return None;
        }
        if !has_another(&mut scan)? {
            break;
        }
    }
    scan.space();
    let read = PointRead { table: table?, key: key? };
    scan.is_at_end().then_some(read)
}

fn read_key<'b>(scan: &mut Scan<'b>) -> Option<Key<'b>> {
    scan.expect("{")?;
    let first = key_part(scan)?;
    if !has_another(scan)? {
        return Some(Key { first, second: None });
    }
    let second = key_part(scan)?;
    if second.name == first.name || has_another(scan)? {
        return None;
    }
    Some(Key { first, second: Some(second) })
}

/// Reads a member that is an attribute, a string or a number.
pub(super) fn key_part<'b>(scan: &mut Scan<'b>) -> Option<KeyPart<'b>> {
    let attribute = name(scan)?;
    scan.expect("{")?;
    let kind = match name(scan)? {
        "S" => Kind::String,
        "N" => Kind::Number,
        _ => return None,
    };
    let text = scan.plain_string()?;
    if has_another(scan)? {
        return None;
    }
    Some(KeyPart { name: attribute, kind, text })
}

/// Reads a member's name and its colon.
pub(super) fn name<'b>(scan: &mut Scan<'b>) -> Option<&'b str> {
    scan.space();
    let name = scan.plain_string()?;
    scan.space();
    scan.expect(":")?;
    scan.space();
    Some(name)
}

/// Reads the comma before another member, or the end of the object.
pub(super) fn has_another(scan: &mut Scan<'_>) -> Option<bool> {
    scan.space();
    if scan.has(",") {
        return Some(true);
    }
    scan.expect("}")?;
    Some(false)
}
