//! Following paths with many answers: wildcards, slices, filters, deep scans.
//!
//! The walk meets elements in Jayway's order and gives up where Jayway throws, because what was
//! found before a caught exception stays. Recursion is over the steps of the path alone.

use vestibule_vtl::value::{Handle, Heap, Value};

use super::condition::{self, Document};
use super::definite::{self, as_list, as_map, element, is_list};
use super::{Halt, ReadError};
use crate::json;
use crate::limits::{READ_RESULTS_MAX, READ_VISITS_MAX, SCAN_DEPTH_MAX};
use crate::path::{Filter, Step};

/// Follows `steps` from `root` and returns a new list of what is found.
pub(crate) fn all<'a>(
    steps: &[Step],
    heap: &mut Heap<'a>,
    root: &Value<'a>,
) -> Result<Value<'a>, ReadError> {
    let mut walk = Walk { root: *root, found: Vec::new(), visits: 0, heap };
    match walk.follow(steps, root) {
        Ok(()) => {}
        Err(Halt::NotFound | Halt::Misfit) => walk.found.clear(),
        Err(Halt::Failed(error)) => return Err(error),
    }
    let found = walk.found;
    json::list(heap, found).map_err(ReadError::Limit)
}

struct Walk<'h, 'a> {
    heap: &'h mut Heap<'a>,
    root: Value<'a>,
    found: Vec<Value<'a>>,
    visits: u64,
}

