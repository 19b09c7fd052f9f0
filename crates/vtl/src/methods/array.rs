//! Java arrays, which Velocity lets be called as if they were fixed-size lists.

use super::arguments::{Answer, answer, index, int};
use super::{collection, list};
use crate::error::{Exception, Failure};
use crate::value::{Argument, ArrayKind, Handle, Heap, Object, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    array: Handle,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("set", [at, value]) => match int(at) {
            Some(at) => answer(set(heap, array, at, value.value)?),
            None => Ok(None),
        },
        ("addAll", [items]) if collection::elements(heap, &items.value)?.is_none() => {
            collection::no_collection(&items.value, method)
        }
        ("removeAll" | "retainAll", [items]) => {
            let Some(items) = collection::elements(heap, &items.value)? else {
                return collection::no_collection(&items.value, method);
            };
            for value in heap.items(array).to_vec() {
                if collection::contains(heap, &items, &value)? == (method == "removeAll") {
                    return fixed(method);
                }
            }
            answer(false)
        }
        ("addAll", [items]) if collection::is_empty(heap, &items.value) => answer(false),
        ("addAll", [at, items]) if int(at).is_some() => {
            let at = int(at).unwrap_or(-1);
            let Some(items) = collection::elements(heap, &items.value)? else {
                return collection::no_collection(&items.value, method);
            };
            index(at, heap.len(array), true)?;
            if items.is_empty() { answer(false) } else { fixed(method) }
        }
        ("add", [at, _]) if int(at).is_none() => Ok(None),
        ("remove", [what]) if int(what).is_none() && !list::holds(heap, array, &what.value)? => {
            answer(false)
        }
        ("add", [_] | [_, _]) | ("remove", [_]) | ("clear", []) | ("addAll", [_]) => fixed(method),
        _ => list::read(heap, array, method, arguments),
    }
}

pub(super) fn fixed<'a>(method: &str) -> Answer<'a> {
    let message = format!("`{method}` cannot change the length of an array");
    Err(Failure::exception(Exception::UnsupportedOperation, message))
}

/// Replaces an element; its type must be that of the array.
pub(super) fn set<'a>(
    heap: &mut Heap<'a>,
    array: Handle,
    at: i32,
    value: Value<'a>,
) -> Result<Value<'a>, Failure> {
    let (owner, _) = list::owner(heap, array);
    let fits = match heap.object(owner) {
        Some(Object::Array(ArrayKind::Strings, _)) => {
            matches!(value, Value::String(_) | Value::Null)
        }
        Some(Object::Array(ArrayKind::Objects, _)) => true,
        Some(Object::Array(ArrayKind::Characters, _)) => heap.character(&value).is_some(),
        _ => false,
    };
    if !fits {
        let message = "the array does not hold values of this type";
        return Err(Failure::exception(Exception::IllegalArgument, message));
    }
    list::set(heap, array, at, value)
}
