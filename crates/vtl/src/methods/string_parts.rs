//! The members of `java.lang.String` that count code points or compare regions, in UTF-16 units.

use super::arguments::{Answer, answer, count, index, int, string};
use super::string::folded;
use crate::error::{Exception, Failure};
use crate::value::{Argument, Heap, Value};

pub(super) fn call<'a>(
    heap: &Heap<'a>,
    text: &'a str,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("codePointBefore", [at]) => match int(at) {
            Some(at) => code_point_before(heap, text, at),
            None => Ok(None),
        },
        ("codePointCount", [from, to]) => match (int(from), int(to)) {
            (Some(from), Some(to)) => code_point_count(heap, text, from, to),
            _ => Ok(None),
        },
        ("offsetByCodePoints", [at, points]) => match (int(at), int(points)) {
            (Some(at), Some(points)) => offset_by_code_points(heap, text, at, points),
            _ => Ok(None),
        },
        ("regionMatches", [from, other, start, length]) => {
            region_matches(heap, text, false, [from, other, start, length])
        }
        ("regionMatches", [ignores_case, from, other, start, length]) => {
            match ignores_case.value.as_bool() {
                Some(ignores_case) => {
                    region_matches(heap, text, ignores_case, [from, other, start, length])
                }
                None => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

fn units(heap: &Heap<'_>, text: &str) -> Result<Vec<u16>, Failure> {
    heap.charge(text.len() as u64 / 32)?;
    Ok(text.encode_utf16().collect())
}

/// The characters that units make; half of a pair counts as one.
fn points(units: &[u16]) -> impl Iterator<Item = usize> {
    char::decode_utf16(units.iter().copied()).map(|point| point.map_or(1, char::len_utf16))
}

fn code_point_before<'a>(heap: &Heap<'a>, text: &str, at: i32) -> Answer<'a> {
    let units = units(heap, text)?;
    let at = index(at.saturating_sub(1), units.len(), false)?;
    let pair = at.checked_sub(1).and_then(|before| units.get(before..=at)).unwrap_or_default();
    let whole = char::decode_utf16(pair.iter().copied()).next().and_then(Result::ok);
    let code = match whole {
        Some(whole) if whole.len_utf16() == 2 => u32::from(whole),
        _ => units.get(at).copied().map_or(0, u32::from),
    };
    answer(i32::try_from(code).unwrap_or(i32::MAX))
}

fn code_point_count<'a>(heap: &Heap<'a>, text: &str, from: i32, to: i32) -> Answer<'a> {
    let units = units(heap, text)?;
    let to = index(to, units.len(), true)?;
    let from = index(from, to, true)?;
    let counted = points(units.get(from..to).unwrap_or_default()).count();
    Ok(Some(count(counted)))
}

fn offset_by_code_points<'a>(heap: &Heap<'a>, text: &str, at: i32, by: i32) -> Answer<'a> {
    let units = units(heap, text)?;
    let at = index(at, units.len(), true)?;
    let (before, after) = units.split_at_checked(at).unwrap_or_default();
    let wanted = by.unsigned_abs() as usize;
    let lengths: Vec<usize> = if by < 0 {
        let mut lengths: Vec<usize> = points(before).collect();
        lengths.reverse();
        lengths
    } else {
        points(after).collect()
    };
    let Some(passed) = lengths.get(..wanted) else {
        return Err(Failure::index(i64::from(by), lengths.len()));
    };
    let passed: usize = passed.iter().sum();
    Ok(Some(count(if by < 0 { at - passed } else { at + passed })))
}

fn region_matches<'a>(
    heap: &Heap<'a>,
    text: &str,
    ignores_case: bool,
    [from, other, start, length]: [&Argument<'a>; 4],
) -> Answer<'a> {
    let (Some(from), Some(start), Some(length)) = (int(from), int(start), int(length)) else {
        return Ok(None);
    };
    let Some(other) = string(other, "regionMatches")? else { return Ok(None) };
    let (own, other) = (units(heap, text)?, units(heap, other)?);
    let (Some(own), Some(other)) = (region(&own, from, length), region(&other, start, length))
    else {
        return answer(false);
    };
    if !ignores_case {
        return answer(own == other);
    }
    let text_of = |units: &[u16]| String::from_utf16_lossy(units);
    answer(folded(&text_of(own)).eq(folded(&text_of(other))))
}

/// A region of units; of negative length it is empty. None when it is not in the text.
fn region(units: &[u16], from: i32, length: i32) -> Option<&[u16]> {
    let start = usize::try_from(from).ok()?;
    let Ok(length) = usize::try_from(length) else {
        let room = i64::try_from(units.len()).ok()? - i64::from(length);
        return (i64::from(from) <= room).then_some(&[]);
    };
    units.get(start..start.checked_add(length)?)
}

/// The text of a `char[]`, or of a part of one.
pub(super) fn of_characters<'a>(
    heap: &Heap<'a>,
    units: &[Value<'a>],
    part: Option<(i32, i32)>,
) -> Result<&'a str, Failure> {
    let chosen = match part {
        None => units,
        Some((from, length)) => {
            let range = usize::try_from(from).ok().zip(usize::try_from(length).ok());
            let chosen =
                range.and_then(|(from, length)| units.get(from..from.checked_add(length)?));
            chosen.ok_or_else(|| {
                let message = format!("{from} and {length} are no part of {} units", units.len());
                Failure::exception(Exception::IndexOutOfBounds, message)
            })?
        }
    };
    let codes = chosen.iter().filter_map(|unit| heap.character(unit));
    let characters = char::decode_utf16(codes).map(|point| point.unwrap_or('?'));
    Ok(heap.text(characters.collect::<String>())?)
}
