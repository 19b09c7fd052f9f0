//! The map behind every map value: insertion order kept, few entries searched in line, many through an index.

use std::hash::{Hash, Hasher};

use foldhash::fast::RandomState;
use indexmap::{Equivalent, IndexMap};

use super::{Number, Value, order};

/// Which Java map an object is: how it iterates and whether it prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapKind {
    /// `java.util.LinkedHashMap`: iterates in the order of insertion, prints `{k=v, k2=v2}`.
    Linked,
    /// `java.util.HashMap`: iterates in the order of Java's hash buckets, prints like `Linked`.
    Hash,
    /// As `Hash`, but prints as the empty string: `$context` and the maps in it.
    Silent,
}

/// Entries searched in line before an index is built.
const FEW: usize = 16;

/// `java.util.HashMap`'s first table size.
const HASH_CAPACITY: usize = 16;

/// A map object. Keys that are objects are found by identity here; the heap finds equal ones.
#[derive(Debug)]
pub(crate) struct Map<'a> {
    kind: MapKind,
    entries: Storage<'a>,
    /// Buckets of the Java table: grows when three quarters full, never shrinks.
    capacity: usize,
    /// Counts entries added and removed, so that an iterator notices.
    pub(crate) revision: u32,
}

/// Keys come from requests: the hash is seeded at random, a process.
type Index<'a> = IndexMap<Key<'a>, Value<'a>, RandomState>;

#[derive(Debug)]
enum Storage<'a> {
    Few(Vec<(Value<'a>, Value<'a>)>),
    Many(Index<'a>),
}

impl<'a> Map<'a> {
    pub(crate) fn new(kind: MapKind, capacity: usize) -> Self {
        let entries = if capacity > FEW {
            Storage::Many(Index::with_capacity_and_hasher(capacity, RandomState::default()))
        } else {
            Storage::Few(Vec::with_capacity(capacity))
        };
        Self { kind, entries, capacity: HASH_CAPACITY, revision: 0 }
    }

    pub(crate) fn kind(&self) -> MapKind {
        self.kind
    }

    pub(crate) fn len(&self) -> usize {
        match &self.entries {
            Storage::Few(entries) => entries.len(),
            Storage::Many(entries) => entries.len(),
        }
    }

    /// Returns the entry at `position` in the order of insertion.
    pub(crate) fn at(&self, position: usize) -> Option<(&Value<'a>, &Value<'a>)> {
        match &self.entries {
            Storage::Few(entries) => entries.get(position).map(|(key, value)| (key, value)),
            Storage::Many(entries) => {
                entries.get_index(position).map(|(key, value)| (&key.0, value))
            }
        }
    }

    pub(crate) fn find_str(&self, name: &str) -> Option<usize> {
        match &self.entries {
            Storage::Few(entries) => entries.iter().position(|(key, _)| key.as_str() == Some(name)),
            Storage::Many(entries) => entries.get_index_of(&Name(name)),
        }
    }

    pub(crate) fn find(&self, key: &Value<'a>) -> Option<usize> {
        match &self.entries {
            Storage::Few(entries) => entries.iter().position(|(other, _)| same_key(other, key)),
            Storage::Many(entries) => entries.get_index_of(&Key(key.clone())),
        }
    }

