//! Values as JSON text, in json-smart's two styles: `$input.json` leaves `/` alone, a printed array
//! escapes it.
//!
//! Depth and size are bounded by the output that is written to, work by the heap.

use vestibule_vtl::value::{Handle, Heap, Kind, Number, Output, Value};
use vestibule_vtl::{Limit, LimitExceeded};

use crate::limits::WRITE_DEPTH_MAX;

/// Makes a list of `items` that prints as JSON, as the lists of a parsed document do.
///
/// # Errors
/// The heap is full.
pub fn list<'a>(heap: &mut Heap<'a>, items: Vec<Value<'a>>) -> Result<Value<'a>, LimitExceeded> {
    let list = heap.list_of(items)?;
    heap.print_with(list, print_list);
    Ok(Value::Object(list))
}

/// Makes a list of `items` as a document has them, which prints as JSON.
pub(super) fn list_read<'a>(
    heap: &mut Heap<'a>,
    items: &[Value<'a>],
) -> Result<Handle, LimitExceeded> {
    heap.list_read(items, Some(print_list))
}

/// Returns `value` as the JSON text of `$input.json`; null is `null`.
///
/// # Errors
/// The text is larger than the heap's output may be, nests deeper than [`WRITE_DEPTH_MAX`] (a value
/// that contains itself does), or the steps are used up.
pub fn to_text<'a>(heap: &Heap<'a>, value: &Value<'a>) -> Result<String, LimitExceeded> {
    let depth_max = u32::try_from(WRITE_DEPTH_MAX).unwrap_or(u32::MAX);
    let room = value.as_str().map_or(0, str::len) + ROOM_AT_START;
    let room = String::with_capacity(room.min(heap.limits().output_bytes));
    let mut out = Output::onto(room, heap.limits().output_bytes, depth_max);
    write(heap, value, &mut out)?;
    Ok(out.into_string())
}

/// Appends `value` to `out` as the JSON text of `$input.json`.
///
/// Objects that JSON has no form for (sets, iterators and the like, which templates put into a
/// document) are strings of their printed text.
///
/// # Errors
/// The output or the steps are used up.
pub fn write<'a>(
    heap: &Heap<'a>,
    value: &Value<'a>,
    out: &mut Output,
) -> Result<(), LimitExceeded> {
    write_value(heap, value, Style::Plain, out)
}

/// Room for a JSON text at the start, besides the characters of a string that it is.
const ROOM_AT_START: usize = 32;

/// How strings are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `/` stays.
    Plain,
    /// `/` becomes `\/`.
    Web,
}

fn print_list(heap: &Heap<'_>, list: Handle, out: &mut Output) -> Result<(), LimitExceeded> {
    write_object(heap, list, Style::Web, out)
}

fn write_value<'a>(
    heap: &Heap<'a>,
    value: &Value<'a>,
    style: Style,
    out: &mut Output,
) -> Result<(), LimitExceeded> {
    heap.charge(1)?;
    match value {
        Value::Null => out.push_str("null"),
        Value::Boolean(true) => out.push_str("true"),
        Value::Boolean(false) => out.push_str("false"),
        // AWS: an infinite number is null; NaN is not.
        Value::Number(Number::Double(number)) if number.is_infinite() => out.push_str("null"),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_string(text, style, out),
        Value::Object(handle) => write_object(heap, *handle, style, out),
    }
}

fn write_object(
    heap: &Heap<'_>,
    handle: Handle,
    style: Style,
    out: &mut Output,
) -> Result<(), LimitExceeded> {
    match heap.kind(handle) {
        Kind::Map => write_map(heap, handle, style, out),
        Kind::List | Kind::Array => write_items(heap, heap.items(handle).iter(), style, out),
        Kind::Set | Kind::Collection => match heap.shown(handle) {
            Some(items) => write_items(heap, items.iter(), style, out),
            None => write_string(heap.text_inside(&Value::Object(handle), out)?, style, out),
        },
        Kind::Entry => write_string(heap.text_inside(&Value::Object(handle), out)?, style, out),
        // json-smart takes these for beans without properties.
        Kind::Iterator | Kind::Character | Kind::Block | Kind::Host => out.push_str("{}"),
    }
}

fn write_items<'i, 'a: 'i>(
    heap: &Heap<'a>,
    items: impl Iterator<Item = &'i Value<'a>>,
    style: Style,
    out: &mut Output,
) -> Result<(), LimitExceeded> {
    out.enter()?;
    out.push_str("[")?;
    for (position, item) in items.enumerate() {
        if position > 0 {
            out.push_str(",")?;
        }
        write_value(heap, item, style, out)?;
    }
    out.push_str("]")?;
    out.leave();
    Ok(())
}

fn write_map(
    heap: &Heap<'_>,
    map: Handle,
    style: Style,
    out: &mut Output,
) -> Result<(), LimitExceeded> {
    out.enter()?;
    out.push_str("{")?;
    for (position, (key, value)) in heap.entries(map).enumerate() {
        if position > 0 {
            out.push_str(",")?;
        }
        if key.is_null() {
            return Err(LimitExceeded::new(Limit::NullKey, 0));
        }
        write_string(heap.text_inside(key, out)?, style, out)?;
        out.push_str(":")?;
        write_value(heap, value, style, out)?;
    }
    out.push_str("}")?;
    out.leave();
    Ok(())
}

fn write_string(text: &str, style: Style, out: &mut Output) -> Result<(), LimitExceeded> {
    out.push_str("\"")?;
    let mut rest = text;
    let plain = if style == Style::Web { &PLAIN_WEB } else { &PLAIN };
    let is_plain = |byte: u8| plain.get(usize::from(byte)) == Some(&true);
    while let Some(at) = rest.bytes().position(|byte| !is_plain(byte)) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before)?;
        let mut characters = from.chars();
        match characters.next() {
            Some(character) if is_escaped(character, style) => write_escape(character, out)?,
            Some(character) => out.push(character)?,
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest)?;
    out.push_str("\"")
}

/// Tells whether a byte begins no character that is escaped, or is inside of one.
const fn is_plain(byte: u8, is_web: bool) -> bool {
    match byte {
        // The last two begin U+0080 to U+009F and U+2000 to U+20FF, and others.
        b'"' | b'\\' | 0..=0x1f | 0x7f | 0xc2 | 0xe2 => false,
        b'/' => !is_web,
        _ => true,
    }
}

/// [`is_plain`] of every byte.
static PLAIN: [bool; 256] = plain(false);
static PLAIN_WEB: [bool; 256] = plain(true);

#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "at compile time")]
const fn plain(is_web: bool) -> [bool; 256] {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = is_plain(byte as u8, is_web);
        byte += 1;
    }
    plain
}

fn is_escaped(character: char, style: Style) -> bool {
    match character {
        '"' | '\\' | '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2000}'..='\u{20ff}' => true,
        '/' => style == Style::Web,
        _ => false,
    }
}

fn write_escape(character: char, out: &mut Output) -> Result<(), LimitExceeded> {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '/' => out.push_str("\\/"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ => out.push_str(&format!("\\u{:04X}", u32::from(character))),
    }
}
