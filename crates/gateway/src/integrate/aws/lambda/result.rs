//! The result of AWS_PROXY: which answer a function's JSON says (recorded on AWS; the coercion of scalars but booleans in
//! `headers` and numeric texts in `statusCode` is inferred, as Java's usual reader of JSON has it).

use crate::limits::{RESPONSE_HEADERS_MAX, SHOWN_CHARS_MAX};
use crate::map::base64;
use crate::respond::{Draft, add_header, client_name};
use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};
use std::borrow::Cow;
use vestibule_restapi::closest;

const MEMBERS: [&str; 5] =
    ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];

const RETURN: &str = "return an object such as `{\"statusCode\": 200, \"body\": \"text\"}`";
const RETURN_SOMETHING: &str = "the function returned nothing: await what it waits for, and return an object such as \
                                `{\"statusCode\": 200, \"body\": \"text\"}`";

/// What a function says the answer is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ProxyResult {
    status: StatusCode,
    /// Those of `multiValueHeaders` first.
    headers: Vec<(String, String)>,
    body: String,
    is_base64_encoded: bool,
}

/// What is wrong with a result, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The member and what was found in it.
    pub(super) what: String,
    pub(super) help: Cow<'static, str>,
}

impl Wrong {
    fn new(what: impl Into<String>, help: impl Into<Cow<'static, str>>) -> Wrong {
        Wrong { what: what.into(), help: help.into() }
    }
}

/// Why a result makes no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unanswerable {
    /// A header of it cannot be sent.
    Malformed(Wrong),
    /// Its body is not the Base64 that it says it is.
    NotBase64(String),
}

/// `errorMessage` of a payload: the text of an error, which Lambda gives that name.
pub(crate) fn error_message(payload: &[u8]) -> Option<String> {
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
pub(super) fn read(payload: &[u8]) -> Result<ProxyResult, Wrong> {
    let document: Value = serde_json::from_slice(payload)
        .map_err(|error| Wrong::new(format!("the result is no JSON: {error}"), RETURN))?;
    let Value::Object(mut members) = document else {
        let help = if document.is_null() { RETURN_SOMETHING } else { RETURN };
        let what = format!("the result is {}, not an object", kind(&document));
        return Err(Wrong::new(what, help));
    };
    if members.is_empty() {
        return Err(Wrong::new("the result is an empty object", RETURN));
    }
    if let Some(unknown) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        let shown: String = unknown.chars().take(SHOWN_CHARS_MAX).collect();
        let is_status = shown.to_ascii_lowercase().starts_with("status");
        let meant = if is_status { Some("statusCode") } else { closest(&shown, MEMBERS) };
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?").into(),
            None => Cow::from(
                "return `statusCode`, `headers` and `body` alone, and what is to be told as text in `body`",
            ),
        };
        return Err(Wrong::new(
            format!("`{shown}` is no member of a result: it has `{}`", MEMBERS.join("`, `")),
            help,
        ));
    }
    Ok(ProxyResult {
        status: status(members.get("statusCode"))?,
        headers: headers(&members)?,
        body: body(members.get_mut("body").map(Value::take))?,
        is_base64_encoded: is_base64_encoded(members.get("isBase64Encoded"))?,
    })
}

