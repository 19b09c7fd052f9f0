//! A string made of parts of other strings, each of which keeps where it came from.

use crate::place::{Piece, Place, Sourced};
use std::ops::Range;
use std::sync::Arc;

/// A [`Sourced`] string in the making.
///
/// ```
/// use vestibule_restapi::{Joined, Sourced};
///
/// let uri = Sourced::inline("api.yaml", "arn:${AWS::Region}:x");
/// let mut joined = Joined::default();
/// joined.part(&uri, 0..4);
/// joined.standing("us-east-1", &uri.place(4..18));
/// joined.part(&uri, 18..20);
/// let joined = joined.finish("/uri");
/// assert_eq!(&*joined, "arn:us-east-1:x");
/// assert_eq!(joined.place(14..15).to_string(), "api.yaml:1:20");
/// assert_eq!(joined.place(4..6).text(), "${AWS::Region}");
/// ```
#[derive(Debug, Default)]
pub struct Joined {
    text: String,
    pieces: Vec<Piece>,
}

impl Joined {
    /// Adds the bytes `span` of `text`, with their places. A span that is no stretch of the text adds nothing.
    pub fn part(&mut self, text: &Sourced, span: Range<usize>) {
        let Some(part) = text.as_str().get(span.clone()) else { return };
        let start = self.text.len();
        let all = text.pieces();
        let first = all.partition_point(|piece| piece.start <= span.start).saturating_sub(1);
        for (index, piece) in all.iter().enumerate().skip(first) {
            let end = all.get(index + 1).map_or(text.len(), |next| next.start);
            let (from, to) = (piece.start.max(span.start), end.min(span.end));
            if piece.start >= span.end {
                break;
            }
            if from >= to {
                continue;
            }
            let source = if piece.verbatim {
                let offset = piece.source.start;
                offset + (from - piece.start)..offset + (to - piece.start)
            } else {
                piece.source.clone()
            };
            let start = start + (from - span.start);
            self.push(start, Place::new(&piece.document, source, ""), piece.verbatim);
        }
        self.text.push_str(part);
    }

    /// Adds the whole of `text`, with its places.
    pub fn whole(&mut self, text: &Sourced) {
        if text.is_empty() {
            return self.standing("", &text.whole());
        }
        self.part(text, 0..text.len());
    }

    /// Adds text that stands for `place` as a whole without being written there.
    pub fn standing(&mut self, text: &str, place: &Place) {
        self.push(self.text.len(), place.clone(), false);
        self.text.push_str(text);
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether there is nothing yet.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The string, as the value at `pointer`.
    pub fn finish(self, pointer: impl Into<Arc<str>>) -> Sourced {
        Sourced::new(self.text, self.pieces, pointer)
    }

    /// Adds a piece, or lengthens the last when both are one stretch of a document.
    fn push(&mut self, start: usize, place: Place, verbatim: bool) {
        match self.pieces.last_mut() {
            Some(last)
                if verbatim
                    && last.verbatim
                    && last.source.end == place.span.start
                    && Arc::ptr_eq(&last.document, &place.document) =>
            {
                last.source.end = place.span.end;
            }
            Some(_) | None => self.pieces.push(Piece {
                start,
                document: place.document,
                source: place.span,
                verbatim,
            }),
        }
    }
}
