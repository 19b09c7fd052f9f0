//! Where a setting's value came from, and the lines of a settings file shown under an error.

use std::fmt;

use crate::limits::EXCERPT_CHARS_MAX;

/// The source of one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag, as it is written: `--listen`; or `FILE`, for the command line's files.
    Flag(&'static str),
    /// A variable of the environment.
    Environment(&'static str),
    /// A place in the settings file.
    File(Box<Excerpt>),
    /// Nobody said anything.
    Default,
}

impl Origin {
    /// Returns how strongly the source speaks: the higher wins.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Flag(_) => 3,
            Self::Environment(_) => 2,
            Self::File(_) => 1,
            Self::Default => 0,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(out, "flag {flag}"),
            Self::Environment(name) => write!(out, "environment {name}"),
            Self::File(excerpt) => write!(out, "{}:{}", excerpt.path, excerpt.line),
            Self::Default => out.write_str("default"),
        }
    }
}

/// A place in a settings file with the line it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The file as the user named it.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The line, or the part of a long line around the place.
    pub text: String,
    /// Characters of `text` before the place.
    pub indent: usize,
    /// Characters meant, at least 1, all on this line.
    pub width: usize,
}

impl Excerpt {
    /// Returns the excerpt for the bytes `span` of `source`. A span outside of it means its end.
    pub fn new(path: &str, source: &str, span: std::ops::Range<usize>) -> Self {
        let before = source.get(..span.start).unwrap_or(source);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let whole = source.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let column = before.get(start..).map_or(0, |head| head.chars().count());
        let meant = source.get(span).and_then(|text| text.lines().next()).unwrap_or_default();
        let first = column.saturating_sub(EXCERPT_CHARS_MAX / 2);
        let text: String = whole.chars().skip(first).take(EXCERPT_CHARS_MAX).collect();
        let indent = column - first;
        let room = text.chars().count().saturating_sub(indent);
        Self {
            path: path.to_owned(),
            line,
            column: column + 1,
            width: meant.chars().count().min(room).max(1),
            text,
            indent,
        }
    }
}

impl fmt::Display for Excerpt {
    /// The place, the line and a caret line, each ending without a newline of its own.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gutter = self.line.to_string().len() + 1;
        // A tab keeps its width under itself, whatever the terminal makes of it.
        let indent: String = self
            .text
            .chars()
            .take(self.indent)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        writeln!(out, "{:>gutter$}--> {}:{}:{}", "", self.path, self.line, self.column)?;
        writeln!(out, "{:>gutter$} |", "")?;
        writeln!(out, "{:>gutter$} | {}", self.line, self.text)?;
        write!(out, "{:>gutter$} | {indent}{}", "", "^".repeat(self.width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_points_at_its_characters() {
        let source = "version = 1\nlisten = \"é\" # ü\n";
        let start = source.find('"').unwrap();
        let excerpt = Excerpt::new("vestibule.toml", source, start..start + 4);
        assert_eq!(
            excerpt.to_string(),
            "  --> vestibule.toml:2:10\n   |\n 2 | listen = \"é\" # ü\n   |          ^^^"
        );
    }

    #[test]
    fn a_span_past_the_end_means_the_end() {
        let excerpt = Excerpt::new("f", "ab", 9..12);
        assert_eq!((excerpt.line, excerpt.column, excerpt.width), (1, 3, 1));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let source = format!("{}!{}", "a".repeat(500), "b".repeat(500));
        let excerpt = Excerpt::new("f", &source, 500..501);
        assert_eq!(excerpt.text, format!("{}!{}", "a".repeat(60), "b".repeat(59)));
        assert_eq!((excerpt.column, excerpt.indent, excerpt.width), (501, 60, 1));
    }
}
