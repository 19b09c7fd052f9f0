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
pub(crate) const FEW: usize = 16;

/// `java.util.HashMap`'s first table size.
const HASH_CAPACITY: u32 = 16;

/// A map object. Keys that are objects are found by identity here; the heap finds equal ones.
#[derive(Debug)]
pub(crate) struct Map<'a> {
    kind: MapKind,
    entries: Storage<'a>,
    /// Buckets of the Java table: grows when three quarters full, never shrinks.
    capacity: u32,
    /// Counts entries added and removed, so that an iterator notices.
    pub(crate) revision: u32,
}

/// Keys come from requests: the hash is seeded at random, a process.
type Index<'a> = IndexMap<Key<'a>, Value<'a>, RandomState>;

/// A key and its value.
pub(crate) type Pair<'a> = (Value<'a>, Value<'a>);

#[derive(Debug)]
enum Storage<'a> {
    /// As they were read: in the arena, for all who read them.
    Read(&'a [Pair<'a>]),
    /// Of a map that was made, or that a template has changed.
    Few(Vec<Pair<'a>>),
    Many(Box<Index<'a>>),
}

impl<'a> Storage<'a> {
    fn many(capacity: usize) -> Self {
        Storage::Many(Box::new(Index::with_capacity_and_hasher(capacity, RandomState::default())))
    }

    /// Returns the entries as long as they are searched in line.
    fn in_line(&self) -> Result<&[Pair<'a>], &Index<'a>> {
        match self {
            Storage::Read(entries) => Ok(entries),
            Storage::Few(entries) => Ok(entries),
            Storage::Many(entries) => Err(entries),
        }
    }
}

impl<'a> Map<'a> {
    pub(crate) fn new(kind: MapKind, capacity: usize) -> Self {
        let entries = if capacity > FEW {
            Storage::many(capacity)
        } else {
            Storage::Few(Vec::with_capacity(capacity))
        };
        Self { kind, entries, capacity: HASH_CAPACITY, revision: 0 }
    }

    /// Makes a map of at most [`FEW`] entries that lie in the arena, and whose keys differ.
    #[inline]
    pub(crate) fn read(kind: MapKind, entries: &'a [Pair<'a>]) -> Self {
        let (count, entries) = (entries.len(), Storage::Read(entries));
        // INVARIANT: more than 12 are more than three quarters of the first table.
        let capacity = if count > 12 { 2 * HASH_CAPACITY } else { HASH_CAPACITY };
        Self { kind, entries, capacity, revision: 0 }
    }

    /// Makes a map of entries whose keys differ.
    pub(crate) fn of(kind: MapKind, entries: &[Pair<'a>]) -> Self {
        let mut map = Map::new(kind, entries.len());
        entries.iter().for_each(|(key, value)| map.append(*key, *value));
        map
    }

    pub(crate) fn kind(&self) -> MapKind {
        self.kind
    }

    pub(crate) fn len(&self) -> usize {
        match self.entries.in_line() {
            Ok(entries) => entries.len(),
            Err(entries) => entries.len(),
        }
    }

    /// Returns the entry at `position` in the order of insertion.
    pub(crate) fn at(&self, position: usize) -> Option<(&Value<'a>, &Value<'a>)> {
        match self.entries.in_line() {
            Ok(entries) => entries.get(position).map(|(key, value)| (key, value)),
            Err(entries) => entries.get_index(position).map(|(key, value)| (&key.0, value)),
        }
    }

    /// Returns the value under a string.
    #[inline]
    pub(crate) fn get_str(&self, name: &str) -> Option<&Value<'a>> {
        match &self.entries {
            Storage::Read(entries) => under(entries, name),
            Storage::Few(entries) => under(entries, name),
            Storage::Many(entries) => entries.get(&Name(name)),
        }
    }

    pub(crate) fn find(&self, key: &Value<'a>) -> Option<usize> {
        match self.entries.in_line() {
            Ok(entries) => entries.iter().position(|(other, _)| same_key(other, key)),
            Err(entries) => entries.get_index_of(&Sought(key)),
        }
    }

    /// Replaces the value at `position` and returns the old one.
    pub(crate) fn replace(&mut self, position: usize, value: Value<'a>) -> Option<Value<'a>> {
        self.change();
        let slot = match &mut self.entries {
            // INVARIANT: `change` left none as it was read.
            Storage::Read(_) => None,
            Storage::Few(entries) => entries.get_mut(position).map(|(_, slot)| slot),
            Storage::Many(entries) => entries.get_index_mut(position).map(|(_, slot)| slot),
        };
        slot.map(|slot| std::mem::replace(slot, value))
    }

    /// Adds an entry whose key is not there yet.
    pub(crate) fn append(&mut self, key: Value<'a>, value: Value<'a>) {
        self.revision = self.revision.wrapping_add(1);
        self.grow();
        match &mut self.entries {
            // INVARIANT: `grow` left none as it was read.
            Storage::Read(_) => {}
            Storage::Few(entries) => entries.push((key, value)),
            Storage::Many(entries) => {
                entries.insert(Key(key), value);
            }
        }
        self.widen();
    }

    /// Gives a clone the Java table that Java makes for as many entries, whatever the table of the original.
    pub(crate) fn fit_table(&mut self) {
        self.capacity = match self.len() {
            0 => HASH_CAPACITY,
            // INVARIANT: a heap has fewer elements than this counts.
            length => u32::try_from((length * 4 / 3 + 1).next_power_of_two()).unwrap_or(1 << 31),
        };
    }

    /// Grows the Java table as Java does.
    fn widen(&mut self) {
        while self.len() * 4 > self.capacity as usize * 3 {
            self.capacity = self.capacity.saturating_mul(2);
        }
    }

    /// Makes room for one entry more.
    fn grow(&mut self) {
        self.change();
        match &mut self.entries {
            Storage::Few(entries) if entries.len() >= FEW => {
                let few = std::mem::take(entries);
                self.entries = Storage::many(FEW * 2);
                if let Storage::Many(many) = &mut self.entries {
                    many.extend(few.into_iter().map(|(key, value)| (Key(key), value)));
                }
            }
            Storage::Read(_) | Storage::Few(_) | Storage::Many(_) => {}
        }
    }

    /// Makes the entries the map's own, to be changed.
    fn change(&mut self) {
        if let Storage::Read(entries) = self.entries {
            self.entries = Storage::Few(entries.to_vec());
        }
    }

    pub(crate) fn remove(&mut self, position: usize) -> Option<Value<'a>> {
        self.change();
        let removed = match &mut self.entries {
            Storage::Few(entries) if position < entries.len() => Some(entries.remove(position).1),
            Storage::Few(_) | Storage::Read(_) => None,
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
                positions.sort_by_cached_key(|position| {
                    self.at(*position)
                        .map_or(0, |(key, _)| order::bucket(key, self.capacity as usize))
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

/// Returns the value under a string.
#[inline]
fn under<'m, 'a>(entries: &'m [Pair<'a>], name: &str) -> Option<&'m Value<'a>> {
    entries.iter().find(|(key, _)| key.is_string(name)).map(|(_, value)| value)
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
        Sought(&self.0).hash(state);
    }
}

/// A key that is looked for.
struct Sought<'k, 'a>(&'k Value<'a>);

impl Hash for Sought<'_, '_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
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

impl<'a> Equivalent<Key<'a>> for Sought<'_, 'a> {
    fn equivalent(&self, key: &Key<'a>) -> bool {
        same_key(self.0, &key.0)
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
