//! Which stored keys a plain Query is about.

use super::condition::{self, Bounds, Clause, Operator};
use super::page_request::{PageRequest, Select};
use super::request::KeyPart;
use super::table::{Index, KeyAttribute, Keys, Table};
use crate::expression::{TokenKind, tokens};
use crate::limits;

/// A table, or one of its indexes.
pub(super) struct View<'t> {
    pub(super) table: &'t Table,
    pub(super) index: Option<&'t Index>,
    table_keys: &'t Keys,
    keys: &'t Keys,
}

impl<'t> View<'t> {
    /// Returns what the request reads; nothing where the engine may refuse to.
    pub(super) fn of(table: &'t Table, request: &PageRequest<'_>) -> Option<View<'t>> {
        if table.has_vectors {
            return None;
        }
        let table_keys = table.keys.as_ref()?;
        let Some(name) = request.index else {
            let is_readable = request.select != Some(Select::AllProjectedAttributes);
            return is_readable.then_some(View {
                table,
                index: None,
                table_keys,
                keys: table_keys,
            });
        };
        let index = table.indexes.iter().find(|index| index.name == name)?;
        let is_too_much = request.select == Some(Select::AllAttributes) && !index.keeps_all;
        if is_too_much || (index.is_global && request.is_strong) {
            return None;
        }
        Some(View { table, index: Some(index), table_keys, keys: &index.keys })
    }

    fn key_attributes(&self) -> impl Iterator<Item = &'t KeyAttribute> {
        let of = |keys: &'t Keys| std::iter::once(&keys.partition).chain(&keys.sort);
        of(self.keys).chain(of(self.table_keys))
    }

    /// The attributes that a page's last key has; some may be named twice.
    pub(super) fn key_names(&self) -> Vec<&'t str> {
        self.key_attributes().map(|attribute| attribute.name.as_str()).collect()
    }
}

/// Keys as they are stored.
#[derive(Debug)]
pub(super) struct KeyRange {
    pub(super) partition: String,
    pub(super) bounds: Option<Bounds>,
    pub(super) start: Option<Start>,
}

/// The key that a page begins behind.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) sort: String,
    pub(super) table_partition: String,
    pub(super) table_sort: String,
}

impl KeyRange {
    /// Returns what the request's conditions find; nothing where the engine may refuse them.
    pub(super) fn of(view: &View<'_>, request: &PageRequest<'_>) -> Option<KeyRange> {
        if request.condition.len() > limits::EXPRESSION_BYTES {
            return None;
        }
        let (first, second) = condition::parse(&tokens(request.condition))?;
        let clauses = || std::iter::once(&first).chain(&second);
        if !are_used(request, clauses) {
            return None;
        }
        let of_partition = |clause: &Clause<'_>| is_about(clause, &view.keys.partition, request);
        let (partition, sort) = match second {
            _ if of_partition(&first) => (first, second),
            Some(second) if of_partition(&second) => (second, Some(first)),
            _ => return None,
        };
        if partition.operator != Operator::Equal {
            return None;
        }
        let bytes = limits::PARTITION_KEY_BYTES;
        let partition = stored(&view.keys.partition, request, partition.values.0, bytes)?;
        let bounds = match sort {
            Some(clause) => Some(bounds(view.keys.sort.as_ref()?, &clause, request)?),
            None => None,
        };
        let start = match request.start.as_slice() {
            [] => None,
            parts => Some(Start::of(view, parts, &partition, bounds.as_ref())?),
        };
        Some(KeyRange { partition, bounds, start })
    }
}

/// Returns whether the conditions use each name and each value of the request, and each is given once.
fn are_used<'c, 'b: 'c, C: Iterator<Item = &'c Clause<'b>>>(
    request: &PageRequest<'b>,
    clauses: impl Fn() -> C,
) -> bool {
    let names = request.names.iter().enumerate().all(|(at, (name, _))| {
        let is_new = request.names.iter().take(at).all(|(other, _)| other != name);
        is_new && clauses().any(|clause| clause.key.text == *name)
    });
    let values = request.values.iter().enumerate().all(|(at, value)| {
        let is_new = request.values.iter().take(at).all(|other| other.name != value.name);
        let has = |clause: &Clause<'_>| {
            clause.values.0 == value.name || clause.values.1 == Some(value.name)
        };
        is_new && clauses().any(has)
    });
    names && values
}

/// Returns whether a condition is about this attribute.
fn is_about(clause: &Clause<'_>, attribute: &KeyAttribute, request: &PageRequest<'_>) -> bool {
    let text = clause.key.text;
    if clause.key.kind == TokenKind::Word {
        return text == attribute.name && attribute.is_bare();
    }
    // A placeholder is more than its `#`.
    text.len() > 1
        && request.names.iter().any(|(name, stands)| *name == text && *stands == attribute.name)
}

/// Returns what a value of the request is stored as in a key.
fn stored(
    attribute: &KeyAttribute,
    request: &PageRequest<'_>,
    value: &str,
    bytes_most: usize,
) -> Option<String> {
    let value = request.values.iter().find(|one| value.len() > 1 && one.name == value)?;
    let mut stored = String::new();
    attribute.write_value(*value, bytes_most, &mut stored)?;
    Some(stored)
}

fn bounds(sort: &KeyAttribute, clause: &Clause<'_>, request: &PageRequest<'_>) -> Option<Bounds> {
    // Numbers have no beginnings.
    if !is_about(clause, sort, request)
        || (clause.operator == Operator::BeginsWith && sort.is_number())
    {
        return None;
    }
    let key = |value: &str| stored(sort, request, value, limits::SORT_KEY_BYTES);
    let other = match clause.values.1 {
        Some(value) => Some(key(value)?),
        None => None,
    };
    Bounds::new(clause.operator, key(clause.values.0)?, other)
}

impl Start {
    /// Reads a start key that has the attributes of the index and of the table and no other, within the conditions.
    fn of(
        view: &View<'_>,
        parts: &[KeyPart<'_>],
        partition: &str,
        bounds: Option<&Bounds>,
    ) -> Option<Start> {
        // A partition of one item at most cannot be gone on with.
        if view.index.is_none() && view.keys.sort.is_none() {
            return None;
        }
        let mut names = view.key_names();
        names.sort_unstable();
        names.dedup();
        if parts.len() != names.len() {
            return None;
        }
        let stored = |attribute: &KeyAttribute, bytes| {
            let part = parts.iter().find(|part| part.name == attribute.name)?;
            let mut stored = String::new();
            attribute.write_value(*part, bytes, &mut stored)?;
            Some(stored)
        };
        let of_sort = |sort: &Option<KeyAttribute>| match sort {
            Some(sort) => stored(sort, limits::SORT_KEY_BYTES),
            None => Some(String::new()),
        };
        let start = Start {
            sort: of_sort(&view.keys.sort)?,
            table_partition: stored(&view.table_keys.partition, limits::PARTITION_KEY_BYTES)?,
            table_sort: of_sort(&view.table_keys.sort)?,
        };
        let of_partition = stored(&view.keys.partition, limits::PARTITION_KEY_BYTES)?;
        let is_within = bounds.is_none_or(|bounds| bounds.have(&start.sort));
        (of_partition == partition && is_within).then_some(start)
    }
}
