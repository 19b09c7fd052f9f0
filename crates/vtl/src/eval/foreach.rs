//! `#foreach`: what it runs over, the variables it sets, and how it ends.

use super::halt::{Eval, Halt};
use super::render::Render;
use crate::syntax::tree::{Foreach, Slot};
use crate::value::{Handle, Object, Output, Scope, Sequence, Value, View};

/// A loop that is running.
#[derive(Debug)]
pub(super) struct Loop {
    scope: Option<Handle>,
}

/// The variables a loop sets, as they were before it.
type Saved<'a> = [Option<(Slot, Value<'a>)>; 4];

impl<'a> Render<'a, '_> {
    pub(super) fn foreach(&mut self, foreach: &'a Foreach, out: &mut Output) -> Eval<()> {
        self.span = foreach.span;
        let source = self.value(&foreach.source)?;
        let Some(iterator) = self.iterator(&source)? else { return Ok(()) };
        let slots = self.loop_slots;
        let saved: Saved<'a> = [Some(foreach.item), slots.count, slots.has_next, slots.scope]
            .map(|slot| slot.map(|slot| (slot, self.slot(slot))));
        let number = self.loop_count;
        self.loop_count = self.loop_count.wrapping_add(1);
        let scope = self.scope(number, &saved)?;
        self.loops.push(Loop { scope });
        let ended = self.rounds(foreach, iterator, scope, out);
        self.loops.pop();
        for (slot, value) in saved.into_iter().flatten() {
            self.restore_slot(slot, value);
        }
        match ended {
            Err(Halt::Break) => Ok(()),
            Err(Halt::StopLoop(stopped)) if stopped == number => Ok(()),
            ended => ended,
        }
    }

    fn rounds(
        &mut self,
        foreach: &'a Foreach,
        iterator: Handle,
        scope: Option<Handle>,
        out: &mut Output,
    ) -> Eval<()> {
        let rounds_max = self.heap.limits().foreach_iterations;
        let mut round: u32 = 0;
        let mut hides = true;
        while round < rounds_max && self.heap.has_next(iterator) {
            self.charge(1)?;
            let item = match self.heap.advance(iterator) {
                Ok(item) => item,
                Err(failure) => return Err(self.fail(failure, foreach.span, &[])),
            };
            let has_next = self.heap.has_next(iterator);
            let count = i32::try_from(round).unwrap_or(i32::MAX).saturating_add(1);
            let is_null = item.is_null();
            self.assign_item(foreach.item, item);
            if let Some(slot) = self.loop_slots.count {
                self.assign_slot(slot, count.into());
            }
            if let Some(slot) = self.loop_slots.has_next {
                self.assign_slot(slot, has_next.into());
            }
            if let (Some(slot), Some(handle)) = (self.loop_slots.scope, scope) {
                self.assign_slot(slot, handle.into());
                if let Some(Object::Scope(scope)) = self.heap.object_mut(handle) {
                    scope.index = count - 1;
                    scope.has_next = has_next;
                }
            }
            if is_null {
                self.hidden.push((foreach.item, hides));
            }
            let ended = self.block(&foreach.body, out);
            if is_null {
                hides = self.hidden.pop().is_some_and(|(_, hides)| hides);
            }
            ended?;
            round += 1;
        }
        Ok(())
    }

    /// Makes `$foreach`, when the template names it.
    fn scope(&mut self, number: u32, saved: &Saved<'a>) -> Eval<Option<Handle>> {
        let Some(slot) = self.loop_slots.scope else { return Ok(None) };
        let replaced =
            saved.iter().flatten().find(|(other, _)| *other == slot).map(|(_, value)| value);
        let parent = replaced
            .and_then(Value::as_handle)
            .filter(|handle| matches!(self.heap.object(*handle), Some(Object::Scope(_))));
        let parent = parent.or_else(|| self.loops.last().and_then(|outer| outer.scope));
        let scope = Scope { number, index: -1, has_next: false, parent, entries: None };
        let scope = self.heap.allocate(Object::Scope(scope));
        scope.map(Some).map_err(|error| self.limit(error))
    }

    /// Returns an iterator over what `#foreach` can run over; nothing else makes a round.
    fn iterator(&mut self, source: &Value<'a>) -> Eval<Option<Handle>> {
        let Some(handle) = source.as_handle() else { return Ok(None) };
        let sequence = match self.heap.object(handle) {
            Some(Object::Iterator(_)) => return Ok(Some(handle)),
            Some(Object::List(_) | Object::Array(..) | Object::SubList { .. }) => {
                Sequence::Items(handle)
            }
            Some(Object::Map(_)) => Sequence::Map(View::Values, handle),
            Some(Object::View(view, map)) => Sequence::Map(*view, *map),
            Some(Object::Scope(scope)) => match scope.entries {
                Some(entries) => Sequence::Map(View::Values, entries),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let cursor = self.heap.cursor(sequence).map_err(|error| self.limit(error))?;
        let iterator = self.heap.allocate(Object::Iterator(cursor));
        iterator.map(Some).map_err(|error| self.limit(error))
    }
}
