//! Iterating as Java's iterators do: they notice when the collection was changed beside them.

use std::rc::Rc;

use super::{Cursor, Handle, Heap, Map, MapKind, Object, Sequence, Value, View};
use crate::error::{Exception, Failure};
use crate::limits::LimitExceeded;

impl<'a> Heap<'a> {
    /// Starts an iteration over `source`.
    ///
    /// # Errors
    /// The steps are used up: entries that do not stand in order are sorted.
    pub(crate) fn cursor(&self, source: Sequence) -> Result<Cursor, LimitExceeded> {
        let (length, order) = match source {
            Sequence::Items(_) => (0, None),
            Sequence::Map(_, map) => {
                let map = self.map_object(map);
                if map.is_some_and(|map| map.kind() != MapKind::Linked) {
                    self.charge(map.map_or(0, Map::len) as u64)?;
                }
                (map.map_or(0, Map::len), map.and_then(Map::java_order))
            }
        };
        let revision = self.revision(source);
        Ok(Cursor {
            source,
            next: 0,
            last: None,
            is_both_ways: false,
            revision,
            length,
            order: order.map(Rc::from),
        })
    }

    /// Tells whether an iterator has more to give.
    pub(crate) fn has_next(&self, iterator: Handle) -> bool {
        let Some(Object::Iterator(cursor)) = self.object(iterator) else { return false };
        match cursor.source {
            Sequence::Items(handle) => cursor.next != self.items(handle).len(),
            Sequence::Map(..) => cursor.next < cursor.length,
        }
    }

    /// Returns what an iterator gives next.
    pub(crate) fn advance(&mut self, iterator: Handle) -> Result<Value<'a>, Failure> {
        self.charge(1)?;
        let Some(Object::Iterator(cursor)) = self.object(iterator) else { return Ok(Value::Null) };
        self.check_unchanged(iterator)?;
        let Some((key, value)) = self.peek(cursor) else {
            return Err(Failure::exception(Exception::NoSuchElement, "the iterator has no more"));
        };
        let (key, value) = (*key, *value);
        let source = cursor.source;
        if let Some(Object::Iterator(cursor)) = self.object_mut(iterator) {
            cursor.last = Some(cursor.next);
            cursor.next += 1;
        }
        Ok(match source {
            Sequence::Items(_) | Sequence::Map(View::Values, _) => value,
            Sequence::Map(View::Keys, _) => key,
            Sequence::Map(View::Entries, map) => {
                Value::Object(self.allocate(Object::Entry { map, key })?)
            }
        })
    }

    /// Fails when what an iterator runs over was changed beside it.
    pub(crate) fn check_unchanged(&self, iterator: Handle) -> Result<(), Failure> {
        match self.object(iterator) {
            Some(Object::Iterator(cursor)) if cursor.revision != self.revision(cursor.source) => {
                Err(Failure::exception(
                    Exception::ConcurrentModification,
                    "the list or map was changed while it was iterated over",
                ))
            }
            _ => Ok(()),
        }
    }

    /// Takes what an iterator runs over as it is now.
    pub(crate) fn accept_changes(&mut self, iterator: Handle) {
        let Some(Object::Iterator(cursor)) = self.object(iterator) else { return };
        let revision = self.revision(cursor.source);
        if let Some(Object::Iterator(cursor)) = self.object_mut(iterator) {
            cursor.revision = revision;
        }
    }

    /// Returns where in its map the entry numbered `place` of an iteration stands.
    pub(crate) fn position_of(&self, iterator: Handle, place: usize) -> Option<usize> {
        match self.object(iterator) {
            Some(Object::Iterator(cursor)) => match &cursor.order {
                None => Some(place),
                Some(order) => order.get(place).copied(),
            },
            _ => None,
        }
    }

    /// Leaves the entry numbered `place`, which was removed from the map, out of an iteration.
    pub(crate) fn forget(&mut self, iterator: Handle, place: usize) {
        self.accept_changes(iterator);
        let Some(Object::Iterator(cursor)) = self.object_mut(iterator) else { return };
        cursor.last = None;
        cursor.next = cursor.next.saturating_sub(1);
        cursor.length = cursor.length.saturating_sub(1);
        if let Some(order) = &cursor.order
            && let Some(gone) = order.get(place).copied()
        {
            let rest = order.iter().copied().filter(|position| *position != gone);
            let rest = rest.map(|position| if position > gone { position - 1 } else { position });
            cursor.order = Some(rest.collect());
        }
    }

    /// Returns the entry (key null for sequences without keys) a cursor stands before, without checking for changes.
    pub(crate) fn peek(&self, cursor: &Cursor) -> Option<(&Value<'a>, &Value<'a>)> {
        let position = match &cursor.order {
            None => cursor.next,
            Some(order) => *order.get(cursor.next)?,
        };
        match cursor.source {
            Sequence::Items(handle) => {
                self.items(handle).get(position).map(|value| (&Value::Null, value))
            }
            Sequence::Map(_, handle) => self.map_object(handle)?.at(position),
        }
    }

    /// Counts the structural changes of what an iteration runs over.
    fn revision(&self, source: Sequence) -> u32 {
        let (Sequence::Items(handle) | Sequence::Map(_, handle)) = source;
        match self.object(handle) {
            Some(Object::List(list)) => list.revision,
            Some(Object::Map(map)) => map.revision,
            Some(Object::SubList { list, .. }) => self.revision(Sequence::Items(*list)),
            _ => 0,
        }
    }

    /// Returns what iterating over a collection gives, all at once. Nothing when it is no collection.
    pub(crate) fn gathered(
        &mut self,
        collection: Handle,
    ) -> Result<Option<Vec<Value<'a>>>, Failure> {
        let sequence = match self.object(collection) {
            Some(Object::List(_) | Object::SubList { .. } | Object::Array(..)) => {
                Sequence::Items(collection)
            }
            Some(Object::View(view, map)) => Sequence::Map(*view, *map),
            _ => return Ok(None),
        };
        let cursor = self.cursor(sequence)?;
        let iterator = self.allocate(Object::Iterator(cursor))?;
        let mut items = Vec::new();
        while self.has_next(iterator) {
            items.push(self.advance(iterator)?);
        }
        Ok(Some(items))
    }
}
