//! The attributes that the expressions of a request name, as far as policies ask: those at the top level.

use std::collections::HashSet;

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

/// Names, each once, in the order that they came in.
#[derive(Default)]
struct Names {
    listed: Vec<String>,
    known: HashSet<String>,
}

impl Names {
    fn add(&mut self, name: &str) {
        if self.known.insert(name.to_owned()) {
            self.listed.push(name.to_owned());
        }
    }

    fn add_members(&mut self, item: &Value) {
        let members = item.as_object().into_iter().flat_map(serde_json::Map::keys);
        members.for_each(|name| self.add(name));
    }
}

/// The attributes that a request names, none when it names no attribute beside its key.
pub(super) fn of_request(request: &Members) -> Option<Vec<String>> {
    let names = named(request).listed;
    (!names.is_empty()).then_some(names)
}

/// The attributes of an item that is put, and of what it depends on.
pub(super) fn of_put(request: &Members) -> Vec<String> {
    let mut names = named(request);
    request.get("Item").into_iter().for_each(|item| names.add_members(item));
    names.listed
}

/// The attributes of items.
pub(super) fn of_items(items: &[&Value]) -> Vec<String> {
    let mut names = Names::default();
    items.iter().for_each(|item| names.add_members(item));
    names.listed
}

fn named(request: &Members) -> Names {
    let mut names = Names::default();
    for member in EXPRESSIONS {
        if let Some(text) = request.get(member).and_then(Value::as_str) {
            add_attributes(request, text, &mut names);
        }
    }
    for member in LEGACY {
        request.get(member).into_iter().for_each(|named| names.add_members(named));
    }
    if let Some(listed) = request.get("AttributesToGet").and_then(Value::as_array) {
        listed.iter().filter_map(Value::as_str).for_each(|name| names.add(name));
    }
    if let Some(keys) = request.get("Keys").and_then(Value::as_array) {
        keys.iter().for_each(|key| names.add_members(key));
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

fn add_attributes(request: &Members, text: &str, names: &mut Names) {
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
            Token::Word(word) => names.add(word),
            Token::Placeholder(_) => match name_of(request, token) {
                Some(name) => names.add(&name),
                None => names.add(UNREADABLE),
            },
            Token::Value(_) | Token::Other(_) => {}
        }
    }
}

/// Cuts as the store does: names are letters, digits and `_` of ASCII, so that `:one-total` is a value less an attribute.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut rest = text.trim_ascii_start();
    while let Some(first) = rest.chars().next() {
        let head = match first {
            '#' | ':' => 1,
            _ => 0,
        };
        let body = rest.get(head..).unwrap_or("");
        let length = head + body.find(|c| !is_name(c)).unwrap_or(body.len());
        let named = rest.get(..length).unwrap_or(rest);
        let (taken, token) = match first {
            '#' => (length, Token::Placeholder(named)),
            ':' => (length, Token::Value(named)),
            _ if first.is_ascii_alphabetic() || first == '_' => (length, Token::Word(named)),
            other => (other.len_utf8(), Token::Other(other)),
        };
        tokens.push(token);
        rest = rest.get(taken..).unwrap_or("").trim_ascii_start();
    }
    tokens
}
