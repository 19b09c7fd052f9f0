//! Where a string of a definition came from, character by character.
//!
//! A reader decodes block scalars, escapes and joined pieces; [`Sourced`] keeps the way back, so that a diagnostic and a
//! failing request both name the file, line and column. Offsets are bytes, positions count characters from 1.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// A definition file that was read: the name its user gave it, and its text.
#[derive(Debug)]
pub struct Document {
    name: String,
    text: String,
    line_starts: Vec<usize>,
}

impl Document {
    /// Keeps `text` under `name` and notes where its lines start.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Document> {
        let text = text.into();
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Arc::new(Document { name: name.into(), text, line_starts })
    }

    /// The name its user gave it, usually a path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte offset; past the end it is the end.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line_starts.partition_point(|start| *start <= offset).max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..offset.min(self.text.len())).unwrap_or("");
        Position { line, column: before.chars().count() + 1 }
    }

    /// The byte offset of a line and column, both from 1; past the end of the text it is the end.
    pub fn offset(&self, position: Position) -> usize {
        let Some(start) = self.line_starts.get(position.line.saturating_sub(1)) else {
            return self.text.len();
        };
        let rest = self.text.get(*start..).unwrap_or("");
        match rest.char_indices().nth(position.column.saturating_sub(1)) {
            Some((at, _)) => start + at,
            None => self.text.len(),
        }
    }

    /// The text of a line (from 1) without its line end; empty past the last.
    pub fn line(&self, line: usize) -> &str {
        let Some(start) = self.line_starts.get(line.saturating_sub(1)) else {
            return "";
        };
        let end = self.line_starts.get(line).copied().unwrap_or(self.text.len());
        self.text.get(*start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }
}

/// A line and a column, both counted from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

/// A stretch of a document, with the JSON pointer of the value it belongs to.
#[derive(Clone)]
pub struct Place {
    /// The file.
    pub document: Arc<Document>,
    /// JSON pointer of the value, such as `/paths/~1items/get`; empty for the whole document.
    pub pointer: Arc<str>,
    /// Byte offsets in the document's text.
    pub span: Range<usize>,
}

impl Place {
    /// A place in `document`.
    pub fn new(document: &Arc<Document>, span: Range<usize>, pointer: impl Into<Arc<str>>) -> Self {
        Place { document: Arc::clone(document), pointer: pointer.into(), span }
    }

    /// Line and column where it starts.
    pub fn start(&self) -> Position {
        self.document.position(self.span.start)
    }

    /// Whether it belongs to the value at `other` or to one below that.
    pub fn is_within(&self, other: &Place) -> bool {
        let below = self.pointer.strip_prefix(&*other.pointer);
        Arc::ptr_eq(&self.document, &other.document)
            && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether it is the same place as `other`.
    pub fn is_at(&self, other: &Place) -> bool {
        Arc::ptr_eq(&self.document, &other.document) && self.span == other.span
    }

    /// Whether they have a character in common, or are the same empty place.
    pub fn overlaps(&self, other: &Place) -> bool {
        let (a, b) = (&self.span, &other.span);
        Arc::ptr_eq(&self.document, &other.document)
            && (a == b || a.start.max(b.start) < a.end.min(b.end))
    }

    /// What stands there.
    pub fn text(&self) -> &str {
        self.document.text().get(self.span.clone()).unwrap_or("")
    }
}

/// `file:line:column`, the form editors and terminals follow.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.start();
        write!(f, "{}:{line}:{column}", self.document.name())
    }
}

/// `{:-?}` leaves out where: two versions of a definition are told apart by what they say alone.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.sign_minus() {
            return f.write_str("Place");
        }
        write!(f, "Place({self})")
    }
}

/// A run of a decoded string and the stretch of a document it was decoded from.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Byte offset in the decoded string where the run starts; it ends where the next one starts.
    pub start: usize,
    /// The file it was read from.
    pub document: Arc<Document>,
    /// Byte offsets in that file.
    pub source: Range<usize>,
    /// Whether both sides are the same bytes, so that an offset inside the run can be carried over.
    /// False for an escape, which is one place as a whole.
    pub verbatim: bool,
}

/// A string of a definition that knows where each of its characters came from. Cheap to clone.
#[derive(Clone)]
pub struct Sourced {
    text: Arc<str>,
    // INVARIANT: sorted by `start`, the first starts at 0, never empty.
    pieces: Arc<[Piece]>,
    pointer: Arc<str>,
}

impl Sourced {
    /// A decoded string and the pieces it was decoded from, sorted by their start. Without pieces it is its own document.
    pub fn new(
        text: impl Into<Arc<str>>,
        pieces: impl Into<Arc<[Piece]>>,
        pointer: impl Into<Arc<str>>,
    ) -> Sourced {
        let (text, pieces) = (text.into(), pieces.into());
        if pieces.first().is_none_or(|first| first.start != 0) {
            return Sourced::inline("inline", &text);
        }
        Sourced { text, pieces, pointer: pointer.into() }
    }

    /// A string that stands in `document` as it is, from byte `start` on.
    pub fn verbatim(
        document: &Arc<Document>,
        start: usize,
        text: &str,
        pointer: impl Into<Arc<str>>,
    ) -> Sourced {
        let source = start..start + text.len();
        let piece = Piece { start: 0, document: Arc::clone(document), source, verbatim: true };
        Sourced { text: text.into(), pieces: Arc::new([piece]), pointer: pointer.into() }
    }

