//! Statements of PartiQL: what they do and to which table. Which keys and attributes they are about is not told: conditions about
//! them do not hold, so that a policy which asks for them refuses every statement.

use super::{Access, UNREADABLE, table_name};

/// What a statement touches.
pub(super) fn access(statement: &str) -> Access {
    let words: Vec<&str> = words(statement);
    let is =
        |at: usize, word: &str| words.get(at).is_some_and(|known| known.eq_ignore_ascii_case(word));
    let behind = |word: &str| {
        let at = words.iter().position(|known| known.eq_ignore_ascii_case(word))?;
        words.get(at + 1).copied()
    };
    let (action, table) = if is(0, "INSERT") {
        ("PartiQLInsert", behind("INTO"))
    } else if is(0, "UPDATE") {
        ("PartiQLUpdate", words.get(1).copied())
    } else if is(0, "DELETE") {
        ("PartiQLDelete", behind("FROM"))
    } else {
        // `EXISTS(SELECT ...)` reads too.
        ("PartiQLSelect", behind("FROM"))
    };
    let (table, index) = table.map_or((None, None), parts);
    let unreadable = || Some(vec![UNREADABLE.to_owned()]);
    Access {
        action,
        table: table.map(|name| table_name(&name)),
        index,
        leading_keys: unreadable(),
        attributes: unreadable(),
        full_table_scan: action == "PartiQLSelect",
        ..Access::default()
    }
}

/// The words of a statement. What stands in double quotes is a part of one, with its quotes.
fn words(statement: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let is_between = move |c: char| {
        is_quoted ^= c == '"';
        !is_quoted && (c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';'))
    };
    statement.split(is_between).filter(|word| !word.is_empty()).collect()
}

/// Table and index of `table`, `"table"` or `"table"."index"`.
fn parts(word: &str) -> (Option<String>, Option<String>) {
    if let Some(quoted) = word.strip_prefix('"') {
        let Some((table, rest)) = quoted.split_once('"') else {
            return (Some(UNREADABLE.to_owned()), None);
        };
        let index = rest.strip_prefix('.').map(|index| index.trim_matches('"').to_owned());
        return (Some(table.to_owned()), index);
    }
    match word.split_once('.') {
        Some((table, index)) => (Some(table.to_owned()), Some(index.trim_matches('"').to_owned())),
        None => (Some(word.to_owned()), None),
    }
}
