//! The Jayway dialect of JSONPath, and json-smart's permissive JSON, over the values that
//! templates work on.
//!
//! ```
//! use vestibule_jsonpath::{Path, json};
//! use vestibule_vtl::{Limits, value::{Arena, Heap}};
//!
//! let arena = Arena::new();
//! let mut heap = Heap::new(&arena, Limits::default());
//! let document = json::parse(r#"{"items": [{"id": "a"}, {"id": "b"}]}"#, &mut heap)?;
//!
//! let first = Path::compile("$.items[0].id")?;
//! let found = first.read(&mut heap, &document)?;
//! assert_eq!(found.as_ref().and_then(|value| value.as_str()), Some("a"));
//!
//! let ids = Path::compile("$.items[*].id")?;
//! let found = ids.read(&mut heap, &document)?.ok_or("an indefinite path always gives a list")?;
//! assert_eq!(json::to_text(&heap, &found)?, r#"["a","b"]"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod json;
pub mod limits;
mod path;
mod read;

pub use path::{Path, PathError, PathProblem};
pub use read::ReadError;
