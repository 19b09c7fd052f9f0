//! `java.lang.String`'s static methods, which Velocity calls on any string.

use super::arguments::{Answer, answer};
use super::{collection, format};
use crate::value::{Argument, Heap, Text, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    text: &Text<'a>,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("valueOf", [value]) if !value.value.is_null() => answer(heap.text_of(&value.value)?),
        ("join", [separator, parts @ ..]) => {
            let Value::String(separator) = &separator.value else { return Ok(None) };
            join(heap, separator, parts)
        }
        ("format", [pattern, values @ ..]) => {
            let Value::String(pattern) = &pattern.value else { return Ok(None) };
            format::format(heap, pattern, values)
        }
        ("formatted", values) => format::format(heap, text, values),
        _ => Ok(None),
    }
}

/// `join(separator, parts...)` of strings, or `join(separator, collection)`.
fn join<'a>(heap: &mut Heap<'a>, separator: &Text<'a>, parts: &[Argument<'a>]) -> Answer<'a> {
    let items: Vec<Value<'a>> = match parts {
        [] => return Ok(None),
        [single] => match collection::elements(heap, &single.value)? {
            Some(items) => items,
            None => vec![single.value.clone()],
        },
        several => several.iter().map(|part| part.value.clone()).collect(),
    };
    let is_text = |item: &Value<'a>| matches!(item, Value::String(_) | Value::Null);
    if !items.iter().all(is_text) {
        if parts.len() == 1
            && !matches!(parts.first().map(|part| &part.value), Some(Value::Object(_)))
        {
            return Ok(None);
        }
        return Err(crate::error::Failure::exception(
            crate::error::Exception::ClassCast,
            "`join` was given a part that is no string",
        ));
    }
    let mut joined = String::new();
    for (number, item) in items.iter().enumerate() {
        heap.charge(1)?;
        let before = joined.len();
        if number > 0 {
            joined.push_str(separator);
        }
        joined.push_str(item.as_str().unwrap_or("null"));
        heap.charge_text(joined.len() - before)?;
    }
    answer(Text::Shared(joined.into()))
}
