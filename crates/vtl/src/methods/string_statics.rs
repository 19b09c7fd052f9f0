//! `java.lang.String`'s static methods, which Velocity calls on any string.

use super::arguments::{Answer, answer, string};
use super::{collection, format};
use crate::error::{Exception, Failure};
use crate::value::{Argument, Heap, Text, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    text: &Text<'a>,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("valueOf", [value]) if !value.value.is_null() => answer(heap.text_of(&value.value)?),
        ("join", [separator, parts @ ..]) => join(heap, separator, parts),
        ("format", [pattern, values @ ..]) => {
            let Value::String(pattern) = &pattern.value else { return Ok(None) };
            format::format(heap, pattern, values)
        }
        ("formatted", values) => format::format(heap, text, values),
        _ => Ok(None),
    }
}

/// `join(separator, parts...)` of strings, or `join(separator, collection)`.
fn join<'a>(heap: &mut Heap<'a>, separator: &Argument<'a>, parts: &[Argument<'a>]) -> Answer<'a> {
    let is_text = |item: &Value<'a>| matches!(item, Value::String(_) | Value::Null);
    let collection = match parts {
        [] => return Ok(None),
        [single] => collection::elements(heap, &single.value)?,
        _ => None,
    };
    let is_collection = collection.is_some();
    let items: Vec<Value<'a>> =
        collection.unwrap_or_else(|| parts.iter().map(|part| part.value.clone()).collect());
    let are_texts = items.iter().all(is_text);
    if !are_texts && !is_collection {
        return Ok(None);
    }
    let Some(separator) = string(separator, "join")? else { return Ok(None) };
    if !are_texts {
        let message = "`join` was given a collection with an element that is no string";
        return Err(Failure::exception(Exception::ClassCast, message));
    }
    let mut joined = String::new();
    for (number, item) in items.iter().enumerate() {
        heap.charge(1)?;
        let before = joined.len();
        if number > 0 {
            joined.push_str(&separator);
        }
        joined.push_str(item.as_str().unwrap_or("null"));
        heap.charge_text(joined.len() - before)?;
    }
    answer(Text::Shared(joined.into()))
}
