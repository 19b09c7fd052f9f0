//! Lower-case hexadecimal digits, as canonical requests and signatures have them.

const DIGITS: [u8; 16] = *b"0123456789abcdef";

/// The bytes as digits, two a byte.
pub(crate) fn lower(bytes: &[u8]) -> String {
    let digit = |value: u8| DIGITS.get(usize::from(value & 0xf)).copied().map_or('0', char::from);
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        digits.push(digit(byte >> 4));
        digits.push(digit(*byte));
    }
    digits
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
