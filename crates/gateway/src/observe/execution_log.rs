//! A trace in the words of AWS's execution log, as TestInvokeMethod returns it.
//!
//! Recorded on AWS: the first line, the form of the time, and the lines of a method. The lines about an endpoint follow AWS's
//! documentation and published logs. A text is cut at 998 characters.

use super::trace::{Made, Pairs, Step, Trace};
use crate::limits::EXECUTION_LOG_CHARS_MAX;
use crate::map::{java_date, spelled};

impl Trace {
    /// The lines, each with its end.
    pub fn execution_log(&self) -> String {
        let mut text = format!("Execution log for request {}\n", self.request_id);
        let time = java_date(self.epoch_ms);
        let mut lines = vec![format!("Starting execution for request: {}", self.request_id)];
        let mut failure = None;
        for step in &self.steps {
            match step {
                Step::GatewayResponse { failure: why, .. } => failure.clone_from(why),
                _ => self.tell(step, &mut lines),
            }
        }
        match failure {
            Some(why) => lines.push(why),
            None => lines.push("Successfully completed execution".to_owned()),
        }
        lines.push(format!("Method completed with status: {}", self.status));
        for line in lines {
            text.push_str(&format!("{time} : {line}\n"));
        }
        text
    }

    fn tell(&self, step: &Step, lines: &mut Vec<String>) {
        match step {
            Step::Route { path, query, headers, body, .. } => {
                let sent = self.target.split('?').next().unwrap_or_default();
                lines.push(format!("HTTP Method: {}, Resource Path: {sent}", self.verb));
                lines.push(format!("Method request path: {}", java_map(path)));
                lines.push(format!("Method request query string: {}", java_map(query)));
                lines.push(format!("Method request headers: {}", java_map(&titled(headers))));
                let body = cut(&body.text);
                lines.push(format!("Method request body before transformations: {body}"));
            }
            // AWS tells of an endpoint what goes over the network; a mock has none.
            Step::Call { uri: Some(uri), headers, body, .. } => {
                lines.push(format!("Endpoint request URI: {uri}"));
                lines.push(format!("Endpoint request headers: {}", java_map(&titled(headers))));
                let body = cut(&body.text);
                lines.push(format!("Endpoint request body after transformations: {body}"));
                lines.push(format!("Sending request to {uri}"));
            }
            Step::Reply { status, headers, body, took } if self.has_endpoint() => {
                lines.push(format!(
                    "Received response. Status: {status}, Integration latency: {} ms",
                    took.as_millis()
                ));
                lines.push(format!("Endpoint response headers: {}", java_map(&titled(headers))));
                let body = cut(&body.text);
                lines.push(format!("Endpoint response body before transformations: {body}"));
            }
            Step::Response(Made { body: Some(body), .. }) => {
                let body = cut(&body.text);
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

    fn has_endpoint(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Call { uri: Some(_), .. }))
    }

    /// Whether the method itself answered, no gateway response.
    fn is_of_method(&self) -> bool {
        !self.steps.iter().any(|step| matches!(step, Step::GatewayResponse { .. }))
    }
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

    #[test]
    fn a_text_is_cut_at_998_characters() {
        assert_eq!(cut(&"é".repeat(998)), "é".repeat(998));
        assert_eq!(cut(&"é".repeat(999)), format!("{} [TRUNCATED]", "é".repeat(998)));
    }
}
