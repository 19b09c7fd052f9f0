//! The result of AWS_PROXY: which answer a function's JSON says (recorded on AWS; the coercion of scalars but booleans in
//! `headers` and numeric texts in `statusCode` is inferred, as Java's usual reader of JSON has it).

use crate::limits::RESPONSE_HEADERS_MAX;
use crate::map::base64;
use crate::respond::{Draft, add_header, client_name};
use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};
use vestibule_restapi::closest;

const MEMBERS: [&str; 5] =
    ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];

/// What a function says the answer is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ProxyResult {
    status: StatusCode,
    /// Those of `multiValueHeaders` first.
    headers: Vec<(String, String)>,
    body: String,
    is_base64_encoded: bool,
}

/// Why a result makes no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unanswerable {
    /// A header of it cannot be sent.
    Malformed(String),
    /// Its body is not the Base64 that it says it is.
    NotBase64(String),
}

/// `errorMessage` of a payload: the text of an error, which Lambda gives that name.
pub(super) fn error_message(payload: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Error {
        #[serde(rename = "errorMessage")]
        error_message: String,
    }
    // Reading a large result just for that would cost more than looking.
    memchr::memmem::find(payload, b"errorMessage")?;
    serde_json::from_slice::<Error>(payload).ok().map(|error| error.error_message)
}

/// Reads a result; says which member is wrong and why. No member has to be there, but one has to (recorded on AWS).
pub(super) fn read(payload: &[u8]) -> Result<ProxyResult, String> {
    let document: Value = serde_json::from_slice(payload)
        .map_err(|error| format!("the result is no JSON: {error}"))?;
    let Value::Object(members) = document else {
        return Err(format!("the result is {}, not an object", kind(&document)));
    };
    if members.is_empty() {
        return Err("the result is an empty object: give it `statusCode` at least".to_owned());
    }
    if let Some(unknown) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        let shown: String = unknown.chars().take(crate::limits::SHOWN_CHARS_MAX).collect();
        let meant = closest(&shown, MEMBERS);
        let help = meant.map(|meant| format!(", did you mean `{meant}`?")).unwrap_or_default();
        return Err(format!(
            "`{shown}` is no member of a result: it has `{}`{help}",
            MEMBERS.join("`, `")
        ));
    }
    Ok(ProxyResult {
        status: status(members.get("statusCode"))?,
        headers: headers(&members)?,
        body: body(members.get("body"))?,
        is_base64_encoded: is_base64_encoded(members.get("isBase64Encoded"))?,
    })
}

impl ProxyResult {
    /// The answer for a client that wants bytes, or not.
    pub(super) fn draft(self, wants_bytes: bool) -> Result<Draft, Unanswerable> {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers {
            let shown = |name: &str| name.chars().take(crate::limits::SHOWN_CHARS_MAX).collect();
            let malformed = |what: &str, name: &str| {
                let name: String = shown(name);
                Unanswerable::Malformed(format!("{what} `{name}` cannot be sent"))
            };
            let parsed = HeaderName::try_from(name.as_str());
            let parsed = parsed.map_err(|_| malformed("the header", &name))?;
            let value = HeaderValue::try_from(value);
            let value = value.map_err(|_| malformed("the value of the header", &name))?;
            if let Some(name) = client_name(parsed) {
                add_header(&mut headers, name, value).map_err(Unanswerable::Malformed)?;
            }
        }
        let body = match self.is_base64_encoded && wants_bytes {
            false => Bytes::from(self.body),
            true => base64::decode(self.body.as_bytes()).map(Bytes::from).map_err(|error| {
                Unanswerable::NotBase64(format!(
                    "Unable to base64 decode the body of the result: {error}"
                ))
            })?,
        };
        let is_encoded = headers.contains_key(CONTENT_ENCODING);
        Ok(Draft { status: self.status, headers, body, has_trace_id: true, is_encoded })
    }
}

