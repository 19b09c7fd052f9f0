//! The arena one render owns: makes, reads and changes objects, and counts what the render spends.

use std::cell::Cell;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::{
    Arena, ArrayKind, Decimal, Entries, FEW, Handle, Host, Items, Kind, List, Map, MapKind, Number,
    Object, Output, Printer, Value, View,
};
use crate::limits::{Limit, LimitExceeded, Limits};

/// Objects a heap has room for at its start: those of a small document.
const OBJECTS_AT_START: usize = 32;

/// All objects of one render, and what is left of its [`Limits`].
///
/// A handle names an object of the heap that made it. Reading through a handle of the wrong kind finds nothing:
/// a length of 0, no entries, `None`.
#[derive(Debug)]
pub struct Heap<'a> {
    arena: &'a Arena,
    objects: Vec<Object<'a>>,
    limits: Limits,
    steps_left: Cell<u64>,
    text_left: Cell<usize>,
    elements_left: u64,
    /// Whether a template has put an object into another one.
    is_linked: bool,
}

impl<'a> Heap<'a> {
    /// Makes an empty heap with `limits` to spend, whose values lie in `arena`.
    #[must_use]
    pub fn new(arena: &'a Arena, limits: Limits) -> Self {
        Self {
            arena,
            objects: Vec::with_capacity(OBJECTS_AT_START),
            steps_left: Cell::new(limits.steps),
            text_left: Cell::new(limits.text_bytes),
            elements_left: limits.elements,
            is_linked: false,
            limits,
        }
    }

    /// Tells whether a container may contain itself: none does before a template has put an object into another one.
    pub(crate) fn may_hold_itself(&self) -> bool {
        self.is_linked
    }

    /// A template is about to put `value` into an object.
    pub(crate) fn link(&mut self, value: &Value<'a>) {
        self.is_linked |= matches!(value, Value::Object(_));
    }

    /// Returns the limits the heap was made with.
    #[must_use]
    #[inline]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Spends `steps`. Whatever loops over input calls it; a step is about the work of one small operation.
    ///
    /// # Errors
    /// The steps are used up.
    #[inline]
    pub fn charge(&self, steps: u64) -> Result<(), LimitExceeded> {
        match self.steps_left.get().checked_sub(steps) {
            Some(left) => {
                self.steps_left.set(left);
                Ok(())
            }
            None => {
                self.steps_left.set(0);
                Err(LimitExceeded { limit: Limit::Steps, max: self.limits.steps })
            }
        }
    }

    /// Spends `bytes` of built text, for text that is built but not made a value by [`Heap::text`].
    ///
    /// # Errors
    /// The text bytes are used up.
    #[inline]
    pub fn charge_text(&self, bytes: usize) -> Result<(), LimitExceeded> {
        match self.text_left.get().checked_sub(bytes) {
            Some(left) => {
                self.text_left.set(left);
                self.charge(bytes as u64 / 64)
            }
            None => Err(LimitExceeded::new(Limit::TextBytes, self.limits.text_bytes)),
        }
    }

