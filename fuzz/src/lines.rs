//! Several texts in one input: the first line and the rest.

/// Returns the text before the first line end, and the text after it.
pub(crate) fn first_and_rest(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}

/// Returns the bytes as text, unless they are none.
pub(crate) fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
