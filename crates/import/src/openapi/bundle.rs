//! `$ref` to other files: what they lead to is brought into the document, so that all else reads one document.
//!
//! A schema becomes a schema of the document under a name of its own, because schemas may lead to each other in circles.
//! Anything else takes the place of its reference. References inside a file that was brought in are followed from there.

use super::dialect::{Dialect, Section};
use crate::assembled::{laid_over, member, object};
use crate::limits::{DEPTH_MAX, NODES_MAX, REFERENCE_HOPS_MAX};
use crate::reader::Reader;
use crate::tree::{Kind, Node, Stand, Tree, Value, standing_for};
use std::collections::{HashMap, HashSet, VecDeque};
use vestibule_restapi::{Code, Diagnostic, Joined, Place, Sourced};

/// The document with everything it refers to in other files; none when it refers to nothing there.
pub(super) fn bundled(root: Node<'_>, dialect: Dialect, reader: &mut Reader<'_>) -> Option<Tree> {
    if !refers_outside(root) {
        return None;
    }
    let home = dialect.home(Section::Schemas);
    let own = home.split('/').try_fold(root, |node, name| node.get(name));
    let names = own.into_iter().flat_map(|schemas| schemas.entries());
    let mut bundle = Bundle {
        reader,
        prefix: dialect.prefix(Section::Schemas),
        files: vec![],
        read: HashMap::new(),
        names: names.map(|entry| entry.name().to_owned()).collect(),
        numbers: HashMap::new(),
        schemas: HashMap::new(),
        waiting: VecDeque::new(),
        visited: 0,
    };
    let document = bundle.value(root, &At::root());
    let mut schemas = vec![];
    while let Some((name, at, target)) = bundle.waiting.pop_front() {
        let place = name.whole();
        if let Some(tree) = bundle.files.get(at.file.unwrap_or(usize::MAX)).cloned()
            && let Some(node) = find(tree.root(), &target)
        {
            let schema = bundle.value(node, &At { is_schema: true, ..at });
            schemas.push((Value::Text(name), schema));
        } else {
            schemas.push((Value::Text(name), object(&place, vec![])));
        }
    }
    let place = root.token();
    let schemas = object(&place, schemas);
    let brought = match home.split_once('/') {
        Some((outer, inner)) => {
            member(outer, &place, object(&place, vec![member(inner, &place, schemas)]))
        }
        None => member(home, &place, schemas),
    };
    let whole = laid_over(document, object(&place, vec![brought]));
    Tree::assemble(whole).map_err(|finding| bundle.reader.error(*finding)).ok()
}

/// Whether a document has a reference that leads to another file.
fn refers_outside(node: Node<'_>) -> bool {
    let is_outside = |entry: crate::tree::Entry<'_>| {
        (entry.name() == "$ref" && entry.value.text().is_some_and(is_file))
            || refers_outside(entry.value)
    };
    node.entries().any(is_outside) || node.items().any(refers_outside)
}

/// Whether a reference names a file: neither a part of the same document, nor an address, such as those of models.
pub(super) fn is_file(reference: &str) -> bool {
    !reference.is_empty() && !reference.starts_with('#') && !reference.contains("://")
}

/// Where in the bundle a node is.
#[derive(Clone, Copy, Debug)]
struct At {
    /// The file it is in; none for the document itself.
    file: Option<usize>,
    /// Whether it is a schema or a part of one.
    is_schema: bool,
    /// References followed to get here.
    hops: usize,
    depth: usize,
}

impl At {
    fn root() -> At {
        At { file: None, is_schema: false, hops: 0, depth: 0 }
    }
}

struct Bundle<'r, 'f> {
    reader: &'r mut Reader<'f>,
    /// What a reference to a schema of the document begins with.
    prefix: String,
    files: Vec<Tree>,
    /// The files that were read, by the file that names them and what it calls them; none for one that cannot be.
    read: HashMap<(String, String), Option<usize>>,
    /// Names of schemas that are taken.
    names: HashSet<String>,
    /// The last number behind each name that several schemas would have.
    numbers: HashMap<String, usize>,
    /// The name of each schema that was brought in, by file and pointer.
    schemas: HashMap<(usize, String), String>,
    /// Schemas that were named and are still to be brought in.
    waiting: VecDeque<(Sourced, At, String)>,
    visited: usize,
}

