//! A definition file as it comes in: a name and its text. Reading it from a disk is the caller's.

use std::sync::Arc;
use vestibule_restapi::{Code, Diagnostic, Document, Place};

/// A definition file: the name its user gave it, and its text.
#[derive(Clone, Debug)]
pub struct Source {
    document: Arc<Document>,
}

impl Source {
    /// Takes text under `name`, which findings show; usually a path.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        Source { document: Document::new(name, text) }
    }

    /// Takes the bytes of a file. Bytes that are not UTF-8 are a finding (GW101) that says at which offset they stand,
    /// its place in the text before them. The finding is boxed, being much larger than a source.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Result<Source, Box<Diagnostic>> {
        let name = name.into();
        String::from_utf8(bytes).map(|text| Source::new(name.clone(), text)).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            let bad = error.as_bytes().get(offset).copied().unwrap_or(0);
            let readable = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let message = format!("byte 0x{bad:02x} at offset {offset} is not UTF-8");
            let place = Place::new(&Document::new(name, readable), offset..offset + 3, "");
            let finding = Diagnostic::error(Code::Syntax, message).at(place);
            Box::new(finding.help("save the file as UTF-8"))
        })
    }

    /// The name and text, as places refer to them.
    pub fn document(&self) -> &Arc<Document> {
        &self.document
    }
}
