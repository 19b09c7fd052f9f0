//! Java counts text in UTF-16 units; text here is UTF-8. ASCII text, where both agree, is not counted again.

use crate::limits::LimitExceeded;
use crate::value::Heap;

/// Returns the length in UTF-16 units.
pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// Returns the byte offset of UTF-16 unit `unit`, and whether it is the second half of a pair. At most the end.
pub(super) fn offset(text: &str, unit: usize) -> (usize, bool) {
    if text.is_ascii() {
        return (unit.min(text.len()), false);
    }
    let mut units = 0;
    for (offset, character) in text.char_indices() {
        if units == unit {
            return (offset, false);
        }
        units += character.len_utf16();
        if units > unit {
            return (offset, true);
        }
    }
    (text.len(), false)
}

/// Returns the UTF-16 unit at byte `offset`.
pub(super) fn unit_of(text: &str, offset: usize) -> usize {
    length(text.get(..offset).unwrap_or(text))
}

/// Returns the UTF-16 unit numbered `unit`.
pub(super) fn unit_at(text: &str, unit: usize) -> Option<u16> {
    if text.is_ascii() {
        return text.as_bytes().get(unit).map(|byte| u16::from(*byte));
    }
    text.encode_utf16().nth(unit)
}

/// Returns units `start..end`, which lie in the text. Half of a pair becomes `?`, as Java prints it.
pub(super) fn slice<'a>(
    heap: &Heap<'a>,
    text: &'a str,
    start: usize,
    end: usize,
) -> Result<&'a str, LimitExceeded> {
    heap.charge(text.len() as u64 / 256)?;
    let (first, splits_first) = offset(text, start);
    let (last, splits_last) = offset(text, end);
    if !splits_first && !splits_last {
        return Ok(text.get(first..last).unwrap_or_default());
    }
    let units: Vec<u16> = text.encode_utf16().skip(start).take(end.saturating_sub(start)).collect();
    let characters = char::decode_utf16(units).map(|unit| unit.unwrap_or('?'));
    heap.text(characters.collect::<String>())
}
