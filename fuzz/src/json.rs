//! Permissive JSON: what is written can be read again and is the same.

use vestibule_jsonpath::json;
use vestibule_vtl::value::{Heap, Number, Owned};

use crate::lines;
use crate::message::{is_one_line, is_within};
use crate::vtl::LIMITS;

/// Parses the input as JSON, writes it and parses that: the text and the value are the same as before.
pub fn json(data: &[u8]) {
    let Some(text) = lines::text(data) else { return };
    let mut heap = Heap::new(LIMITS);
    let first = match json::parse(text, &mut heap) {
        Ok(first) => first,
        Err(error) => {
            is_one_line(&error);
            return is_within(text, error.position..error.position, &error);
        }
    };
    // The limits of this heap may be used up: then there is nothing to compare.
    let (Ok(written), Ok(exported)) = (json::to_text(&heap, &first), heap.export(&first)) else {
        return;
    };
    let mut heap = Heap::new(vestibule_vtl::Limits::default());
    let second = json::parse(&written, &mut heap);
    assert_eq!(second.as_ref().err(), None, "{written:?} was written and is not read");
    let Ok(second) = second else { return };
    assert_eq!(json::to_text(&heap, &second).as_ref(), Ok(&written));
    if keeps_kinds(&exported) {
        assert_eq!(heap.export(&second), Ok(exported));
    }
}

/// Whether each number of a value is written so that its text makes a number of the same kind: an infinite one becomes
/// null, and the zeros that make a literal a `BigDecimal` may be left out.
fn keeps_kinds(value: &Owned) -> bool {
    match value {
        Owned::Number(Number::Double(double)) => !double.is_infinite(),
        Owned::Number(Number::BigDecimal(_)) => false,
        Owned::Null | Owned::Boolean(_) | Owned::Number(_) | Owned::String(_) => true,
        Owned::List(items) => items.iter().all(keeps_kinds),
        Owned::Map(entries) => entries.iter().all(|(_, value)| keeps_kinds(value)),
    }
}
