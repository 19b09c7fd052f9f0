//! What a function says of a caller. AWS docs: api-gateway-lambda-authorizer-output. That members which are not known have no
//! effect, that `null` is as if a member were absent, and the words are inferred.

use super::once::Once;
use crate::limits::{AUTHORIZER_RESULT_BYTES_MAX, SHOWN_CHARS_MAX};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;

/// A result that has all it needs; whether its policy is one is not known yet.
#[derive(Debug)]
pub(crate) struct AuthorizerResult {
    /// `principalId`, then the context, as text.
    pub(crate) values: Vec<(String, String)>,
    pub(crate) usage_identifier_key: Option<String>,
    /// The policy, in which no name stands twice.
    pub(crate) policy: String,
}

/// Why a result says nothing. The texts are the operator's, and repeat names alone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    TooLarge {
        bytes: usize,
    },
    NotJson(String),
    /// A member is absent, or not what it has to be; the result itself has no name.
    Member {
        name: String,
        is: &'static str,
        wanted: &'static str,
    },
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::TooLarge { bytes } => write!(
                f,
                "the result has {bytes} bytes, more than the {AUTHORIZER_RESULT_BYTES_MAX} that one may have"
            ),
            Unusable::NotJson(why) => write!(f, "Invalid JSON in policy: {why}"),
            Unusable::Member { name, is, wanted } if name.is_empty() => {
                write!(f, "the result is {is}, not {wanted}")
            }
            Unusable::Member { name, is, wanted } => {
                write!(f, "`{name}` of the result is {is}, not {wanted}")
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    principal_id: Option<Once>,
    policy_document: Option<Once>,
    context: Option<Once>,
    usage_identifier_key: Option<Once>,
}

/// What a payload says of a caller, `principalId` first, when it is a result with a policy that can be evaluated; else why not.
/// For fuzzing the reader.
pub fn check_result(payload: &[u8]) -> Result<Vec<(String, String)>, String> {
    use vestibule_iam::{Policy, PolicyKind};
    let result = read(payload).map_err(|why| why.to_string())?;
    match Policy::parse(&result.policy, PolicyKind::Authorizer) {
        Ok(_) => Ok(result.values),
        Err(faults) => Err(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    }
}

/// Reads a result; says why when it says nothing.
pub(crate) fn read(payload: &[u8]) -> Result<AuthorizerResult, Unusable> {
    if payload.len() > AUTHORIZER_RESULT_BYTES_MAX {
        return Err(Unusable::TooLarge { bytes: payload.len() });
    }
    let not_json = |error: serde_json::Error| Unusable::NotJson(without_values(&error));
    // A value that is no object is told apart from an object that is broken.
    if !payload.trim_ascii_start().starts_with(b"{") {
        let value: Value = serde_json::from_slice(payload).map_err(not_json)?;
        return Err(wrong("", Some(&value), "an object"));
    }
    let members: Members = serde_json::from_slice(payload).map_err(not_json)?;
    let member = |member: Option<Once>| member.map(|Once(value)| value);
    let principal = member(members.principal_id);
    let Some(principal) = principal.as_ref().and_then(scalar) else {
        return Err(wrong("principalId", principal.as_ref(), "a text"));
    };
    let policy = match member(members.policy_document) {
        Some(policy @ Value::Object(_)) => policy.to_string(),
        other => return Err(wrong("policyDocument", other.as_ref(), "an object")),
    };
    let mut values = vec![("principalId".to_owned(), principal)];
    values.extend(context(member(members.context).as_ref())?);
    let usage_identifier_key = match member(members.usage_identifier_key) {
        None | Some(Value::Null) => None,
        Some(Value::String(key)) => Some(key),
        Some(other) => return Err(wrong("usageIdentifierKey", Some(&other), "a text")),
    };
    Ok(AuthorizerResult { values, usage_identifier_key, policy })
}

/// The members of the context as text. `principalId` is that of the result.
fn context(context: Option<&Value>) -> Result<Vec<(String, String)>, Unusable> {
    let members = match context {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(members)) => members,
        Some(other) => return Err(wrong("context", Some(other), "an object")),
    };
    let mut values = Vec::new();
    for (name, value) in members {
        if name == "principalId" || value.is_null() {
            continue;
        }
        let Some(text) = scalar(value) else {
            let shown: String = name.chars().take(SHOWN_CHARS_MAX).collect();
            return Err(wrong(
                &format!("context.{shown}"),
                Some(value),
                "a text, number or boolean",
            ));
        };
        values.push((name.clone(), text));
    }
    Ok(values)
}

