//! Permissive JSON: what is written can be read again and is the same.

use vestibule_jsonpath::json;
use vestibule_vtl::Limits;
use vestibule_vtl::value::{Arena, Heap, Number, Owned};

use crate::lines;
use crate::message::{is_said, is_within};
use crate::vtl::LIMITS;

/// Parses the input as JSON, writes it and parses that: the text and the value are the same as before, unless a number
/// has many digits.
pub fn json(data: &[u8]) {
    let Some(text) = lines::text(data) else { return };
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, LIMITS);
    let first = match json::parse(text, &mut heap) {
        Ok(first) => first,
        Err(error) => {
            is_said(&error);
            return is_within(text, error.position..error.position, &error);
        }
    };
    // The limits of this heap may be used up: then there is nothing to compare.
    let (Ok(written), Ok(value)) = (json::to_text(&heap, &first), heap.export(&first)) else {
        return;
    };
    let (again, value_again) = rewrite(&written);
    if holds(&value, has_many_digits) {
        return;
    }
    assert_eq!(again, written);
    // An infinite number is written as null.
    if !holds(&value, is_infinite) {
        assert_eq!(value_again, value);
    }
}

/// Reads a text that was written, and writes it anew.
#[expect(clippy::expect_used, reason = "what was written and is not read is a finding")]
fn rewrite(written: &str) -> (String, Owned) {
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, Limits::default());
    let value = json::parse(written, &mut heap).expect("what was written can be read");
    let again = json::to_text(&heap, &value).expect("what was read can be written");
    (again, heap.export(&value).expect("what was read can be exported"))
}

/// Whether a number may be written with more characters than a double is read from (18), as Java writes `1e23`. A literal
/// of more is a decimal, and prints in another form.
fn has_many_digits(number: &Number<'_>) -> bool {
    match number {
        Number::BigDecimal(_) => true,
        Number::Double(_) => number.to_string().len() > 18,
        Number::Integer(_) | Number::Long(_) | Number::BigInteger(_) => false,
    }
}

fn is_infinite(number: &Number<'_>) -> bool {
    matches!(number, Number::Double(double) if double.is_infinite())
}

/// Whether a value is or holds such a number.
fn holds(value: &Owned, is_such: fn(&Number<'_>) -> bool) -> bool {
    match value {
        Owned::Number(number) => is_such(&number.number()),
        Owned::Null | Owned::Boolean(_) | Owned::String(_) => false,
        Owned::List(items, ..) => items.iter().any(|item| holds(item, is_such)),
        Owned::Map(entries) => entries.iter().any(|(_, value)| holds(value, is_such)),
    }
}
