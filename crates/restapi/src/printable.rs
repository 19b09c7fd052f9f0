//! Text of others made safe to print: a control character is shown as its escape, so that no file,
//! flag or definition can drive the terminal.

use std::borrow::Cow;

/// Returns `text` with every control character but the newline and the tab escaped.
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_unsafe = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unsafe(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Returns `text` on one line: like [`printable`], newlines and tabs escaped too.
pub fn one_line(text: &str) -> String {
    printable(text).replace('\n', "\\n").replace('\t', "\\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("a\u{1b}[31mb\u{9b}\u{7f}\n\té"), "a\\u{1b}[31mb\\u{9b}\\u{7f}\n\té");
        assert_eq!(one_line("a\r\n\tb"), "a\\r\\n\\tb");
    }
}
