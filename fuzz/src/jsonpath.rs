//! JSONPath: what compiles reads any document, twice alike.

use vestibule_jsonpath::{Path, json};
use vestibule_vtl::value::{Arena, Heap, Value};

use crate::lines;
use crate::message::{is_said, is_within};
use crate::vtl::LIMITS;

/// Compiles the first line as a path and reads the rest, a JSON document, with it. A path that is not definite always
/// gives a list.
pub fn jsonpath(data: &[u8]) {
    let Some(text) = lines::text(data) else { return };
    let (expression, document) = lines::first_and_rest(text);
    let path = match Path::compile(expression) {
        Ok(path) => path,
        Err(error) => {
            is_said(&error);
            is_said(&error.help());
            return is_within(expression, error.position..error.position, &error);
        }
    };
    let first = read(&path, document);
    assert_eq!(first, read(&path, document), "two reads of one document differ");
}

/// Returns the answer as JSON text, or the error's; nothing when the document is none.
fn read(path: &Path, document: &str) -> Option<String> {
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, LIMITS);
    let document = json::parse(document, &mut heap).ok()?;
    match path.read(&mut heap, &document) {
        Err(error) => {
            is_said(&error);
            Some(error.to_string())
        }
        Ok(None) => {
            assert!(path.is_definite(), "an indefinite path gives nothing at all");
            None
        }
        Ok(Some(found)) => {
            let is_object = matches!(found, Value::Object(_));
            assert!(path.is_definite() || is_object, "an indefinite path gives no list");
            json::to_text(&heap, &found).ok()
        }
    }
}