fn status(value: Option<&Value>) -> Result<StatusCode, String> {
    let number = match value {
        None | Some(Value::Null) => return Ok(StatusCode::OK),
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => None,
    };
    let status = number
        .and_then(|number| u16::try_from(number).ok())
        .filter(|status| (200..=599).contains(status))
        .and_then(|status| StatusCode::from_u16(status).ok());
    status.ok_or_else(|| {
        let shown = value.map(Value::to_string).unwrap_or_default();
        let shown: String = shown.chars().take(crate::limits::SHOWN_CHARS_MAX).collect();
        format!("`statusCode` is `{shown}`, which is no status from 200 to 599")
    })
}

/// Those of `multiValueHeaders`, then those of `headers` that are not among them, whatever their case (AWS docs, recorded).
fn headers(members: &Map<String, Value>) -> Result<Vec<(String, String)>, String> {
    let mut merged: Vec<(String, String)> = Vec::new();
    for (name, values) in object(members, "multiValueHeaders")? {
        let Value::Array(values) = values else {
            return Err(wrong("multiValueHeaders", name, values, "a list"));
        };
        for value in values {
            let value = scalar(value)
                .ok_or_else(|| wrong("multiValueHeaders", name, value, "a list of texts"))?;
            push(&mut merged, name, value)?;
        }
    }
    let first = merged.len();
    for (name, value) in object(members, "headers")? {
        if value.is_null() {
            continue;
        }
        let value = scalar(value).ok_or_else(|| wrong("headers", name, value, "a text"))?;
        let is_there = merged
            .iter()
            .take(first)
            .any(|(known, known_value)| known.eq_ignore_ascii_case(name) && *known_value == value);
        if !is_there {
            push(&mut merged, name, value)?;
        }
    }
    Ok(merged)
}

fn push(merged: &mut Vec<(String, String)>, name: &str, value: String) -> Result<(), String> {
    if merged.len() >= RESPONSE_HEADERS_MAX {
        return Err(format!("it has more than {RESPONSE_HEADERS_MAX} headers"));
    }
    merged.push((name.to_owned(), value));
    Ok(())
}

/// The members of an object; none when it is not there.
fn object<'m>(
    members: &'m Map<String, Value>,
    name: &str,
) -> Result<impl Iterator<Item = (&'m String, &'m Value)> + use<'m>, String> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None.into_iter().flatten()),
        Some(Value::Object(object)) => Ok(Some(object).into_iter().flatten()),
        Some(other) => Err(format!("`{name}` is {}, not an object", kind(other))),
    }
}

fn wrong(member: &str, name: &str, value: &Value, expected: &str) -> String {
    let name: String = name.chars().take(crate::limits::SHOWN_CHARS_MAX).collect();
    format!("`{member}` has {} for `{name}`, not {expected}", kind(value))
}

fn body(value: Option<&Value>) -> Result<String, String> {
    match value {
        None | Some(Value::Null) => Ok(String::new()),
        Some(value) => scalar(value).ok_or_else(|| {
            let kind = kind(value);
            format!("`body` is {kind}, not a text: a function has to write it out as JSON itself")
        }),
    }
}

fn is_base64_encoded(value: Option<&Value>) -> Result<bool, String> {
    match value {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(is_encoded)) => Ok(*is_encoded),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(other) => {
            Err(format!("`isBase64Encoded` is {}, neither `true` nor `false`", kind(other)))
        }
    }
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

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_headers(count: usize, of: impl Fn(usize) -> String) -> Result<ProxyResult, String> {
        let headers: Vec<String> = (0..count).map(of).collect();
        read(format!("{{\"headers\":{{{}}}}}", headers.join(",")).as_bytes())
    }

    /// A map of more than some 24,000 headers cannot even be asked for.
    #[test]
    fn a_result_has_a_bounded_number_of_headers() {
        let one = |number: usize| format!("\"h{number}\":\"v\"");
        let whole = with_headers(RESPONSE_HEADERS_MAX, one).unwrap();
        assert_eq!(whole.headers.len(), RESPONSE_HEADERS_MAX);
        let refused = Err(format!("it has more than {RESPONSE_HEADERS_MAX} headers"));
        assert_eq!(with_headers(RESPONSE_HEADERS_MAX + 1, one), refused);
        let many = vec!["\"v\""; 30_000].join(",");
        let payload = format!("{{\"multiValueHeaders\":{{\"h\":[{many}]}}}}");
        assert_eq!(read(payload.as_bytes()), refused);
    }
}
