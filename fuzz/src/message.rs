//! What holds for every message: it says something, most on one line, and points at whole characters of the text.

use std::fmt::Display;
use std::ops::Range;

/// Checks that `message` says something.
pub(crate) fn is_said(message: &impl Display) {
    assert!(!message.to_string().trim().is_empty(), "an empty message");
}

/// Checks that `message` says something on one line, whatever text of the user it repeats.
pub(crate) fn is_one_line(message: &impl Display) {
    is_said(message);
    let message = message.to_string();
    assert!(!message.contains(['\n', '\r']), "a message of two lines: {message:?}");
}

/// Checks that `span` lies in `text` on boundaries of characters.
pub(crate) fn is_within(text: &str, span: Range<usize>, what: &impl Display) {
    assert!(text.get(span.clone()).is_some(), "{span:?} of {} bytes: {what}", text.len());
}
