//! The objects of a heap and the handles that name them.

use std::rc::Rc;

use super::{Host, Map, Printer, Value};

/// Names one object of a [`Heap`](super::Heap). Copies name the same object; it is good for that heap alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle(pub(super) u32);

/// What an object is, as far as an embedder needs to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A map; its entries are read with [`Heap::entries`](super::Heap::entries).
    Map,
    /// A `java.util.List`; its elements are read with [`Heap::items`](super::Heap::items).
    List,
    /// A Java array, as `split` makes; read like a list.
    Array,
    /// `keySet()` or `entrySet()` of a map.
    Set,
    /// `values()` of a map.
    Collection,
    /// An entry of a map.
    Entry,
    /// A `java.util.Iterator`.
    Iterator,
    /// A `java.lang.Character`.
    Character,
    /// A `#define` block, rendered where it is printed.
    Block,
    /// An object of the embedding program.
    Host,
}

/// The element type of a Java array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrayKind {
    /// `String[]`, from `split`.
    Strings,
    /// `Object[]`, from `toArray`.
    Objects,
    /// `char[]`, from `toCharArray`.
    Characters,
    /// `byte[]`, from `getBytes`.
    Bytes,
}

#[derive(Debug)]
pub(crate) enum Object<'a> {
    Map(Map<'a>),
    List(List<'a>),
    Array(ArrayKind, Vec<Value<'a>>),
    /// `list.subList(from, from + length)`: writes go through.
    SubList {
        list: Handle,
        from: usize,
        length: usize,
    },
    View(View, Handle),
    /// A live entry: its value is the map's.
    Entry {
        map: Handle,
        key: Value<'a>,
    },
    Iterator(Cursor),
    /// One UTF-16 unit.
    Character(u16),
    /// A `#define` block of the template being rendered, by its number, and how often it is rendering itself.
    Block {
        block: u32,
        depth: u32,
        /// What it rendered to last, for the text of what holds it.
        text: &'a str,
    },
    /// `$foreach`.
    Scope(Scope),
    Host(&'a dyn Host<'a>),
}

/// What `$foreach` tells of a loop. Also a map of its own, as Velocity's is.
#[derive(Debug)]
pub(crate) struct Scope {
    /// Tells the loops of one render apart.
    pub(crate) number: u32,
    pub(crate) index: i32,
    pub(crate) has_next: bool,
    pub(crate) parent: Option<Handle>,
    /// What the template put into it.
    pub(crate) entries: Option<Handle>,
}

/// The Java class of a value, as far as `==` tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Null,
    Boolean,
    Integer,
    Long,
    BigInteger,
    Double,
    BigDecimal,
    String,
    HashMap,
    LinkedHashMap,
    Silent,
    ArrayList,
    PrintedList,
    SubList,
    Array(ArrayKind),
    HashView(View),
    LinkedView(View),
    Entry,
    Iterator,
    ListIterator,
    Character,
    Block,
    Scope,
    Host,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    Keys,
    Values,
    Entries,
}

#[derive(Debug)]
pub(crate) struct List<'a> {
    pub(crate) items: Items<'a>,
    /// How the list prints when not as Java's `[a, b]`.
    pub(crate) printer: Option<Printer>,
    /// Counts elements added and removed, so that an iterator notices.
    pub(crate) revision: u32,
}

/// The elements of a list.
#[derive(Debug)]
pub(crate) enum Items<'a> {
    /// As they were read: in the arena, for all who read them.
    Read(&'a [Value<'a>]),
    /// Of a list that the template made or changed.
    Own(Vec<Value<'a>>),
}

impl<'a> Items<'a> {
    #[inline]
    pub(crate) fn as_slice(&self) -> &[Value<'a>] {
        match self {
            Items::Read(items) => items,
            Items::Own(items) => items,
        }
    }

    /// Makes them the list's own, to be changed.
    pub(crate) fn change(&mut self) -> &mut Vec<Value<'a>> {
        if let Items::Read(items) = self {
            *self = Items::Own(items.to_vec());
        }
        match self {
            Items::Own(items) => items,
            Items::Read(_) => self.change(),
        }
    }
}

/// Where an iteration stands. Java's iterators fail when the collection was changed beside them; so does this.
#[derive(Debug, Clone)]
pub(crate) struct Cursor {
    pub(crate) source: Sequence,
    pub(crate) next: usize,
    /// Where what it gave last stands, as long as that may be changed.
    pub(crate) last: Option<usize>,
    /// Whether it is a `ListIterator`.
    pub(crate) is_both_ways: bool,
    pub(crate) revision: u32,
    /// How many entries the map had; lists are asked anew.
    pub(crate) length: usize,
    /// The positions of a map in Java's order, when that is not the order of insertion.
    pub(crate) order: Option<Rc<[usize]>>,
}

/// What an iteration runs over.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sequence {
    /// A list, array or sublist.
    Items(Handle),
    /// A map, seen as its keys, values or entries.
    Map(View, Handle),
}

impl ArrayKind {
    /// Returns the class name that Java prints for such an array.
    pub(crate) fn class_name(self) -> &'static str {
        match self {
            ArrayKind::Strings => "[Ljava.lang.String;",
            ArrayKind::Objects => "[Ljava.lang.Object;",
            ArrayKind::Characters => "[C",
            ArrayKind::Bytes => "[B",
        }
    }
}
