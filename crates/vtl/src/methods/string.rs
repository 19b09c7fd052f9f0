//! `java.lang.String`: its own methods. The static ones, and those with regular expressions, have their own files.

use super::arguments::{Answer, answer, comparable, count, index, int, string, strings};
use super::{pattern, string_parts, string_statics, text_block, utf16};
use crate::error::{Exception, Failure};
use crate::value::{Argument, ArrayKind, Heap, Object, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    text: &'a str,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    heap.charge(text.len() as u64 / 64)?;
    let found = match arguments {
        [] => without_arguments(heap, text, method)?,
        [first] => with_one(heap, text, method, first)?,
        [first, second] => with_two(heap, text, method, first, second)?,
        _ => None,
    };
    if found.is_some() {
        return Ok(found);
    }
    if let found @ Some(_) = pattern::call(heap, text, method, arguments)? {
        return Ok(found);
    }
    if let found @ Some(_) = string_statics::call(heap, text, method, arguments)? {
        return Ok(found);
    }
    match string_parts::call(heap, text, method, arguments)? {
        None => text_block::call(heap, text, method, arguments),
        found => Ok(found),
    }
}

fn without_arguments<'a>(heap: &mut Heap<'a>, text: &'a str, method: &str) -> Answer<'a> {
    match method {
        "length" => answer(count(utf16::length(text))),
        "isEmpty" => answer(text.is_empty()),
        "isBlank" => answer(text.chars().all(is_white)),
        "toString" | "intern" => answer(text),
        "toLowerCase" => {
            cased(heap, text, |text| text.to_lowercase(), |byte| byte.is_ascii_uppercase())
        }
        "toUpperCase" => {
            cased(heap, text, |text| text.to_uppercase(), |byte| byte.is_ascii_lowercase())
        }
        "trim" => trimmed(text, |character| character <= ' ', true, true),
        "strip" => trimmed(text, is_white, true, true),
        "stripLeading" => trimmed(text, is_white, true, false),
        "stripTrailing" => trimmed(text, is_white, false, true),
        "toCharArray" => {
            let units = text.encode_utf16().map(Object::Character);
            let mut items = Vec::new();
            for unit in units {
                items.push(Value::Object(heap.allocate(unit)?));
            }
            answer(heap.array(ArrayKind::Characters, items)?)
        }
        "getBytes" => {
            #[expect(clippy::cast_possible_wrap, reason = "Java's bytes are signed")]
            let items = text.bytes().map(|byte| Value::from(i32::from(byte as i8))).collect();
            answer(heap.array(ArrayKind::Bytes, items)?)
        }
        _ => Ok(None),
    }
}

fn with_one<'a>(
    heap: &mut Heap<'a>,
    text: &'a str,
    method: &str,
    argument: &Argument<'a>,
) -> Answer<'a> {
    match method {
        "charAt" | "codePointAt" | "substring" | "repeat" => {
            let Some(number) = int(argument) else { return Ok(None) };
            with_number(heap, text, method, number)
        }
        "equals" => answer(argument.value.as_str() == Some(text)),
        "equalsIgnoreCase" => {
            let Value::String(other) = &argument.value else {
                return Ok(argument.value.is_null().then_some(false.into()));
            };
            charge_folding(heap, text, other)?;
            answer(folded(text).eq(folded(other)))
        }
        "indexOf" => find(heap, text, argument, 0),
        "lastIndexOf" => find_last(heap, text, argument, usize::MAX),
        "compareTo" if string(argument, method)?.is_none() => comparable(method),
        "startsWith"
        | "endsWith"
        | "contains"
        | "contentEquals"
        | "concat"
        | "compareTo"
        | "compareToIgnoreCase" => {
            let Some(other) = string(argument, method)? else { return Ok(None) };
            with_string(heap, text, method, other)
        }
        _ => Ok(None),
    }
}

/// Folding the case of a character costs more than looking at it.
fn charge_folding(heap: &Heap<'_>, text: &str, other: &str) -> Result<(), Failure> {
    heap.charge(text.len().min(other.len()) as u64 / 4)?;
    Ok(())
}

