//! Values as an owned tree that may be sent and kept: what a render leaves behind for the next one.

use super::{Handle, Heap, Kind, MapKind, Output, OwnedNumber, Printer, Value};
use crate::limits::{Limit, LimitExceeded};

/// A value without a heap: owned, `Send`, a tree.
#[derive(Debug, Clone)]
pub enum Owned {
    /// Null.
    Null,
    /// A boolean.
    Boolean(bool),
    /// A number.
    Number(OwnedNumber),
    /// A string; also what an object that is neither list nor map prints.
    String(String),
    /// A list or array, and what it prints through when not as Java's `[a, b]`.
    List(Vec<Owned>, Option<Printer>),
    /// A map, in Java's order; keys as they print.
    Map(Vec<(String, Owned)>),
}

impl Owned {
    /// Returns the value under `key` of a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Owned> {
        match self {
            Owned::Map(entries) => {
                entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
            }
            Owned::Null
            | Owned::Boolean(_)
            | Owned::Number(_)
            | Owned::String(_)
            | Owned::List(..) => None,
        }
    }
}

impl PartialEq for Owned {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Owned::Null, Owned::Null) => true,
            (Owned::Boolean(a), Owned::Boolean(b)) => a == b,
            (Owned::Number(a), Owned::Number(b)) => a.number().java_equals(&b.number()),
            (Owned::String(a), Owned::String(b)) => a == b,
            (Owned::List(a, _), Owned::List(b, _)) => a == b,
            (Owned::Map(a), Owned::Map(b)) => a == b,
            (
                Owned::Null
                | Owned::Boolean(_)
                | Owned::Number(_)
                | Owned::String(_)
                | Owned::List(..)
                | Owned::Map(_),
                _,
            ) => false,
        }
    }
}

impl<'a> Heap<'a> {
    /// Copies `value` out of the heap.
    ///
    /// # Errors
    /// It is nested deeper than [`Limits::value_depth`](crate::Limits::value_depth), contains itself, or the steps or
    /// text bytes are used up.
    pub fn export(&self, value: &Value<'a>) -> Result<Owned, LimitExceeded> {
        self.export_at(value, self.limits().value_depth)
    }

    fn export_at(&self, value: &Value<'a>, depth: u32) -> Result<Owned, LimitExceeded> {
        self.charge(1)?;
        match value {
            Value::Null => Ok(Owned::Null),
            Value::Boolean(value) => Ok(Owned::Boolean(*value)),
            Value::Number(number) => Ok(Owned::Number((*number).into())),
            Value::String(text) => {
                self.charge_text(text.len())?;
                Ok(Owned::String((*text).to_owned()))
            }
            Value::Object(handle) => {
                let Some(depth) = depth.checked_sub(1) else {
                    let max = self.limits().value_depth as usize;
                    return Err(LimitExceeded::new(Limit::ValueDepth, max));
                };
                self.export_object(*handle, depth)
            }
        }
    }

    fn export_object(&self, handle: Handle, depth: u32) -> Result<Owned, LimitExceeded> {
        match self.kind(handle) {
            Kind::Map => {
                let mut entries = Vec::with_capacity(self.len(handle));
                for (key, value) in self.entries(handle) {
                    entries.push((self.export_text(key)?, self.export_at(value, depth)?));
                }
                Ok(Owned::Map(entries))
            }
            Kind::List | Kind::Array => {
                let items = self.items(handle).iter();
                let items =
                    items.map(|item| self.export_at(item, depth)).collect::<Result<_, _>>()?;
                Ok(Owned::List(items, self.printer(handle)))
            }
            Kind::Set
            | Kind::Collection
            | Kind::Entry
            | Kind::Iterator
            | Kind::Character
            | Kind::Block
            | Kind::Host => Ok(Owned::String(self.export_text(&Value::Object(handle))?)),
        }
    }

    fn export_text(&self, value: &Value<'a>) -> Result<String, LimitExceeded> {
        let limits = self.limits();
        let mut out = Output::new(limits.output_bytes, limits.value_depth);
        self.print(value, &mut out)?;
        self.charge_text(out.as_str().len())?;
        Ok(out.into_string())
    }

    /// Builds `owned` in this heap, borrowing its text; every map in it is of `kind`.
    ///
    /// # Errors
    /// It is nested deeper than [`Limits::value_depth`](crate::Limits::value_depth), or the heap is full.
    pub fn import(&mut self, owned: &'a Owned, kind: MapKind) -> Result<Value<'a>, LimitExceeded> {
        self.import_at(owned, kind, self.limits().value_depth)
    }

    fn import_at(
        &mut self,
        owned: &'a Owned,
        kind: MapKind,
        depth: u32,
    ) -> Result<Value<'a>, LimitExceeded> {
        self.charge(1)?;
        let deeper = || {
            let max = self.limits().value_depth as usize;
            depth.checked_sub(1).ok_or(LimitExceeded::new(Limit::ValueDepth, max))
        };
        match owned {
            Owned::Null => Ok(Value::Null),
            Owned::Boolean(value) => Ok(Value::Boolean(*value)),
            Owned::Number(number) => Ok(Value::Number(number.number())),
            Owned::String(text) => Ok(Value::from(text.as_str())),
            Owned::List(items, printer) => {
                let depth = deeper()?;
                let list = self.list(items.len())?;
                if let Some(printer) = printer {
                    self.print_with(list, *printer);
                }
                for item in items {
                    // As on AWS: maps in a list are plain ones, also in `$context`.
                    let item = self.import_at(item, MapKind::Linked, depth)?;
                    self.push(list, item)?;
                }
                Ok(Value::Object(list))
            }
            Owned::Map(entries) => {
                let depth = deeper()?;
                let map = self.map(kind, entries.len())?;
                for (key, value) in entries {
                    let value = self.import_at(value, kind, depth)?;
                    self.put(map, Value::from(key.as_str()), value)?;
                }
                Ok(Value::Object(map))
            }
        }
    }
}
