//! What is short for something in a resource policy of an API, and policies inside of strings.
//!
//! Follows the API Gateway developer guide, "API Gateway resource policies".

use std::borrow::Cow;

use crate::arn::ApiArn;
use crate::json::{self, Member, Node, Value};
use crate::limits::POLICY_TEXT_BYTES_MAX;

/// Returns the ARN that `text` is short for, if it is: `*`, or `execute-api:/` and what follows the
/// API.
pub(crate) fn expanded_resource(text: &str, api: &ApiArn) -> Option<String> {
    if text == "*" {
        return Some(format!("{}/*", api.as_str()));
    }
    text.strip_prefix("execute-api:/").map(|rest| format!("{}/{rest}", api.as_str()))
}

pub(crate) fn expanded<'t>(text: &'t str, api: &ApiArn) -> Cow<'t, str> {
    if text.len() > POLICY_TEXT_BYTES_MAX {
        return Cow::Borrowed(text);
    }
    let Ok((root, _)) = json::read(text) else { return Cow::Borrowed(text) };
    let mut expanded = String::new();
    let mut copied = 0;
    for node in resources(&root) {
        let Value::Text(resource) = &node.value else { continue };
        let Some(arn) = expanded_resource(resource, api) else { continue };
        expanded.push_str(text.get(copied..node.range.start).unwrap_or_default());
        push_string(&mut expanded, &arn);
        copied = node.range.end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    expanded.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(expanded)
}

/// The values of `Resource` and `NotResource` of all statements.
fn resources(root: &Node) -> impl Iterator<Item = &Node> {
    let statements = members(root).filter(|member| member.name == "Statement");
    let statements = statements.flat_map(|member| items(&member.value));
    let resources = statements
        .flat_map(members)
        .filter(|member| matches!(member.name.as_str(), "Resource" | "NotResource"));
    resources.flat_map(|member| items(&member.value))
}

fn members(node: &Node) -> std::slice::Iter<'_, Member> {
    match &node.value {
        Value::Object(members) => members.iter(),
        _ => [].iter(),
    }
}

/// The elements of an array, or the one value itself.
fn items(node: &Node) -> std::slice::Iter<'_, Node> {
    match &node.value {
        Value::Array(nodes) => nodes.iter(),
        _ => std::slice::from_ref(node).iter(),
    }
}

fn push_string(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            c if c < ' ' => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('"');
}

/// Returns a policy that was put into a string of JSON, as GetRestApi answers it: `{\"Version\":...`.
/// Any other text comes back as it is.
///
/// ```
/// let text = r#"{\"Version\": \"2012-10-17\"}"#;
/// assert_eq!(vestibule_iam::unescaped(text), r#"{"Version": "2012-10-17"}"#);
/// ```
pub fn unescaped(text: &str) -> Cow<'_, str> {
    let inner = text.trim_start().strip_prefix('{').map(str::trim_start);
    let is_escaped = inner.is_some_and(|inner| inner.starts_with("\\\""));
    if !is_escaped || text.len() > POLICY_TEXT_BYTES_MAX {
        return Cow::Borrowed(text);
    }
    match json::read(&format!("\"{text}\"")) {
        Ok((Node { value: Value::Text(text), .. }, _)) => Cow::Owned(text),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    //! Source: AWS docs (API Gateway developer guide, resource policies).
    use super::*;

    #[test]
    fn short_forms_are_written_out_and_all_else_stays() {
        let api = ApiArn::new("us-east-1", "123456789012", "abcde12345").unwrap();
        let text = r#"{"Id": "*", "Statement": [{"Resource": ["execute-api:/prod/GET/\"x", "*"]},
            {"NotResource" : "execute-api:/*"}, {"Resource": "arn:aws:s3:::x"}]}"#;
        let arn = "arn:aws:execute-api:us-east-1:123456789012:abcde12345";
        let wanted = format!(
            r#"{{"Id": "*", "Statement": [{{"Resource": ["{arn}/prod/GET/\"x", "{arn}/*"]}},
            {{"NotResource" : "{arn}/*"}}, {{"Resource": "arn:aws:s3:::x"}}]}}"#
        );
        assert_eq!(expanded(text, &api), wanted);
        assert_eq!(expanded("not JSON", &api), "not JSON");
    }

    #[test]
    fn what_is_not_escaped_stays() {
        for text in ["{}", "{\"a\": \"b\\\\\"}", "", "{\\\"a\\\": \""] {
            assert!(matches!(unescaped(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }
}
