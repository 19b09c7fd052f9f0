//! The ids a request is known by.

use crate::clock::Random;
use crate::hex;
use base64::Engine;
use http::{HeaderMap, HeaderName};

/// The header of `$context.requestId`, in requests and answers.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The id that a client chose for its request, as it wrote it: only a UUID counts (AWS docs: set up logging).
pub(super) fn chosen_request_id(headers: &HeaderMap) -> Option<String> {
    let sent = headers.get(REQUEST_ID)?.to_str().ok()?;
    is_uuid(sent).then(|| sent.to_owned())
}

/// Hexadecimal digits in groups of 8, 4, 4, 4 and 12.
fn is_uuid(text: &str) -> bool {
    let is_hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match is_hyphen(at) {
            true => byte == b'-',
            false => byte.is_ascii_hexdigit(),
        })
}

/// A version 4 UUID.
pub(crate) fn request_id(random: &dyn Random) -> String {
    let high = random.next() & 0xffff_ffff_ffff_0fff | 0x4000;
    let low = random.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
    let mut id = String::with_capacity(36);
    hex::push(&mut id, high >> 32, 8);
    for (number, digits) in [(high >> 16, 4), (high, 4), (low >> 48, 4), (low, 12)] {
        id.push('-');
        hex::push(&mut id, number, digits);
    }
    id
}

/// 16 characters ending with `=`, as AWS's look.
pub(crate) fn extended_request_id(random: &dyn Random) -> String {
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(
        &(u128::from(random.next()) << 64 | u128::from(random.next())).to_le_bytes(),
    );
    let [kept @ .., _, _, _, _, _] = bytes;
    base64::engine::general_purpose::STANDARD.encode(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Fixed(u64);

    impl Random for Fixed {
        fn next(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn ids_have_the_form_of_aws() {
        assert_eq!(request_id(&Fixed(u64::MAX)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(request_id(&Fixed(0)), "00000000-0000-4000-8000-000000000000");
        assert_eq!(extended_request_id(&Fixed(0)), "AAAAAAAAAAAAAAA=");
    }
}
