//! What is asked of the store to explain its refusal: which tables there are, and what a table's key is made of.

use super::json::Json;
use crate::limits::EXPLAINED_BODY_BYTES_MAX;
use crate::observe::rerun::{self, Facts};
use crate::site::IntegrationKind;
use bytes::Bytes;
use serde_json::Value;
use vestibule_dynamodb::{Action, Tables};

/// What would explain a refusal.
#[derive(Debug)]
pub(in crate::observe) enum Question {
    /// The names of all tables.
    Names,
    /// The key of the table with this name.
    Key(String),
}

/// What is known of the store.
#[derive(Debug, Default)]
pub(in crate::observe) struct Known {
    /// The names of the tables.
    pub(super) names: Vec<String>,
    /// The attributes of the key, with their types.
    pub(super) key: Vec<(String, String)>,
}

/// What to ask, when the answer would explain why a request was refused.
pub(in crate::observe) fn question(facts: &Facts) -> Option<Question> {
    let is_of_store =
        matches!(rerun::method(facts)?.integration.kind, IntegrationKind::DynamoDb(_));
    let body = facts.reply.as_ref()?.explained_body().filter(|_| is_of_store)?;
    let body: Value = serde_json::from_slice(body).ok()?;
    let kind = body.get("__type")?.as_str()?;
    if kind.ends_with("#ResourceNotFoundException") {
        return Some(Question::Names);
    }
    let message = body.get("message")?.as_str()?;
    if !message.contains("does not match the schema") && !message.contains("key schema element") {
        return None;
    }
    let text = facts.request.as_ref()?.text.as_deref()?;
    let text = Some(text).filter(|text| text.len() <= EXPLAINED_BODY_BYTES_MAX)?;
    let json = Json::read(text)?;
    json.string(json.at(&["TableName"])?).map(Question::Key)
}

/// Asks the store; an answer that does not come leaves it unknown.
pub(in crate::observe) async fn ask(tables: Tables, question: Question) -> Known {
    let (action, request) = match &question {
        Question::Names => (Action::ListTables, Value::Object(serde_json::Map::new())),
        Question::Key(table) => (Action::DescribeTable, serde_json::json!({ "TableName": table })),
    };
    let Ok(reply) = tables.call(action, Bytes::from(request.to_string())).await else {
        return Known::default();
    };
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    match question {
        Question::Names => Known { names: texts(&body, "TableNames"), key: Vec::new() },
        Question::Key(_) => Known { names: Vec::new(), key: key(&body) },
    }
}

fn texts(body: &Value, member: &str) -> Vec<String> {
    let texts = body.get(member).and_then(Value::as_array).into_iter().flatten();
    texts.filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

fn key(body: &Value) -> Vec<(String, String)> {
    let table = |member: &str| {
        body.get("Table").and_then(|table| table.get(member)).and_then(Value::as_array)
    };
    let text = |value: &Value, member: &str| Some(value.get(member)?.as_str()?.to_owned());
    let attributes = table("AttributeDefinitions");
    let of = |element: &Value| {
        let name = text(element, "AttributeName")?;
        let defined = attributes?.iter().find(|a| text(a, "AttributeName").as_ref() == Some(&name));
        let kind = text(defined?, "AttributeType")?;
        Some((name, kind))
    };
    table("KeySchema").into_iter().flatten().filter_map(of).collect()
}
