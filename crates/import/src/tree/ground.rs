//! What a tree is read from: a document, or a decoded text that stands somewhere in one.

use std::ops::Range;
use std::sync::Arc;
use vestibule_restapi::{Document, Joined, Piece, Place, Sourced};

/// A text to read, and how its offsets become places.
#[derive(Clone, Debug)]
pub(crate) enum Ground {
    /// A file.
    File(Arc<Document>),
    /// A text that is a definition itself, such as a policy that is written as a string.
    Text(Sourced),
}

impl Ground {
    /// What is read.
    pub(super) fn text(&self) -> &str {
        match self {
            Ground::File(document) => document.text(),
            Ground::Text(text) => text,
        }
    }

    /// The name of the file; empty for a text.
    pub(super) fn file_name(&self) -> &str {
        match self {
            Ground::File(document) => document.name(),
            Ground::Text(_) => "",
        }
    }

    /// The pointer of every value in it, when that is not the way from its root.
    pub(super) fn pointer(&self) -> Option<Arc<str>> {
        match self {
            Ground::File(_) => None,
            Ground::Text(text) => Some(text.pointer().clone()),
        }
    }

    /// The place of a stretch of it; `pointer` counts in a file.
    pub(super) fn place(&self, span: Range<usize>, pointer: impl Into<Arc<str>>) -> Place {
        match self {
            Ground::File(document) => Place::new(document, span, pointer),
            Ground::Text(text) => text.place(span),
        }
    }

    /// The pieces of a decoded text whose pieces `inner` lie on this ground.
    pub(super) fn pieces(&self, inner: Vec<Inner>, decoded: &str) -> Vec<Piece> {
        match self {
            Ground::File(document) => inner
                .into_iter()
                .map(|Inner { start, source, verbatim }| Piece {
                    start,
                    document: Arc::clone(document),
                    source,
                    verbatim,
                })
                .collect(),
            Ground::Text(text) => {
                let mut joined = Joined::default();
                let ends: Vec<usize> = inner.iter().skip(1).map(|next| next.start).collect();
                let ends = ends.into_iter().chain([decoded.len()]);
                for (Inner { start, source, verbatim }, end) in inner.into_iter().zip(ends) {
                    if verbatim {
                        joined.part(text, source);
                    } else {
                        let part = decoded.get(start..end).unwrap_or("");
                        joined.standing(part, &text.place(source));
                    }
                }
                joined.finish("").pieces().to_vec()
            }
        }
    }
}

/// A run of a decoded scalar: where it starts, what it was decoded from, and whether both are the same bytes.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) start: usize,
    pub(super) source: Range<usize>,
    pub(super) verbatim: bool,
}
