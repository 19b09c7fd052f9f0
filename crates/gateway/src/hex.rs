//! Lower-case hexadecimal digits, appended to a text: ids are made for each request.

const DIGITS: [u8; 16] = *b"0123456789abcdef";

/// Appends the last `digits` hexadecimal digits of a number, at most 16.
#[inline]
pub(crate) fn push(out: &mut String, number: u64, digits: u32) {
    for place in (0..digits.min(16)).rev() {
        let digit = (number >> (place * 4)) & 0xf;
        // A value below 16 is an index of the digits.
        if let Some(digit) = usize::try_from(digit).ok().and_then(|digit| DIGITS.get(digit)) {
            out.push(char::from(*digit));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_padded_and_cut_to_their_digits() {
        let mut out = String::new();
        push(&mut out, 0xabc, 5);
        push(&mut out, u64::MAX, 2);
        push(&mut out, 0, 99);
        assert_eq!(out, "00abcff0000000000000000");
    }
}