fn with_number<'a>(heap: &mut Heap<'a>, text: &'a str, method: &str, number: i32) -> Answer<'a> {
    let length = utf16::length(text);
    match method {
        "charAt" => {
            let at = index(number, length, false)?;
            let unit = utf16::unit_at(text, at).unwrap_or_default();
            answer(heap.allocate(Object::Character(unit))?)
        }
        "codePointAt" => {
            let at = index(number, length, false)?;
            let (offset, is_second) = utf16::offset(text, at);
            let whole = text.get(offset..).and_then(|rest| rest.chars().next());
            let code = match whole {
                Some(character) if !is_second => u32::from(character),
                _ => u32::from(utf16::unit_at(text, at).unwrap_or_default()),
            };
            answer(i32::try_from(code).unwrap_or(i32::MAX))
        }
        "repeat" => {
            let Ok(times) = usize::try_from(number) else {
                let message = format!("count {number} is negative");
                return Err(Failure::exception(Exception::IllegalArgument, message));
            };
            heap.charge_text(text.len().saturating_mul(times))?;
            heap.charge_text(0)?;
            answer(heap.kept(&text.repeat(times)))
        }
        _ => {
            let start = index(number, length, true)?;
            answer(utf16::slice(heap, text, start, length)?)
        }
    }
}

fn with_string<'a>(heap: &mut Heap<'a>, text: &'a str, method: &str, other: &'a str) -> Answer<'a> {
    match method {
        "startsWith" => answer(text.starts_with(other)),
        "endsWith" => answer(text.ends_with(other)),
        "contains" => answer(text.contains(other)),
        "contentEquals" => answer(text == other),
        "compareTo" => answer(compare(text.encode_utf16(), other.encode_utf16())),
        "compareToIgnoreCase" => {
            charge_folding(heap, text, other)?;
            answer(compare(folded(text), folded(other)))
        }
        _ if other.is_empty() => answer(text),
        _ => {
            let mut joined = String::with_capacity(text.len() + other.len());
            joined.push_str(text);
            joined.push_str(other);
            answer(heap.text(joined)?)
        }
    }
}

fn with_two<'a>(
    heap: &mut Heap<'a>,
    text: &'a str,
    method: &str,
    first: &Argument<'a>,
    second: &Argument<'a>,
) -> Answer<'a> {
    match method {
        "substring" | "subSequence" => {
            let (Some(start), Some(end)) = (int(first), int(second)) else { return Ok(None) };
            let length = utf16::length(text);
            let end = index(end, length, true)?;
            let start = index(start, end, true)?;
            answer(utf16::slice(heap, text, start, end)?)
        }
        "indexOf" => match int(second) {
            Some(from) => find(heap, text, first, usize::try_from(from).unwrap_or(0)),
            None => Ok(None),
        },
        "lastIndexOf" => match int(second) {
            Some(from) => match usize::try_from(from) {
                Ok(from) => find_last(heap, text, first, from),
                Err(_) => Ok(needle(heap, first, method)?.map(|_| Value::from(-1))),
            },
            None => Ok(None),
        },
        "startsWith" => {
            let Some(offset) = int(second) else { return Ok(None) };
            let offset = match usize::try_from(offset) {
                Ok(offset) => offset,
                // Java looks at the prefix afterwards.
                Err(_) if first.value.is_null() => return answer(false),
                Err(_) => return Ok(string(first, method)?.map(|_| false.into())),
            };
            let Some(prefix) = string(first, method)? else { return Ok(None) };
            if offset > utf16::length(text) {
                return answer(false);
            }
            let (start, is_second) = utf16::offset(text, offset);
            let rest = text.get(start..).unwrap_or_default();
            answer((!is_second || prefix.is_empty()) && rest.starts_with(prefix))
        }
        "replace" => replace(heap, text, first, second),
        _ => Ok(None),
    }
}

fn replace<'a>(
    heap: &mut Heap<'a>,
    text: &'a str,
    from: &Argument<'a>,
    to: &Argument<'a>,
) -> Answer<'a> {
    let unit = |value: &Value<'a>| heap.character(value).map(|unit| char::from_u32(unit.into()));
    let (old, new) = match (unit(&from.value), unit(&to.value)) {
        // A text here has no half of a pair.
        (Some(None), Some(_)) => return answer(text),
        (Some(Some(old)), Some(new)) => (old.into(), new.unwrap_or('?').into()),
        _ => {
            let Some([old, new]) = strings([from, to], "replace")? else { return Ok(None) };
            (old.to_string(), new.to_string())
        }
    };
    if !text.contains(&old) {
        return answer(text);
    }
    if old.is_empty() && !text.is_ascii() {
        return between_units(heap, text, &new);
    }
    let times = text.matches(&old).count();
    heap.charge_text(times.saturating_mul(new.len()))?;
    answer(heap.text(text.replace(&old, &new))?)
}

/// Puts `new` around each unit of a text, as Java's replacement of the empty text does.
fn between_units<'a>(heap: &Heap<'a>, text: &str, new: &str) -> Answer<'a> {
    heap.charge_text((utf16::length(text) + 1).saturating_mul(new.len()))?;
    let mut out = new.to_owned();
    for character in text.chars() {
        if character.len_utf16() == 2 && !new.is_empty() {
            out.extend(["?", new, "?"]);
        } else {
            out.push(character);
        }
        out.push_str(new);
    }
    answer(heap.text(out)?)
}

