//! Forms in which credentials come: each text is read or refused with a reason, twice alike, and of a file nothing is told but the line.

use vestibule_server::check_credentials;

use crate::lines;

/// Reads the text in each form.
pub fn credentials(data: &[u8]) {
    let Some(text) = lines::text(data) else { return };
    let read = check_credentials(text);
    assert_eq!(read, check_credentials(text), "read otherwise the second time");
    for why in read.iter().filter_map(|read| read.as_ref().err()) {
        assert!(!why.is_empty(), "refused without a reason");
    }
    for why in read.iter().take(2).filter_map(|read| read.as_ref().err()) {
        assert!(why.starts_with("line "), "{why}");
    }
}
