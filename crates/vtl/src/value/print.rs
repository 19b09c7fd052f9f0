//! Java's `toString()` of every value, written into a bounded output.

use super::{Handle, Heap, MapKind, Object, Sequence, Value, View};
use crate::eval::Written;
use crate::limits::{Limit, LimitExceeded};

/// Prints one list in place of Java's `[a, b]`: a plain function, so that printing needs no lifetime of its own.
pub type Printer =
    for<'h, 'a, 'o> fn(&'h Heap<'a>, Handle, &'o mut Output) -> Result<(), LimitExceeded>;

/// Text being written: bounded in bytes and in how deep values nest.
#[derive(Debug, Default)]
pub struct Output {
    text: String,
    bytes_max: usize,
    depth: u32,
    depth_max: u32,
    is_kept: bool,
    /// What wrote it, where somebody asks for that.
    written: Option<Box<Written>>,
}

impl Output {
    /// Starts an empty output of at most `bytes_max` bytes, in which values nest at most `depth_max` deep.
    #[must_use]
    pub fn new(bytes_max: usize, depth_max: u32) -> Self {
        Self::onto(String::new(), bytes_max, depth_max)
    }

    /// Goes on after `text`, which counts towards the bytes.
    #[must_use]
    pub fn onto(text: String, bytes_max: usize, depth_max: u32) -> Self {
        Self { text, bytes_max, depth: 0, depth_max, is_kept: true, written: None }
    }

    /// Starts an empty output of what stands `depth` containers deep in another.
    pub(super) fn below(bytes_max: usize, depth: u32, depth_max: u32) -> Self {
        Self { depth, ..Self::new(bytes_max, depth_max) }
    }

    /// How many containers deep it is, and may be.
    pub(super) fn depth(&self) -> (u32, u32) {
        (self.depth, self.depth_max)
    }

    /// Starts an output that forgets what is written, to see whether values nest deeper than `depth_max`.
    pub(crate) fn forgetting(depth_max: u32) -> Self {
        Self { is_kept: false, ..Self::new(0, depth_max) }
    }

    /// Starts an empty output that keeps what wrote its parts.
    pub(crate) fn recorded(bytes_max: usize, depth_max: u32) -> Self {
        Self { written: Some(Box::default()), ..Self::new(bytes_max, depth_max) }
    }

    #[inline]
    pub(crate) fn is_recorded(&self) -> bool {
        self.written.is_some()
    }

    pub(crate) fn written(&mut self) -> Option<&mut Written> {
        self.written.as_deref_mut()
    }

    /// Returns what was written, and what wrote it.
    pub(crate) fn into_written(self) -> (String, Written) {
        (self.text, self.written.map_or_else(Written::default, |written| *written))
    }

    /// Appends `text`.
    ///
    /// # Errors
    /// The output would become too large; nothing is appended.
    #[inline]
    pub fn push_str(&mut self, text: &str) -> Result<(), LimitExceeded> {
        if text.len() > self.bytes_max.saturating_sub(self.text.len()) {
            if !self.is_kept {
                return Ok(());
            }
            return Err(LimitExceeded::new(Limit::OutputBytes, self.bytes_max));
        }
        self.text.push_str(text);
        Ok(())
    }

    /// Appends `character`.
    ///
    /// # Errors
    /// The output would become too large; nothing is appended.
    pub fn push(&mut self, character: char) -> Result<(), LimitExceeded> {
        self.push_str(character.encode_utf8(&mut [0; 4]))
    }

    /// Steps into a container. Pair it with [`Output::leave`].
    ///
    /// # Errors
    /// Values nest too deep.
    pub fn enter(&mut self) -> Result<(), LimitExceeded> {
        if self.depth >= self.depth_max {
            return Err(LimitExceeded::new(Limit::ValueDepth, self.depth_max as usize));
        }
        self.depth += 1;
        Ok(())
    }

    /// Steps out of a container.
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Returns what was written so far.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns what was written.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }
}

impl<'a> Heap<'a> {
    /// Returns the `#define` blocks that are keys of maps.
    pub(crate) fn block_keys(&self) -> Vec<Handle> {
        let keys = self.maps().flat_map(|map| map.iter().map(|(key, _)| key));
        let handles = keys.filter_map(Value::as_handle);
        handles.filter(|key| matches!(self.object(*key), Some(Object::Block { .. }))).collect()
    }

