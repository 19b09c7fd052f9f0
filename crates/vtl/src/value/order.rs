//! The order in which `java.util.HashMap` iterates: Java's `hashCode` of each key, spread, masked to a bucket.

use super::{Number, Value};

/// Returns the bucket of `key` in a table of `capacity` buckets (a power of two).
pub(super) fn bucket(key: &Value<'_>, capacity: usize) -> usize {
    let hash = scalar_hash(key);
    let spread = hash ^ (hash >> 16);
    spread as usize & (capacity - 1)
}

/// Java's `hashCode` of a scalar, as its 32 bits. An object's is its place in the heap: Java promises none.
pub(super) fn scalar_hash(value: &Value<'_>) -> u32 {
    match value {
        Value::Null => 0,
        Value::Boolean(true) => 1231,
        Value::Boolean(false) => 1237,
        Value::String(text) => string_hash(text),
        Value::Number(number) => number_hash(number),
        Value::Object(handle) => handle.0,
    }
}

fn string_hash(text: &str) -> u32 {
    text.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)))
}

fn number_hash(number: &Number<'_>) -> u32 {
    match number {
        #[expect(clippy::cast_sign_loss, reason = "the bits of the int")]
        Number::Integer(value) => *value as u32,
        #[expect(clippy::cast_sign_loss, reason = "the bits of the long")]
        Number::Long(value) => fold(*value as u64),
        Number::Double(value) => fold(value.to_bits()),
        Number::BigInteger(value) => {
            let magnitude = value
                .magnitude()
                .to_u32_digits()
                .iter()
                .rev()
                .fold(0u32, |hash, word| hash.wrapping_mul(31).wrapping_add(*word));
            if value.sign() == num_bigint::Sign::Minus {
                magnitude.wrapping_neg()
            } else {
                magnitude
            }
        }
        Number::BigDecimal(value) => {
            #[expect(clippy::cast_sign_loss, reason = "the bits of the int")]
            let scale = value.scale as u32;
            number_hash(&Number::BigInteger(&value.unscaled)).wrapping_mul(31).wrapping_add(scale)
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "keeps the low word, as Long.hashCode does")]
fn fold(bits: u64) -> u32 {
    (bits ^ (bits >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: Java 17, hashCode().
    #[test]
    fn hashes_are_javas() {
        assert_eq!(scalar_hash(&Value::from("requestId")), 693_933_066);
        assert_eq!(scalar_hash(&Value::from("é😀")), string_hash("é😀"));
        assert_eq!(scalar_hash(&Value::from(true)), 1231);
        assert_eq!(scalar_hash(&Value::from(1.5)), 1_073_217_536);
    }
}
