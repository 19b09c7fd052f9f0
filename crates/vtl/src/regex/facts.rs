//! What a text has that makes a pattern dearer: line terminators other than `\n`, one at the end, and characters that
//! are part of a word to the linear engine but not to Java. Most texts have none of them.

use std::sync::OnceLock;

/// What a text has, or what a pattern asks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Facts {
    /// It is empty or ends with a line terminator.
    pub(super) ends_line: bool,
    /// It has line terminators other than `\n`.
    pub(super) has_odd_lines: bool,
    /// It has characters that Java's `\b` sees otherwise than Unicode.
    pub(super) has_odd_words: bool,
}

/// How many [`Facts`] there are.
pub(super) const COUNT: usize = 8;

impl Facts {
    /// Looks in `text` for what `asked` names.
    pub(super) fn of(text: &str, asked: Facts) -> Self {
        let is_odd_end = |character: char| "\r\u{85}\u{2028}\u{2029}".contains(character);
        Self {
            ends_line: asked.ends_line
                && (text.is_empty() || text.ends_with(|end| end == '\n' || is_odd_end(end))),
            has_odd_lines: asked.has_odd_lines && text.contains(is_odd_end),
            has_odd_words: asked.has_odd_words && !text.is_ascii() && has_odd_words(text),
        }
    }

    /// Returns a number below [`COUNT`].
    pub(super) fn index(self) -> usize {
        usize::from(self.ends_line)
            + 2 * usize::from(self.has_odd_lines)
            + 4 * usize::from(self.has_odd_words)
    }
}

fn has_odd_words(text: &str) -> bool {
    static ODD: OnceLock<Option<::regex::Regex>> = OnceLock::new();
    let odd = ODD.get_or_init(|| {
        let odd = r"[\w&&[^\p{L}\p{Nd}_\p{Mn}]]|(?:\A|[^\p{L}\p{Nd}\p{Mn}])\p{Mn}";
        ::regex::Regex::new(odd).ok()
    });
    odd.as_ref().is_none_or(|odd| odd.is_match(text))
}
