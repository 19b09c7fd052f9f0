//! `keySet()`, `values()` and `entrySet()`: live views of a map; and what all collections share.

use super::arguments::{Answer, VOID, answer, count};
use super::string_statics;
use crate::error::{Exception, Failure};
use crate::value::{Argument, ArrayKind, Handle, Heap, Object, Sequence, Value, View};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    collection: Handle,
    view: View,
    map: Handle,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("size", []) => answer(count(heap.len(map))),
        ("isEmpty", []) => answer(heap.is_empty(map)),
        ("contains", [value]) => answer(key_of(heap, view, map, &value.value)?.is_some()),
        ("containsAll", [items]) => {
            let Some(items) = elements(heap, &items.value)? else {
                return no_collection(&items.value, method);
            };
            for item in &items {
                if key_of(heap, view, map, item)?.is_none() {
                    return answer(false);
                }
            }
            answer(true)
        }
        ("iterator", []) => {
            let cursor = heap.cursor(Sequence::Map(view, map))?;
            answer(heap.allocate(Object::Iterator(cursor))?)
        }
        ("toArray", given) => {
            let items = elements(heap, &Value::Object(collection))?.unwrap_or_default();
            to_array(heap, items, given)
        }
        ("remove", [value]) => match key_of(heap, view, map, &value.value)? {
            Some(key) => {
                heap.remove(map, &key)?;
                answer(true)
            }
            None => answer(false),
        },
        ("removeAll" | "retainAll", [items]) => {
            let Some(items) = elements(heap, &items.value)? else {
                return no_collection(&items.value, method);
            };
            keep(heap, collection, (view, map), &items, method == "retainAll")
        }
        ("clear", []) => {
            if let Some(map) = heap.map_object_mut(map) {
                map.clear();
            }
            Ok(VOID)
        }
        ("addAll", [items]) => match elements(heap, &items.value)? {
            None => no_collection(&items.value, method),
            Some(items) if items.is_empty() => answer(false),
            Some(_) => no_adding(method),
        },
        ("add", [_]) => no_adding(method),
        _ => Ok(None),
    }
}

fn no_adding<'a>(method: &str) -> Answer<'a> {
    Err(Failure::exception(
        Exception::UnsupportedOperation,
        format!("`{method}` cannot add to the view of a map; put into the map"),
    ))
}

/// Returns the elements of a collection; nothing when the value is none. Arrays are none to Java.
pub(super) fn elements<'a>(
    heap: &mut Heap<'a>,
    value: &Value<'a>,
) -> Result<Option<Vec<Value<'a>>>, Failure> {
    match value.as_handle() {
        Some(handle) if !matches!(heap.object(handle), Some(Object::Array(..))) => {
            let length = heap.len(handle);
            heap.charge(length as u64)?;
            heap.gathered(handle)
        }
        Some(_) | None => Ok(None),
    }
}

/// `toArray()`, or `toArray(array...)`, which fills the array given when that is long enough.
pub(super) fn to_array<'a>(
    heap: &mut Heap<'a>,
    items: Vec<Value<'a>>,
    given: &[Argument<'a>],
) -> Answer<'a> {
    let of_texts = match given {
        [single] => {
            let object = single.value.as_handle().and_then(|handle| heap.object(handle));
            matches!(object, Some(Object::Array(ArrayKind::Strings, _)))
        }
        _ => false,
    };
    if of_texts && !items.iter().all(|item| matches!(item, Value::String(_) | Value::Null)) {
        let message = "the array given does not hold values of this type";
        return Err(Failure::exception(Exception::IllegalArgument, message));
    }
    let Some(given) = string_statics::spread(heap, given) else { return Ok(None) };
    let count = items.len();
    let mut filled = items;
    if given.len() > count {
        filled.push(Value::Null);
        filled.extend(given.into_iter().skip(count + 1));
    }
    let kind = if of_texts { ArrayKind::Strings } else { ArrayKind::Objects };
    answer(heap.array(kind, filled)?)
}

/// Tells whether a value is a list.
pub(super) fn is_list(heap: &Heap<'_>, value: &Value<'_>) -> bool {
    let object = value.as_handle().and_then(|handle| heap.object(handle));
    matches!(object, Some(Object::List(_) | Object::SubList { .. }))
}

/// Tells whether a value is a collection without elements.
pub(super) fn is_empty(heap: &Heap<'_>, value: &Value<'_>) -> bool {
    value.as_handle().is_some_and(|handle| heap.is_empty(handle))
}

/// What a member that wants a collection answers to a value that is none.
pub(super) fn no_collection<'a>(value: &Value<'a>, method: &str) -> Answer<'a> {
    if value.is_null() { Err(Failure::null(method)) } else { Ok(None) }
}

/// Tells whether one of `items` equals `value`.
pub(super) fn contains<'a>(
    heap: &Heap<'a>,
    items: &[Value<'a>],
    value: &Value<'a>,
) -> Result<bool, Failure> {
    for item in items {
        heap.charge(1)?;
        if heap.equals(value, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the key of the first entry that a view shows as `value`.
fn key_of<'a>(
    heap: &Heap<'a>,
    view: View,
    map: Handle,
    value: &Value<'a>,
) -> Result<Option<Value<'a>>, Failure> {
    match view {
        View::Keys => Ok(heap.find_position(map, value)?.map(|_| *value)),
        View::Values => {
            for (key, other) in heap.entries(map) {
                heap.charge(1)?;
                if heap.equals(value, other)? {
                    return Ok(Some(*key));
                }
            }
            Ok(None)
        }
        View::Entries => {
            let handle = value.as_handle().and_then(|handle| heap.object(handle));
            let Some(Object::Entry { map: owner, key }) = handle else { return Ok(None) };
            let theirs = heap.find(*owner, key)?.unwrap_or(Value::Null);
            match heap.find(map, key)? {
                Some(ours) if heap.equals(&ours, &theirs)? => Ok(Some(*key)),
                Some(_) | None => Ok(None),
            }
        }
    }
}

fn keep<'a>(
    heap: &mut Heap<'a>,
    collection: Handle,
    (view, map): (View, Handle),
    items: &[Value<'a>],
    keep_matches: bool,
) -> Answer<'a> {
    let keys: Vec<Value<'a>> = heap.entries(map).map(|(key, _)| *key).collect();
    let shown = elements(heap, &Value::Object(collection))?.unwrap_or_default();
    debug_assert!(view != View::Keys || keys.len() == shown.len());
    let mut changed = false;
    for (key, value) in keys.iter().zip(&shown) {
        if contains(heap, items, value)? != keep_matches {
            heap.remove(map, key)?;
            changed = true;
        }
    }
    answer(changed)
}