impl ProxyResult {
    /// The answer for a client that wants bytes, or not.
    pub(super) fn draft(self, wants_bytes: bool) -> Result<Draft, Unanswerable> {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers {
            let shown = |name: &str| name.chars().take(SHOWN_CHARS_MAX).collect();
            let malformed = |what: &str, name: &str| {
                let name: String = shown(name);
                let help = "a name has letters, digits and `-`, a value no line end";
                Unanswerable::Malformed(Wrong::new(format!("{what} `{name}` cannot be sent"), help))
            };
            let parsed = HeaderName::try_from(name.as_str());
            let parsed = parsed.map_err(|_| malformed("the header", &name))?;
            let value = HeaderValue::try_from(value);
            let value = value.map_err(|_| malformed("the value of the header", &name))?;
            if let Some(name) = client_name(parsed) {
                add_header(&mut headers, name, value).map_err(|why| {
                    Unanswerable::Malformed(Wrong::new(why, "return fewer or shorter headers"))
                })?;
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

fn status(value: Option<&Value>) -> Result<StatusCode, Wrong> {
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
        let shown: String = shown.chars().take(SHOWN_CHARS_MAX).collect();
        let what = format!("`statusCode` is `{shown}`, which is no status from 200 to 599");
        Wrong::new(what, "write the status as a number, such as `\"statusCode\": 200`")
    })
}

/// Those of `multiValueHeaders`, then those of `headers` that are not among them, whatever their case (AWS docs, recorded).
fn headers(members: &Map<String, Value>) -> Result<Vec<(String, String)>, Wrong> {
    let mut merged: Vec<(String, String)> = Vec::new();
    for (name, values) in object(members, "multiValueHeaders")? {
        let Value::Array(values) = values else {
            return Err(wrong("multiValueHeaders", name, values, "a list", LISTS));
        };
        for value in values {
            let value = scalar(value)
                .ok_or_else(|| wrong("multiValueHeaders", name, value, "a list of texts", LISTS))?;
            push(&mut merged, name, value)?;
        }
    }
    let first = merged.len();
    for (name, value) in object(members, "headers")? {
        if value.is_null() {
            continue;
        }
        let value = scalar(value).ok_or_else(|| wrong("headers", name, value, "a text", TEXTS))?;
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

fn push(merged: &mut Vec<(String, String)>, name: &str, value: String) -> Result<(), Wrong> {
    if merged.len() >= RESPONSE_HEADERS_MAX {
        let what = format!("it has more than {RESPONSE_HEADERS_MAX} headers");
        return Err(Wrong::new(what, "return fewer"));
    }
    merged.push((name.to_owned(), value));
    Ok(())
}

/// The members of an object; none when it is not there.
fn object<'m>(
    members: &'m Map<String, Value>,
    name: &str,
) -> Result<impl Iterator<Item = (&'m String, &'m Value)> + use<'m>, Wrong> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None.into_iter().flatten()),
        Some(Value::Object(object)) => Ok(Some(object).into_iter().flatten()),
        Some(other) => {
            let help = if name == "headers" { TEXTS } else { LISTS };
            Err(Wrong::new(format!("`{name}` is {}, not an object", kind(other)), help))
        }
    }
}

const TEXTS: &str = "write `\"headers\": {\"Name\": \"value\"}`; several values of a name go into `multiValueHeaders`";
const LISTS: &str = "write `\"multiValueHeaders\": {\"Name\": [\"value\"]}`";

fn wrong(member: &str, name: &str, value: &Value, expected: &str, help: &'static str) -> Wrong {
    let name: String = name.chars().take(SHOWN_CHARS_MAX).collect();
    Wrong::new(format!("`{member}` has {} for `{name}`, not {expected}", kind(value)), help)
}

fn body(value: Option<Value>) -> Result<String, Wrong> {
    match value {
        None | Some(Value::Null) => Ok(String::new()),
        // It may be large, and is not copied.
        Some(Value::String(text)) => Ok(text),
        Some(value) => scalar(&value).ok_or_else(|| {
            let what = format!("`body` is {}, not a text", kind(&value));
            Wrong::new(
                what,
                "write it out in the function: `JSON.stringify(body)`, `json.dumps(body)`",
            )
        }),
    }
}

fn is_base64_encoded(value: Option<&Value>) -> Result<bool, Wrong> {
    match value {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(is_encoded)) => Ok(*is_encoded),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(other) => {
            let what = format!("`isBase64Encoded` is {}, neither `true` nor `false`", kind(other));
            Err(Wrong::new(what, "write `\"isBase64Encoded\": true` or leave it out"))
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

    fn with_headers(count: usize, of: impl Fn(usize) -> String) -> Result<ProxyResult, Wrong> {
        let headers: Vec<String> = (0..count).map(of).collect();
        read(format!("{{\"headers\":{{{}}}}}", headers.join(",")).as_bytes())
    }

    /// A map of more than some 24,000 headers cannot even be asked for.
    #[test]
    fn a_result_has_a_bounded_number_of_headers() {
        let one = |number: usize| format!("\"h{number}\":\"v\"");
        let whole = with_headers(RESPONSE_HEADERS_MAX, one).unwrap();
        assert_eq!(whole.headers.len(), RESPONSE_HEADERS_MAX);
        let refused = Err(Wrong::new("it has more than 200 headers", "return fewer"));
        assert_eq!(with_headers(RESPONSE_HEADERS_MAX + 1, one), refused);
        let many = vec!["\"v\""; 30_000].join(",");
        let payload = format!("{{\"multiValueHeaders\":{{\"h\":[{many}]}}}}");
        assert_eq!(read(payload.as_bytes()), refused);
    }
}