    /// Makes a text value of characters that were built, and counts them.
    ///
    /// # Errors
    /// The text bytes are used up.
    #[inline]
    pub fn text(&self, text: impl AsRef<str>) -> Result<&'a str, LimitExceeded> {
        let text = text.as_ref();
        self.charge_text(text.len())?;
        Ok(self.kept(text))
    }

    /// Makes a text value of characters that were built and counted.
    #[inline]
    pub(crate) fn kept(&self, text: &str) -> &'a str {
        self.arena.bytes.alloc_str(text)
    }

    /// Makes an Integer, Long or BigInteger, the smallest that holds `value`, and counts it.
    ///
    /// # Errors
    /// The text bytes are used up.
    pub fn whole(&self, value: BigInt) -> Result<Number<'a>, LimitExceeded> {
        match value.to_i64() {
            Some(value) => Ok(Number::whole(value)),
            None => self.big_integer(value),
        }
    }

    /// Makes a `java.math.BigInteger` and counts it.
    ///
    /// # Errors
    /// The text bytes are used up.
    pub fn big_integer(&self, value: BigInt) -> Result<Number<'a>, LimitExceeded> {
        self.charge_digits(&value)?;
        Ok(Number::BigInteger(self.arena.integers.alloc(value)))
    }

    /// Makes a `java.math.BigDecimal` and counts it.
    ///
    /// # Errors
    /// The text bytes are used up.
    pub fn big_decimal(&self, value: Decimal) -> Result<Number<'a>, LimitExceeded> {
        self.charge_digits(&value.unscaled)?;
        Ok(Number::BigDecimal(self.arena.decimals.alloc(value)))
    }

    /// Spends what a long number takes as if it were text: it lies in the arena up to the end.
    fn charge_digits(&self, value: &BigInt) -> Result<(), LimitExceeded> {
        let bytes = usize::try_from(value.bits() / 8).unwrap_or(usize::MAX);
        self.charge_text(bytes.saturating_add(size_of::<Decimal>()))
    }

    /// Returns `value` as Java's `String.valueOf` has it: a string as it is, null as `null`.
    ///
    /// # Errors
    /// The text bytes, steps or depth of values are used up.
    pub fn text_of(&self, value: &Value<'a>) -> Result<&'a str, LimitExceeded> {
        self.text_below(value, 0, self.limits.value_depth)
    }

    /// The same of a value inside of what is being written to `out`, whose depth it shares: a value that contains itself
    /// through its text ends there too.
    ///
    /// # Errors
    /// The text bytes, steps or depth of values are used up.
    pub fn text_inside(&self, value: &Value<'a>, out: &Output) -> Result<&'a str, LimitExceeded> {
        let (depth, depth_max) = out.depth();
        self.text_below(value, depth, depth_max)
    }

    fn text_below(
        &self,
        value: &Value<'a>,
        depth: u32,
        depth_max: u32,
    ) -> Result<&'a str, LimitExceeded> {
        match value {
            Value::String(text) => Ok(text),
            Value::Null => Ok("null"),
            Value::Boolean(true) => Ok("true"),
            Value::Boolean(false) => Ok("false"),
            Value::Number(_) | Value::Object(_) => {
                let room = self.text_left.get().min(self.limits.output_bytes);
                let mut out = Output::below(room, depth, depth_max);
                self.print(value, &mut out)?;
                self.text(out.as_str())
            }
        }
    }

    /// Makes an empty map of `kind` with room for `capacity` entries.
    ///
    /// # Errors
    /// The heap is full.
    #[inline]
    pub fn map(&mut self, kind: MapKind, capacity: usize) -> Result<Handle, LimitExceeded> {
        self.charge(capacity as u64 / 64)?;
        let capacity = capacity.min(self.elements_room());
        self.allocate(Object::Map(Map::new(kind, capacity)))
    }

    /// Makes room for `objects` more, as far as the heap may hold them.
    pub fn reserve(&mut self, objects: usize) {
        let room = (self.limits.objects as usize).saturating_sub(self.objects.len());
        self.objects.reserve(objects.min(room));
    }

    /// Makes a map of `entries` as a document has them, whose keys are strings that all differ: most are never changed.
    ///
    /// # Errors
    /// The heap is full.
    #[inline]
    pub fn map_read(
        &mut self,
        kind: MapKind,
        entries: &[(Value<'a>, Value<'a>)],
    ) -> Result<Handle, LimitExceeded> {
        self.charge_elements(entries.len())?;
        let map = if entries.len() <= FEW {
            Map::read(kind, self.arena.bytes.alloc_slice_copy(entries))
        } else {
            Map::of(kind, entries)
        };
        self.allocate(Object::Map(map))
    }

    /// Makes a map of one entry as a document has it.
    ///
    /// # Errors
    /// The heap is full.
    #[inline]
    pub fn map_read_one(
        &mut self,
        kind: MapKind,
        key: &'a str,
        value: Value<'a>,
    ) -> Result<Handle, LimitExceeded> {
        self.charge_elements(1)?;
        let entry = self.arena.bytes.alloc([(Value::String(key), value)]);
        self.allocate(Object::Map(Map::read(kind, entry)))
    }

    /// Makes an empty list (`java.util.ArrayList`) with room for `capacity` elements.
    ///
    /// # Errors
    /// The heap is full.
    pub fn list(&mut self, capacity: usize) -> Result<Handle, LimitExceeded> {
        let capacity = capacity.min(self.elements_room());
        self.list_of(Vec::with_capacity(capacity))
    }

    /// Makes a list of `items`.
    ///
    /// # Errors
    /// The heap is full.
    #[inline]
    pub fn list_of(&mut self, items: Vec<Value<'a>>) -> Result<Handle, LimitExceeded> {
        self.charge_elements(items.len())?;
        let items = Items::Own(items);
        self.allocate(Object::List(List { items, printer: None, revision: 0 }))
    }

    /// Makes a list of `items` as a document has them: most are never changed.
    ///
    /// # Errors
    /// The heap is full.
    #[inline]
    pub fn list_read(
        &mut self,
        items: &[Value<'a>],
        printer: Option<Printer>,
    ) -> Result<Handle, LimitExceeded> {
        self.charge_elements(items.len())?;
        let items = Items::Read(self.arena.bytes.alloc_slice_copy(items));
        self.allocate(Object::List(List { items, printer, revision: 0 }))
    }

    /// Makes a Java array of `items`.
    ///
    /// # Errors
    /// The heap is full.
    pub fn array(
        &mut self,
        kind: ArrayKind,
        items: Vec<Value<'a>>,
    ) -> Result<Handle, LimitExceeded> {
        self.charge_elements(items.len())?;
        self.allocate(Object::Array(kind, items))
    }

    /// Makes a value of an object of the embedding program.
    ///
    /// # Errors
    /// The heap is full.
    pub fn host(&mut self, host: &'a dyn Host<'a>) -> Result<Value<'a>, LimitExceeded> {
        self.allocate(Object::Host(host)).map(Value::Object)
    }

    /// Makes `list` print through `printer` instead of as Java's `[a, b]`.
    #[inline]
    pub fn print_with(&mut self, list: Handle, printer: Printer) {
        if let Some(Object::List(list)) = self.object_mut(list) {
            list.printer = Some(printer);
        }
    }

    /// Returns what `list` prints through, when not as Java's `[a, b]`.
    #[must_use]
    pub fn printer(&self, list: Handle) -> Option<Printer> {
        match self.object(list) {
            Some(Object::List(list)) => list.printer,
            _ => None,
        }
    }

    /// Tells what the object is.
    #[must_use]
    #[inline]
    pub fn kind(&self, handle: Handle) -> Kind {
        match self.object(handle) {
            Some(Object::Map(_) | Object::Scope(_)) => Kind::Map,
            None | Some(Object::List(_) | Object::SubList { .. }) => Kind::List,
            Some(Object::Array(..)) => Kind::Array,
            Some(Object::View(View::Keys | View::Entries, _)) => Kind::Set,
            Some(Object::View(View::Values, _)) => Kind::Collection,
            Some(Object::Entry { .. }) => Kind::Entry,
            Some(Object::Iterator(_)) => Kind::Iterator,
            Some(Object::Character(_)) => Kind::Character,
            Some(Object::Block { .. }) => Kind::Block,
            Some(Object::Host(_)) => Kind::Host,
        }
    }

    /// Tells which Java map `map` is; nothing when it is no map.
    #[must_use]
    pub fn map_kind(&self, map: Handle) -> Option<MapKind> {
        self.map_object(map).map(Map::kind)
    }

    /// Returns the object of the embedding program behind `handle`.
    #[must_use]
    #[inline]
    pub fn as_host(&self, handle: Handle) -> Option<&'a dyn Host<'a>> {
        match self.object(handle) {
            Some(Object::Host(host)) => Some(*host),
            _ => None,
        }
    }

    /// Returns how many elements or entries the container holds.
    #[must_use]
    pub fn len(&self, handle: Handle) -> usize {
        match self.object(handle) {
            Some(Object::Map(map)) => map.len(),
            Some(Object::View(_, map)) => self.map_object(*map).map_or(0, Map::len),
            Some(Object::List(_) | Object::Array(..) | Object::SubList { .. }) => {
                self.items(handle).len()
            }
            _ => 0,
        }
    }

    /// Tells whether the container holds nothing.
    #[must_use]
    pub fn is_empty(&self, handle: Handle) -> bool {
        self.len(handle) == 0
    }

    /// Returns the elements of a list, sublist or array.
    #[must_use]
    #[inline]
    pub fn items(&self, handle: Handle) -> &[Value<'a>] {
        match self.object(handle) {
            Some(Object::List(list)) => list.items.as_slice(),
            Some(Object::Array(_, items)) => items,
            // INVARIANT: `list` is a List or an Array, never another SubList.
            Some(Object::SubList { list, from, length }) => match self.object(*list) {
                None | Some(Object::SubList { .. }) => &[],
                Some(_) => {
                    let items = self.items(*list);
                    items.get(*from..from.saturating_add(*length)).unwrap_or_default()
                }
            },
            _ => &[],
        }
    }

    /// Returns what `keySet()` or `values()` of a map shows, in Java's order, and of an empty `entrySet()` nothing.
    /// `None` for other objects.
    #[must_use]
    pub fn shown(&self, view: Handle) -> Option<Vec<Value<'a>>> {
        match self.object(view)? {
            Object::View(View::Keys, map) => {
                Some(self.entries(*map).map(|(key, _)| *key).collect())
            }
            Object::View(View::Values, map) => {
                Some(self.entries(*map).map(|(_, value)| *value).collect())
            }
            Object::View(View::Entries, map) if self.is_empty(*map) => Some(Vec::new()),
            _ => None,
        }
    }

    /// Returns the UTF-16 unit of a `java.lang.Character`.
    pub(crate) fn character(&self, value: &Value<'a>) -> Option<u16> {
        match self.object(value.as_handle()?) {
            Some(Object::Character(unit)) => Some(*unit),
            _ => None,
        }
    }

    /// Iterates over the entries of a map as Java does.
    #[must_use]
    pub fn entries(&self, map: Handle) -> Entries<'_, 'a> {
        self.map_object(map).map_or(Entries::NONE, Map::iter)
    }

    /// Returns the value under the string `key` of a map. Use [`Heap::find`] for other keys.
    #[must_use]
    #[inline]
    pub fn get(&self, map: Handle, key: &str) -> Option<&Value<'a>> {
        self.map_object(map)?.get_str(key)
    }

    /// Returns the value under `key` of a map, found by Java's `equals`.
    ///
    /// # Errors
    /// The steps or the depth of values is used up (only keys that are objects are followed).
    pub fn find(&self, map: Handle, key: &Value<'a>) -> Result<Option<Value<'a>>, LimitExceeded> {
        let position = self.find_position(map, key)?;
        let entry = position.and_then(|position| self.map_object(map)?.at(position));
        Ok(entry.map(|(_, value)| *value))
    }

    /// Puts `value` under `key` of a map, in place when the key is there, and returns the old value.
    /// Does nothing when `map` is no map.
    ///
    /// # Errors
    /// The elements or steps are used up.
    pub fn put(
        &mut self,
        map: Handle,
        key: Value<'a>,
        value: Value<'a>,
    ) -> Result<Option<Value<'a>>, LimitExceeded> {
        // As in Java, a key that contains itself has no hash.
        self.hash_object(&key)?;
        let position = self.find_position(map, &key)?;
        if position.is_none() {
            self.charge_elements(1)?;
        }
        let Some(Object::Map(map)) = self.object_mut(map) else { return Ok(None) };
        match position {
            Some(position) => Ok(map.replace(position, value)),
            None => {
                map.append(key, value);
                Ok(None)
            }
        }
    }

    /// Removes `key` from a map and returns its value.
    ///
    /// # Errors
    /// The steps are used up.
    pub fn remove(
        &mut self,
        map: Handle,
        key: &Value<'a>,
    ) -> Result<Option<Value<'a>>, LimitExceeded> {
        self.hash_object(key)?;
        let Some(position) = self.find_position(map, key)? else { return Ok(None) };
        self.charge(1 + self.len(map) as u64 / 16)?;
        let Some(Object::Map(map)) = self.object_mut(map) else { return Ok(None) };
        Ok(map.remove(position))
    }

    /// Appends `value` to a list. Does nothing when `list` is no list.
    ///
    /// # Errors
    /// The elements are used up.
    pub fn push(&mut self, list: Handle, value: Value<'a>) -> Result<(), LimitExceeded> {
        self.charge_elements(1)?;
        if let Some(Object::List(list)) = self.object_mut(list) {
            list.items.change().push(value);
            list.revision = list.revision.wrapping_add(1);
        }
        Ok(())
    }

    /// Spends room for `count` elements.
    #[inline]
    pub(crate) fn charge_elements(&mut self, count: usize) -> Result<(), LimitExceeded> {
        let Some(left) = self.elements_left.checked_sub(count as u64) else {
            return Err(LimitExceeded { limit: Limit::Elements, max: self.limits.elements });
        };
        self.elements_left = left;
        self.charge(count as u64 / 16)
    }

    #[inline]
    pub(crate) fn allocate(&mut self, object: Object<'a>) -> Result<Handle, LimitExceeded> {
        let number = u32::try_from(self.objects.len()).unwrap_or(u32::MAX);
        if number >= self.limits.objects {
            return Err(LimitExceeded::new(Limit::Objects, self.limits.objects as usize));
        }
        self.objects.push(object);
        Ok(Handle(number))
    }

    #[inline]
    pub(crate) fn object(&self, handle: Handle) -> Option<&Object<'a>> {
        self.objects.get(handle.0 as usize)
    }

    #[inline]
    pub(crate) fn object_mut(&mut self, handle: Handle) -> Option<&mut Object<'a>> {
        self.objects.get_mut(handle.0 as usize)
    }

    #[inline]
    pub(crate) fn map_object(&self, handle: Handle) -> Option<&Map<'a>> {
        match self.object(handle) {
            Some(Object::Map(map)) => Some(map),
            _ => None,
        }
    }

    pub(crate) fn map_object_mut(&mut self, handle: Handle) -> Option<&mut Map<'a>> {
        match self.object_mut(handle) {
            Some(Object::Map(map)) => Some(map),
            _ => None,
        }
    }

    /// Returns every map.
    pub(crate) fn maps(&self) -> impl Iterator<Item = &Map<'a>> {
        self.objects.iter().filter_map(|object| match object {
            Object::Map(map) => Some(map),
            _ => None,
        })
    }

    /// Fails when Java could not hash a key.
    fn hash_object(&self, key: &Value<'a>) -> Result<(), LimitExceeded> {
        match key {
            Value::Object(_) => self.java_hash(key).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Finds the position of `key` in insertion order.
    #[inline]
    pub(crate) fn find_position(
        &self,
        map: Handle,
        key: &Value<'a>,
    ) -> Result<Option<usize>, LimitExceeded> {
        let Some(entries) = self.map_object(map) else { return Ok(None) };
        // Java hashes what it looks for, but in a map that never held anything.
        if entries.len() > 0 || entries.revision > 0 {
            self.hash_object(key)?;
        }
        let found = entries.find(key);
        if found.is_some() || !matches!(key, Value::Object(_)) {
            return Ok(found);
        }
        for position in 0..entries.len() {
            self.charge(1)?;
            if let Some((other @ Value::Object(_), _)) = entries.at(position)
                && self.equals(other, key)?
            {
                return Ok(Some(position));
            }
        }
        Ok(None)
    }

    fn elements_room(&self) -> usize {
        usize::try_from(self.elements_left).unwrap_or(usize::MAX)
    }
}
