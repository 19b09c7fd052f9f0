//! From the facts about a request to its trace: every text is cut and redacted here, and nowhere else.

use super::Told;
use super::credentials::{Credentials, MASK, is_secret_header};
use super::diagnosis::{self, Known};
use super::rerun::{self, Facts, Line};
use super::trace::{Chosen, Made, Mapped, Pairs, Shown, Step, Trace, Tried};
use crate::authorize::Asked;
use crate::error::{GatewayError, Stop};
use crate::exchange::{self, Exchange, LookedUp, Progress};
use crate::limits::{TRACED_BODY_BYTES_MAX, TRACED_PAIRS_MAX, TRACED_VALUE_BYTES_MAX};
use crate::site::{IntegrationKind, Route, Serving};
use http::HeaderMap;
use std::time::Duration;
use vestibule_restapi::{Diagnostic, GatewayResponseType as Kind};
use vestibule_vtl::value::Owned;

pub(super) fn trace(exchange: &Exchange, facts: &Facts, known: &Known, told: Told) -> Trace {
    let mut credentials = Credentials::of(exchange);
    let answered = facts.headers.iter().map(|(n, v)| (n.as_str(), v.to_str().unwrap_or_default()));
    credentials.add_headers(answered);
    if let Some(reply) = &facts.reply {
        credentials.add_headers(reply.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())));
    }
    for line in facts.request_parameters.iter().chain(&facts.response_parameters) {
        credentials.add_mapped(&line.destination, line.value.as_deref().unwrap_or_default());
    }
    let telling = Telling { exchange, facts, credentials };
    let mut target = exchange.raw_path().to_owned();
    if !exchange.raw_query().is_empty() {
        target = format!("{target}?{}", exchange.raw_query());
    }
    Trace {
        id: format!("{:016x}", told.id),
        request_id: telling.value(&exchange.request_id),
        epoch_ms: exchange.epoch_ms,
        took: told.took,
        verb: exchange.method.as_str().to_owned(),
        target: telling.value(&target),
        status: facts.status.as_u16(),
        findings: telling.findings(known),
        steps: telling.steps(),
        times: times(exchange, told.took),
        untold: told.untold,
    }
}

/// What the cache had.
fn cached(exchange: &Exchange) -> Option<Step> {
    let is_hit = exchange.measured.cache? == LookedUp::Hit;
    Some(Step::Cache { is_hit, is_refused: exchange.is_cache_control_ignored })
}

/// How long each step took, up to the next or the end.
fn times(exchange: &Exchange, took: Duration) -> Vec<(&'static str, Duration)> {
    let end = exchange.started + took;
    let starts = exchange.entered.iter().map(|(_, at)| *at);
    let ends = starts.skip(1).chain([end]);
    let steps = exchange.entered.iter().zip(ends);
    steps.map(|((step, at), end)| (step.name(), end.saturating_sub(*at))).collect()
}

struct Telling<'t> {
    exchange: &'t Exchange,
    facts: &'t Facts,
    credentials: Credentials,
}

