//! `java.util.ArrayList` and its sublists.

use super::arguments::{Answer, VOID, answer, count, index, int};
use super::collection;
use crate::error::{Exception, Failure};
use crate::limits::{Limit, LimitExceeded};
use crate::value::{Argument, Cursor, Handle, Heap, Object, Sequence, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    list: Handle,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    let (owner, _) = owner(heap, list);
    if matches!(heap.object(owner), Some(Object::Array(..))) {
        return super::array::call(heap, list, method, arguments);
    }
    if let found @ Some(_) = read(heap, list, method, arguments)? {
        return Ok(found);
    }
    match (method, arguments) {
        ("set", [at, value]) => {
            let Some(at) = int(at) else { return Ok(None) };
            answer(set(heap, list, at, value.value)?)
        }
        ("add", [value]) => {
            let end = heap.len(list);
            splice(heap, list, end, 0, vec![value.value])?;
            answer(true)
        }
        ("add", [at, value]) => {
            let Some(at) = int(at) else { return Ok(None) };
            let at = index(at, heap.len(list), true)?;
            splice(heap, list, at, 0, vec![value.value])?;
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
        ("trimToSize", []) if is_own(heap, list) => Ok(VOID),
        ("ensureCapacity", [least]) if is_own(heap, list) => ensure_capacity(heap, least),
        ("toJSONString", []) if heap.printer(list).is_some() => {
            answer(heap.text_of(&Value::Object(list))?)
        }
        ("toJSONString", [other]) if collection::is_list(heap, &other.value) => {
            let (Some(printer), Some(other)) = (heap.printer(list), other.value.as_handle()) else {
                return Ok(None);
            };
            let copy = heap.list_of(heap.items(other).to_vec())?;
            heap.print_with(copy, printer);
            answer(heap.text_of(&Value::Object(copy))?)
        }
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

/// Room for more elements than a heap may hold is refused as Java refuses it for want of memory.
fn ensure_capacity<'a>(heap: &Heap<'a>, least: &Argument<'a>) -> Answer<'a> {
    let Some(least) = int(least) else { return Ok(None) };
    let max = heap.limits().elements;
    match u64::try_from(least) {
        Ok(least) if least > max => Err(LimitExceeded { limit: Limit::Elements, max }.into()),
        Ok(_) | Err(_) => Ok(VOID),
    }
}

/// Tells whether a list is no view of another.
fn is_own(heap: &Heap<'_>, list: Handle) -> bool {
    matches!(heap.object(list), Some(Object::List(_)))
}

fn clone<'a>(heap: &mut Heap<'a>, list: Handle) -> Answer<'a> {
    let Some(Object::List(original)) = heap.object(list) else { return Ok(None) };
    let (items, printer) = (original.items.as_slice().to_vec(), original.printer);
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
        ("iterator", []) => {
            let cursor = heap.cursor(Sequence::Items(list))?;
            answer(heap.allocate(Object::Iterator(cursor))?)
        }
        ("listIterator", []) => list_iterator(heap, list, 0),
        ("listIterator", [at]) => {
            let Some(at) = int(at) else { return Ok(None) };
            let at = index(at, heap.len(list), true)?;
            list_iterator(heap, list, at)
        }
        ("toArray", given) => {
            let items = heap.items(list).to_vec();
            collection::to_array(heap, items, given)
        }
        _ => Ok(None),
    }
}

fn list_iterator<'a>(heap: &mut Heap<'a>, list: Handle, at: usize) -> Answer<'a> {
    let cursor = Cursor { next: at, is_both_ways: true, ..heap.cursor(Sequence::Items(list))? };
    answer(heap.allocate(Object::Iterator(cursor))?)
}

/// Adds an element before the one at `at`.
pub(super) fn insert<'a>(
    heap: &mut Heap<'a>,
    list: Handle,
    at: usize,
    value: Value<'a>,
) -> Result<(), Failure> {
    check_grows(heap, list, "add")?;
    splice(heap, list, at, 0, vec![value])
}

/// Removes the element at `at`.
pub(super) fn remove_at(heap: &mut Heap<'_>, list: Handle, at: usize) -> Result<(), Failure> {
    check_grows(heap, list, "remove")?;
    splice(heap, list, at, 1, Vec::new())
}

/// Replaces the element at `at`, be it of a list or an array.
pub(super) fn set_any<'a>(
    heap: &mut Heap<'a>,
    list: Handle,
    at: i32,
    value: Value<'a>,
) -> Result<(), Failure> {
    let (owner, _) = owner(heap, list);
    let old = match heap.object(owner) {
        Some(Object::Array(..)) => super::array::set(heap, list, at, value),
        _ => set(heap, list, at, value),
    };
    old.map(drop)
}

/// Fails when what holds the elements is an array.
fn check_grows(heap: &Heap<'_>, list: Handle, method: &str) -> Result<(), Failure> {
    let (owner, _) = owner(heap, list);
    match heap.object(owner) {
        Some(Object::Array(..)) => super::array::fixed(method).map(drop),
        _ => Ok(()),
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
        Some(Object::List(list)) => list.items.change().get_mut(from + at),
        Some(Object::Array(_, items)) => items.get_mut(from + at),
        _ => None,
    };
    Ok(slot.map_or(Value::Null, |slot| std::mem::replace(slot, value)))
}

/// Returns the list that holds the elements, and where this one begins in it.
pub(super) fn owner(heap: &Heap<'_>, list: Handle) -> (Handle, usize) {
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
        let items = list.items.change();
        let start = (from + at).min(items.len());
        let end = (start + removed).min(items.len());
        items.splice(start..end, added);
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
            kept.push(*value);
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
    let (list, base) = owner(heap, list);
    answer(heap.allocate(Object::SubList { list, from: base + from, length: to - from })?)
}

/// Sorts strings, or numbers of one type, as their `compareTo` has it.
fn sort<'a>(heap: &mut Heap<'a>, list: Handle) -> Result<(), Failure> {
    let mut items = heap.items(list).to_vec();
    heap.charge(items.len() as u64 * 4)?;
    let texts = items.iter().all(|item| item.as_str().is_some());
    let kinds = |item: &Value<'a>| item.as_number().map(|number| std::mem::discriminant(&number));
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
            (Some(a), Some(b)) => super::number::compare(&a, &b),
            _ => std::cmp::Ordering::Equal,
        });
    }
    let all = items.len();
    splice(heap, list, 0, all, items)
}
