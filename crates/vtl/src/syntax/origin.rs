//! Where text stands in the template: spans, and the way back from the text inside a string literal.

use std::ops::Range;

/// Bytes `start..end` of a template's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// Returns the span as a range of byte offsets.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Leads from offsets of a text that is being parsed to offsets of the template.
#[derive(Debug)]
pub(super) enum Origin {
    /// The text stands in the template as it is, from this offset on.
    Direct(u32),
    /// The text had escapes: the offset of each of its bytes, and of its end.
    Mapped(Vec<u32>),
}

impl Origin {
    pub(super) fn offset(&self, at: u32) -> u32 {
        match self {
            Origin::Direct(base) => base + at,
            Origin::Mapped(offsets) => {
                offsets.get(at as usize).or_else(|| offsets.last()).copied().unwrap_or(0)
            }
        }
    }

    pub(super) fn span(&self, start: u32, end: u32) -> Span {
        Span { start: self.offset(start), end: self.offset(end) }
    }
}
