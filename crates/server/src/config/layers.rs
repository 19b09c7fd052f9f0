//! The three sources beside one another, and which of them speaks for a setting.
//! The strongest source that names a setting speaks for the whole of it: lists and tables of
//! different sources are not mixed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::origin::Origin;
use super::raw::{Setting, Shape};

/// What one source says, by setting name.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer {
    given: BTreeMap<&'static str, Given>,
}

/// What a source says about one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    /// One piece for a single value, one for each entry of a list or table.
    pub(super) pieces: Vec<Piece>,
    /// The place of the whole.
    pub(super) origin: Origin,
}

/// One text of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The name of a pair; empty for all else.
    pub(super) name: String,
    /// The text, not interpreted.
    pub(super) text: String,
    /// The place of this piece.
    pub(super) origin: Origin,
}

/// Flags over environment over file over default.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) flags: Layer,
    pub(super) environment: Layer,
    pub(super) file: Layer,
    /// The folder of the settings file, against which its paths are read.
    pub(super) folder: PathBuf,
}

impl Layer {
    /// Notes what this source says about `setting`.
    pub(super) fn set(&mut self, setting: &'static Setting, given: Given) {
        self.given.insert(setting.name, given);
    }

    /// Returns what this source says about `setting`.
    pub(super) fn get(&self, setting: &Setting) -> Option<&Given> {
        self.given.get(setting.name)
    }
}

impl Layers {
    /// Returns what the strongest source says about `setting`, at last the default.
    pub(super) fn pick(&self, setting: &'static Setting) -> Given {
        [&self.flags, &self.environment, &self.file]
            .into_iter()
            .find_map(|layer| layer.get(setting))
            .cloned()
            .unwrap_or_else(|| default(setting))
    }
}

fn default(setting: &'static Setting) -> Given {
    let piece = Piece::text(setting.default.to_owned(), Origin::Default);
    let pieces = match setting.shape {
        Shape::Text | Shape::Switch | Shape::Number | Shape::Path => vec![piece],
        Shape::Paths | Shape::Names | Shape::Pairs => Vec::new(),
    };
    Given { pieces, origin: Origin::Default }
}

impl Piece {
    /// Returns a piece without a name.
    pub(super) fn text(text: String, origin: Origin) -> Self {
        Self { name: String::new(), text, origin }
    }

    /// Returns the piece as a user writes it.
    pub(super) fn written(&self) -> String {
        if self.name.is_empty() {
            self.text.clone()
        } else {
            format!("{}={}", self.name, self.text)
        }
    }

    /// Returns the pair that `NAME=VALUE` says, or nothing when there is no `=`.
    pub(super) fn pair(text: &str, origin: Origin) -> Option<Self> {
        let (name, value) = text.split_once('=')?;
        Some(Self { name: name.to_owned(), text: value.to_owned(), origin })
    }
}
