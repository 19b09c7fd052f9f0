//! The body of a customised gateway response: plain substitution, no Velocity (AWS docs: gateway responses).
//!
//! `$context.*`, `$stageVariables.*` and `$method.request.{header|path|querystring}.*` are replaced, also as `${...}`;
//! whatever leads nowhere becomes the empty string.

use crate::error::GatewayError;
use crate::exchange::Exchange;
use crate::map::context;

/// A text with the places that are replaced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Substitution {
    parts: Vec<Part>,
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Context(String),
    StageVariable(String),
    Header(String),
    Path(String),
    Querystring(String),
}

impl Substitution {
    /// Splits a text at its references; every text is valid.
    pub(crate) fn parse(text: &str) -> Substitution {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let (before, from) = rest.split_at(at);
            plain.push_str(before);
            match reference(from) {
                Some((part, after)) => {
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(part);
                    rest = after;
                }
                None => {
                    plain.push('$');
                    rest = from.strip_prefix('$').unwrap_or("");
                }
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Substitution { parts }
    }

    /// The text with this request's values.
    pub(crate) fn render(&self, exchange: &Exchange, error: &GatewayError) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Context(path) => {
                    text.push_str(&error_value(path, error).unwrap_or_else(|| {
                        context::value(exchange, path).unwrap_or_default().into_owned()
                    }));
                }
                Part::StageVariable(name) => {
                    let stage = exchange.stage.as_ref();
                    text.push_str(stage.and_then(|stage| stage.variable(name)).unwrap_or(""));
                }
                Part::Header(name) => text.push_str(&exchange.header(name).unwrap_or_default()),
                Part::Path(name) => text.push_str(exchange.path_parameter(name).unwrap_or("")),
                Part::Querystring(name) => text.push_str(exchange.query(name).unwrap_or("")),
            }
        }
        text
    }
}

/// `$context.error.*`, which only gateway responses have.
pub(crate) fn error_value(path: &str, error: &GatewayError) -> Option<String> {
    let message = error.message.as_deref();
    Some(match path.strip_prefix("error.")? {
        "message" => message.unwrap_or("").to_owned(),
        "messageString" => quoted(message),
        "responseType" => error.kind.as_str().to_owned(),
        // Inner quotes arrive escaped inside the text's own quotes (documented by its users).
        "validationErrorString" => {
            let quoted = quoted(Some(error.validation.as_deref().unwrap_or("")));
            quoted.trim_matches('"').to_owned()
        }
        _ => return None,
    })
}

/// A message as JSON text, or `null`.
pub(crate) fn quoted(message: Option<&str>) -> String {
    serde_json::Value::from(message).to_string()
}

/// Reads a reference to `$context` at the start of `text`: the path below it, and what follows the reference.
pub(crate) fn context_reference(text: &str) -> Option<(String, &str)> {
    match reference(text)? {
        (Part::Context(path), rest) => Some((path, rest)),
        _ => None,
    }
}

/// Reads a reference at the start of `text`; what follows it comes back too.
fn reference(text: &str) -> Option<(Part, &str)> {
    let after_dollar = text.strip_prefix('$')?;
    if let Some(braced) = after_dollar.strip_prefix('{') {
        let (name, rest) = braced.split_once('}')?;
        return Some((part(name)?, rest));
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let end = after_dollar.find(|c: char| !is_name(c)).unwrap_or(after_dollar.len());
    let (name, _) = after_dollar.split_at_checked(end)?;
    // A full stop or colon at the end belongs to the text around it.
    let name = name.trim_end_matches(['.', ':']);
    Some((part(name)?, after_dollar.get(name.len()..)?))
}

fn part(name: &str) -> Option<Part> {
    let below = |prefix: &str| name.strip_prefix(prefix).map(str::to_owned);
    below("context.")
        .map(Part::Context)
        .or_else(|| below("stageVariables.").map(Part::StageVariable))
        .or_else(|| below("method.request.header.").map(Part::Header))
        .or_else(|| below("method.request.path.").map(Part::Path))
        .or_else(|| below("method.request.querystring.").map(Part::Querystring))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_told_from_text() {
        let text = Part::Text;
        assert_eq!(
            Substitution::parse(
                r#"{"m":$context.error.messageString, "p": "${stageVariables.a}$5."}"#
            )
            .parts,
            vec![
                text(r#"{"m":"#.into()),
                Part::Context("error.messageString".into()),
                text(r#", "p": ""#.into()),
                Part::StageVariable("a".into()),
                text(r#"$5."}"#.into()),
            ]
        );
        assert_eq!(
            Substitution::parse("see $context.requestId.").parts,
            vec![text("see ".into()), Part::Context("requestId".into()), text(".".into())]
        );
    }

    #[test]
    fn a_null_message_is_null() {
        assert_eq!(quoted(None), "null");
        assert_eq!(quoted(Some("a\"b")), r#""a\"b""#);
    }
}
