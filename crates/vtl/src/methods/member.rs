//! Finds the member of a value: by its type, then what every object has.

use super::arguments::{Answer, answer};
use super::{array, character, collection, entry, list, map, number, scope, string};
use crate::error::{Exception, Failure};
use crate::value::{Argument, Heap, Number, Object, Value};

/// Calls `method` on `object`.
pub(crate) fn call<'a>(
    heap: &mut Heap<'a>,
    object: &Value<'a>,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    heap.charge(1)?;
    let own = match object {
        Value::Null => None,
        Value::Boolean(value) => character::boolean(heap, *value, method, arguments)?,
        Value::Number(value) => number::call(heap, value, method, arguments)?,
        Value::String(text) => string::call(heap, text, method, arguments)?,
        Value::Object(handle) => match heap.object(*handle) {
            Some(Object::Map(_)) => map::call(heap, *handle, method, arguments)?,
            Some(Object::List(_) | Object::SubList { .. }) => {
                list::call(heap, *handle, method, arguments)?
            }
            Some(Object::Array(..)) => array::call(heap, *handle, method, arguments)?,
            Some(Object::View(view, map)) => {
                let (view, map) = (*view, *map);
                collection::call(heap, *handle, view, map, method, arguments)?
            }
            Some(Object::Entry { .. }) => entry::call(heap, *handle, method, arguments)?,
            Some(Object::Iterator(_)) => entry::iterator(heap, *handle, method, arguments)?,
            Some(Object::Character(unit)) => {
                let unit = *unit;
                character::call(heap, unit, method, arguments)?
            }
            Some(Object::Scope(_)) => scope::call(heap, *handle, method, arguments)?,
            Some(Object::Block { .. } | Object::Host(_)) | None => None,
        },
    };
    match own {
        Some(value) => Ok(Some(value)),
        None => common(heap, object, method, arguments),
    }
}

/// Returns what `size()` answers; nothing for what has none.
pub(crate) fn size<'a>(heap: &Heap<'a>, object: &Value<'a>) -> Option<usize> {
    let handle = object.as_handle()?;
    match heap.object(handle)? {
        Object::Map(_)
        | Object::List(_)
        | Object::SubList { .. }
        | Object::Array(..)
        | Object::View(..) => Some(heap.len(handle)),
        Object::Scope(scope) => Some(scope.entries.map_or(0, |entries| heap.len(entries))),
        Object::Entry { .. }
        | Object::Iterator(_)
        | Object::Character(_)
        | Object::Block { .. }
        | Object::Host(_) => None,
    }
}

/// The members of `java.lang.Object`.
fn common<'a>(
    heap: &mut Heap<'a>,
    object: &Value<'a>,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("toString", []) => answer(heap.text_of(object)?),
        ("equals", [other]) => answer(heap.equals(object, &other.value)?),
        ("hashCode", []) => answer(heap.java_hash(object)?),
        // AWS: Velocity 1.7 takes a method without parameters for one that takes these, and fails to call it.
        (_, [_, ..]) if takes_nothing(heap, object, method) => Err(Failure::exception(
            Exception::IllegalArgument,
            format!("`{method}` takes no arguments"),
        )),
        _ => Ok(None),
    }
}

/// Tells whether the type of `object` has a method of this name without parameters.
fn takes_nothing<'a>(heap: &Heap<'a>, object: &Value<'a>, method: &str) -> bool {
    let own: &[&str] = match object {
        Value::Null => return false,
        Value::String(_) => &STRING,
        Value::Number(Number::BigInteger(_)) if BIG_INTEGER.contains(&method) => return true,
        Value::Number(_) => &NUMBER,
        Value::Boolean(_) => &["booleanValue"],
        Value::Object(handle) => match heap.object(*handle) {
            Some(Object::Map(_) | Object::Scope(_)) => {
                &["size", "isEmpty", "clear", "clone", "keySet", "values", "entrySet"]
            }
            Some(Object::List(_)) => &LIST,
            Some(Object::SubList { .. } | Object::Array(..) | Object::View(..)) => {
                &["size", "isEmpty", "clear", "iterator", "stream"]
            }
            Some(Object::Iterator(_)) => &["hasNext", "next", "remove"],
            Some(Object::Entry { .. }) => &["getKey", "getValue"],
            Some(Object::Character(_)) => &["charValue"],
            Some(Object::Block { .. } | Object::Host(_)) | None => &[],
        },
    };
    matches!(method, "toString" | "hashCode" | "getClass") || own.contains(&method)
}

const STRING: [&str; 17] = [
    "length",
    "isEmpty",
    "toUpperCase",
    "toLowerCase",
    "trim",
    "intern",
    "toCharArray",
    "strip",
    "stripLeading",
    "stripTrailing",
    "isBlank",
    "lines",
    "chars",
    "codePoints",
    "stripIndent",
    "translateEscapes",
    "describeConstable",
];
const NUMBER: [&str; 6] =
    ["intValue", "longValue", "doubleValue", "floatValue", "byteValue", "shortValue"];
const BIG_INTEGER: [&str; 6] =
    ["abs", "negate", "signum", "bitLength", "bitCount", "getLowestSetBit"];
const LIST: [&str; 7] = ["size", "isEmpty", "clear", "clone", "iterator", "stream", "trimToSize"];
