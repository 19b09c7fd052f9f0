//! Asks this crate what `$input.json` and `$input.path` ask it: an empty body is `{}`, a document
//! that is null is refused, and what is missing or null is empty text.

use std::error::Error;

use vestibule_jsonpath::{Path, PathError, json};
use vestibule_vtl::Limits;
use vestibule_vtl::value::{Arena, Heap, Value};

/// What a path finds in a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Found {
        json: String,
        printed: String,
    },
    /// The body is refused, with this message.
    Document(String),
    Path(PathError),
}

/// Reads `path` from `body`; fails when a limit is passed.
pub(crate) fn ask(body: &str, path: &str) -> Result<Answer, Box<dyn Error>> {
    let body = if body.is_empty() { "{}" } else { body };
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, Limits::default());
    let document = match json::parse(body, &mut heap) {
        Ok(Value::Null) => return Ok(Answer::Document("the document is null".to_owned())),
        Ok(document) => document,
        Err(error) => return Ok(Answer::Document(error.to_string())),
    };
    let path = match Path::compile(path) {
        Ok(path) => path,
        Err(error) => return Ok(Answer::Path(error)),
    };
    let found = path.read(&mut heap, &document)?.unwrap_or(Value::Null);
    if found.is_null() {
        return Ok(Answer::Found { json: "\"\"".to_owned(), printed: String::new() });
    }
    let json = json::to_text(&heap, &found)?;
    Ok(Answer::Found { json, printed: heap.text_of(&found)?.to_string() })
}
