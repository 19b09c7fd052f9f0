//! A body read as JSON for parameter mappings: at most once, and only when a mapping asks for a part of it.

use super::Source;
use crate::error::Stop;
use crate::exchange::{self, Exchange};
use vestibule_jsonpath::{Path, json};
use vestibule_vtl::Limits;
use vestibule_vtl::value::{Arena, Heap, Value};

/// A body and what it was read as.
#[derive(Debug)]
pub(crate) struct BodyDocument<'b> {
    text: &'b str,
    arena: &'b Arena,
    document: Option<(Heap<'b>, Value<'b>)>,
}

/// Maps from `sources` over a body: it is read as text only where one is of it, and counts as work only where one is of a part.
pub(crate) fn over<'s, T>(
    body: &[u8],
    sources: impl Iterator<Item = &'s Source> + Clone,
    exchange: &Exchange,
    map: impl FnOnce(&Exchange, &mut BodyDocument<'_>) -> T,
) -> Result<T, Stop> {
    let has_part = sources.clone().any(Source::is_body_part);
    let has_body = has_part || sources.clone().any(|source| matches!(source, Source::Body));
    let body = if has_body { body } else { &[] };
    exchange.work(if has_part { body.len() } else { 0 }, |exchange| {
        let text = exchange::text(body);
        let arena = Arena::new();
        map(exchange, &mut BodyDocument::new(&text, &arena))
    })
}

impl<'b> BodyDocument<'b> {
    /// Reads nothing yet; what is read will lie in `arena`.
    pub(crate) fn new(text: &'b str, arena: &'b Arena) -> BodyDocument<'b> {
        BodyDocument { text, arena, document: None }
    }

    /// The whole body.
    pub(crate) fn text(&self) -> &'b str {
        self.text
    }

    /// A part of it: a string as it is, anything else as JSON, `None` when it is missing or null.
    /// A body that cannot be JSON by its first character is read as `{}`.
    pub(crate) fn part(&mut self, path: &Path) -> Result<Option<String>, String> {
        let (heap, document) = match &mut self.document {
            Some(read) => read,
            None => {
                let mut heap = Heap::new(self.arena, Limits::default());
                let text = self.text.trim();
                let text = if text.starts_with(['{', '[', '"', '\'']) { text } else { "{}" };
                let parsed = json::parse(text, &mut heap);
                let parsed = parsed.map_err(|error| format!("invalid JSON: {error}"))?;
                self.document.insert((heap, parsed))
            }
        };
        match path.read(heap, document).map_err(|error| error.to_string())? {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.to_owned())),
            Some(found) => json::to_text(heap, &found).map(Some).map_err(|error| error.to_string()),
        }
    }
}