impl<'a> Walk<'_, 'a> {
    fn follow(&mut self, steps: &[Step], start: &Value<'a>) -> Result<(), Halt> {
        let mut current = *start;
        let mut steps = steps;
        while let Some((step, rest)) = steps.split_first() {
            self.visit()?;
            current = match step {
                Step::Root => current,
                Step::Member(name) => match definite::member(self.heap, &current, name)? {
                    Some(value) => value,
                    None if rest.is_empty() => return Ok(()),
                    None => return Err(Halt::NotFound),
                },
                Step::Members(_) | Step::Index(_) | Step::FromEnd(_) => {
                    let ends = matches!(step, Step::Members(_)) && !rest.is_empty();
                    if ends && as_map(self.heap, &current).is_some() {
                        return Err(Halt::Misfit);
                    }
                    super::follow(std::slice::from_ref(step), self.heap, &current, false)?
                }
                Step::Wildcard => return self.wildcard(rest, &current),
                Step::Filter(filter) => return self.filter(Some(filter), rest, &current),
                Step::Placeholder => return self.filter(None, rest, &current),
                Step::Scan => return self.scan(rest, &current),
                Step::Indices(indices) => {
                    let list = as_list(self.heap, &current)?;
                    return self.elements(rest, list, indices.iter().copied());
                }
                Step::SliceFrom(_) | Step::SliceTo(_) | Step::Slice(_, _) => {
                    let list = as_list(self.heap, &current)?;
                    let (from, to) = bounds(step, definite::length(self.heap, list));
                    return self.elements(rest, list, from..to);
                }
            };
            steps = rest;
        }
        self.find(current)
    }

    fn elements(
        &mut self,
        rest: &[Step],
        list: Handle,
        indices: impl Iterator<Item = i32>,
    ) -> Result<(), Halt> {
        for index in indices {
            let value = element(self.heap, list, index)?;
            self.follow(rest, &value)?;
        }
        Ok(())
    }

    fn wildcard(&mut self, rest: &[Step], value: &Value<'a>) -> Result<(), Halt> {
        if let Some(map) = as_map(self.heap, value) {
            for member in self.values(map)? {
                self.follow(rest, &member)?;
            }
        } else if is_list(self.heap, value) {
            for position in 0..self.len(value) {
                let Some(element) = self.item(value, position) else { break };
                match self.follow(rest, &element) {
                    Ok(()) | Err(Halt::NotFound) => {}
                    Err(halt) => return Err(halt),
                }
            }
        }
        Ok(())
    }

    fn filter(
        &mut self,
        filter: Option<&Filter>,
        rest: &[Step],
        value: &Value<'a>,
    ) -> Result<(), Halt> {
        if as_map(self.heap, value).is_some() {
            return if self.accepts(filter, value)? { self.follow(rest, value) } else { Ok(()) };
        }
        if !is_list(self.heap, value) {
            return Err(Halt::Misfit);
        }
        for position in 0..self.len(value) {
            let Some(element) = self.item(value, position) else { break };
            if self.accepts(filter, &element)? {
                self.follow(rest, &element)?;
            }
        }
        Ok(())
    }

    /// Tries the step after `..` on `top` and on each map and list below it, parents first.
    fn scan(&mut self, rest: &[Step], top: &Value<'a>) -> Result<(), Halt> {
        let Some((target, after)) = rest.split_first() else { return Err(Halt::Misfit) };
        let mut pending = vec![(*top, 0usize)];
        while let Some((value, depth)) = pending.pop() {
            self.visit()?;
            if depth > SCAN_DEPTH_MAX {
                return Err(Halt::Failed(ReadError::Depth));
            }
            if as_map(self.heap, &value).is_some() {
                if self.is_target(target, &value)? {
                    self.follow(rest, &value)?;
                }
            } else if is_list(self.heap, &value) {
                self.scan_list(rest, after, target, &value)?;
            } else {
                continue;
            }
            let first = pending.len();
            pending.extend(self.below(&value)?.map(|value| (value, depth + 1)));
            if let Some(below) = pending.get_mut(first..) {
                below.reverse();
            }
        }
        Ok(())
    }

    /// Jayway's oddity: on a list, a target that is not the last step is left out, and the steps
    /// after it are followed from each element.
    fn scan_list(
        &mut self,
        rest: &[Step],
        after: &[Step],
        target: &Step,
        list: &Value<'a>,
    ) -> Result<(), Halt> {
        if !self.is_target(target, list)? {
            return Ok(());
        }
        if after.is_empty() {
            return self.follow(rest, list);
        }
        for position in 0..self.len(list) {
            let Some(element) = self.item(list, position) else { break };
            self.follow(after, &element)?;
        }
        Ok(())
    }

    fn is_target(&mut self, target: &Step, value: &Value<'a>) -> Result<bool, Halt> {
        let map = as_map(self.heap, value);
        let has = |name: &str| map.is_some_and(|map| self.heap.get(map, name).is_some());
        Ok(match target {
            Step::Member(name) => has(name),
            Step::Members(names) => map.is_some() && names.iter().all(|name| has(name)),
            Step::Wildcard => true,
            Step::Index(_)
            | Step::Indices(_)
            | Step::FromEnd(_)
            | Step::SliceFrom(_)
            | Step::SliceTo(_)
            | Step::Slice(_, _) => map.is_none(),
            Step::Filter(filter) => self.accepts(Some(filter), value)?,
            Step::Placeholder => self.accepts(None, value)?,
            Step::Root | Step::Scan => false,
        })
    }

    fn accepts(&mut self, filter: Option<&Filter>, value: &Value<'a>) -> Result<bool, Halt> {
        self.visit()?;
        let Some(filter) = filter else { return Err(Halt::Misfit) };
        condition::accepts(filter, self.heap, &Document { root: &self.root, element: value })
    }

    /// Returns the objects that a map or list holds directly.
    fn below(
        &mut self,
        container: &Value<'a>,
    ) -> Result<impl Iterator<Item = Value<'a>> + use<'_, 'a>, Halt> {
        let handle = container.as_handle();
        let length = handle.map_or(0, |handle| self.heap.len(handle)) as u64;
        self.visits += length;
        self.heap.charge(length / 16)?;
        let heap: &Heap<'a> = self.heap;
        names(heap, handle)?;
        let members = handle.into_iter().flat_map(|map| heap.entries(map)).map(|(_, value)| value);
        let items = handle.into_iter().flat_map(|list| heap.items(list));
        Ok(members.chain(items).filter(|value| value.as_handle().is_some()).cloned())
    }

    /// Returns the values of a map.
    fn values(&mut self, map: Handle) -> Result<Vec<Value<'a>>, Halt> {
        self.heap.charge(self.heap.len(map) as u64 / 16)?;
        names(self.heap, Some(map))?;
        Ok(self.heap.entries(map).map(|(_, value)| *value).collect())
    }

    fn len(&self, list: &Value<'a>) -> usize {
        list.as_handle().map_or(0, |list| self.heap.len(list))
    }

    fn item(&self, list: &Value<'a>, position: usize) -> Option<Value<'a>> {
        list.as_handle().and_then(|list| self.heap.items(list).get(position).cloned())
    }

    fn find(&mut self, value: Value<'a>) -> Result<(), Halt> {
        if self.found.len() >= READ_RESULTS_MAX {
            return Err(Halt::Failed(ReadError::Results));
        }
        self.found.push(value);
        Ok(())
    }

    fn visit(&mut self) -> Result<(), Halt> {
        self.visits += 1;
        if self.visits > READ_VISITS_MAX {
            return Err(Halt::Failed(ReadError::Visits));
        }
        self.heap.charge(1)?;
        Ok(())
    }
}

/// Returns the first index of a slice and the one after its last.
fn bounds(slice: &Step, length: i32) -> (i32, i32) {
    match slice {
        Step::SliceFrom(from) => {
            let from = if *from < 0 { length.wrapping_add(*from) } else { *from };
            (from.max(0), length)
        }
        Step::SliceTo(to) => {
            let to = if *to < 0 { length.wrapping_add(*to) } else { *to };
            (0, to.min(length))
        }
        // AWS: a negative start counts from nowhere; it is never there.
        Step::Slice(from, to) if length > 0 => (*from, length.min(*to)),
        _ => (0, 0),
    }
}

/// Ends the read at a map with a key that is no string, which a template can put there: Jayway casts each to one.
fn names(heap: &Heap<'_>, map: Option<Handle>) -> Result<(), Halt> {
    let mut keys = map.into_iter().flat_map(|map| heap.entries(map)).map(|(key, _)| key);
    let is_name = |key: &Value<'_>| matches!(key, Value::String(_) | Value::Null);
    if keys.all(is_name) { Ok(()) } else { Err(Halt::Misfit) }
}
