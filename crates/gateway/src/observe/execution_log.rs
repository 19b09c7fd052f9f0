//! A trace in the words of AWS's execution log: as TestInvokeMethod returns it, and as a stage writes it whose method settings
//! ask for it.
//!
//! Recorded on AWS: the first line, the form of the time, and the lines of a method. The lines about an endpoint follow AWS's
//! documentation and published logs. A text is cut at 998 characters.

use super::trace::{Made, Pairs, Shown, Step, Trace};
use crate::limits::EXECUTION_LOG_CHARS_MAX;
use crate::map::{java_date, spelled};
use std::borrow::Cow;
use std::time::Duration;
use vestibule_restapi::{LoggingLevel, one_line};

/// What a stage asks to be written of a request, and what a trace does not have.
#[derive(Debug)]
pub(super) struct Logged<'l> {
    pub(super) level: LoggingLevel,
    pub(super) has_data_trace: bool,
    pub(super) extended_request_id: &'l str,
    /// What the service called its request.
    pub(super) endpoint_request_id: Option<Cow<'l, str>>,
}

impl Trace {
    /// The lines, each with its end.
    pub fn execution_log(&self) -> String {
        let mut text = format!("Execution log for request {}\n", self.request_id);
        let time = java_date(self.epoch_ms);
        let sent = self.target.split('?').next().unwrap_or_default();
        for line in self.execution(sent, true) {
            text.push_str(&format!("{time} : {line}\n"));
        }
        text
    }

    /// The lines of a stage, each with the id of the request before it.
    pub(super) fn stage_log(&self, logged: &Logged<'_>) -> Vec<String> {
        let mut lines = vec![format!("Extended Request Id: {}", logged.extended_request_id)];
        lines.extend(self.execution(&self.resource(), logged.has_data_trace));
        if let Some(id) = &logged.endpoint_request_id {
            lines.push(format!("AWS Integration Endpoint RequestId : {id}"));
        }
        if logged.level == LoggingLevel::Error {
            lines.retain(|line| is_of_failure(line));
        }
        lines.iter().map(|line| format!("({}) {}", self.request_id, one_line(line))).collect()
    }

    /// What happened, line by line. `path` is the one that was asked for; without `has_data` nothing is told of what was in the
    /// request and the answers.
    fn execution(&self, path: &str, has_data: bool) -> Vec<String> {
        let mut lines = self.authorizer();
        lines.push(format!("Starting execution for request: {}", self.request_id));
        lines.push(format!("HTTP Method: {}, Resource Path: {path}", self.verb));
        let mut failure = None;
        for step in &self.steps {
            match step {
                Step::GatewayResponse { failure: why, .. } => failure.clone_from(why),
                _ => self.tell(step, has_data, &mut lines),
            }
        }
        match failure {
            Some(why) => lines.push(why),
            None => lines.push("Successfully completed execution".to_owned()),
        }
        lines.push(format!("Method completed with status: {}", self.status));
        lines
    }

    /// AWS asks an authorizer before it begins with the method.
    fn authorizer(&self) -> Vec<String> {
        let id = &self.request_id;
        let asked = self.steps.iter().find_map(|step| match step {
            Step::Authorizer { name, is_known, .. } => Some((name, *is_known)),
            _ => None,
        });
        let Some((name, is_known)) = asked else { return Vec::new() };
        let outcome = match is_known {
            true => "Successfully completed authorizer execution".to_owned(),
            false => format!("Unauthorized request: {id}"),
        };
        vec![format!("Starting authorizer: {name} for request: {id}"), outcome]
    }