    /// Gathers the `#define` blocks that the text of `value` has, except where that is the text of a block.
    ///
    /// # Errors
    /// The steps or the depth of values is used up.
    pub(crate) fn blocks_in(
        &self,
        value: &Value<'a>,
        depth: u32,
        found: &mut Vec<Handle>,
    ) -> Result<(), LimitExceeded> {
        let Value::Object(handle) = value else { return Ok(()) };
        self.charge(1)?;
        let Some(depth) = depth.checked_sub(1) else {
            return Err(LimitExceeded::new(Limit::ValueDepth, self.limits().value_depth as usize));
        };
        let mut inside = |value: &Value<'a>| match value.as_handle() == Some(*handle) {
            true => Ok(()),
            false => self.blocks_in(value, depth, found),
        };
        match self.object(*handle) {
            Some(Object::Block { .. }) => {
                if !found.contains(handle) {
                    found.push(*handle);
                }
                Ok(())
            }
            Some(Object::Map(map)) if map.kind() == MapKind::Silent => Ok(()),
            Some(Object::Map(map)) => map.iter().try_for_each(|(key, value)| {
                inside(key)?;
                inside(value)
            }),
            Some(Object::List(_) | Object::SubList { .. }) => {
                self.items(*handle).iter().try_for_each(inside)
            }
            Some(Object::View(view, map)) => {
                self.entries(*map).try_for_each(|(key, value)| match view {
                    View::Keys => inside(key),
                    View::Values => inside(value),
                    View::Entries => inside(key).and_then(|()| inside(value)),
                })
            }
            Some(Object::Entry { map, key }) => match self.find(*map, key)? {
                Some(value) => inside(&value),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Writes `value` as Java's `toString()` has it; null is `null`.
    ///
    /// # Errors
    /// The output, the steps or the depth of values is used up.
    pub fn print(&self, value: &Value<'a>, out: &mut Output) -> Result<(), LimitExceeded> {
        match value {
            Value::Null => out.push_str("null"),
            Value::Boolean(true) => out.push_str("true"),
            Value::Boolean(false) => out.push_str("false"),
            Value::String(text) => out.push_str(text),
            Value::Number(number) => {
                self.charge(number_cost(number))?;
                out.push_str(&number.to_string())
            }
            Value::Object(handle) => self.print_object(*handle, out),
        }
    }

    /// Writes an object as Java's `toString()` has it.
    fn print_object(&self, handle: Handle, out: &mut Output) -> Result<(), LimitExceeded> {
        self.charge(1)?;
        match self.object(handle) {
            None => Ok(()),
            Some(Object::Block { text, .. }) => out.push_str(text),
            Some(Object::Scope(scope)) => match scope.entries {
                Some(entries) => {
                    self.print_sequence(handle, Sequence::Map(View::Entries, entries), out)
                }
                None => out.push_str("{}"),
            },
            Some(Object::Map(map)) if map.kind() == MapKind::Silent => Ok(()),
            Some(Object::Map(_)) => {
                self.print_sequence(handle, Sequence::Map(View::Entries, handle), out)
            }
            Some(Object::List(list)) => match list.printer {
                Some(printer) => printer(self, handle, out),
                None => self.print_sequence(handle, Sequence::Items(handle), out),
            },
            Some(Object::SubList { .. }) => {
                self.print_sequence(handle, Sequence::Items(handle), out)
            }
            Some(Object::View(view, map)) => {
                self.print_sequence(handle, Sequence::Map(*view, *map), out)
            }
            Some(Object::Array(kind, _)) => {
                out.push_str(kind.class_name())?;
                out.push_str(&format!("@{:x}", handle.0))
            }
            Some(Object::Entry { map, key }) => {
                let value = self.find(*map, key)?.unwrap_or(Value::Null);
                out.enter()?;
                self.print(key, out)?;
                out.push_str("=")?;
                self.print(&value, out)?;
                out.leave();
                Ok(())
            }
            Some(Object::Iterator(_)) => {
                out.push_str("java.util.Iterator@")?;
                out.push_str(&format!("{:x}", handle.0))
            }
            // A lone surrogate has no UTF-8: Java's encoder writes `?` too.
            Some(Object::Character(unit)) => {
                out.push(char::from_u32(u32::from(*unit)).unwrap_or('?'))
            }
            Some(Object::Host(host)) => out.push_str(host.text()),
        }
    }

    fn print_sequence(
        &self,
        container: Handle,
        sequence: Sequence,
        out: &mut Output,
    ) -> Result<(), LimitExceeded> {
        let braces = matches!(self.object(container), Some(Object::Map(_) | Object::Scope(_)));
        out.enter()?;
        out.push_str(if braces { "{" } else { "[" })?;
        let mut cursor = self.cursor(sequence)?;
        let mut first = true;
        while let Some((key, value)) = self.peek(&cursor) {
            self.charge(1)?;
            cursor.next += 1;
            if !std::mem::take(&mut first) {
                out.push_str(", ")?;
            }
            match sequence {
                Sequence::Items(_) | Sequence::Map(View::Values, _) => {
                    self.print_inside(container, "(this Collection)", value, out)?;
                }
                Sequence::Map(View::Keys, _) => {
                    self.print_inside(container, "(this Collection)", key, out)?;
                }
                Sequence::Map(View::Entries, _) if braces => {
                    self.print_inside(container, "(this Map)", key, out)?;
                    out.push_str("=")?;
                    self.print_inside(container, "(this Map)", value, out)?;
                }
                Sequence::Map(View::Entries, _) => self.print_entry(key, value, out)?,
            }
        }
        out.push_str(if braces { "}" } else { "]" })?;
        out.leave();
        Ok(())
    }

    fn print_entry(
        &self,
        key: &Value<'a>,
        value: &Value<'a>,
        out: &mut Output,
    ) -> Result<(), LimitExceeded> {
        self.print(key, out)?;
        out.push_str("=")?;
        self.print(value, out)
    }

    fn print_inside(
        &self,
        container: Handle,
        itself: &str,
        value: &Value<'a>,
        out: &mut Output,
    ) -> Result<(), LimitExceeded> {
        if value.as_handle() == Some(container) {
            return out.push_str(itself);
        }
        self.print(value, out)
    }
}

fn number_cost(number: &super::Number<'_>) -> u64 {
    match number {
        super::Number::BigInteger(value) => 1 + value.bits() / 16,
        super::Number::BigDecimal(value) => 1 + value.unscaled.bits() / 16,
        super::Number::Integer(_) | super::Number::Long(_) | super::Number::Double(_) => 0,
    }
}
