//! Lower-case hexadecimal digits, appended to a text: ids are made for each request.

const DIGITS: [u8; 16] = *b"0123456789abcdef";

/// Appends the last `digits` hexadecimal digits of a number, at most 16.
pub(crate) fn push(out: &mut String, number: u64, digits: u32) {
    let mut text = [b'0'; 16];
    let start = text.len() - text.len().min(digits as usize);
    let Some(shown) = text.get_mut(start..) else { return };
    let mut rest = number;
    for digit in shown.iter_mut().rev() {
        // A value below 16 is an index of the digits.
        *digit = DIGITS.get((rest & 0xf) as usize).copied().unwrap_or(b'0');
        rest >>= 4;
    }
    out.push_str(std::str::from_utf8(shown).unwrap_or_default());
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
