//! A body as text. Recorded on AWS: bytes that are not UTF-8 are replaced, the text is used.

use std::borrow::Cow;

/// Returns the text of a body: borrowed when it is UTF-8.
pub(crate) fn text(body: &[u8]) -> Cow<'_, str> {
    // The check of the whole is several times faster than the search for what has to be replaced.
    match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(body),
    }
}