    fn tell(&self, step: &Step, has_data: bool, lines: &mut Vec<String>) {
        match step {
            Step::Call { uri: Some(uri), .. } if !has_data => {
                lines.push(format!("Sending request to {uri}"));
            }
            Step::Reply { status, took, .. } if self.has_endpoint() && !has_data => {
                lines.push(received(status, *took));
            }
            _ if !has_data => {}
            Step::Route { path, query, headers, body, .. } => {
                lines.push(format!("Method request path: {}", java_map(path)));
                lines.push(format!("Method request query string: {}", java_map(query)));
                lines.push(format!("Method request headers: {}", java_map(&titled(headers))));
                let body = printed(body);
                lines.push(format!("Method request body before transformations: {body}"));
            }
            // AWS tells of an endpoint what goes over the network; a mock has none.
            Step::Call { uri: Some(uri), headers, body, .. } => {
                lines.push(format!("Endpoint request URI: {uri}"));
                lines.push(format!("Endpoint request headers: {}", java_map(&titled(headers))));
                let body = printed(body);
                lines.push(format!("Endpoint request body after transformations: {body}"));
                lines.push(format!("Sending request to {uri}"));
            }
            Step::Reply { status, headers, body, took } if self.has_endpoint() => {
                lines.push(received(status, *took));
                lines.push(format!("Endpoint response headers: {}", java_map(&titled(headers))));
                let body = printed(body);
                lines.push(format!("Endpoint response body before transformations: {body}"));
            }
            Step::Response(Made { body: Some(body), .. }) => {
                let body = printed(body);
                lines.push(format!("Method response body after transformations: {body}"));
            }
            Step::Answer { headers, .. } if self.is_of_method() => {
                let own = headers.iter().filter(|(name, _)| {
                    !matches!(name.as_str(), "x-amzn-requestid" | "x-amz-apigw-id")
                });
                let own: Pairs = own.cloned().collect();
                lines.push(format!("Method response headers: {}", java_map(&titled(&own))));
            }
            _ => {}
        }
    }

    /// The path of the resource; of no method as it was sent.
    fn resource(&self) -> String {
        let found = self.steps.iter().find_map(|step| match step {
            Step::Route { resource, .. } => Some(resource.clone()),
            _ => None,
        });
        found.unwrap_or_else(|| self.target.split('?').next().unwrap_or_default().to_owned())
    }

    fn has_endpoint(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Call { uri: Some(_), .. }))
    }

    /// Whether the method itself answered, no gateway response.
    fn is_of_method(&self) -> bool {
        !self.steps.iter().any(|step| matches!(step, Step::GatewayResponse { .. }))
    }
}

fn received(status: &str, took: Duration) -> String {
    format!("Received response. Status: {status}, Integration latency: {} ms", took.as_millis())
}

/// Whether a line is written where failures alone are (inferred: what failed, and with which status).
fn is_of_failure(line: &str) -> bool {
    let are_of_all = [
        "Extended Request Id: ",
        "Starting execution for request: ",
        "HTTP Method: ",
        "Method request ",
        "Endpoint ",
        "Sending request to ",
        "Received response. ",
        "Method response ",
        "Successfully completed execution",
        "AWS Integration Endpoint RequestId",
    ];
    !are_of_all.iter().any(|start| line.starts_with(start))
}

/// A body; AWS prints no bytes that are no text.
fn printed(body: &Shown) -> String {
    if body.is_binary { "[Binary Data]".to_owned() } else { cut(&body.text) }
}

/// `{a=1, b=2}`, as Java prints a map.
fn java_map(pairs: &Pairs) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    cut(&format!("{{{}}}", pairs.collect::<Vec<_>>().join(", ")))
}

fn titled(pairs: &Pairs) -> Pairs {
    pairs.iter().map(|(name, value)| (spelled(&name.to_ascii_lowercase()), value.clone())).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(EXECUTION_LOG_CHARS_MAX) {
        Some((end, _)) => format!("{} [TRUNCATED]", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: AWS's logs of APIs with binary media types, as users show them.
    #[test]
    fn bytes_that_are_no_text_are_not_printed() {
        let shown =
            |is_binary| Shown { text: "\u{fffd}PNG".to_owned(), is_binary, ..Shown::default() };
        assert_eq!(printed(&shown(true)), "[Binary Data]");
        assert_eq!(printed(&shown(false)), "\u{fffd}PNG");
    }

    #[test]
    fn a_text_is_cut_at_998_characters() {
        assert_eq!(cut(&"é".repeat(998)), "é".repeat(998));
        assert_eq!(cut(&"é".repeat(999)), format!("{} [TRUNCATED]", "é".repeat(998)));
    }
}
