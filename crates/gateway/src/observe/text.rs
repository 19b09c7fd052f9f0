//! A trace as a person reads it: what went wrong and where, the value, what to do; then the steps, one a line.

use super::trace::{Made, Mapped, Pairs, Shown, Step, Trace};
use std::fmt::Write;
use std::time::Duration;
use vestibule_restapi::{Code, Severity, one_line, printable};

/// Characters of a body that a line shows; JSON has all that is kept.
const LINE_CHARS_MAX: usize = 300;

/// What begins and ends a coloured word.
const RED: &str = "\u{1b}[1;31m";
const YELLOW: &str = "\u{1b}[1;33m";
const GREEN: &str = "\u{1b}[1;32m";
const DIM: &str = "\u{1b}[2m";
const PLAIN: &str = "\u{1b}[0m";

impl Trace {
    /// The form for a terminal, ending with a blank line. What a client did wrong is told in short, without the steps.
    pub fn text(&self, is_coloured: bool) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            let shown = printable(&finding.to_string()).into_owned();
            let head = format!("{}[{}]", finding.severity, finding.code.id());
            let colour = if finding.severity == Severity::Error { RED } else { YELLOW };
            let shown = match shown.strip_prefix(&head) {
                Some(rest) if is_coloured => format!("{colour}{head}{PLAIN}{rest}"),
                _ => shown,
            };
            let shown = if is_coloured {
                shown.replacen("= help: ", &format!("= {GREEN}help{PLAIN}: "), 1)
            } else {
                shown
            };
            text.push_str(&format!("{shown}\n\n"));
        }
        if self.findings.is_empty() {
            let target = one_line(&self.target);
            text.push_str(&format!("{} {target} got {}\n\n", self.verb, self.status));
        }
        if !self.is_short() {
            for step in &self.steps {
                for (name, line) in lines(step) {
                    let line = one_line(&line);
                    text.push_str(&match is_coloured {
                        true => format!("  {DIM}{name:<10}{PLAIN} {line}\n"),
                        false => format!("  {name:<10} {line}\n"),
                    });
                }
            }
        }
        if !self.is_short() && !self.times.is_empty() {
            let times =
                self.times.iter().map(|(step, time)| format!("{step} {}", milliseconds(*time)));
            let times = times.collect::<Vec<_>>().join(", ");
            text.push_str(&match is_coloured {
                true => format!("  {DIM}{:<10}{PLAIN} {times}\n", "times"),
                false => format!("  {:<10} {times}\n", "times"),
            });
        }
        let took = milliseconds(self.took);
        let ids = format!("trace {} in {took}, request {}", self.id, one_line(&self.request_id));
        let untold = match self.untold {
            0 => String::new(),
            1 => "; 1 failed request before it was not traced".to_owned(),
            number => format!("; {number} failed requests before it were not traced"),
        };
        text.push_str(&match is_coloured {
            true => format!("  {DIM}{ids}{untold}{PLAIN}\n\n"),
            false => format!("  {ids}{untold}\n\n"),
        });
        text
    }

    /// Whether the client alone is to blame, so that the steps say nothing more.
    fn is_short(&self) -> bool {
        let is_short =
            |code| matches!(code, Code::CallerRefused | Code::InvalidRequest | Code::NoMethod);
        let is_more =
            |step: &Step| matches!(step, Step::Authorization { why, .. } if !why.is_empty());
        self.findings.first().is_some_and(|finding| is_short(finding.code))
            && !self.steps.iter().any(is_more)
    }
}