    /// Replaces the value at `position` and returns the old one.
    pub(crate) fn replace(&mut self, position: usize, value: Value<'a>) -> Option<Value<'a>> {
        let slot = match &mut self.entries {
            Storage::Few(entries) => entries.get_mut(position).map(|(_, slot)| slot),
            Storage::Many(entries) => entries.get_index_mut(position).map(|(_, slot)| slot),
        };
        slot.map(|slot| std::mem::replace(slot, value))
    }

    /// Adds an entry whose key is not there yet.
    pub(crate) fn append(&mut self, key: Value<'a>, value: Value<'a>) {
        self.revision = self.revision.wrapping_add(1);
        match &mut self.entries {
            Storage::Few(entries) if entries.len() < FEW => entries.push((key, value)),
            Storage::Few(entries) => {
                let few = std::mem::take(entries);
                let mut many = Index::with_capacity_and_hasher(FEW * 2, RandomState::default());
                many.extend(few.into_iter().map(|(key, value)| (Key(key), value)));
                many.insert(Key(key), value);
                self.entries = Storage::Many(many);
            }
            Storage::Many(entries) => {
                entries.insert(Key(key), value);
            }
        }
        while self.len() * 4 > self.capacity * 3 {
            self.capacity *= 2;
        }
    }

    pub(crate) fn remove(&mut self, position: usize) -> Option<Value<'a>> {
        let removed = match &mut self.entries {
            Storage::Few(entries) if position < entries.len() => Some(entries.remove(position).1),
            Storage::Few(_) => None,
            Storage::Many(entries) => entries.shift_remove_index(position).map(|(_, value)| value),
        };
        if removed.is_some() {
            self.revision = self.revision.wrapping_add(1);
        }
        removed
    }

    pub(crate) fn clear(&mut self) {
        self.revision = self.revision.wrapping_add(1);
        self.entries = Storage::Few(Vec::new());
    }

    /// Returns the positions in the order Java iterates them, when that is not the order of insertion.
    pub(crate) fn java_order(&self) -> Option<Vec<usize>> {
        match self.kind {
            MapKind::Linked => None,
            MapKind::Hash | MapKind::Silent => {
                let mut positions: Vec<usize> = (0..self.len()).collect();
                positions.sort_by_key(|position| {
                    self.at(*position).map_or(0, |(key, _)| order::bucket(key, self.capacity))
                });
                Some(positions)
            }
        }
    }

    /// Iterates as Java does.
    pub(crate) fn iter(&self) -> Entries<'_, 'a> {
        Entries { map: Some(self), order: self.java_order(), next: 0 }
    }
}

/// The entries of a map, in the order Java iterates them.
#[derive(Debug)]
pub struct Entries<'m, 'a> {
    map: Option<&'m Map<'a>>,
    order: Option<Vec<usize>>,
    next: usize,
}

impl Entries<'_, '_> {
    pub(crate) const NONE: Entries<'static, 'static> = Entries { map: None, order: None, next: 0 };
}

impl<'m, 'a> Iterator for Entries<'m, 'a> {
    type Item = (&'m Value<'a>, &'m Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let position = match &self.order {
            None => self.next,
            Some(order) => *order.get(self.next)?,
        };
        self.next += 1;
        self.map?.at(position)
    }
}

/// A key in the index: equal as Java's `equals` has it for scalars, by identity for objects.
#[derive(Debug)]
struct Key<'a>(Value<'a>);

struct Name<'s>(&'s str);

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        same_key(&self.0, &other.0)
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Value::Null => state.write_u8(0),
            Value::Boolean(value) => state.write_u8(1 + u8::from(*value)),
            Value::String(text) => Name(text).hash(state),
            Value::Object(handle) => handle.hash(state),
            Value::Number(Number::Integer(value)) => value.hash(state),
            Value::Number(Number::Long(value)) => value.hash(state),
            Value::Number(Number::Double(value)) => value.to_bits().hash(state),
            Value::Number(Number::BigInteger(value)) => value.hash(state),
            Value::Number(Number::BigDecimal(value)) => value.unscaled.hash(state),
        }
    }
}

impl Hash for Name<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<'a> Equivalent<Key<'a>> for Name<'_> {
    fn equivalent(&self, key: &Key<'a>) -> bool {
        key.0.as_str() == Some(self.0)
    }
}

fn same_key(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Boolean(a), Value::Boolean(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => a.java_equals(b),
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Object(a), Value::Object(b)) => a == b,
        (
            Value::Null
            | Value::Boolean(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Object(_),
            _,
        ) => false,
    }
}
