//! `java.lang.Character` and `java.lang.Boolean`.

use super::arguments::{Answer, answer, comparable, int};
use super::string::is_white;
use crate::error::{Exception, Failure};
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
        ("compareTo", [other]) => match heap.character(&other.value) {
            Some(other) => answer(i32::from(unit) - i32::from(other)),
            None => comparable(method),
        },
        (_, [other]) => match (heap.character(&other.value), int(other)) {
            (Some(unit), _) => of_unit(heap, unit, method),
            (None, Some(code)) => of_code(heap, code, method),
            (None, None) => Ok(None),
        },
        (_, [first, second]) => of_two(heap, first, second, method),
        _ => Ok(None),
    }
}

/// The static methods that take a character.
fn of_unit<'a>(heap: &mut Heap<'a>, unit: u16, method: &str) -> Answer<'a> {
    let code = u32::from(unit);
    if !matches!(method, "isAlphabetic")
        && let Some(truth) = is(code, method)
    {
        return answer(truth);
    }
    match method {
        "isHighSurrogate" => answer((0xd800..0xdc00).contains(&code)),
        "isLowSurrogate" => answer((0xdc00..0xe000).contains(&code)),
        "isSurrogate" => answer((0xd800..0xe000).contains(&code)),
        "isSpace" => answer(matches!(code, 9 | 10 | 12 | 13 | 32)),
        "hashCode" => answer(i32::from(unit)),
        "getNumericValue" => answer(numeric(code, 36)),
        "toString" => answer(heap.text(char::from_u32(code).unwrap_or('?').to_string())?),
        "valueOf" => answer(heap.allocate(Object::Character(unit))?),
        "reverseBytes" => answer(heap.allocate(Object::Character(unit.swap_bytes()))?),
        "toUpperCase" | "toLowerCase" | "toTitleCase" => {
            let changed = u16::try_from(changed(code, method)).unwrap_or(unit);
            answer(heap.allocate(Object::Character(changed))?)
        }
        _ => Ok(None),
    }
}

/// The static methods that take a code point, which may be none.
fn of_code<'a>(heap: &mut Heap<'a>, given: i32, method: &str) -> Answer<'a> {
    let code = u32::try_from(given).unwrap_or(u32::MAX);
    if let Some(truth) = is(code, method) {
        return answer(truth);
    }
    match method {
        "isValidCodePoint" => answer(code <= 0x0010_ffff),
        "isBmpCodePoint" => answer(code < 0x1_0000),
        "isSupplementaryCodePoint" => answer((0x1_0000..=0x0010_ffff).contains(&code)),
        "charCount" => answer(if given >= 0x1_0000 { 2 } else { 1 }),
        "getNumericValue" => answer(numeric(code, 36)),
        "toString" if code > 0x0010_ffff => {
            let message = format!("{given} is no code point");
            Err(Failure::exception(Exception::IllegalArgument, message))
        }
        "toString" => answer(heap.text(char::from_u32(code).unwrap_or('?').to_string())?),
        "toUpperCase" | "toLowerCase" | "toTitleCase" => {
            answer(i32::try_from(changed(code, method)).unwrap_or(given))
        }
        _ => Ok(None),
    }
}

fn of_two<'a>(
    heap: &mut Heap<'a>,
    first: &Argument<'a>,
    second: &Argument<'a>,
    method: &str,
) -> Answer<'a> {
    let units = heap.character(&first.value).zip(heap.character(&second.value));
    match (method, units, int(first), int(second)) {
        ("compare", Some((a, b)), ..) => answer(i32::from(a) - i32::from(b)),
        ("isSurrogatePair", Some((a, b)), ..) => {
            answer((0xd800..0xdc00).contains(&a) && (0xdc00..0xe000).contains(&b))
        }
        ("toCodePoint", Some((a, b)), ..) => {
            answer(((i32::from(a) - 0xd800) << 10) + i32::from(b) - 0xdc00 + 0x1_0000)
        }
        ("digit", _, code, Some(radix)) => {
            let unit = heap.character(&first.value).map(i32::from);
            let Some(code) = unit.or(code) else { return Ok(None) };
            let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix));
            let code = u32::try_from(code).unwrap_or(u32::MAX);
            answer(radix.map_or(-1, |radix| numeric(code, radix)))
        }
        ("forDigit", _, Some(digit), Some(radix)) => {
            let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix));
            let digit = u32::try_from(digit).ok().zip(radix);
            let shown = digit.and_then(|(digit, radix)| char::from_digit(digit, radix));
            let unit = shown.map_or(0, |shown| shown as u16);
            answer(heap.allocate(Object::Character(unit))?)
        }
        _ => Ok(None),
    }
}

/// Whether a code point is what a static method asks. None for other methods.
fn is(code: u32, method: &str) -> Option<bool> {
    let of = |class: &'static str| char::from_u32(code).is_some_and(|c| is_in(class, c));
    let has = |test: fn(char) -> bool| char::from_u32(code).is_some_and(test);
    Some(match method {
        "isDigit" => of(r"\p{Nd}"),
        "isLetter" => of(r"\p{L}"),
        "isLetterOrDigit" => of(r"[\p{L}\p{Nd}]"),
        "isAlphabetic" => has(char::is_alphabetic),
        "isUpperCase" => has(char::is_uppercase),
        "isLowerCase" => has(char::is_lowercase),
        "isTitleCase" => of(r"\p{Lt}"),
        "isDefined" => of(r"\P{Cn}") || (0xd800..0xe000).contains(&code),
        "isWhitespace" => has(is_white),
        "isSpaceChar" => of(r"\p{Z}"),
        "isISOControl" => code <= 0x1f || (0x7f..=0x9f).contains(&code),
        _ => return None,
    })
}

/// Whether a character is in a class of the linear engine of regular expressions.
fn is_in(class: &'static str, character: char) -> bool {
    let mut buffer = [0; 4];
    let compiled = ::regex::Regex::new(class);
    compiled.is_ok_and(|class| class.is_match(character.encode_utf8(&mut buffer)))
}

/// The value of a digit or letter in a radix; -1 for others.
fn numeric(code: u32, radix: u32) -> i32 {
    let ascii = match code {
        0xff21..=0xff3a => code - 0xff21 + u32::from(b'A'),
        0xff41..=0xff5a => code - 0xff41 + u32::from(b'a'),
        _ => code,
    };
    let digit = char::from_u32(ascii).and_then(|character| {
        character.to_digit(radix).or_else(|| {
            let is_digit = is_in(r"\p{Nd}", character);
            // The digits of a script follow one another, from zero.
            let zero = (0..10).find(|back| {
                let before = char::from_u32(ascii.wrapping_sub(back + 1));
                !before.is_some_and(|before| is_in(r"\p{Nd}", before))
            });
            zero.filter(|value| is_digit && *value < radix)
        })
    });
    digit.and_then(|digit| i32::try_from(digit).ok()).unwrap_or(-1)
}

/// A code point in another case, when that is a single one.
fn changed(code: u32, method: &str) -> u32 {
    let Some(character) = char::from_u32(code) else { return code };
    let changed = match method {
        "toLowerCase" if character == '\u{130}' => return u32::from('i'),
        "toLowerCase" => single(character.to_lowercase()),
        _ => single(character.to_uppercase()),
    };
    changed.map_or(code, u32::from)
}

fn single(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    match (mapped.next(), mapped.next()) {
        (Some(single), None) => Some(single),
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