/// The lines of a step, each with the name of what it tells.
fn lines(step: &Step) -> Vec<(&'static str, String)> {
    match step {
        Step::Route { api, stage, method, resource, path, query, headers, body } => {
            let mut lines = vec![(
                "route",
                format!("{method} {resource} of {api}, stage {stage}{}", listed(path)),
            )];
            if !query.is_empty() {
                lines.push(("query", pairs(query)));
            }
            if !headers.is_empty() {
                lines.push(("headers", pairs(headers)));
            }
            if body.bytes > 0 {
                lines.push(("body", shown(body)));
            }
            lines
        }
        Step::Authorization { kind, caller, failure, why } => {
            let caller = caller.as_deref().unwrap_or("an unknown caller");
            let outcome = match failure {
                Some(failure) => failure.clone(),
                None => format!("{caller} may come in"),
            };
            let first = ("authorize", format!("{kind}: {outcome}"));
            std::iter::once(first).chain(why.iter().map(|line| ("", line.clone()))).collect()
        }
        Step::Authorizer { name, is_kept, is_known } => {
            let known = if *is_known { "knows the caller" } else { "lets nobody in" };
            let kept = if *is_kept { ", as it said before" } else { "" };
            vec![("authorizer", format!("{name} {known}{kept}"))]
        }
        Step::Validation { checks, failure } => {
            let checked = if checks.is_empty() { "nothing".to_owned() } else { checks.join(", ") };
            let outcome = failure.as_ref().map_or("passed", String::as_str);
            vec![("validate", format!("{checked}: {outcome}"))]
        }
        Step::RequestParameters(mapped) => {
            mapped.iter().map(|m| ("map", self::mapped(m))).collect()
        }
        Step::Cache { is_hit, is_refused } => {
            let found = if *is_hit { "hit: the integration was not called" } else { "miss" };
            let refused = match is_refused {
                true => "; `Cache-Control: max-age=0` was ignored: the caller may not",
                false => "",
            };
            vec![("cache", format!("{found}{refused}"))]
        }
        Step::Request(made) => vec![("request", self::made(made))],
        Step::Event(event) => vec![("event", shown(event))],
        Step::Call { endpoint, uri: Some(uri), is_sent: true, headers, .. } => {
            vec![("call", format!("{endpoint} {uri}")), ("", pairs(headers))]
        }
        Step::Call { endpoint, .. } => vec![("call", endpoint.clone())],
        Step::Reply { status, body, took, .. } => {
            let status = if status.is_empty() { "no status" } else { status };
            vec![("reply", format!("{status} in {}{}", milliseconds(*took), behind(body)))]
        }
        Step::Selection { status, tried, chosen } => {
            let mut line = String::new();
            for tried in tried {
                let verdict = if tried.is_match { "matches" } else { "does not match" };
                let _infallible = write!(line, "`{}` {verdict} `{status}`, ", tried.pattern);
            }
            line.push_str(&match chosen {
                None => "no response and no default".to_owned(),
                Some(chosen) => {
                    let which = if chosen.is_default { "the default: " } else { "" };
                    format!("{which}{} ({})", chosen.status, chosen.place)
                }
            });
            vec![("select", line)]
        }
        Step::ResponseParameters(mapped) => {
            mapped.iter().map(|m| ("map", self::mapped(m))).collect()
        }
        Step::Response(made) => vec![("response", self::made(made))],
        Step::Overrides { status, headers } => {
            let status = status.iter().map(|status| ("status".to_owned(), status.clone()));
            vec![("overrides", pairs(&status.chain(headers.iter().cloned()).collect()))]
        }
        Step::GatewayResponse { kind, .. } => vec![("gateway", kind.clone())],
        Step::Answer { status, body, .. } => vec![("answer", format!("{status}{}", behind(body)))],
    }
}

fn mapped(mapped: &Mapped) -> String {
    let value = mapped.value.as_ref().map_or("nothing".to_owned(), |value| format!("`{value}`"));
    format!("{} = {} = {value}", mapped.destination, mapped.source)
}

fn made(made: &Made) -> String {
    let by = match &made.template {
        Some((media_type, place)) => format!("{place} ({media_type})"),
        None => "passed through".to_owned(),
    };
    match &made.body {
        Some(body) => format!("{by}{}", behind(body)),
        None => format!("{by} failed"),
    }
}

/// `: body`, unless there is none.
fn behind(body: &Shown) -> String {
    if body.bytes == 0 { String::new() } else { format!(": {}", shown(body)) }
}

/// A body on one line: white space at the beginnings and ends of its lines says nothing there.
fn shown(body: &Shown) -> String {
    let lines = body.text.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines.collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(LINE_CHARS_MAX).collect();
    if cut.len() < line.len() || body.is_cut {
        return format!("{cut} ... ({} bytes)", body.bytes);
    }
    cut
}

fn pairs(pairs: &Pairs) -> String {
    let shown = pairs.iter().map(|(name, value)| {
        let cut: String = value.chars().take(LINE_CHARS_MAX).collect();
        format!("{name}=`{cut}`")
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn listed(pairs: &Pairs) -> String {
    if pairs.is_empty() { String::new() } else { format!(": {}", self::pairs(pairs)) }
}

/// Such as `0.4 ms`.
fn milliseconds(time: Duration) -> String {
    let tenths = time.as_micros() / 100;
    format!("{}.{} ms", tenths / 10, tenths % 10)
}
