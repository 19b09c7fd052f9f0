//! What stands between the members of an object: blanks, commas, the colon, the closing brace.

use super::error::{ParseProblem, Parsed};
use super::scan::Scanner;

/// What comes next in an object.
pub(super) enum Member {
    /// A key, which starts with this quote or without one. The cursor stands before it.
    Key(Option<u8>),
    /// The end. The cursor stands behind it.
    End,
}

/// Steps to the next member. Right after a value a comma or the end has to follow.
#[inline]
pub(super) fn next(scanner: &mut Scanner<'_>, is_after: bool) -> Parsed<Member> {
    if is_after {
        scanner.skip_controls();
        match scanner.peek() {
            Some(b'}' | b',') => {}
            _ => return Err(scanner.unexpected()),
        }
    }
    loop {
        match scanner.peek() {
            Some(b' ' | b'\r' | b'\n' | b'\t' | b',') => scanner.advance(),
            Some(b'}') => {
                scanner.advance();
                return Ok(Member::End);
            }
            Some(b':' | b']' | b'[' | b'{') => return Err(scanner.unexpected()),
            Some(b'"') => return Ok(Member::Key(Some(b'"'))),
            Some(b'\'') => return Ok(Member::Key(Some(b'\''))),
            Some(_) => return Ok(Member::Key(None)),
            None => return Err(scanner.error(ParseProblem::End)),
        }
    }
}

/// Steps over the colon after a key. Something has to follow it.
#[inline]
pub(super) fn colon(scanner: &mut Scanner<'_>) -> Parsed<()> {
    scanner.skip_controls();
    if scanner.peek() != Some(b':') {
        return Err(scanner.unexpected());
    }
    scanner.advance();
    Ok(())
}
