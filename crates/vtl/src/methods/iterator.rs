//! `java.util.Iterator` and `ListIterator`.

use super::arguments::{Answer, VOID, answer, count};
use super::list;
use crate::error::{Exception, Failure};
use crate::value::{Argument, Cursor, Handle, Heap, Object, Sequence, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    iterator: Handle,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("hasNext", []) => answer(heap.has_next(iterator)),
        ("next", []) => heap.advance(iterator).map(Some),
        ("remove", []) => {
            remove(heap, iterator)?;
            Ok(VOID)
        }
        _ => both_ways(heap, iterator, method, arguments),
    }
}

/// What a `ListIterator` has beside.
fn both_ways<'a>(
    heap: &mut Heap<'a>,
    iterator: Handle,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    let Some(Object::Iterator(cursor)) = heap.object(iterator) else { return Ok(None) };
    let (Sequence::Items(list), true) = (cursor.source, cursor.is_both_ways) else {
        return Ok(None);
    };
    let (next, last) = (cursor.next, cursor.last);
    match (method, arguments) {
        ("hasPrevious", []) => answer(next > 0),
        ("nextIndex", []) => Ok(Some(count(next))),
        ("previousIndex", []) => Ok(Some(next.checked_sub(1).map_or(Value::from(-1), count))),
        ("previous", []) => {
            heap.check_unchanged(iterator)?;
            let Some(at) = next.checked_sub(1) else {
                let message = "the iterator stands at the start";
                return Err(Failure::exception(Exception::NoSuchElement, message));
            };
            let value = heap.items(list).get(at).cloned().unwrap_or(Value::Null);
            move_to(heap, iterator, at, Some(at));
            Ok(Some(value))
        }
        ("set", [value]) => {
            let at = last.ok_or_else(nothing_given)?;
            heap.check_unchanged(iterator)?;
            let at = i32::try_from(at).unwrap_or(i32::MAX);
            list::set_any(heap, list, at, value.value)?;
            Ok(VOID)
        }
        ("add", [value]) => {
            heap.check_unchanged(iterator)?;
            list::insert(heap, list, next, value.value)?;
            move_to(heap, iterator, next + 1, None);
            Ok(VOID)
        }
        _ => Ok(None),
    }
}

/// Removes what the iterator gave last.
fn remove(heap: &mut Heap<'_>, iterator: Handle) -> Result<(), Failure> {
    let Some(Object::Iterator(cursor)) = heap.object(iterator) else { return Ok(()) };
    let Cursor { source, next, last, .. } = *cursor;
    let last = last.ok_or_else(nothing_given)?;
    heap.check_unchanged(iterator)?;
    match source {
        Sequence::Items(list) => {
            list::remove_at(heap, list, last)?;
            // After `previous`, the element stood behind the cursor.
            move_to(heap, iterator, if last < next { next - 1 } else { next }, None);
        }
        Sequence::Map(_, map) => {
            let position = heap.position_of(iterator, last);
            if let (Some(position), Some(map)) = (position, heap.map_object_mut(map)) {
                map.remove(position);
            }
            heap.forget(iterator, last);
        }
    }
    Ok(())
}

/// Lets the iterator stand before `next`; what it changed itself is no change beside it.
fn move_to(heap: &mut Heap<'_>, iterator: Handle, next: usize, last: Option<usize>) {
    heap.accept_changes(iterator);
    if let Some(Object::Iterator(cursor)) = heap.object_mut(iterator) {
        cursor.next = next;
        cursor.last = last;
    }
}

fn nothing_given() -> Failure {
    Failure::exception(Exception::IllegalState, "the iterator has given nothing to change")
}
