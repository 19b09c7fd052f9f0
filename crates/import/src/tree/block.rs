//! Finds the lines of a block scalar again: indentation stripped, last breaks chomped, and with `>` lines folded.
//! The decoded text says what was kept, the source says where it stands.

use super::flow::line_break;
use super::pieces::Runs;
use std::ops::Range;

/// `|`: each decoded line is the rest of a source line.
pub(super) fn literal(
    source: &str,
    span: Range<usize>,
    text: &str,
    has_header: bool,
) -> Option<Runs> {
    let mut lines = Lines::new(source, span, text, has_header)?;
    let mut runs = Runs::default();
    for line in text.split_inclusive('\n') {
        let (content, line_break) = lines.next();
        let expected = line.strip_suffix('\n').unwrap_or(line);
        if content.1 != expected {
            return None;
        }
        runs.verbatim(content.1, content.0);
        if expected.len() < line.len() {
            add_break(&mut runs, source, line_break);
        }
    }
    Some(runs)
}

/// `>`: between two lines stands a space, or line feeds for blank and for further indented lines.
pub(super) fn folded(
    source: &str,
    span: Range<usize>,
    text: &str,
    has_header: bool,
) -> Option<Runs> {
    let mut lines = Lines::new(source, span, text, has_header)?;
    let mut runs = Runs::default();
    while runs.len() < text.len() {
        let mut breaks = vec![];
        let ((mut at, mut content), mut line_break) = lines.next();
        while content.is_empty() && !lines.is_at_end() {
            breaks.push(line_break);
            ((at, content), line_break) = lines.next();
        }
        gap(&mut runs, source, text, &breaks)?;
        if content.is_empty() || !text.get(runs.len()..)?.starts_with(content) {
            return (runs.len() == text.len()).then_some(runs);
        }
        runs.verbatim(content, at);
        let rest = text.get(runs.len()..)?;
        if rest.starts_with(' ') {
            runs.escape(" ", line_break);
        } else if rest.starts_with('\n') {
            add_break(&mut runs, source, line_break);
        }
    }
    Some(runs)
}

/// Adds the line feeds that blank lines stand for; the break before them was added with its line.
fn gap(runs: &mut Runs, source: &str, text: &str, breaks: &[Range<usize>]) -> Option<()> {
    for line_break in breaks {
        if !text.get(runs.len()..)?.starts_with('\n') {
            return Some(());
        }
        add_break(runs, source, line_break.clone());
    }
    Some(())
}

fn add_break(runs: &mut Runs, source: &str, line_break: Range<usize>) {
    match source.get(line_break.clone()) {
        Some("\n") => runs.verbatim("\n", line_break.start),
        Some(_) | None => runs.escape("\n", line_break),
    }
}

/// The source lines of a block scalar without their indentation.
struct Lines<'s> {
    source: &'s str,
    at: usize,
    indentation: usize,
}

impl<'s> Lines<'s> {
    /// Starts at the first line of the scalar: the span begins behind the indentation of the first line that is not blank,
    /// or at the header when the scalar has a tag or an anchor.
    fn new(source: &'s str, span: Range<usize>, text: &str, has_header: bool) -> Option<Lines<'s>> {
        let start = if has_header {
            let scalar = source.get(span.clone())?;
            first_content(source, span, scalar)?
        } else {
            span.start
        };
        let mut at = source.get(..start)?.rfind(['\r', '\n']).map_or(0, |at| at + 1);
        let indentation = start - at;
        let blank = text.len() - text.trim_start_matches('\n').len();
        for _ in 0..blank {
            let before = source.get(..at)?;
            let before = before.strip_suffix('\n').unwrap_or(before);
            let before = before.strip_suffix('\r').unwrap_or(before);
            at = before.rfind(['\r', '\n']).map_or(0, |at| at + 1);
        }
        Some(Lines { source, at, indentation })
    }

    /// The next line: where its content starts, the content, and its line break (empty at the end of the document).
    fn next(&mut self) -> ((usize, &'s str), Range<usize>) {
        let rest = self.source.get(self.at..).unwrap_or("");
        let length = rest.find(['\r', '\n']).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or("");
        let spaces = line.len() - line.trim_start_matches(' ').len();
        let indentation = spaces.min(self.indentation);
        let content = (self.at + indentation, line.get(indentation..).unwrap_or(""));
        let end = self.at + length;
        let break_end = end + line_break(self.source.get(end..).unwrap_or(""));
        self.at = break_end;
        (content, end..break_end)
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.source.len()
    }
}

/// Where the content of a block scalar starts whose header is at the start of `span`.
fn first_content(source: &str, span: Range<usize>, header: &str) -> Option<usize> {
    let header_end = header.find(['\r', '\n'])?;
    let explicit = header.get(..header_end)?.chars().skip(1).take(2).find_map(|c| c.to_digit(10));
    if explicit.is_some() {
        // The indentation counts from that of the parent, which the source does not tell here.
        return None;
    }
    let body = header.get(header_end..)?;
    let content = body.find(|c| !matches!(c, ' ' | '\r' | '\n'))?;
    let start = span.start + header_end + content;
    source.is_char_boundary(start).then_some(start)
}
