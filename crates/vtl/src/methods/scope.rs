//! `$foreach`: what it tells of its loop, and the map it also is.

use super::arguments::{Answer, answer};
use super::map;
use super::property::is_named;
use crate::error::Failure;
use crate::value::{Argument, Handle, Heap, MapKind, Object, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    handle: Handle,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    let Some(Object::Scope(scope)) = heap.object(handle) else { return Ok(None) };
    match (method, arguments) {
        ("stop", []) => return Err(Failure::StopLoop(scope.number)),
        ("hasNext" | "isFirst" | "isLast", []) => {
            return Ok(property(heap, handle, method.trim_start_matches("is")));
        }
        ("size", []) if scope.entries.is_none() => return answer(0),
        ("isEmpty", []) if scope.entries.is_none() => return answer(true),
        _ => {}
    }
    if let (Some(name), []) = (method.strip_prefix("get"), arguments)
        && let found @ Some(_) = property(heap, handle, name)
    {
        return Ok(found);
    }
    let entries = entries(heap, handle)?;
    map::call(heap, entries, method, arguments)
}

/// Returns what a loop tells under `name`, whatever the case of its first letter.
pub(super) fn property<'a>(heap: &Heap<'a>, handle: Handle, name: &str) -> Option<Value<'a>> {
    let Some(Object::Scope(scope)) = heap.object(handle) else { return None };
    let is = |property: &str| is_named(name, property);
    let value = match () {
        () if is("hasNext") => scope.has_next.into(),
        () if is("index") => scope.index.into(),
        () if is("count") => (scope.index + 1).into(),
        () if is("first") => (scope.index < 1).into(),
        () if is("last") => (!scope.has_next).into(),
        () if is("parent") => scope.parent.map_or(Value::Null, Value::Object),
        () if is("topmost") => topmost(heap, handle).into(),
        () => return None,
    };
    Some(value)
}

/// Returns the map of what a template put into `$foreach`.
pub(super) fn entries(heap: &mut Heap<'_>, handle: Handle) -> Result<Handle, Failure> {
    if let Some(Object::Scope(scope)) = heap.object(handle)
        && let Some(entries) = scope.entries
    {
        return Ok(entries);
    }
    let made = heap.map(MapKind::Hash, 0)?;
    if let Some(Object::Scope(scope)) = heap.object_mut(handle) {
        scope.entries = Some(made);
    }
    Ok(made)
}

fn topmost(heap: &Heap<'_>, handle: Handle) -> Handle {
    let mut outermost = handle;
    // INVARIANT: a parent is older than its child, so this ends.
    while let Some(Object::Scope(scope)) = heap.object(outermost) {
        match scope.parent {
            Some(parent) => outermost = parent,
            None => break,
        }
    }
    outermost
}
