//! Writes JSON text from a tree, in the order of its members and with its numbers as written; each character keeps its place.

use super::node::{Kind, Node};
use super::scalar::Plain;
use std::fmt::Write;
use vestibule_restapi::{Joined, Place, Sourced};

/// JSON text in the making.
#[derive(Debug, Default)]
pub(crate) struct JsonWriter {
    joined: Joined,
}

impl JsonWriter {
    /// Adds punctuation or a word that stands for `place`.
    pub(crate) fn token(&mut self, token: &str, place: &Place) {
        self.joined.standing(token, place);
    }

    /// Adds a JSON string; characters that need no escape keep their exact places.
    pub(crate) fn string(&mut self, value: &Sourced) {
        let whole = value.whole();
        self.token("\"", &whole);
        let mut plain = 0;
        for (at, character) in value.char_indices() {
            let mut written = String::new();
            push_escaped(&mut written, character);
            let end = at + character.len_utf8();
            if value.get(at..end) == Some(written.as_str()) {
                continue;
            }
            self.joined.part(value, plain..at);
            self.joined.standing(&written, &value.place(at..end));
            plain = end;
        }
        self.joined.part(value, plain..value.len());
        self.token("\"", &whole);
    }

    /// Adds a value as it is, its texts passed through `text`. Recursion is bounded by the depth of the tree.
    pub(crate) fn value(&mut self, node: Node<'_>, text: &dyn Fn(Sourced) -> Sourced) {
        match node.kind() {
            Kind::Object => {
                self.token("{", &node.place());
                for (index, entry) in node.entries().enumerate() {
                    self.separator(index, &node.place());
                    self.key(entry.key);
                    self.value(entry.value, text);
                }
                self.token("}", &node.place());
            }
            Kind::Array => {
                self.token("[", &node.place());
                for (index, item) in node.items().enumerate() {
                    self.separator(index, &node.place());
                    self.value(item, text);
                }
                self.token("]", &node.place());
            }
            Kind::Scalar => self.scalar(node, text),
        }
    }

    /// Adds a scalar, its text passed through `text`.
    pub(crate) fn scalar(&mut self, node: Node<'_>, text: &dyn Fn(Sourced) -> Sourced) {
        match node.plain() {
            Some(Plain::Null) | None => self.token("null", &node.place()),
            Some(Plain::Bool(value)) => self.token(&value.to_string(), &node.place()),
            Some(Plain::Number(number)) => self.token(&number, &node.place()),
            Some(Plain::Text) => {
                if let Some(value) = node.sourced() {
                    self.string(&text(value));
                }
            }
        }
    }

    /// Adds a key and its colon.
    pub(crate) fn key(&mut self, key: Node<'_>) {
        if let Some(name) = key.sourced() {
            self.string(&name);
            self.token(":", &name.whole());
        }
    }

    /// Adds the comma before every member but the first.
    pub(crate) fn separator(&mut self, index: usize, place: &Place) {
        if index > 0 {
            self.token(",", place);
        }
    }

    /// The text with its places, as the value at `pointer`.
    pub(crate) fn finish(self, pointer: impl Into<std::sync::Arc<str>>) -> Sourced {
        self.joined.finish(pointer)
    }
}

/// A JSON string of this text.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    text.chars().for_each(|character| push_escaped(&mut quoted, character));
    quoted.push('"');
    quoted
}

fn push_escaped(text: &mut String, character: char) {
    match character {
        '"' => text.push_str("\\\""),
        '\\' => text.push_str("\\\\"),
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        '\0'..='\x1f' => {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\u{:04x}", u32::from(character));
        }
        _ => text.push(character),
    }
}