/// Returns what `indexOf` looks for: a string, or the character of a code point.
fn needle<'a>(
    heap: &Heap<'a>,
    argument: &Argument<'a>,
    method: &str,
) -> Result<Option<&'a str>, Failure> {
    match int(argument) {
        Some(code) => {
            let character = u32::try_from(code).ok().and_then(char::from_u32);
            // A code that is no character is found nowhere, as is this text, which no text contains.
            Ok(Some(match character {
                Some(character) => heap.text(character.encode_utf8(&mut [0; 4]))?,
                None => "\u{10ffff}\u{10ffff}",
            }))
        }
        None => string(argument, method),
    }
}

fn find<'a>(heap: &Heap<'a>, text: &'a str, argument: &Argument<'a>, from: usize) -> Answer<'a> {
    let Some(needle) = needle(heap, argument, "indexOf")? else { return Ok(None) };
    let (mut start, is_second) = utf16::offset(text, from);
    if is_second {
        if needle.is_empty() {
            return answer(count(from));
        }
        let rest = text.get(start..).unwrap_or_default();
        start += rest.chars().next().map_or(0, char::len_utf8);
    }
    match text.get(start..).and_then(|rest| rest.find(needle)) {
        Some(found) => answer(count(utf16::unit_of(text, start + found))),
        None => answer(-1),
    }
}

fn find_last<'a>(
    heap: &Heap<'a>,
    text: &'a str,
    argument: &Argument<'a>,
    from: usize,
) -> Answer<'a> {
    let Some(needle) = needle(heap, argument, "lastIndexOf")? else { return Ok(None) };
    let (last, is_second) = utf16::offset(text, from);
    if is_second && needle.is_empty() {
        return answer(count(from));
    }
    let mut end = last.saturating_add(needle.len()).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    match text.get(..end).and_then(|head| head.rfind(needle)) {
        Some(found) => answer(count(utf16::unit_of(text, found))),
        None => answer(-1),
    }
}

fn cased<'a>(
    heap: &mut Heap<'a>,
    text: &'a str,
    change: fn(&str) -> String,
    changes: fn(&u8) -> bool,
) -> Answer<'a> {
    if text.is_ascii() && !text.as_bytes().iter().any(changes) {
        return answer(text);
    }
    answer(heap.text(change(text))?)
}

fn trimmed<'a>(
    text: &'a str,
    blank: fn(char) -> bool,
    leading: bool,
    trailing: bool,
) -> Answer<'a> {
    let start = if leading { text.len() - text.trim_start_matches(blank).len() } else { 0 };
    let rest = text.get(start..).unwrap_or_default();
    let end = if trailing { start + rest.trim_end_matches(blank).len() } else { text.len() };
    answer(text.get(start..end).unwrap_or_default())
}

/// Java's `Character.isWhitespace`.
pub(super) fn is_white(character: char) -> bool {
    match character {
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{85}' => false,
        '\u{1c}'..='\u{1f}' => true,
        _ => character.is_whitespace(),
    }
}

/// The units of a text, upper and lower case alike.
pub(super) fn folded(text: &str) -> impl Iterator<Item = u16> {
    let fold = |character: char| {
        let one = |mut mapped: Box<dyn Iterator<Item = char>>| match (mapped.next(), mapped.next())
        {
            (Some(single), None) => single,
            _ => character,
        };
        let upper = one(Box::new(character.to_uppercase()));
        // Java's lower case of this one is a single character, unlike Unicode's full mapping.
        if upper == '\u{130}' {
            return 'i';
        }
        let mut lower = upper.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some(single), None) => single,
            _ => upper,
        }
    };
    text.chars().flat_map(move |character| {
        let mut units = [0; 2];
        let folded = fold(character);
        folded.encode_utf16(&mut units);
        units.into_iter().take(folded.len_utf16())
    })
}

/// Java's `compareTo`: the difference of the first units that differ, else of the lengths.
pub(super) fn compare(a: impl Iterator<Item = u16>, b: impl Iterator<Item = u16>) -> i32 {
    let (mut a, mut b) = (a, b);
    loop {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => return i32::from(a) - i32::from(b),
            (None, None) => return 0,
            (Some(_), None) => return i32::try_from(a.count()).map_or(i32::MAX, |rest| rest + 1),
            (None, Some(_)) => return i32::try_from(b.count()).map_or(i32::MIN, |rest| -1 - rest),
        }
    }
}