    /// A string that comes from no file: its own text is the document, under `name`.
    pub fn inline(name: &str, text: &str) -> Sourced {
        Sourced::verbatim(&Document::new(name, text), 0, text, "")
    }

    /// The decoded string.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The decoded string, shared.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// JSON pointer of the value in its document.
    pub fn pointer(&self) -> &Arc<str> {
        &self.pointer
    }

    /// Where the bytes `span` of the decoded string stand. A span over several files is cut at the first.
    pub fn place(&self, span: Range<usize>) -> Place {
        let Some((first, start)) = self.locate(span.start) else {
            return Place::new(&Document::new("inline", ""), 0..0, Arc::clone(&self.pointer));
        };
        let last = span.end.checked_sub(1).filter(|last| *last >= span.start);
        let end = match last.and_then(|last| self.locate(last)) {
            None => start,
            Some((piece, _)) if !Arc::ptr_eq(&piece.document, &first.document) => first.source.end,
            Some((piece, at)) if piece.verbatim => at + 1,
            Some((piece, _)) => piece.source.end,
        };
        Place::new(&first.document, start..end.max(start), Arc::clone(&self.pointer))
    }

    /// Where the whole string stands.
    pub fn whole(&self) -> Place {
        self.place(0..self.text.len())
    }

    /// The pieces it was decoded from, for a reader that joins strings.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    fn locate(&self, offset: usize) -> Option<(&Piece, usize)> {
        let index = self.pieces.partition_point(|piece| piece.start <= offset).checked_sub(1)?;
        let piece = self.pieces.get(index)?;
        let at = if piece.verbatim {
            piece.source.start + (offset - piece.start)
        } else {
            piece.source.start
        };
        Some((piece, at.min(piece.source.end)))
    }
}

impl Deref for Sourced {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// `{:-?}` leaves out where, as with [`Place`].
impl fmt::Debug for Sourced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.sign_minus() {
            return write!(f, "{:?}", &*self.text);
        }
        write!(f, "{:?} at {}", &*self.text, self.whole())
    }
}

/// Two strings are equal when their texts are, wherever they stand.
impl PartialEq for Sourced {
    fn eq(&self, other: &Sourced) -> bool {
        self.text == other.text
    }
}

impl Eq for Sourced {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_debug_form_can_leave_out_where() {
        let document = Document::new("api.yaml", "ab");
        let pair =
            (Some(Place::new(&document, 1..2, "")), vec![Sourced::verbatim(&document, 0, "a", "")]);
        assert_eq!(format!("{pair:?}"), r#"(Some(Place(api.yaml:1:2)), ["a" at api.yaml:1:1])"#);
        assert_eq!(format!("{pair:-?}"), r#"(Some(Place), ["a"])"#);
    }

    #[test]
    fn a_place_is_within_itself_and_what_is_above() {
        let document = Document::new("api.yaml", "");
        let at = |pointer: &str| Place::new(&document, 0..0, pointer);
        let method = at("/paths/~1a/get");
        assert!(at("/paths/~1a/get").is_within(&method));
        assert!(at("/paths/~1a/get/security").is_within(&method));
        assert!(!at("/paths/~1a/getter").is_within(&method));
        assert!(!at("/paths/~1a").is_within(&method));
        assert!(at("/paths").is_at(&at("")));
        let elsewhere = Document::new("api.yaml", "");
        assert!(!Place::new(&elsewhere, 0..0, "").is_at(&method));
        assert!(!Place::new(&elsewhere, 0..0, "/paths/~1a/get").is_within(&method));
    }

    #[test]
    fn places_overlap_where_they_share_a_character() {
        let document = Document::new("api.yaml", "abcdef");
        let at = |span: Range<usize>| Place::new(&document, span, "");
        assert!(at(1..3).overlaps(&at(2..4)));
        assert!(at(2..4).overlaps(&at(1..3)));
        assert!(!at(1..3).overlaps(&at(3..4)));
        assert!(at(3..3).overlaps(&at(3..3)));
        assert!(!at(1..3).overlaps(&Place::new(&Document::new("api.yaml", "abc"), 1..3, "")));
    }

    /// `"a\nb"` in a JSON file: the escape is one place, the letters keep theirs.
    fn escaped() -> Sourced {
        let document = Document::new("api.json", "{\"t\": \"a\\nb\"}");
        let piece = |start, source: Range<usize>, verbatim| Piece {
            start,
            document: Arc::clone(&document),
            source,
            verbatim,
        };
        Sourced::new(
            "a\nb",
            vec![piece(0, 7..8, true), piece(1, 8..10, false), piece(2, 10..11, true)],
            "/t",
        )
    }

    #[test]
    fn a_character_after_an_escape_keeps_its_column() {
        let text = escaped();
        assert_eq!(text.place(0..1).to_string(), "api.json:1:8");
        assert_eq!(text.place(1..2).text(), "\\n");
        assert_eq!(text.place(2..3).to_string(), "api.json:1:11");
        assert_eq!(text.whole().text(), "a\\nb");
    }

    #[test]
    fn an_empty_span_at_the_end_points_behind_the_last_character() {
        assert_eq!(escaped().place(3..3).to_string(), "api.json:1:12");
    }

    #[test]
    fn columns_count_characters_and_lines_survive_carriage_returns() {
        let document = Document::new("a.yaml", "é: x\r\nüb: y\n");
        assert_eq!(document.position(11), Position { line: 2, column: 4 });
        assert_eq!(document.offset(Position { line: 2, column: 4 }), 11);
        assert_eq!(document.line(1), "é: x");
        assert_eq!(document.line(9), "");
    }
}