impl Bundle<'_, '_> {
    // INVARIANT: `depth` bounds the recursion, `visited` the work.
    fn value<'t>(&mut self, node: Node<'_>, at: &At) -> Value<'t> {
        self.visited += 1;
        if self.visited > NODES_MAX || at.depth > DEPTH_MAX {
            if self.visited != NODES_MAX + 2 {
                self.visited = NODES_MAX + 1;
                let message = "references to other files bring in too much, or each other";
                let finding = Diagnostic::error(Code::LimitExceeded, message);
                self.reader.error(finding.at(node.place()));
            }
            self.visited = NODES_MAX + 1;
            return node.owned();
        }
        let below = At { depth: at.depth + 1, ..*at };
        match node.kind() {
            Kind::Scalar => node.owned(),
            Kind::Array => {
                let items = node.items().map(|item| self.value(item, &below)).collect();
                Value::Array(Stand::Owned(node.owned_node()), items)
            }
            Kind::Object => match self.reference(node, at) {
                Some(value) => value,
                None => self.members(node, &below),
            },
        }
    }

    fn members<'t>(&mut self, node: Node<'_>, at: &At) -> Value<'t> {
        let mut members = vec![];
        for entry in node.entries() {
            let name = entry.name();
            let value = if matches!(name, "default" | "enum" | "example" | "examples") {
                entry.value.owned()
            } else {
                let is_schema =
                    at.is_schema || matches!(name, "schema" | "schemas" | "definitions");
                self.value(entry.value, &At { is_schema, ..*at })
            };
            members.push((entry.key.owned(), value));
        }
        Value::Object(Stand::Owned(node.owned_node()), members)
    }

    /// What the reference that an object is leads to; none when it is none, or one inside the document.
    fn reference<'t>(&mut self, node: Node<'_>, at: &At) -> Option<Value<'t>> {
        let reference = node.get("$ref")?;
        let text = reference.sourced()?;
        let (file, pointer) = text.split_once('#').unwrap_or((&*text, ""));
        let index = match (is_file(&text), at.file) {
            (true, _) => self.file(&text, file.len())?,
            (false, Some(own)) if text.starts_with('#') => own,
            (false, _) => return None,
        };
        let pointer = percent_decoded(pointer);
        let tree = self.files.get(index)?.clone();
        let Some(target) = find(tree.root(), &pointer) else {
            let message = format!("the reference `{}` leads nowhere", &*text);
            self.wrong(Code::UnknownReference, message, &text.whole());
            return None;
        };
        let place = text.whole();
        let next = At { file: Some(index), hops: at.hops + 1, depth: at.depth + 1, ..*at };
        if at.is_schema {
            let name = self.schema(index, &pointer, &next, target, &place);
            let reference = format!("{}{name}", self.prefix);
            let reference = Value::Text(standing_for(&reference, &place));
            return Some(object(&place, vec![member("$ref", &place, reference)]));
        }
        if next.hops > REFERENCE_HOPS_MAX {
            let message = format!("a reference leads over more than {REFERENCE_HOPS_MAX} others");
            self.wrong(Code::LimitExceeded, message, &place);
            return None;
        }
        Some(self.value(target, &next))
    }

    /// The name that a schema of another file has in the document.
    fn schema(
        &mut self,
        file: usize,
        pointer: &str,
        at: &At,
        target: Node<'_>,
        place: &Place,
    ) -> String {
        let key = (file, pointer.to_owned());
        if let Some(name) = self.schemas.get(&key) {
            return name.clone();
        }
        let document = &target.token().document;
        let last = pointer.rsplit('/').find(|step| !step.is_empty());
        let stem = std::path::Path::new(document.name()).file_stem();
        let wanted = last.or(stem.and_then(|stem| stem.to_str())).unwrap_or("");
        let mut name: String = wanted.chars().filter(char::is_ascii_alphanumeric).collect();
        if name.is_empty() {
            name.push_str("Model");
        }
        let mut unique = name.clone();
        while !self.names.insert(unique.clone()) {
            let number = self.numbers.entry(name.clone()).or_insert(1);
            *number += 1;
            unique = format!("{name}{number}");
        }
        self.schemas.insert(key, unique.clone());
        let named = standing_for(&unique, place);
        // A new way, whose length is its own.
        let at = At { hops: 0, depth: 0, ..*at };
        self.waiting.push_back((named, at, pointer.to_owned()));
        unique
    }

    /// The number of the file that the first `length` bytes of a reference name.
    fn file(&mut self, reference: &Sourced, length: usize) -> Option<usize> {
        let mut location = Joined::default();
        location.part(reference, 0..length);
        let location = location.finish(reference.pointer().clone());
        let from = location.whole().document.name().to_owned();
        let key = (from, location.to_string());
        if let Some(known) = self.read.get(&key) {
            return *known;
        }
        let tree = self.reader.include(&location);
        let index = tree.map(|tree| {
            let name = tree.root().token().document.name().to_owned();
            let known = self.files.iter().position(|f| f.root().token().document.name() == name);
            known.unwrap_or_else(|| {
                self.files.push(tree);
                self.files.len() - 1
            })
        });
        self.read.insert(key, index);
        index
    }

    fn wrong(&mut self, code: Code, message: String, place: &Place) {
        self.reader.error(Diagnostic::error(code, message).at(place.clone()));
    }
}

/// The node at a JSON pointer.
fn find<'t>(root: Node<'t>, pointer: &str) -> Option<Node<'t>> {
    let mut node = root;
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        node = match node.kind() {
            Kind::Array => node.items().nth(name.parse().ok()?)?,
            Kind::Object => node.get(&name)?,
            Kind::Scalar => return None,
        };
    }
    Some(node)
}

/// A fragment with its `%XX` decoded; what is no such escape stays.
fn percent_decoded(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped =
            digits.filter(|_| *first == b'%').and_then(|d| u8::from_str_radix(d, 16).ok());
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
