//! The attributes that the expressions of a request name, as far as policies ask: those at the top level.

use serde_json::Value;

use super::{Members, UNREADABLE, keys};

/// The members that are expressions.
const EXPRESSIONS: [&str; 5] = [
    "ProjectionExpression",
    "KeyConditionExpression",
    "FilterExpression",
    "ConditionExpression",
    "UpdateExpression",
];

/// The members from before there were expressions, whose names are those of attributes.
const LEGACY: [&str; 6] =
    ["Key", "KeyConditions", "QueryFilter", "ScanFilter", "Expected", "AttributeUpdates"];

/// Words of expressions that are no attributes, in upper case; functions are told by what follows them.
const KEYWORDS: [&str; 9] = ["AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"];

/// The attributes that a request names, none when it names no attribute beside its key.
pub(super) fn of_request(request: &Members) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for member in EXPRESSIONS {
        if let Some(text) = request.get(member).and_then(Value::as_str) {
            add_attributes(request, text, &mut names);
        }
    }
    for member in LEGACY {
        if let Some(named) = request.get(member).and_then(Value::as_object) {
            named.keys().for_each(|name| add(&mut names, name));
        }
    }
    if let Some(listed) = request.get("AttributesToGet").and_then(Value::as_array) {
        listed.iter().filter_map(Value::as_str).for_each(|name| add(&mut names, name));
    }
    if let Some(keys) = request.get("Keys").and_then(Value::as_array) {
        let named = keys.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys);
        named.for_each(|name| add(&mut names, name));
    }
    (!names.is_empty()).then_some(names)
}

/// The attributes of an item that is put, and of what it depends on.
pub(super) fn of_put(request: &Members) -> Vec<String> {
    let mut names = of_request(request).unwrap_or_default();
    if let Some(item) = request.get("Item").and_then(Value::as_object) {
        item.keys().for_each(|name| add(&mut names, name));
    }
    names
}

/// The attributes of the items that a batch writes.
pub(super) fn of_writes(writes: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for write in writes.as_array().into_iter().flatten() {
        let item = keys::item_of(write).as_object();
        item.into_iter().flat_map(serde_json::Map::keys).for_each(|name| add(&mut names, name));
    }
    names
}

/// The value that an expression asks an attribute to be equal to.
pub(super) fn equal_to(request: &Members, member: &str, attribute: &str) -> Option<String> {
    let tokens: Vec<Token<'_>> = tokens(request.get(member)?.as_str()?)
        .into_iter()
        .filter(|token| !matches!(token, Token::Other('(' | ')')))
        .collect();
    let is_it = |token: &Token<'_>| name_of(request, token).as_deref() == Some(attribute);
    tokens.windows(3).find_map(|three| match three {
        [name, Token::Other('='), Token::Value(value)] if is_it(name) => value_of(request, value),
        [Token::Value(value), Token::Other('='), name] if is_it(name) => value_of(request, value),
        _ => None,
    })
}

fn value_of(request: &Members, name: &str) -> Option<String> {
    Some(keys::scalar(request.get("ExpressionAttributeValues")?.get(name)?))
}

fn name_of(request: &Members, token: &Token<'_>) -> Option<String> {
    match token {
        Token::Word(word) => Some((*word).to_owned()),
        Token::Placeholder(name) => {
            let names = request.get("ExpressionAttributeNames");
            names?.get(*name)?.as_str().map(str::to_owned)
        }
        Token::Value(_) | Token::Other(_) => None,
    }
}

fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

/// A piece of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    /// A name, keyword, function or number.
    Word(&'t str),
    /// `#name`
    Placeholder(&'t str),
    /// `:value`
    Value(&'t str),
    Other(char),
}

fn add_attributes(request: &Members, text: &str, names: &mut Vec<String>) {
    let tokens = tokens(text);
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        // What follows a dot or stands in brackets lies deeper.
        if matches!(before, Some(Token::Other('.' | '['))) {
            continue;
        }
        let is_function = matches!(tokens.get(at + 1), Some(Token::Other('(')));
        match token {
            Token::Word(word) if KEYWORDS.contains(&&*word.to_ascii_uppercase()) => {}
            Token::Word(_) if is_function => {}
            Token::Word(word) => add(names, word),
            Token::Placeholder(_) => match name_of(request, token) {
                Some(name) => add(names, &name),
                None => add(names, UNREADABLE),
            },
            Token::Value(_) | Token::Other(_) => {}
        }
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let starts_word = is_word(first) && first != '-';
        let head = match first {
            '#' | ':' => first.len_utf8(),
            _ => 0,
        };
        let body = rest.get(head..).unwrap_or("");
        let length = head + body.find(|c| !is_word(c)).unwrap_or(body.len());
        let (taken, token) = match first {
            '#' => (length, Token::Placeholder(rest.get(..length).unwrap_or(rest))),
            ':' => (length, Token::Value(rest.get(..length).unwrap_or(rest))),
            _ if starts_word => (length, Token::Word(rest.get(..length).unwrap_or(rest))),
            other => (other.len_utf8(), Token::Other(other)),
        };
        tokens.push(token);
        rest = rest.get(taken..).unwrap_or("").trim_start();
    }
    tokens
}
