//! `#define` blocks as values: they render where they print.

use super::halt::{Eval, Halt};
use super::render::Render;
use crate::value::{Object, Output, Value};

/// How deep a `#define` block may render itself before its name is printed instead. Velocity's default.
const SELF_DEPTH_MAX: u32 = 2;

impl<'a> Render<'a, '_> {
    /// Returns the number of the `#define` block a value is.
    pub(super) fn block_of(&self, value: &Value<'a>) -> Option<u32> {
        match self.heap.object(value.as_handle()?) {
            Some(Object::Block { block, .. }) => Some(*block),
            _ => None,
        }
    }

    /// Renders a `#define` block; tells whether it may (it may not inside itself, too deep).
    pub(super) fn print_block(&mut self, value: &Value<'a>, out: &mut Output) -> Eval<bool> {
        let Some(handle) = value.as_handle() else { return Ok(false) };
        let Some(Object::Block { block, depth, .. }) = self.heap.object_mut(handle) else {
            return Ok(false);
        };
        if *depth >= SELF_DEPTH_MAX {
            return Ok(false);
        }
        *depth += 1;
        let number = *block as usize;
        let tree = self.tree;
        let body = tree.blocks.get(number).map_or(&[][..], AsRef::as_ref);
        let ended = match self.block(body, out) {
            Ok(()) | Err(Halt::Break) => Ok(true),
            Err(halt) => Err(halt),
        };
        if let Some(Object::Block { depth, .. }) = self.heap.object_mut(handle) {
            *depth -= 1;
        }
        ended
    }

    /// Replaces a `#define` block by what it renders, for everything but printing and passing on. Null when it may not
    /// render.
    pub(super) fn resolve(&mut self, value: Value<'a>) -> Eval<Value<'a>> {
        if self.block_of(&value).is_none() {
            return Ok(value);
        }
        let mut out = self.scratch();
        if !self.print_block(&value, &mut out)? {
            return Ok(Value::Null);
        }
        self.built(out.into_string())
    }

    /// Renders the `#define` blocks inside a list or map, so that its text has theirs.
    #[inline]
    pub(super) fn render_blocks_in(&mut self, value: &Value<'a>) -> Eval<()> {
        if self.tree.blocks.is_empty() || !matches!(value, Value::Object(_)) {
            return Ok(());
        }
        self.render_blocks_within(value)
    }

    fn render_blocks_within(&mut self, value: &Value<'a>) -> Eval<()> {
        let mut blocks = Vec::new();
        let depth = self.heap.limits().value_depth;
        self.heap.blocks_in(value, depth, &mut blocks).map_err(|error| self.limit(error))?;
        for handle in blocks {
            let mut out = self.scratch();
            let text = match self.print_block(&Value::Object(handle), &mut out)? {
                true => self.heap.text(out.into_string()).map_err(|error| self.limit(error))?,
                false => "null",
            };
            if let Some(Object::Block { text: last, .. }) = self.heap.object_mut(handle) {
                *last = text;
            }
        }
        Ok(())
    }

    /// Renders the blocks that are keys of maps: their text names what an embedder reads there.
    pub(super) fn render_keys(&mut self) {
        if self.tree.blocks.is_empty() {
            return;
        }
        for key in self.heap.block_keys() {
            // What fails is left without a text: the template itself has rendered.
            let _ = self.render_blocks_in(&Value::Object(key));
        }
    }
}
