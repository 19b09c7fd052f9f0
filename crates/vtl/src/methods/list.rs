//! `java.util.ArrayList` and its sublists.

use super::arguments::{Answer, VOID, answer, count, index, int};
use super::collection;
use crate::error::{Exception, Failure};
use crate::value::{Argument, ArrayKind, Cursor, Handle, Heap, Object, Sequence, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    list: Handle,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    if let found @ Some(_) = read(heap, list, method, arguments)? {
        return Ok(found);
    }
    match (method, arguments) {
        ("set", [at, value]) => {
            let Some(at) = int(at) else { return Ok(None) };
            answer(set(heap, list, at, value.value.clone())?)
        }
        ("add", [value]) => {
            let end = heap.len(list);
            splice(heap, list, end, 0, vec![value.value.clone()])?;
            answer(true)
        }
        ("add", [at, value]) => {
            let Some(at) = int(at) else { return Ok(None) };
            let at = index(at, heap.len(list), true)?;
            splice(heap, list, at, 0, vec![value.value.clone()])?;
            Ok(VOID)
        }
        ("addAll", [items]) => {
            let Some(items) = collection::elements(heap, &items.value)? else {
                return collection::no_collection(&items.value, method);
            };
            let end = heap.len(list);
            add_all(heap, list, end, items)
        }
        ("addAll", [at, items]) => {
            let Some(at) = int(at) else { return Ok(None) };
            let Some(items) = collection::elements(heap, &items.value)? else {
                return collection::no_collection(&items.value, method);
            };
            let at = index(at, heap.len(list), true)?;
            add_all(heap, list, at, items)
        }
        ("remove", [what]) => remove(heap, list, what),
        ("removeAll" | "retainAll", [items]) => {
            let Some(items) = collection::elements(heap, &items.value)? else {
                return collection::no_collection(&items.value, method);
            };
            keep(heap, list, &items, method == "retainAll")
        }
        ("clear", []) => {
            let all = heap.len(list);
            splice(heap, list, 0, all, Vec::new())?;
            Ok(VOID)
        }
        ("sort", [order]) if order.value.is_null() => {
            sort(heap, list)?;
            Ok(VOID)
        }
        ("clone", []) => clone(heap, list),
        _ => Ok(None),
    }
}

/// Removes the element at an index, or the first that equals a value.
fn remove<'a>(heap: &mut Heap<'a>, list: Handle, what: &Argument<'a>) -> Answer<'a> {
    match int(what) {
        Some(at) => {
            let at = index(at, heap.len(list), false)?;
            let removed = heap.items(list).get(at).cloned().unwrap_or(Value::Null);
            splice(heap, list, at, 1, Vec::new())?;
            Ok(Some(removed))
        }
        None => match position(heap, list, &what.value, false)? {
            Some(at) => {
                splice(heap, list, at, 1, Vec::new())?;
                answer(true)
            }
            None => answer(false),
        },
    }
}

fn clone<'a>(heap: &mut Heap<'a>, list: Handle) -> Answer<'a> {
    let Some(Object::List(original)) = heap.object(list) else { return Ok(None) };
    let (items, printer) = (original.items.clone(), original.printer);
    let copy = heap.list_of(items)?;
    if let Some(printer) = printer {
        heap.print_with(copy, printer);
    }
    answer(copy)
}

/// What lists and arrays have in common: reading.
pub(super) fn read<'a>(
    heap: &mut Heap<'a>,
    list: Handle,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("size", []) => answer(count(heap.len(list))),
        ("isEmpty", []) => answer(heap.is_empty(list)),
        ("get", [at]) => {
            let Some(at) = int(at) else { return Ok(None) };
            let at = index(at, heap.len(list), false)?;
            Ok(Some(heap.items(list).get(at).cloned().unwrap_or(Value::Null)))
        }
        ("contains", [value]) => answer(position(heap, list, &value.value, false)?.is_some()),
        ("indexOf", [value]) => place(position(heap, list, &value.value, false)?),
        ("lastIndexOf", [value]) => place(position(heap, list, &value.value, true)?),
        ("containsAll", [items]) => {
            let Some(items) = collection::elements(heap, &items.value)? else {
                return collection::no_collection(&items.value, method);
            };
            for item in &items {
                if position(heap, list, item, false)?.is_none() {
                    return answer(false);
                }
            }
            answer(true)
        }
        ("subList", [from, to]) => {
            let (Some(from), Some(to)) = (int(from), int(to)) else { return Ok(None) };
            sub_list(heap, list, from, to)
        }
        ("iterator" | "listIterator", []) => {
            let cursor: Cursor = heap.cursor(Sequence::Items(list));
            answer(heap.allocate(Object::Iterator(cursor))?)
        }
        ("toArray", []) => {
            let items = heap.items(list).to_vec();
            answer(heap.array(ArrayKind::Objects, items)?)
        }
        _ => Ok(None),
    }
}

