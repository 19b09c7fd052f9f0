//! A trace in the words of AWS's execution log: as TestInvokeMethod returns it, and as a stage writes it whose method settings
//! ask for it.
//!
//! Recorded on AWS: the first line, the form of the time, and the lines of a method. The lines about an endpoint, an authorizer and
//! a usage plan follow AWS's documentation and published logs. A text is cut at 998 characters.

use super::access_log::masked;
use super::trace::{Made, Pairs, Shown, Step, Trace};
use crate::authorize::shown_api_key;
use crate::error::Stop;
use crate::exchange::{Exchange, Progress};
use crate::limits::EXECUTION_LOG_CHARS_MAX;
use crate::map::{java_date, spelled};
use std::borrow::Cow;
use std::time::Duration;
use vestibule_restapi::{GatewayResponseType as Kind, LoggingLevel, one_line};

/// What a stage asks to be written of a request, and what a trace does not have.
#[derive(Debug)]
pub(super) struct Logged<'l> {
    pub(super) level: LoggingLevel,
    pub(super) has_data_trace: bool,
    pub(super) extended_request_id: &'l str,
    /// What was looked at of the usage plan, of a request that came so far.
    pub(super) usage: Vec<String>,
    /// Whether its method was begun with: it was neither refused nor throttled.
    pub(super) is_executed: bool,
    /// What the service called its request.
    pub(super) endpoint_request_id: Option<Cow<'l, str>>,
    /// The root of its trace, where the stage asks for tracing.
    pub(super) trace_root: Option<&'l str>,
}

impl Trace {
    /// The lines, each with its end.
    pub fn execution_log(&self) -> String {
        let mut text = format!("Execution log for request {}\n", self.request_id);
        let time = java_date(self.epoch_ms);
        let sent = self.target.split('?').next().unwrap_or_default();
        let lines = self.authorizer().into_iter().chain(self.execution(sent, true));
        for line in lines {
            text.push_str(&format!("{time} : {line}\n"));
        }
        text
    }

    /// The lines of a stage, each with the id of the request before it.
    pub(super) fn stage_log(&self, logged: Logged<'_>) -> Vec<String> {
        let mut lines = vec![format!("Extended Request Id: {}", logged.extended_request_id)];
        lines.extend(self.authorizer());
        lines.extend(logged.usage);
        match logged.is_executed {
            true => lines.extend(self.execution(&self.resource(), logged.has_data_trace)),
            false => lines.extend(self.refusal()),
        }
        if let Some(id) = &logged.endpoint_request_id {
            lines.push(format!("AWS Integration Endpoint RequestId : {id}"));
        }
        if let Some(root) = logged.trace_root {
            lines.push(format!("X-ray Tracing ID : Root={root}"));
        }
        if logged.level == LoggingLevel::Error {
            lines.retain(|line| is_of_failure(line));
        }
        lines.iter().map(|line| format!("({}) {}", self.request_id, one_line(line))).collect()
    }

    /// What happened, line by line. `path` is the one that was asked for; without `has_data` nothing is told of what was in the
    /// request and the answers.
    fn execution(&self, path: &str, has_data: bool) -> Vec<String> {
        let mut lines = vec![
            format!("Starting execution for request: {}", self.request_id),
            format!("HTTP Method: {}, Resource Path: {path}", self.verb),
        ];
        for step in &self.steps {
            self.tell(step, has_data, &mut lines);
        }
        let failure = self.failure();
        lines.push(failure.unwrap_or_else(|| "Successfully completed execution".to_owned()));
        lines.push(format!("Method completed with status: {}", self.status));
        lines
    }

    /// Why a method was not begun with. Users' reports: of who is unknown to an authorizer nothing more is said.
    fn refusal(&self) -> Vec<String> {
        let is_unknown = |step: &Step| matches!(step, Step::Authorizer { is_known: false, .. });
        if self.status == 401 && self.steps.iter().any(is_unknown) {
            return Vec::new();
        }
        let status = format!("Method completed with status: {}", self.status);
        self.failure().into_iter().chain([status]).collect()
    }

