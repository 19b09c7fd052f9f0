//! Java's replacement text: `$1`, `${name}`, `\` before a character that stands for itself.

use super::regex::Found;
use crate::error::{Exception, Failure};

/// Appends `by` to `built`, groups of `found` filled in.
pub(super) fn append(
    built: &mut String,
    by: &str,
    found: &Found,
    text: &str,
) -> Result<(), Failure> {
    let mut rest = by;
    while let Some(at) = rest.find(['$', '\\']) {
        let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        built.push_str(plain);
        rest = match special.strip_prefix('\\') {
            Some(escaped) => {
                let mut characters = escaped.chars();
                let Some(character) = characters.next() else {
                    return Err(illegal("the replacement ends with a single `\\`"));
                };
                built.push(character);
                characters.as_str()
            }
            None => group(built, special.get(1..).unwrap_or_default(), found, text)?,
        };
    }
    built.push_str(rest);
    Ok(())
}

/// Appends the group that `rest` names, and returns what follows the name.
fn group<'b>(
    built: &mut String,
    rest: &'b str,
    found: &Found,
    text: &str,
) -> Result<&'b str, Failure> {
    if let Some(named) = rest.strip_prefix('{') {
        let Some((name, rest)) = named.split_once('}') else {
            return Err(illegal("`${` in the replacement is not closed"));
        };
        let Some(number) = found.number(name) else {
            return Err(illegal(&format!("the pattern has no group `{name}`")));
        };
        built.push_str(found.group(number, text));
        return Ok(rest);
    }
    let digit = |text: &str| text.chars().next().and_then(|first| first.to_digit(10));
    let Some(mut number) = digit(rest) else {
        return Err(illegal("`$` in the replacement is not followed by a group; write `\\$`"));
    };
    let mut rest = rest.get(1..).unwrap_or_default();
    if number as usize >= found.groups() {
        let message = format!("the pattern has no group {number}");
        return Err(Failure::exception(Exception::IndexOutOfBounds, message));
    }
    // As many digits as name a group that is there.
    while let Some(next) = digit(rest) {
        let longer = number.saturating_mul(10).saturating_add(next);
        if longer as usize >= found.groups() {
            break;
        }
        number = longer;
        rest = rest.get(1..).unwrap_or_default();
    }
    built.push_str(found.group(number as usize, text));
    Ok(rest)
}

fn illegal(message: &str) -> Failure {
    Failure::exception(Exception::IllegalArgument, message)
}