/// Replaces the element at `at` and returns the old one.
pub(super) fn set<'a>(
    heap: &mut Heap<'a>,
    list: Handle,
    at: i32,
    value: Value<'a>,
) -> Result<Value<'a>, Failure> {
    let at = index(at, heap.len(list), false)?;
    let (owner, from) = owner(heap, list);
    let slot = match heap.object_mut(owner) {
        Some(Object::List(list)) => list.items.get_mut(from + at),
        Some(Object::Array(_, items)) => items.get_mut(at),
        _ => None,
    };
    Ok(slot.map_or(Value::Null, |slot| std::mem::replace(slot, value)))
}

/// Returns the list that holds the elements, and where this one begins in it.
fn owner(heap: &Heap<'_>, list: Handle) -> (Handle, usize) {
    match heap.object(list) {
        Some(Object::SubList { list, from, .. }) => (*list, *from),
        _ => (list, 0),
    }
}

/// Replaces `removed` elements from `at` on by `added`.
fn splice<'a>(
    heap: &mut Heap<'a>,
    list: Handle,
    at: usize,
    removed: usize,
    added: Vec<Value<'a>>,
) -> Result<(), Failure> {
    heap.charge_elements(added.len())?;
    let (owner, from) = owner(heap, list);
    let count = added.len();
    let moved = heap.len(owner).saturating_sub(from + at);
    heap.charge(moved as u64 / 64)?;
    if let Some(Object::List(list)) = heap.object_mut(owner) {
        let start = (from + at).min(list.items.len());
        let end = (start + removed).min(list.items.len());
        list.items.splice(start..end, added);
        list.revision = list.revision.wrapping_add(1);
    }
    if let Some(Object::SubList { length, .. }) = heap.object_mut(list) {
        *length = length.saturating_add(count).saturating_sub(removed);
    }
    Ok(())
}

fn add_all<'a>(heap: &mut Heap<'a>, list: Handle, at: usize, items: Vec<Value<'a>>) -> Answer<'a> {
    let changes = !items.is_empty();
    splice(heap, list, at, 0, items)?;
    answer(changes)
}

fn keep<'a>(
    heap: &mut Heap<'a>,
    list: Handle,
    items: &[Value<'a>],
    keep_matches: bool,
) -> Answer<'a> {
    let before = heap.items(list).to_vec();
    let mut kept = Vec::new();
    for value in &before {
        if collection::contains(heap, items, value)? == keep_matches {
            kept.push(value.clone());
        }
    }
    let changed = kept.len() != before.len();
    if changed {
        splice(heap, list, 0, before.len(), kept)?;
    }
    answer(changed)
}

/// Tells whether one of the elements equals `wanted`.
pub(super) fn holds<'a>(
    heap: &Heap<'a>,
    list: Handle,
    wanted: &Value<'a>,
) -> Result<bool, Failure> {
    Ok(position(heap, list, wanted, false)?.is_some())
}

fn position<'a>(
    heap: &Heap<'a>,
    list: Handle,
    wanted: &Value<'a>,
    last: bool,
) -> Result<Option<usize>, Failure> {
    let items = heap.items(list);
    for step in 0..items.len() {
        let at = if last { items.len() - 1 - step } else { step };
        heap.charge(1)?;
        if let Some(item) = items.get(at)
            && heap.equals(wanted, item)?
        {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn place<'a>(position: Option<usize>) -> Answer<'a> {
    answer(position.map_or(Value::from(-1), count))
}

fn sub_list<'a>(heap: &mut Heap<'a>, list: Handle, from: i32, to: i32) -> Answer<'a> {
    let length = heap.len(list);
    let to = index(to, length, true)?;
    let Ok(from) = usize::try_from(from) else {
        return Err(Failure::index(i64::from(from), length));
    };
    if from > to {
        let message = format!("from {from} is after to {to}");
        return Err(Failure::exception(Exception::IllegalArgument, message));
    }
    if matches!(heap.object(list), Some(Object::Array(..))) {
        let items = heap.items(list).get(from..to).unwrap_or_default().to_vec();
        return answer(heap.list_of(items)?);
    }
    let (list, base) = owner(heap, list);
    answer(heap.allocate(Object::SubList { list, from: base + from, length: to - from })?)
}

/// Sorts strings, or numbers of one type, as their `compareTo` has it.
fn sort(heap: &mut Heap<'_>, list: Handle) -> Result<(), Failure> {
    let mut items = heap.items(list).to_vec();
    heap.charge(items.len() as u64 * 4)?;
    let texts = items.iter().all(|item| item.as_str().is_some());
    let kinds = |item: &Value<'_>| item.as_number().map(std::mem::discriminant);
    let first = items.first().and_then(kinds);
    let numbers = first.is_some() && items.iter().all(|item| kinds(item) == first);
    if items.len() > 1 && !texts && !numbers {
        let message = "the list holds values that cannot be compared with each other";
        return Err(Failure::exception(Exception::ClassCast, message));
    }
    if texts {
        items.sort_by(|a, b| {
            let units = |value: &Value<'_>| {
                value.as_str().map(|text| text.encode_utf16().collect::<Vec<_>>())
            };
            units(a).cmp(&units(b))
        });
    } else {
        items.sort_by(|a, b| match (a.as_number(), b.as_number()) {
            (Some(a), Some(b)) => super::number::compare(a, b),
            _ => std::cmp::Ordering::Equal,
        });
    }
    let all = items.len();
    splice(heap, list, 0, all, items)
}
