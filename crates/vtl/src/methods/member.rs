//! Finds the member of a value: by its type, then what every object has.

use super::arguments::{Answer, answer};
use super::{
    array, character, collection, entry, iterator, list, map, number, overload, scope, string,
};
use crate::value::{Argument, Heap, Object, Value};

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
            Some(Object::Iterator(_)) => iterator::call(heap, *handle, method, arguments)?,
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
        _ => overload::unanswered(heap, object, method, arguments).map(|()| None),
    }
}
