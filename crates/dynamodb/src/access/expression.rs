//! The attributes that the expressions of a request name, as far as policies ask: those at the top level.

use std::collections::HashSet;

use serde_json::Value;

use super::{Members, UNREADABLE, keys};
use crate::expression::{Token, TokenKind, tokens};

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
        .filter(|token| !token.is_symbol("(") && !token.is_symbol(")"))
        .collect();
    let is_it = |token: &Token<'_>| name_of(request, token).as_deref() == Some(attribute);
    tokens.windows(3).find_map(|three| match three {
        [one, equals, two] if equals.is_symbol("=") => match (one.kind, two.kind) {
            (_, TokenKind::Value) if is_it(one) => value_of(request, two.text),
            (TokenKind::Value, _) if is_it(two) => value_of(request, one.text),
            _ => None,
        },
        _ => None,
    })
}

fn value_of(request: &Members, name: &str) -> Option<String> {
    Some(keys::scalar(request.get("ExpressionAttributeValues")?.get(name)?))
}

fn name_of(request: &Members, token: &Token<'_>) -> Option<String> {
    match token.kind {
        TokenKind::Word => Some(token.text.to_owned()),
        TokenKind::Placeholder => {
            let names = request.get("ExpressionAttributeNames");
            names?.get(token.text)?.as_str().map(str::to_owned)
        }
        TokenKind::Value | TokenKind::Number | TokenKind::Symbol => None,
    }
}

fn add_attributes(request: &Members, text: &str, names: &mut Names) {
    let tokens = tokens(text);
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        // What follows a dot or stands in brackets lies deeper.
        if before.is_some_and(|before| before.is_symbol(".") || before.is_symbol("[")) {
            continue;
        }
        let is_function = tokens.get(at + 1).is_some_and(|next| next.is_symbol("("));
        match token.kind {
            TokenKind::Word if KEYWORDS.iter().any(|keyword| token.is_keyword(keyword)) => {}
            TokenKind::Word if is_function => {}
            TokenKind::Word => names.add(token.text),
            TokenKind::Placeholder => match name_of(request, token) {
                Some(name) => names.add(&name),
                None => names.add(UNREADABLE),
            },
            TokenKind::Value | TokenKind::Number | TokenKind::Symbol => {}
        }
    }
}
