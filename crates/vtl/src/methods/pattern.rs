//! The methods of `java.lang.String` that take a regular expression.

use super::arguments::{Answer, answer, int, string, strings};
use super::regex;
use super::replacement::{self, Replaced};
use crate::error::Failure;
use crate::regex::{Regex, Span};
use crate::value::{Argument, ArrayKind, Heap, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    text: &'a str,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("matches", [pattern]) => {
            let Some(pattern) = string(pattern, method)? else { return Ok(None) };
            let pattern = regex::compile(heap, pattern, Span::Whole)?;
            answer(regex::is_match(heap, &pattern, text)?)
        }
        ("replaceAll" | "replaceFirst", [pattern, by]) => {
            let Some([pattern, by]) = strings([pattern, by], method)? else { return Ok(None) };
            let pattern = regex::compile(heap, pattern, Span::Part)?;
            replace(heap, text, &pattern, by, method == "replaceFirst")
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
    text: &'a str,
    pattern: &Regex,
    by: &str,
    only_first: bool,
) -> Answer<'a> {
    let mut built = Replaced::new(text);
    let mut copied = 0;
    let mut has_found = false;
    let mut search = regex::search(heap, pattern, text)?;
    while let Some(found) = regex::next(heap, &mut search)? {
        has_found = true;
        let before = built.len();
        built.push_part(copied..found.start());
        replacement::append(&mut built, by, &found, pattern)?;
        heap.charge_text(built.len() - before)?;
        copied = found.end();
        if only_first {
            break;
        }
    }
    if !has_found {
        return answer(text);
    }
    heap.charge_text(text.len() - copied)?;
    built.push_part(copied..text.len());
    answer(heap.kept(&built.finish()))
}

/// Cuts a text at each match. Empty parts at the end are dropped when `limit` is 0.
fn split<'a>(heap: &mut Heap<'a>, text: &'a str, pattern: &Argument<'a>, limit: i32) -> Answer<'a> {
    let Some(pattern) = string(pattern, "split")? else { return Ok(None) };
    let pattern = regex::compile(heap, pattern, Span::Part)?;
    let parts_max = usize::try_from(limit).ok().filter(|limit| *limit > 0);
    let mut parts = Vec::new();
    let mut cut = 0;
    let mut search = regex::search(heap, &pattern, text)?;
    while parts_max.is_none_or(|most| parts.len() + 1 < most)
        && let Some(found) = regex::next(heap, &mut search)?
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
    text: &'a str,
    start: usize,
    end: usize,
) -> Result<Value<'a>, Failure> {
    heap.charge_elements(1)?;
    if let Some(part) = text.get(start..end) {
        return Ok(Value::String(part));
    }
    let mut part = Replaced::new(text);
    part.push_part(start..end);
    Ok(Value::String(heap.text(part.finish())?))
}
