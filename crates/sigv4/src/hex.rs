//! Lower-case hexadecimal digits, as canonical requests and signatures have them.

const DIGITS: [u8; 16] = *b"0123456789abcdef";

/// The bytes as digits, two a byte.
pub(crate) fn lower(bytes: &[u8]) -> String {
    let digit = |value: u8| DIGITS.get(usize::from(value & 0xf)).copied().unwrap_or(b'0');
    // As bytes: a text would look at each character.
    let digits: Vec<u8> = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect();
    // INVARIANT: digits are ASCII.
    String::from_utf8(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_two_digits() {
        assert_eq!(lower(&[0x00, 0x0f, 0xa5, 0xff]), "000fa5ff");
        assert_eq!(lower(&[]), "");
    }
}
