//! Statements of PartiQL: what they do and to which table. Which keys and attributes they are about is not told: conditions about
//! them do not hold, so that a statement which allows by them allows nothing here.

use super::named::{self, Named};
use super::{Access, UNREADABLE, Unreadable};

/// What a statement touches.
pub(super) fn access(statement: &str) -> Result<Access, Unreadable> {
    // What cannot be cut the store refuses whole.
    let tokens = tokens(statement).unwrap_or_default();
    // `SELECT a, from FROM "b"`: which of them is before the table a store tells by its own grammar.
    if tokens.iter().filter(|token| token.eq_ignore_ascii_case("FROM")).count() > 1 {
        return Err(Unreadable);
    }
    let is = |at: usize, word: &str| {
        tokens.get(at).is_some_and(|known| known.eq_ignore_ascii_case(word))
    };
    let behind = |word: &str| {
        let at = tokens.iter().position(|known| known.eq_ignore_ascii_case(word))?;
        Some(at + 1)
    };
    let (action, at) = if is(0, "INSERT") {
        ("PartiQLInsert", behind("INTO"))
    } else if is(0, "UPDATE") {
        ("PartiQLUpdate", Some(1))
    } else if is(0, "FROM") {
        // `FROM "table" SET ...` is an update too.
        ("PartiQLUpdate", Some(1))
    } else if is(0, "DELETE") {
        ("PartiQLDelete", behind("FROM"))
    } else {
        // `EXISTS(SELECT ...)` reads too.
        ("PartiQLSelect", behind("FROM"))
    };
    let name = |at: usize| tokens.get(at).map(|token| unquoted(token));
    let index = at.filter(|at| is(at + 1, ".")).and_then(|at| name(at + 2));
    let unreadable = || Some(vec![UNREADABLE.to_owned()]);
    let Named { table, owner } = named::table(at.and_then(name))?;
    Ok(Access {
        action,
        table,
        owner,
        index,
        leading_keys: unreadable(),
        attributes: unreadable(),
        full_table_scan: action == "PartiQLSelect",
        ..Access::default()
    })
}

/// A statement cut as the store does it: comments are white space, what is quoted is one piece with its quotes. Nothing of what
/// cannot be cut.
fn tokens(statement: &str) -> Option<Vec<&str>> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut rest = statement.trim_ascii_start();
    while let Some(first) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, next)| next).trim_ascii_start();
            continue;
        }
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/")?.1.trim_ascii_start();
            continue;
        }
        let length = match first {
            '#' => return None,
            '\'' | '"' => quoted_length(rest, first)?,
            '`' => 2 + rest.get(1..)?.find('`')?,
            _ if first.is_ascii_digit() => number_length(rest),
            _ if is_name(first) => rest.find(|c| !is_name(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, next) = rest.split_at_checked(length)?;
        tokens.push(token);
        rest = next.trim_ascii_start();
    }
    Some(tokens)
}

/// Bytes of what is quoted at the start of a text, in which two quotes stand for one.
fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut at = 1;
    loop {
        at += text.get(at..)?.find(quote)? + 1;
        if !text.get(at..)?.starts_with(quote) {
            return Some(at);
        }
        at += 1;
    }
}

/// Bytes of a number at the start of a text, with its exponent: a name may follow at once.
fn number_length(text: &str) -> usize {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let from = |at: usize| text.get(at..).unwrap_or("");
    let mut length = digits(text);
    if from(length).starts_with('.') {
        length += 1 + digits(from(length + 1));
    }
    if let Some(exponent) = from(length).strip_prefix(['e', 'E']) {
        let sign = usize::from(exponent.starts_with(['+', '-']));
        let exponent = digits(exponent.get(sign..).unwrap_or(""));
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}

/// A name without its quotes.
fn unquoted(token: &str) -> String {
    for quote in ['"', '\''] {
        let inner = token.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner {
            return inner.replace(&format!("{quote}{quote}"), &quote.to_string());
        }
    }
    token.to_owned()
}