impl Telling<'_> {
    /// The first says which request it is about.
    fn findings(&self, known: &Known) -> Vec<Diagnostic> {
        let mut findings = diagnosis::findings(self.facts, known);
        if let Some(first) = findings.first_mut() {
            let (verb, path) = (self.exchange.method.as_str(), self.exchange.raw_path());
            let status = self.facts.status.as_u16();
            first.message = format!("{verb} {path} got {status}: {}", first.message);
        }
        for finding in &mut findings {
            finding.texts().for_each(|text| *text = self.credentials.masked(text));
        }
        findings
    }

    fn steps(&self) -> Vec<Step> {
        let facts = self.facts;
        let mut steps = Vec::new();
        let route = facts.stage.as_ref().and_then(|s| s.snapshot().route(facts.matched?));
        if let Some(route) = route {
            steps.extend(self.route(route));
            steps.extend(self.authorizer());
            steps.extend(self.authorization(route));
            if facts.progress >= Progress::Validation {
                steps.extend(self.validation());
            }
        }
        self.add_lines(&facts.request_parameters, Step::RequestParameters, &mut steps);
        steps.extend(cached(self.exchange));
        // AWS_PROXY sends an event that the gateway makes, not the client's body.
        let is_event = rerun::method(facts).is_some_and(|method| {
            let kind = &method.integration.kind;
            matches!(kind, IntegrationKind::Lambda(_)) && kind.is_proxy()
        });
        if is_event {
            steps.extend(facts.call.as_ref().map(|call| Step::Event(self.shown(&call.body))));
        } else {
            steps.extend(facts.request.as_ref().map(|made| Step::Request(self.made(made))));
        }
        if facts.progress >= Progress::Call
            && let Some(method) = rerun::method(facts)
        {
            steps.push(self.call(&method.integration.kind));
        }
        if let Some(reply) = &facts.reply {
            steps.push(Step::Reply {
                status: reply.status.clone(),
                headers: self.pairs(reply.headers.iter().map(|(n, v)| (n.as_str(), v.as_str()))),
                body: self.shown(&reply.body),
                took: reply.took,
            });
            steps.extend(self.selection(&reply.status));
        }
        self.add_lines(&facts.response_parameters, Step::ResponseParameters, &mut steps);
        steps.extend(facts.response.as_ref().map(|made| Step::Response(self.made(made))));
        steps.extend(self.overrides());
        if let Some(Stop::Gateway(error)) = &facts.stop {
            let kind = error.kind.as_str().to_owned();
            let failure = Some(self.value(&self.failure(error)));
            steps.push(Step::GatewayResponse { kind, failure });
        }
        let (status, headers) = (facts.status.as_u16(), self.headers(&facts.headers));
        let encoding = facts.headers.get(http::header::CONTENT_ENCODING);
        let body = match encoding.and_then(|encoding| encoding.to_str().ok()) {
            Some(encoding) => {
                let text = format!("(in {encoding})");
                Shown { text, bytes: facts.answer.len(), is_cut: true, is_binary: true }
            }
            None => self.shown(&facts.answer),
        };
        steps.push(Step::Answer { status, headers, body });
        steps
    }

    fn route(&self, route: &Route) -> Option<Step> {
        let stage = self.facts.stage.as_ref()?;
        let seen = self.exchange.seen_headers();
        let seen: HeaderMap = seen.map(|(name, value)| (name.clone(), value.clone())).collect();
        let borrowed = |(name, value): &'_ (String, String)| (name.clone(), self.value(value));
        Some(Step::Route {
            api: stage.api_name().to_owned(),
            stage: stage.name().to_owned(),
            method: route.http_method.to_string(),
            resource: route.resource_path.clone(),
            path: self
                .exchange
                .path_parameters
                .iter()
                .take(TRACED_PAIRS_MAX)
                .map(borrowed)
                .collect(),
            query: self
                .exchange
                .query_parameters
                .iter()
                .take(TRACED_PAIRS_MAX)
                .map(borrowed)
                .collect(),
            headers: self.headers(&seen),
            body: self.shown(&self.facts.body),
        })
    }

    fn call(&self, kind: &IntegrationKind) -> Step {
        let endpoint = rerun::endpoint(kind);
        match &self.facts.call {
            Some(call) => Step::Call {
                endpoint: format!("{endpoint} {}", call.verb),
                uri: Some(self.value(&call.uri)),
                is_sent: true,
                headers: self.headers(&call.headers),
                body: self.shown(&call.body),
            },
            None => {
                let made = self.facts.request.as_ref().and_then(|made| made.text.as_deref());
                let is_own = matches!(kind, IntegrationKind::DynamoDb(_) | IntegrationKind::Mock);
                let body = made.filter(|_| is_own).unwrap_or_default();
                Step::Call {
                    endpoint,
                    uri: self.uri(),
                    is_sent: false,
                    headers: Vec::new(),
                    body: self.shown(body.as_bytes()),
                }
            }
        }
    }

    /// Where AWS sends a call of DynamoDB: `https://dynamodb.{region}.amazonaws.com/?Action={Action}`.
    fn uri(&self) -> Option<String> {
        let (_, method) = rerun::definition(self.facts)?;
        let uri = method.integration.as_ref()?.uri.as_ref()?;
        let mut fields = uri.splitn(6, ':').skip(3);
        let (region, service) = (fields.next()?, fields.next()?);
        let action = fields.next()?.strip_prefix("action/")?;
        Some(format!("https://{service}.{region}.amazonaws.com/?Action={action}"))
    }

    /// Why a request was stopped, in the words of AWS's execution log where they are known.
    fn failure(&self, error: &GatewayError) -> String {
        if let Some(words) = &error.logged {
            return words.clone();
        }
        self.reason(error)
    }

    fn reason(&self, error: &GatewayError) -> String {
        let own = error.detail.as_ref().map(|detail| detail.message.as_str());
        let why = own.or(error.message.as_deref()).unwrap_or_default();
        match error.kind {
            Kind::ApiConfigurationError => {
                let why = match (why.starts_with("the template failed"), self.facts.progress) {
                    (true, Progress::Response) => "Unable to transform response",
                    (true, _) => "Unable to transform request",
                    (false, _) => why,
                };
                format!("Execution failed due to configuration error: {why}")
            }
            Kind::IntegrationTimeout => "Execution failed due to a timeout error".to_owned(),
            Kind::IntegrationFailure | Kind::AuthorizerConfigurationError => {
                format!("Execution failed due to configuration error: {why}")
            }
            _ => why.to_owned(),
        }
    }

    fn authorizer(&self) -> Option<Step> {
        let Asked { authorizer, is_kept } = self.exchange.identity.asked.as_ref()?;
        let is_known = match &self.facts.stop {
            Some(Stop::Gateway(error)) => !matches!(
                error.kind,
                Kind::Unauthorized | Kind::AuthorizerConfigurationError | Kind::AuthorizerFailure
            ),
            Some(Stop::Bare(_)) => self.facts.progress > Progress::Authorization,
            None => true,
        };
        Some(Step::Authorizer { name: authorizer.clone(), is_kept: *is_kept, is_known })
    }

    fn validation(&self) -> Option<Step> {
        let (_, method) = rerun::definition(self.facts)?;
        let validator = method.request_validator.as_ref()?;
        let mut checks = Vec::new();
        if validator.validate_request_parameters {
            checks.push("the required parameters".to_owned());
        }
        if validator.validate_request_body {
            let models =
                method.request_models.iter().map(|model| format!("`{}`", model.model.as_str()));
            let models: Vec<String> = models.collect();
            if !models.is_empty() {
                checks.push(format!("the body against {}", models.join(", ")));
            }
        }
        let failure = match &self.facts.stop {
            Some(Stop::Gateway(error))
                if matches!(error.kind, Kind::BadRequestBody | Kind::BadRequestParameters) =>
            {
                let words = error.validation.as_deref().or(error.message.as_deref());
                words.map(|words| self.value(words))
            }
            _ => None,
        };
        Some(Step::Validation { checks, failure })
    }

    /// Of a method that asks for something, and of one that refused its caller.
    fn authorization(&self, route: &Route) -> Option<Step> {
        let Serving::Served(method) = &route.serving else { return None };
        let kind = method.authorization.kind.as_str();
        let is_refused = self.facts.progress == Progress::Authorization;
        if kind == "NONE" && !is_refused {
            return None;
        }
        let failure = match &self.facts.stop {
            Some(Stop::Gateway(error)) if is_refused => Some(self.value(&self.reason(error))),
            _ => None,
        };
        let identity = &self.exchange.identity;
        let principal = || identity.authorizer.as_ref()?.value("principalId");
        let caller = identity.member("userArn").or_else(principal).map(|text| self.value(text));
        let why = self.facts.why.iter().map(|line| self.value(line)).collect();
        Some(Step::Authorization { kind: kind.to_owned(), caller, failure, why })
    }

    fn add_lines(&self, lines: &[Line], step: fn(Vec<Mapped>) -> Step, steps: &mut Vec<Step>) {
        let mapped = lines.iter().take(TRACED_PAIRS_MAX).map(|line| Mapped {
            destination: line.destination.as_str().to_owned(),
            source: self.value(&line.source),
            value: line.value.as_deref().map(|value| self.value(value)),
        });
        let mapped: Vec<Mapped> = mapped.collect();
        if !mapped.is_empty() {
            steps.push(step(mapped));
        }
    }

    fn made(&self, made: &rerun::Made) -> Made {
        let template = made.template.as_ref();
        Made {
            template: template.map(|used| (used.media_type.clone(), used.source.whole())),
            body: made.text.as_deref().map(|text| self.shown(text.as_bytes())),
        }
    }

    fn selection(&self, status: &str) -> Option<Step> {
        // A proxy's answer is not selected.
        let method =
            rerun::method(self.facts).filter(|method| !method.integration.kind.is_proxy())?;
        let responses = &method.integration.responses;
        let chosen = responses.choose(status);
        let (_, definition) = rerun::definition(self.facts)?;
        let defined = &definition.integration.as_ref()?.responses;
        let mut tried = Vec::new();
        for response in defined.iter().take(TRACED_PAIRS_MAX) {
            let Some(pattern) = &response.selection_pattern else { continue };
            let is_match = chosen.is_some_and(|chosen| chosen.place.is_at(&response.place));
            let place = Some(pattern.whole());
            tried.push(Tried { pattern: pattern.as_str().to_owned(), place, is_match });
            if is_match {
                break;
            }
        }
        let is_default = !tried.iter().any(|tried| tried.is_match);
        let chosen = chosen.map(|chosen| Chosen {
            status: chosen.status.as_u16(),
            is_default,
            place: chosen.place.clone(),
        });
        Some(Step::Selection { status: status.to_owned(), tried, chosen })
    }

    fn overrides(&self) -> Option<Step> {
        let overridden = self.facts.overrides.response.as_ref()?;
        let text = |value: &Owned| match value {
            Owned::String(text) => self.value(text),
            Owned::Number(number) => number.to_string(),
            Owned::Boolean(value) => value.to_string(),
            Owned::Null => "null".to_owned(),
            Owned::List(..) | Owned::Map(_) => "(a list or map)".to_owned(),
        };
        let status = overridden.get("status").map(text);
        let headers: Pairs = match overridden.get("header") {
            Some(Owned::Map(headers)) => headers
                .iter()
                .take(TRACED_PAIRS_MAX)
                .map(|(name, value)| match is_secret_header(name) {
                    true => (self.value(name), MASK.to_owned()),
                    false => (self.value(name), text(value)),
                })
                .collect(),
            _ => Vec::new(),
        };
        (status.is_some() || !headers.is_empty()).then_some(Step::Overrides { status, headers })
    }

    fn headers(&self, headers: &HeaderMap) -> Pairs {
        let pairs = headers.iter().map(|(name, value)| {
            (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let pairs: Vec<(&str, String)> = pairs.collect();
        self.pairs(pairs.iter().map(|(name, value)| (*name, value.as_str())))
    }

    fn pairs<'p>(&self, pairs: impl Iterator<Item = (&'p str, &'p str)>) -> Pairs {
        let told = pairs.take(TRACED_PAIRS_MAX).map(|(name, value)| {
            let value = if is_secret_header(name) { MASK.to_owned() } else { self.value(value) };
            (name.to_owned(), value)
        });
        told.collect()
    }

    /// A short text.
    fn value(&self, text: &str) -> String {
        let kept = beginning(text.as_bytes(), TRACED_VALUE_BYTES_MAX);
        self.credentials.masked(&kept)
    }

    /// A body.
    fn shown(&self, body: &[u8]) -> Shown {
        let kept = beginning(body, TRACED_BODY_BYTES_MAX);
        let is_cut = body.len() > TRACED_BODY_BYTES_MAX;
        let is_binary = !is_text(body.get(..TRACED_BODY_BYTES_MAX).unwrap_or(body));
        Shown { text: self.credentials.masked(&kept), bytes: body.len(), is_cut, is_binary }
    }
}

/// Whether bytes are text, but for a character that is cut at their end.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// The beginning of a text, with no character cut in two.
fn beginning(bytes: &[u8], bytes_max: usize) -> String {
    let whole = exchange::text(bytes.get(..bytes_max).unwrap_or(bytes)).into_owned();
    match (bytes.len() > bytes_max, whole.strip_suffix('\u{fffd}')) {
        (true, Some(cut)) => cut.to_owned(),
        _ => whole,
    }
}
