//! The methods of `java.lang.String` that take a regular expression.

use super::arguments::{Answer, answer, int, string, strings};
use super::regex::{Pattern, Scan};
use super::{replacement, utf16};
use crate::error::Failure;
use crate::value::{Argument, ArrayKind, Heap, Text, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    text: &Text<'a>,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("matches", [pattern]) => {
            let Some(pattern) = string(pattern, method)? else { return Ok(None) };
            let pattern = Pattern::compile(heap, &pattern, text)?;
            answer(pattern.matches(heap, text)?)
        }
        ("replaceAll" | "replaceFirst", [pattern, by]) => {
            let Some([pattern, by]) = strings([pattern, by], method)? else { return Ok(None) };
            let pattern = Pattern::compile(heap, &pattern, text)?;
            replace(heap, text, &pattern, &by, method == "replaceFirst")
        }
        ("split", [pattern]) => split(heap, text, pattern, 0),
        ("split", [pattern, limit]) => match int(limit) {
            Some(limit) => split(heap, text, pattern, limit),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

fn replace<'a>(
    heap: &mut Heap<'a>,
    text: &Text<'a>,
    pattern: &Pattern,
    by: &str,
    only_first: bool,
) -> Answer<'a> {
    let mut built = String::new();
    let mut copied = 0;
    let mut scan = Scan::default();
    while let Some(found) = pattern.next(heap, text, &mut scan)? {
        let before = built.len();
        built.push_str(text.get(copied..found.start()).unwrap_or_default());
        replacement::append(&mut built, by, &found, text)?;
        heap.charge_text(built.len() - before)?;
        copied = found.end();
        if only_first {
            break;
        }
    }
    if !scan.has_found() {
        return answer(text.clone());
    }
    let rest = text.get(copied..).unwrap_or_default();
    heap.charge_text(rest.len())?;
    built.push_str(rest);
    answer(Text::Shared(built.into()))
}

/// Cuts a text at each match. Empty parts at the end are dropped when `limit` is 0.
fn split<'a>(
    heap: &mut Heap<'a>,
    text: &Text<'a>,
    pattern: &Argument<'a>,
    limit: i32,
) -> Answer<'a> {
    let Some(pattern) = string(pattern, "split")? else { return Ok(None) };
    let pattern = Pattern::compile(heap, &pattern, text)?;
    let parts_max = usize::try_from(limit).ok().filter(|limit| *limit > 0);
    let mut parts = Vec::new();
    let mut cut = 0;
    let mut scan = Scan::default();
    while parts_max.is_none_or(|most| parts.len() + 1 < most)
        && let Some(found) = pattern.next(heap, text, &mut scan)?
    {
        if found.end() == 0 {
            continue;
        }
        parts.push(cut_out(heap, text, cut, found.start())?);
        cut = found.end();
    }
    parts.push(cut_out(heap, text, cut, text.len())?);
    if limit == 0 && cut > 0 {
        while parts.last().and_then(Value::as_str) == Some("") {
            parts.pop();
        }
    }
    answer(heap.array(ArrayKind::Strings, parts)?)
}

fn cut_out<'a>(
    heap: &mut Heap<'a>,
    text: &Text<'a>,
    start: usize,
    end: usize,
) -> Result<Value<'a>, Failure> {
    heap.charge_elements(1)?;
    Ok(Value::String(utf16::part(heap, text, start, end)?))
}