    fn failure(&self) -> Option<String> {
        self.steps.iter().find_map(|step| match step {
            Step::GatewayResponse { failure, .. } => failure.clone(),
            _ => None,
        })
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
            Step::Cache { is_hit, .. } => lines.push(looked_up(*is_hit).to_owned()),
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

/// What AWS looks at of the usage plan before it begins with a method; nothing of a request that was refused before. What follows a
/// refusal or throttle is told with its answer.
pub(super) fn usage(exchange: &Exchange, stop: Option<&Stop>) -> Vec<String> {
    let known = exchange.stage.as_deref().zip(exchange.matched);
    let Some((stage, index)) = known else { return Vec::new() };
    let snapshot = stage.snapshot();
    let Some((route, method)) = snapshot.route(index).zip(snapshot.method(index)) else {
        return Vec::new();
    };
    let is_refused = match stop {
        Some(Stop::Gateway(error)) => {
            matches!(error.kind, Kind::InvalidApiKey | Kind::Throttled | Kind::QuotaExceeded)
        }
        Some(Stop::Bare(_)) | None => false,
    };
    if exchange.progress <= Progress::Authorization && !is_refused {
        return Vec::new();
    }
    let required = method.authorization.api_key.as_ref();
    let shown = required.and_then(|required| shown_api_key(required, exchange));
    let key = shown.map_or_else(String::new, |key| masked(&key));
    let (id, place) = (&exchange.request_id, format!("{}/{}", stage.api_id(), stage.name()));
    let mut lines =
        vec![format!("Verifying Usage Plan for request: {id}. API Key: {key} API Stage: {place}")];
    if is_refused {
        return lines;
    }
    if required.is_none() {
        lines.push(format!(
            "API Key  authorized because method '{}' does not require API Key. Request will not contribute to throttle or quota limits",
            route.named()
        ));
    }
    lines.push(format!("Usage Plan check succeeded for API Key {key} and API Stage {place}"));
    lines
}

/// AWS's words for it are not known (ours).
fn looked_up(is_hit: bool) -> &'static str {
    if is_hit { "Cache hit: sending no request" } else { "Cache miss" }
}

fn received(status: &str, took: Duration) -> String {
    format!("Received response. Status: {status}, Integration latency: {} ms", took.as_millis())
}

/// Whether a line is written where failures alone are (inferred: what failed, and with which status).
fn is_of_failure(line: &str) -> bool {
    let are_of_refusals =
        [" not authorized because ", " exceeded throttle limit for ", " exceeded quota limit for "];
    let is_refusal = are_of_refusals.iter().any(|words| line.contains(words));
    let is_of_plan = line.starts_with("API Key ") && !is_refusal;
    let are_of_all = [
        "Extended Request Id: ",
        "Starting authorizer: ",
        "Successfully completed authorizer execution",
        "Verifying Usage Plan for request: ",
        "Usage Plan check succeeded for ",
        "Starting execution for request: ",
        "HTTP Method: ",
        "Method request ",
        "Endpoint ",
        "Sending request to ",
        "Received response. ",
        "Method response ",
        "Successfully completed execution",
        "AWS Integration Endpoint RequestId",
        "X-ray Tracing ID : ",
        "Cache ",
    ];
    !is_of_plan && !are_of_all.iter().any(|start| line.starts_with(start))
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
    fn why_a_plan_refused_is_written_where_failures_alone_are() {
        for (line, expected) in [
            (
                "API Key ******ab12cd exceeded throttle limit for API Stage a/prod: Key throttle limit",
                true,
            ),
            (
                "API Key ******ab12cd exceeded quota limit for API Stage a/prod: Key quota exhausted",
                true,
            ),
            ("API Key  not authorized because method 'GET /' requires API Key", true),
            ("API Key  authorized because method 'GET /' does not require API Key.", false),
            ("Key throttle limit exceeded for RestApi a, Stage prod", true),
        ] {
            assert_eq!(is_of_failure(line), expected, "{line}");
        }
    }

    #[test]
    fn a_text_is_cut_at_998_characters() {
        assert_eq!(cut(&"é".repeat(998)), "é".repeat(998));
        assert_eq!(cut(&"é".repeat(999)), format!("{} [TRUNCATED]", "é".repeat(998)));
    }
}
