//! Following steps that have one answer each. Nothing is allocated, but for the map of `['a','b']`.

use vestibule_vtl::value::{Handle, Heap, Kind, MapKind, Value};

use super::{Halt, ReadError};
use crate::path::Step;

/// Follows a definite path from `root`; nothing when it leads nowhere.
pub(crate) fn one<'a>(
    steps: &[Step],
    heap: &mut Heap<'a>,
    root: &Value<'a>,
) -> Result<Option<Value<'a>>, ReadError> {
    match follow(steps, heap, root, false) {
        Ok(found) => Ok(Some(found)),
        Err(Halt::NotFound | Halt::Misfit) => Ok(None),
        Err(Halt::Failed(error)) => Err(error),
    }
}

/// Follows definite `steps` from `start`. With `is_strict`, each of `['a','b']` must be there.
pub(super) fn follow<'a>(
    steps: &[Step],
    heap: &mut Heap<'a>,
    start: &Value<'a>,
    is_strict: bool,
) -> Result<Value<'a>, Halt> {
    let mut current = *start;
    let mut steps = steps.iter();
    while let Some(step) = steps.next() {
        heap.charge(1)?;
        current = match step {
            Step::Root => current,
            Step::Member(name) => member(heap, &current, name)?.ok_or(Halt::NotFound)?,
            Step::Members(names) => {
                let map = as_map(heap, &current).ok_or(Halt::NotFound)?;
                if steps.next().is_some() {
                    return Err(Halt::Misfit);
                }
                return members(heap, map, names, is_strict);
            }
            Step::Index(index) => element(heap, as_list(heap, &current)?, *index)?,
            Step::FromEnd(offset) => from_end(heap, as_list(heap, &current)?, *offset)?,
            Step::Scan
            | Step::Wildcard
            | Step::Indices(_)
            | Step::SliceFrom(_)
            | Step::SliceTo(_)
            | Step::Slice(_, _)
            | Step::Filter(_)
            | Step::Placeholder => return Err(Halt::Misfit),
        };
    }
    Ok(current)
}

pub(super) fn as_map(heap: &Heap<'_>, value: &Value<'_>) -> Option<Handle> {
    value.as_handle().filter(|handle| heap.kind(*handle) == Kind::Map)
}

pub(super) fn is_list(heap: &Heap<'_>, value: &Value<'_>) -> bool {
    value.as_handle().is_some_and(|handle| heap.kind(handle) == Kind::List)
}

/// Returns the list that an index or slice needs.
pub(super) fn as_list(heap: &Heap<'_>, value: &Value<'_>) -> Result<Handle, Halt> {
    match value {
        Value::Null => Err(Halt::NotFound),
        Value::Object(handle) if heap.kind(*handle) == Kind::List => Ok(*handle),
        Value::Boolean(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Err(Halt::Misfit)
        }
    }
}

/// Returns a member of a map, nothing when the map lacks it.
pub(super) fn member<'a>(
    heap: &Heap<'a>,
    value: &Value<'a>,
    name: &str,
) -> Result<Option<Value<'a>>, Halt> {
    let map = as_map(heap, value).ok_or(Halt::NotFound)?;
    Ok(heap.get(map, name).cloned())
}

/// Makes a new map of those `names` that `map` has.
pub(super) fn members<'a>(
    heap: &mut Heap<'a>,
    map: Handle,
    names: &[Box<str>],
    is_strict: bool,
) -> Result<Value<'a>, Halt> {
    let merged = heap.map(MapKind::Linked, names.len())?;
    for name in names {
        match heap.get(map, name).cloned() {
            Some(value) => {
                let key = heap.text(&**name)?;
                heap.put(merged, Value::String(key), value)?;
            }
            None if is_strict => return Err(Halt::NotFound),
            None => {}
        }
    }
    Ok(Value::Object(merged))
}

/// Returns the element at `index`, counted from 0.
pub(super) fn element<'a>(heap: &Heap<'a>, list: Handle, index: i32) -> Result<Value<'a>, Halt> {
    let index = usize::try_from(index).map_err(|_| Halt::NotFound)?;
    heap.items(list).get(index).cloned().ok_or(Halt::NotFound)
}

/// Returns the element `offset` (negative) before the end.
pub(super) fn from_end<'a>(heap: &Heap<'a>, list: Handle, offset: i32) -> Result<Value<'a>, Halt> {
    element(heap, list, length(heap, list).wrapping_add(offset))
}

/// Returns how many elements a list has, as a Java `int`.
pub(super) fn length(heap: &Heap<'_>, list: Handle) -> i32 {
    i32::try_from(heap.len(list)).unwrap_or(i32::MAX)
}
