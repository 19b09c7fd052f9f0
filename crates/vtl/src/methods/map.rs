//! `java.util.HashMap` and `LinkedHashMap`.

use super::arguments::{Answer, VOID, answer, count};
use crate::error::Failure;
use crate::value::{Argument, Handle, Heap, Object, Value, View};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    map: Handle,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("get", [key]) => Ok(Some(heap.find(map, &key.value)?.unwrap_or(Value::Null))),
        ("put", [key, value]) => {
            let old = heap.put(map, key.value, value.value)?;
            Ok(Some(old.unwrap_or(Value::Null)))
        }
        ("size", []) => answer(count(heap.len(map))),
        ("isEmpty", []) => answer(heap.is_empty(map)),
        ("keySet", []) => view(heap, View::Keys, map),
        ("values", []) => view(heap, View::Values, map),
        ("entrySet", []) => view(heap, View::Entries, map),
        ("containsKey", [key]) => answer(heap.find_position(map, &key.value)?.is_some()),
        ("containsValue", [value]) => {
            for (_, other) in heap.entries(map) {
                heap.charge(1)?;
                if heap.equals(&value.value, other)? {
                    return answer(true);
                }
            }
            answer(false)
        }
        ("putAll", [other]) => put_all(heap, map, &other.value),
        ("clear", []) => {
            if let Some(map) = heap.map_object_mut(map) {
                map.clear();
            }
            Ok(VOID)
        }
        ("clone", []) => {
            let Some(kind) = heap.map_kind(map) else { return Ok(None) };
            let copy = heap.map(kind, heap.len(map))?;
            put_all(heap, copy, &Value::Object(map))?;
            if let Some(copy) = heap.map_object_mut(copy) {
                copy.fit_table();
            }
            answer(copy)
        }
        _ => conditional(heap, map, method, arguments),
    }
}

/// The members that look before they change.
fn conditional<'a>(
    heap: &mut Heap<'a>,
    map: Handle,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    let Some((key, rest)) = arguments.split_first() else { return Ok(None) };
    let old = heap.find(map, &key.value)?;
    let is_there = old.is_some();
    let old = old.unwrap_or(Value::Null);
    match (method, rest) {
        ("remove", []) => {
            heap.remove(map, &key.value)?;
            Ok(Some(old))
        }
        ("remove", [value]) => {
            let removes = is_there && heap.equals(&value.value, &old)?;
            if removes {
                heap.remove(map, &key.value)?;
            }
            answer(removes)
        }
        ("getOrDefault", [default]) => Ok(Some(if is_there { old } else { default.value })),
        ("putIfAbsent", [value]) => {
            if old.is_null() {
                heap.put(map, key.value, value.value)?;
            }
            Ok(Some(old))
        }
        ("replace", [value]) => {
            if is_there {
                heap.put(map, key.value, value.value)?;
            }
            Ok(Some(old))
        }
        ("replace", [expected, value]) => {
            let replaces = is_there && heap.equals(&old, &expected.value)?;
            if replaces {
                heap.put(map, key.value, value.value)?;
            }
            answer(replaces)
        }
        _ => Ok(None),
    }
}

fn view<'a>(heap: &mut Heap<'a>, view: View, map: Handle) -> Answer<'a> {
    answer(heap.allocate(Object::View(view, map))?)
}

fn put_all<'a>(heap: &mut Heap<'a>, map: Handle, other: &Value<'a>) -> Answer<'a> {
    let other = match other {
        Value::Null => return Err(Failure::null("putAll")),
        Value::Object(other) => *other,
        Value::Boolean(_) | Value::Number(_) | Value::String(_) => return Ok(None),
    };
    let source = match heap.object(other) {
        Some(Object::Map(_)) => other,
        Some(Object::Scope(scope)) => match scope.entries {
            Some(entries) => entries,
            None => return Ok(VOID),
        },
        _ => return Ok(None),
    };
    heap.charge(heap.len(source) as u64)?;
    let entries: Vec<(Value<'a>, Value<'a>)> =
        heap.entries(source).map(|(key, value)| (*key, *value)).collect();
    for (key, value) in entries {
        heap.put(map, key, value)?;
    }
    Ok(VOID)
}
