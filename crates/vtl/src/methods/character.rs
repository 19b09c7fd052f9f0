//! `java.lang.Character` and `java.lang.Boolean`.

use super::arguments::{Answer, answer, comparable};
use super::string::is_white;
use crate::value::{Argument, Heap, Object, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    unit: u16,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("charValue", []) => answer(heap.allocate(Object::Character(unit))?),
        ("hashCode", []) => answer(i32::from(unit)),
        ("compareTo", [other]) => match unit_of(heap, other) {
            Some(other) => answer(i32::from(unit) - i32::from(other)),
            None => comparable(method),
        },
        (_, [other]) => {
            let Some(other) = unit_of(heap, other) else { return Ok(None) };
            of_other(heap, other, method)
        }
        _ => Ok(None),
    }
}

/// The static methods, on the character they are given.
fn of_other<'a>(heap: &mut Heap<'a>, unit: u16, method: &str) -> Answer<'a> {
    let character = char::from_u32(u32::from(unit)).unwrap_or('\u{fffd}');
    let changed = match method {
        "hashCode" => return answer(i32::from(unit)),
        "isDigit" => return answer(character.is_ascii_digit()),
        "isLetter" => return answer(character.is_alphabetic()),
        "isLetterOrDigit" => return answer(character.is_alphanumeric()),
        "isAlphabetic" => return answer(character.is_alphabetic()),
        "isUpperCase" => return answer(character.is_uppercase()),
        "isLowerCase" => return answer(character.is_lowercase()),
        "isWhitespace" => return answer(is_white(character)),
        "isSpaceChar" => {
            return answer(character.is_whitespace() && !character.is_control());
        }
        "getNumericValue" => {
            let digit = character.to_digit(36).and_then(|digit| i32::try_from(digit).ok());
            return answer(digit.unwrap_or(-1));
        }
        "toString" => return answer(heap.text(character.to_string())?),
        "toUpperCase" => single(character.to_uppercase()),
        "toLowerCase" => single(character.to_lowercase()),
        "valueOf" => Some(character),
        _ => return Ok(None),
    };
    let mut units = [unit; 2];
    let changed = changed.filter(|changed| changed.len_utf16() == 1);
    if let Some(changed) = changed {
        changed.encode_utf16(&mut units);
    }
    let [first, _] = units;
    answer(heap.allocate(Object::Character(first))?)
}

fn single(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    match (mapped.next(), mapped.next()) {
        (Some(single), None) => Some(single),
        _ => None,
    }
}

fn unit_of(heap: &Heap<'_>, argument: &Argument<'_>) -> Option<u16> {
    match heap.object(argument.value.as_handle()?) {
        Some(Object::Character(unit)) => Some(*unit),
        _ => None,
    }
}

pub(super) fn boolean<'a>(
    heap: &mut Heap<'a>,
    value: bool,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    let truth = |argument: &Argument<'a>| argument.value.as_bool();
    match (method, arguments) {
        ("booleanValue", []) => answer(value),
        ("compareTo", [other]) => match truth(other) {
            Some(other) => answer(i32::from(value) - i32::from(other)),
            None => comparable(method),
        },
        ("parseBoolean" | "valueOf", [text]) => match &text.value {
            Value::Boolean(given) if method == "valueOf" => answer(*given),
            Value::String(text) => answer(text.eq_ignore_ascii_case("true")),
            Value::Null => answer(false),
            Value::Boolean(_) | Value::Number(_) | Value::Object(_) => Ok(None),
        },
        ("hashCode", [given]) => match truth(given) {
            Some(_) => answer(heap.java_hash(&given.value)?),
            None => Ok(None),
        },
        ("toString", [given]) => match truth(given) {
            Some(_) => answer(heap.text_of(&given.value)?),
            None => Ok(None),
        },
        (_, [a, b]) => {
            let (Some(a), Some(b)) = (truth(a), truth(b)) else { return Ok(None) };
            match method {
                "logicalAnd" => answer(a && b),
                "logicalOr" => answer(a || b),
                "logicalXor" => answer(a != b),
                "compare" => answer(i32::from(a) - i32::from(b)),
                _ => Ok(None),
            }
        }
        _ => Ok(None),
    }
}
