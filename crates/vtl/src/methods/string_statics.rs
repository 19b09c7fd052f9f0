//! `java.lang.String`'s static methods, which Velocity calls on any string.

use super::arguments::{Answer, answer, int, string, strings};
use super::string::compare;
use super::{collection, format, string_parts};
use crate::error::{Exception, Failure};
use crate::value::{Argument, ArrayKind, Heap, Object, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    text: &'a str,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        // A `char...` of none.
        ("valueOf" | "copyValueOf", []) => answer(""),
        ("valueOf" | "copyValueOf", [units]) if is_characters(heap, units) => {
            answer(string_parts::of_characters(heap, characters(heap, units), None)?)
        }
        ("valueOf" | "copyValueOf", [units, from, length]) if is_characters(heap, units) => {
            let (Some(from), Some(length)) = (int(from), int(length)) else { return Ok(None) };
            let part = Some((from, length));
            answer(string_parts::of_characters(heap, characters(heap, units), part)?)
        }
        ("valueOf" | "copyValueOf", [_, _, ..])
            if arguments.iter().all(|unit| heap.character(&unit.value).is_some()) =>
        {
            let units: Vec<Value<'a>> = arguments.iter().map(|unit| unit.value).collect();
            answer(string_parts::of_characters(heap, &units, None)?)
        }
        ("compare", [a, b]) => {
            let Some([a, b]) = strings([a, b], method)? else { return Ok(None) };
            answer(compare(a.encode_utf16(), b.encode_utf16()))
        }
        ("valueOf", [value]) => answer(heap.text_of(&value.value)?),
        ("join", [separator, parts @ ..]) => join(heap, separator, parts),
        ("format", [pattern, values @ ..]) => {
            let Value::String(pattern) = &pattern.value else { return Ok(None) };
            let Some(values) = spread(heap, values) else { return Ok(None) };
            format::format(heap, pattern, &values)
        }
        ("formatted", values) => {
            let Some(values) = spread(heap, values) else { return Ok(None) };
            format::format(heap, text, &values)
        }
        _ => Ok(None),
    }
}

fn is_characters(heap: &Heap<'_>, argument: &Argument<'_>) -> bool {
    let object = argument.value.as_handle().and_then(|handle| heap.object(handle));
    matches!(object, Some(Object::Array(ArrayKind::Characters, _)))
}

fn characters<'h, 'a>(heap: &'h Heap<'a>, argument: &Argument<'a>) -> &'h [Value<'a>] {
    argument.value.as_handle().map_or(&[], |handle| heap.items(handle))
}

/// The arguments of `String...` or `Object...`: those given, or what an array that is given alone holds.
/// None when that is an array of scalars, which Velocity takes for none of them.
pub(super) fn spread<'a>(heap: &Heap<'a>, given: &[Argument<'a>]) -> Option<Vec<Value<'a>>> {
    let mut values: Vec<Value<'a>> = given.iter().map(|given| given.value).collect();
    if let [Value::Object(handle)] = *values
        && let Some(Object::Array(kind, items)) = heap.object(handle)
    {
        match kind {
            ArrayKind::Strings | ArrayKind::Objects => values.clone_from(items),
            ArrayKind::Characters | ArrayKind::Bytes => return None,
        }
    }
    Some(values)
}

/// `join(separator, parts...)` of strings, or `join(separator, collection)`.
fn join<'a>(heap: &mut Heap<'a>, separator: &Argument<'a>, parts: &[Argument<'a>]) -> Answer<'a> {
    let is_text = |item: &Value<'a>| matches!(item, Value::String(_) | Value::Null);
    if let [single] = parts {
        let object = single.value.as_handle().and_then(|handle| heap.object(handle));
        // Null fits both forms, an `Object[]` none.
        if single.value.is_null() || matches!(object, Some(Object::Array(ArrayKind::Objects, _))) {
            return Ok(None);
        }
    }
    let collection = match parts {
        [single] => collection::elements(heap, &single.value)?,
        _ => None,
    };
    let is_collection = collection.is_some();
    let Some(items) = collection.or_else(|| spread(heap, parts)) else { return Ok(None) };
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
            joined.push_str(separator);
        }
        joined.push_str(item.as_str().unwrap_or("null"));
        heap.charge_text(joined.len() - before)?;
    }
    answer(heap.kept(&joined))
}
