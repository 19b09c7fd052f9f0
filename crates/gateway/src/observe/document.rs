//! A trace as JSON: everything that is kept, for programs.

use super::trace::{Chosen, Made, Mapped, Pairs, Shown, Step, Trace, Tried};
use serde_json::{Map, Value, json};
use std::time::Duration;
use vestibule_restapi::{Diagnostic, Place};

impl Trace {
    /// The whole as one JSON object. Times are in microseconds, columns count characters from 1.
    pub fn json(&self) -> Value {
        let mut document = self.summary();
        if let Some(members) = document.as_object_mut() {
            members.insert("findings".to_owned(), self.findings.iter().map(finding).collect());
            members.insert("steps".to_owned(), self.steps.iter().map(step).collect());
            let times = self.times.iter().map(|(name, time)| (*name, microseconds(*time)));
            members.insert("timesUs".to_owned(), times.collect());
        }
        document
    }

    /// What a list of traces says of it.
    pub fn summary(&self) -> Value {
        json!({
            "id": self.id,
            "requestId": self.request_id,
            "epochMs": self.epoch_ms,
            "tookUs": microseconds(self.took),
            "verb": self.verb,
            "target": self.target,
            "status": self.status,
            "message": self.findings.first().map(|finding| &finding.message),
            "untold": self.untold,
        })
    }
}

fn finding(finding: &Diagnostic) -> Value {
    json!({
        "code": finding.code.id(),
        "severity": finding.severity.to_string(),
        "message": finding.message,
        "place": finding.place.as_ref().map(place),
        "label": finding.label,
        "value": finding.value,
        "notes": finding.notes,
        "help": finding.help,
    })
}

fn place(place: &Place) -> Value {
    let start = place.start();
    json!({
        "file": place.document.name(),
        "line": start.line,
        "column": start.column,
        "pointer": &*place.pointer,
    })
}

fn step(step: &Step) -> Value {
    match step {
        Step::Route { api, stage, method, resource, path, query, headers, body } => json!({
            "step": "route",
            "api": api,
            "stage": stage,
            "method": method,
            "resource": resource,
            "path": pairs(path),
            "query": pairs(query),
            "headers": pairs(headers),
            "body": shown(body),
        }),
        Step::Authorization { kind, caller, failure, why } => json!({
            "step": "authorization",
            "kind": kind,
            "caller": caller,
            "failure": failure,
            "why": why,
        }),
        Step::Authorizer { name, is_kept, is_known } => {
            json!({ "step": "authorizer", "name": name, "kept": is_kept, "known": is_known })
        }
        Step::Validation { checks, failure } => {
            json!({ "step": "validation", "checks": checks, "failure": failure })
        }
        Step::RequestParameters(mapped) => {
            json!({ "step": "requestParameters", "mapped": all(mapped) })
        }
        Step::Cache { is_hit, is_refused } => {
            json!({ "step": "cache", "hit": is_hit, "invalidationRefused": is_refused })
        }
        Step::Request(made) => with("request", self::made(made)),
        Step::Event(event) => json!({ "step": "event", "body": shown(event) }),
        Step::Call { endpoint, uri, is_sent, headers, body } => json!({
            "step": "call",
            "endpoint": endpoint,
            "uri": uri,
            "sent": is_sent,
            "headers": pairs(headers),
            "body": shown(body),
        }),
        Step::Reply { status, headers, body, took } => json!({
            "step": "reply",
            "status": status,
            "headers": pairs(headers),
            "body": shown(body),
            "tookUs": microseconds(*took),
        }),
        Step::Selection { status, tried, chosen } => json!({
            "step": "selection",
            "status": status,
            "tried": tried.iter().map(self::tried).collect::<Value>(),
            "chosen": chosen.as_ref().map(self::chosen),
        }),
        Step::ResponseParameters(mapped) => {
            json!({ "step": "responseParameters", "mapped": all(mapped) })
        }
        Step::Response(made) => with("response", self::made(made)),
        Step::Overrides { status, headers } => {
            json!({ "step": "overrides", "status": status, "headers": pairs(headers) })
        }
        Step::GatewayResponse { kind, failure } => {
            json!({ "step": "gatewayResponse", "type": kind, "failure": failure })
        }
        Step::Answer { status, headers, body } => json!({
            "step": "answer",
            "status": status,
            "headers": pairs(headers),
            "body": shown(body),
        }),
    }
}

fn with(step: &str, mut members: Map<String, Value>) -> Value {
    members.shift_insert(0, "step".to_owned(), step.into());
    Value::Object(members)
}

fn made(made: &Made) -> Map<String, Value> {
    let mut members = Map::new();
    let template = made.template.as_ref();
    members
        .insert("mediaType".to_owned(), template.map(|(media_type, _)| media_type.as_str()).into());
    members.insert("template".to_owned(), template.map(|(_, at)| place(at)).into());
    members.insert("body".to_owned(), made.body.as_ref().map(shown).into());
    members
}

fn all(mapped: &[Mapped]) -> Value {
    let one = |mapped: &Mapped| json!({ "destination": mapped.destination, "source": mapped.source, "value": mapped.value });
    mapped.iter().map(one).collect()
}

fn tried(tried: &Tried) -> Value {
    let at = tried.place.as_ref().map(place);
    json!({ "pattern": tried.pattern, "place": at, "matches": tried.is_match })
}

fn chosen(chosen: &Chosen) -> Value {
    json!({ "status": chosen.status, "default": chosen.is_default, "place": place(&chosen.place) })
}

fn shown(shown: &Shown) -> Value {
    json!({ "text": shown.text, "bytes": shown.bytes, "cut": shown.is_cut, "binary": shown.is_binary })
}

/// A list, because a name may stand twice.
fn pairs(pairs: &Pairs) -> Value {
    pairs.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