/// The text of a text, number or boolean.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn wrong(name: &str, value: Option<&Value>, wanted: &'static str) -> Unusable {
    let is = match value {
        None | Some(Value::Null) => "absent",
        Some(Value::Bool(_)) => "a boolean",
        Some(Value::Number(_)) => "a number",
        Some(Value::String(_)) => "a text",
        Some(Value::Array(_)) => "a list",
        Some(Value::Object(_)) => "an object",
    };
    Unusable::Member { name: name.to_owned(), is, wanted }
}

/// What is wrong with a JSON text and where, without a piece of it.
fn without_values(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Eof => "it ends too early",
        Category::Syntax => "it is no JSON",
        Category::Data => "a name stands twice",
        Category::Io => "it cannot be read",
    };
    format!("{what}, at line {} column {}", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(payload: &str) -> String {
        match read(payload.as_bytes()) {
            Ok(result) => format!("{:?} {:?}", result.values, result.usage_identifier_key),
            Err(why) => why.to_string(),
        }
    }

    // Source: AWS docs, Output from an API Gateway Lambda authorizer; what is not said there is inferred.
    #[test]
    fn a_context_is_text_whatever_it_was() {
        let payload = r#"{"principalId": "me", "policyDocument": {}, "other": [],
            "context": {"s": "text", "n": 1, "d": 1.5, "b": true, "z": null, "principalId": "x"}}"#;
        assert_eq!(
            said(payload),
            r#"[("principalId", "me"), ("s", "text"), ("n", "1"), ("d", "1.5"), ("b", "true")] None"#
        );
        let payload = r#"{"principalId": 7, "policyDocument": {}, "context": null, "usageIdentifierKey": "k"}"#;
        assert_eq!(said(payload), r#"[("principalId", "7")] Some("k")"#);
    }

    #[test]
    fn a_result_that_says_nothing_is_told_why_without_a_value_of_it() {
        for (payload, why) in [
            ("", "Invalid JSON in policy: it ends too early, at line 1 column 0"),
            ("secret", "Invalid JSON in policy: it is no JSON, at line 1 column 1"),
            (
                r#"{"principalId": "secret"#,
                "Invalid JSON in policy: it ends too early, at line 1 column 23",
            ),
            ("null", "the result is absent, not an object"),
            ("[1]", "the result is a list, not an object"),
            ("{}", "`principalId` of the result is absent, not a text"),
            (r#"{"principalId": {}}"#, "`principalId` of the result is an object, not a text"),
            (r#"{"principalId": "a"}"#, "`policyDocument` of the result is absent, not an object"),
            (
                r#"{"principalId": "a", "policyDocument": "{}"}"#,
                "`policyDocument` of the result is a text, not an object",
            ),
            (
                r#"{"principalId": "a", "policyDocument": {"Effect": "Deny", "Effect": "Allow"}}"#,
                "Invalid JSON in policy: a name stands twice, at line 1 column 76",
            ),
            (
                r#"{"principalId": "a", "principalId": "b", "policyDocument": {}}"#,
                "Invalid JSON in policy: a name stands twice, at line 1 column 34",
            ),
            (
                r#"{"principalId": "a", "policyDocument": {}, "context": {"x": {}}}"#,
                "`context.x` of the result is an object, not a text, number or boolean",
            ),
            (
                r#"{"principalId": "a", "policyDocument": {}, "context": {"x": [1]}}"#,
                "`context.x` of the result is a list, not a text, number or boolean",
            ),
            (
                r#"{"principalId": "a", "policyDocument": {}, "context": "x"}"#,
                "`context` of the result is a text, not an object",
            ),
            (
                r#"{"principalId": "a", "policyDocument": {}, "usageIdentifierKey": 1}"#,
                "`usageIdentifierKey` of the result is a number, not a text",
            ),
        ] {
            assert_eq!(said(payload), why, "{payload}");
        }
    }

    #[test]
    fn a_result_has_a_bounded_size_and_depth() {
        let of = |bytes: usize| {
            let start = r#"{"principalId": "a", "policyDocument": {}, "x": ""#;
            format!("{start}{}\"}}", "x".repeat(bytes - start.len() - 2))
        };
        assert_eq!(said(&of(AUTHORIZER_RESULT_BYTES_MAX)), r#"[("principalId", "a")] None"#);
        assert_eq!(
            said(&of(AUTHORIZER_RESULT_BYTES_MAX + 1)),
            "the result has 8193 bytes, more than the 8192 that one may have"
        );
        let deep = format!(r#"{{"policyDocument": {}"#, "[".repeat(4_000));
        assert_eq!(said(&deep), "Invalid JSON in policy: it is no JSON, at line 1 column 146");
    }
}
