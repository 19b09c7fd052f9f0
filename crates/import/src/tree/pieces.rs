//! Which stretch of the document each run of a decoded scalar came from. The scalar is decoded a second time with positions;
//! should that ever differ from the parser's text, the whole scalar is one place.

use super::ground::{Ground, Inner};
use super::node::Style;
use super::{block, flow};
use std::ops::Range;
use vestibule_restapi::Piece;

/// The pieces of a scalar, whose decoded text is `text`; its value begins at `value_start`, behind its tag and anchor.
pub(super) fn of(
    ground: &Ground,
    span: &Range<usize>,
    value_start: usize,
    text: &str,
    style: Style,
) -> Vec<Piece> {
    let source = ground.text();
    let whole = value_start..span.end.max(value_start);
    let has_header = value_start > span.start;
    let runs = match style {
        Style::Plain => flow::plain(source, whole.clone()),
        Style::SingleQuoted => flow::single_quoted(source, whole.clone()),
        Style::DoubleQuoted => flow::double_quoted(source, whole.clone()),
        Style::Literal => block::literal(source, whole.clone(), text, has_header),
        Style::Folded => block::folded(source, whole.clone(), text, has_header),
    };
    let runs = match runs {
        Some(runs) if runs.text == text && !text.is_empty() => runs,
        Some(_) | None => Runs::opaque(text, whole),
    };
    ground.pieces(runs.into_inner(), text)
}

/// Where a value itself begins whose span starts with tags and anchors.
pub(super) fn skip_properties(source: &str, span: Range<usize>) -> usize {
    let mut at = span.start;
    loop {
        let rest = source.get(at..span.end).unwrap_or("");
        if !rest.starts_with(['!', '&']) {
            return at;
        }
        let word = rest.find([' ', '\t', '\r', '\n']).unwrap_or(rest.len());
        let after = rest.get(word..).unwrap_or("");
        at += word + after.len() - after.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }
}

/// A decoded text in the making, with the source of its runs.
#[derive(Debug, Default)]
pub(super) struct Runs {
    text: String,
    runs: Vec<Inner>,
}

impl Runs {
    /// A text that is one place as a whole.
    fn opaque(text: &str, source: Range<usize>) -> Runs {
        Runs { text: text.to_owned(), runs: vec![Inner { start: 0, source, verbatim: false }] }
    }

    /// Adds bytes that stand in the source at `at` as they are.
    pub(super) fn verbatim(&mut self, text: &str, at: usize) {
        let source = at..at + text.len();
        match self.runs.last_mut() {
            _ if text.is_empty() => return,
            Some(last) if last.verbatim && last.source.end == at => last.source.end = source.end,
            Some(_) | None => {
                self.runs.push(Inner { start: self.text.len(), source, verbatim: true });
            }
        }
        self.text.push_str(text);
    }

    /// Adds bytes that stand for `source` as a whole.
    pub(super) fn escape(&mut self, text: &str, source: Range<usize>) {
        self.runs.push(Inner { start: self.text.len(), source, verbatim: false });
        self.text.push_str(text);
    }

    /// The text decoded so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Bytes decoded so far.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Drops spaces and tabs from the end, but none before `floor`.
    pub(super) fn trim_blanks(&mut self, floor: usize) {
        let kept = self.text.trim_end_matches([' ', '\t']).len().max(floor);
        self.text.truncate(kept);
        while self.runs.last().is_some_and(|run| run.start >= kept) {
            self.runs.pop();
        }
        if let Some(last) = self.runs.last_mut()
            && last.verbatim
        {
            last.source.end = last.source.start + (kept - last.start);
        }
    }

    fn into_inner(self) -> Vec<Inner> {
        self.runs
    }
}
