//! Properties: `$o.name` is `getName()`, a map's entry, or `isName()`; and what `#set` may assign to.

use super::arguments::{Answer, answer, int};
use super::{array, list, scope};
use crate::error::Failure;
use crate::value::{Handle, Heap, Number, Object, Value};

/// Reads property `name` of `object`.
pub(crate) fn property<'a>(heap: &mut Heap<'a>, object: &Value<'a>, name: &'a str) -> Answer<'a> {
    heap.charge(1)?;
    if is_class(name) {
        return Ok(None);
    }
    if let Value::Object(handle) = object
        && let Some(map) = heap.map_object(*handle)
    {
        return Ok(map.get_str(name).cloned());
    }
    match object {
        Value::Null | Value::Boolean(_) => Ok(None),
        Value::String(text) => string(heap, text, name),
        Value::Number(number) => {
            let is_double = matches!(number, Number::Double(_));
            if is_double && is_named(name, "naN") {
                answer(number.to_f64().is_nan())
            } else if is_double && is_named(name, "infinite") {
                answer(number.to_f64().is_infinite())
            } else if matches!(number, Number::BigInteger(_)) && is_named(name, "lowestSetBit") {
                super::call(heap, object, "getLowestSetBit", &[])
            } else {
                Ok(None)
            }
        }
        Value::Object(handle) => of_object(heap, *handle, name),
    }
}

/// Assigns property `name` of `object`: into a map, or the value of an entry. Does nothing for other objects.
pub(crate) fn assign_property<'a>(
    heap: &mut Heap<'a>,
    object: &Value<'a>,
    name: &'a str,
    value: Value<'a>,
) -> Result<(), Failure> {
    let Some(handle) = object.as_handle() else { return Ok(()) };
    match heap.object(handle) {
        Some(Object::Map(_)) => {
            heap.put(handle, Value::from(name), value)?;
        }
        Some(Object::Scope(_)) => {
            let entries = scope::entries(heap, handle)?;
            heap.put(entries, Value::from(name), value)?;
        }
        Some(Object::Entry { map, key }) if is_named(name, "value") => {
            let (map, key) = (*map, *key);
            heap.put(map, key, value)?;
        }
        _ => {}
    }
    Ok(())
}

/// Assigns an element of a list or array, or an entry of a map. Does nothing for other objects.
pub(crate) fn assign_index<'a>(
    heap: &mut Heap<'a>,
    object: &Value<'a>,
    index: Value<'a>,
    value: Value<'a>,
) -> Result<(), Failure> {
    let Some(handle) = object.as_handle() else { return Ok(()) };
    let at = int(&crate::value::Argument { value: index, literal: None });
    match (heap.object(handle), at) {
        (Some(Object::Map(_)), _) => {
            heap.put(handle, index, value)?;
        }
        (Some(Object::Scope(_)), _) => {
            let entries = scope::entries(heap, handle)?;
            heap.put(entries, index, value)?;
        }
        (Some(Object::List(_) | Object::SubList { .. }), Some(at)) => {
            list::set_any(heap, handle, at, value)?;
        }
        (Some(Object::Array(..)), Some(at)) => {
            array::set(heap, handle, at, value)?;
        }
        _ => {}
    }
    Ok(())
}

fn of_object<'a>(heap: &mut Heap<'a>, handle: Handle, name: &'a str) -> Answer<'a> {
    match heap.object(handle) {
        Some(Object::List(_) | Object::SubList { .. } | Object::View(..)) => {
            if is_named(name, "empty") { answer(heap.is_empty(handle)) } else { Ok(None) }
        }
        Some(Object::Entry { key, .. }) if is_named(name, "key") => Ok(Some(*key)),
        Some(Object::Entry { map, key }) if is_named(name, "value") => {
            heap.find(*map, key).map_err(Failure::from)
        }
        Some(Object::Scope(own)) => match scope::property(heap, handle, name) {
            None => Ok(own.entries.and_then(|entries| heap.get(entries, name).cloned())),
            found => Ok(found),
        },
        Some(
            Object::Map(_)
            | Object::Array(..)
            | Object::Entry { .. }
            | Object::Iterator(_)
            | Object::Character(_)
            | Object::Block { .. }
            | Object::Host(_),
        )
        | None => Ok(None),
    }
}

fn string<'a>(heap: &mut Heap<'a>, text: &'a str, name: &str) -> Answer<'a> {
    let getters = [("empty", "isEmpty"), ("blank", "isBlank"), ("bytes", "getBytes")];
    match getters.iter().find(|(property, _)| is_named(name, property)) {
        Some((_, method)) => super::string::call(heap, text, method, &[]),
        None => Ok(None),
    }
}

/// Tells whether `name` is `property` as Java's getters have it: the case of its first letter does not matter.
pub(super) fn is_named(name: &str, property: &str) -> bool {
    match (name.as_bytes().split_first(), property.as_bytes().split_first()) {
        (Some((a, name)), Some((b, property))) => a.eq_ignore_ascii_case(b) && name == property,
        _ => false,
    }
}

/// Reflection is closed: `class` leads nowhere. Only maps could hold the name, and Java's would hide it.
pub(crate) fn is_class(name: &str) -> bool {
    matches!(name, "class" | "Class")
}
