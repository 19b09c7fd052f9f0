//! What is rendered: a template and its values, read from a folder.

use std::path::{Path, PathBuf};

use vestibule_gateway::Given;
use vestibule_restapi::Sourced;

use crate::Outcome;

/// The folders of `inputs`, in the order of the tables.
pub(crate) const SUBJECTS: [&str; 3] = ["get_item_response", "query_response", "put_item_request"];

/// A template, a body, and the values around it.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) template: Sourced,
    pub(crate) body: Vec<u8>,
    pub(crate) given: Given,
}

impl Subject {
    /// Reads `inputs/NAME`.
    pub(crate) fn read(name: &str) -> Outcome<Subject> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs").join(name);
        let file = |file: &str| {
            let path = folder.join(file);
            std::fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
        };
        let text = |name: &str| {
            let bytes = file(name)?;
            String::from_utf8(bytes)
                .map_err(|_| format!("`{name}` of `{}` is not UTF-8", folder.display()))
        };
        let template = Sourced::inline("template.vtl", &text("template.vtl")?);
        let body = file("body.json")?;
        let given = Given::parse(&text("given.json")?)?;
        Ok(Subject { name: name.to_owned(), template, body, given, folder: folder.clone() })
    }
}
