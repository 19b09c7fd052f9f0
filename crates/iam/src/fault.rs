//! What is wrong with a policy: where in its text, why, and what would help.

use std::fmt;
use std::ops::Range;

use crate::limits::QUOTED_BYTES_MAX;

/// Something that keeps a policy from being used, or, of a lint, that its author hardly meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where in the text, in bytes, on boundaries of characters.
    pub range: Range<usize>,
    /// The cause on one line: lower case, the policy's own text in backticks.
    pub message: String,
    /// What to write instead, when that is known.
    pub help: Option<String>,
}

impl Fault {
    pub(crate) fn new(range: Range<usize>, message: impl Into<String>) -> Fault {
        Fault { range, message: message.into(), help: None }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Fault {
        self.help = Some(help.into());
        self
    }

    /// With "did you mean", when one of `known` is near to what was `written`.
    pub(crate) fn with_nearest<'a>(
        self,
        written: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Fault {
        match nearest(written, known) {
            Some(near) => self.with_help(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

/// Returns the known word that `written` was likely meant to be.
fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > QUOTED_BYTES_MAX {
        return None;
    }
    let written = written.to_ascii_lowercase();
    let scored = known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(&written, &word.to_ascii_lowercase()), word));
    let near = scored.filter(|(score, _)| *score >= 0.85);
    near.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, word)| word)
}

/// Returns text of a user in backticks, shortened, on one line.
pub(crate) fn quoted(text: &str) -> String {
    let mut end = text.len().min(QUOTED_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let shown = text.get(..end).unwrap_or_default();
    let shown =
        shown.replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ");
    let rest = if end < text.len() { "..." } else { "" };
    format!("`{shown}{rest}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_found_whatever_its_case() {
        assert_eq!(nearest("resourse", ["Action", "Resource"]), Some("Resource"));
        assert_eq!(nearest("Colour", ["Action", "Resource"]), None);
    }

    #[test]
    fn quoted_text_is_short_and_on_one_line() {
        assert_eq!(quoted("a\nb"), "`a b`");
        let long = "é".repeat(60);
        assert_eq!(quoted(&long), format!("`{}...`", "é".repeat(50)));
    }
}
