//! What the pure steps of a request make, made again from what was kept of it: what it saw, what its templates wrote and what
//! wrote each part, which patterns were tried. Nothing is called again.

use super::credentials::is_secret_header;
use crate::authorize;
use crate::error::Stop;
use crate::exchange::{self, Exchange, Progress};
use crate::integrate::{self, Denied, EndpointCall};
use crate::limits::EXPLAINED_BODY_BYTES_MAX;
use crate::map::{self, Again, BodyDocument, Overrides, Source};
use crate::respond::Whole;
use crate::site::{DynamoDbCall, IntegrationKind, IntegrationResponse, Method, Serving, StageView};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use vestibule_restapi as restapi;
use vestibule_restapi::{ParameterMapping, Place, Sourced};
use vestibule_vtl::Written;
use vestibule_vtl::value::Arena;

/// All that is known of a request at its end.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) stage: Option<Arc<StageView>>,
    pub(super) matched: Option<usize>,
    pub(super) progress: Progress,
    pub(super) verb: String,
    /// As sent, below the stage where that is known.
    pub(super) path: String,
    pub(super) media_type: String,
    pub(super) body: Bytes,
    pub(super) request_parameters: Vec<Line>,
    /// The body of the integration request, when the request came so far.
    pub(super) request: Option<Made>,
    /// What was sent over the network.
    pub(super) call: Option<Call>,
    pub(super) reply: Option<Reply>,
    pub(super) response_parameters: Vec<Line>,
    pub(super) response: Option<Made>,
    /// What the templates left.
    pub(super) overrides: Overrides,
    pub(super) stop: Option<Stop>,
    /// What the role of its integration may not do, and what of each statement is not about it.
    pub(super) denied: Option<Denied>,
    /// Why its caller was refused.
    pub(super) why: Vec<String>,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) answer: Bytes,
}

/// A line of a parameter mapping, and what it mapped.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) destination: Sourced,
    pub(super) source: Sourced,
    pub(super) value: Option<String>,
}

/// A body that was made.
#[derive(Debug)]
pub(super) struct Made {
    /// None when it passed through.
    pub(super) template: Option<Used>,
    /// None when the template failed.
    pub(super) text: Option<String>,
    /// What wrote its parts; nothing of what passed through or is too large.
    pub(super) written: Written,
}

/// A template that was used.
#[derive(Debug)]
pub(super) struct Used {
    pub(super) media_type: String,
    pub(super) source: Sourced,
}

/// A request that was sent over the network.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) verb: String,
    /// Without its query, which has keys and tokens in it.
    pub(super) uri: String,
    /// Without those of a signature.
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    fn of(call: EndpointCall) -> Call {
        let (head, body) = call.request.into_parts();
        let (verb, uri) = (head.method.to_string(), integrate::without_query(&head.uri));
        Call { verb, uri, headers: head.headers, body }
    }
}

/// What the endpoint answered.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    pub(super) took: Duration,
}

impl Reply {
    /// Its body, unless it is too large for a cause to be looked for in it.
    pub(super) fn explained_body(&self) -> Option<&[u8]> {
        Some(&*self.body).filter(|body| body.len() <= EXPLAINED_BODY_BYTES_MAX)
    }
}

/// Collects the facts. Takes time in proportion to the bodies, up to a limit.
pub(super) fn facts(exchange: &Exchange, stop: Option<Stop>, response: &Whole) -> Facts {
    let facts = Facts {
        stage: exchange.stage.clone(),
        matched: exchange.matched,
        progress: exchange.progress,
        verb: exchange.verb().to_owned(),
        path: below_stage(exchange).to_owned(),
        media_type: exchange.media_type(),
        body: exchange.read_body(),
        request_parameters: Vec::new(),
        request: None,
        call: None,
        reply: exchange.replied.as_ref().map(|reply| Reply {
            status: reply.status.clone(),
            headers: reply
                .pairs()
                .map(|(name, value)| (map::spelled(name.as_str()), value.into_owned()))
                .collect(),
            body: reply.body.clone(),
            took: exchange.measured.integration.unwrap_or_default(),
        }),
        response_parameters: Vec::new(),
        response: None,
        overrides: Overrides::default(),
        stop,
        denied: exchange.denied.as_deref().cloned(),
        why: authorize::why(exchange, is_secret_header),
        status: response.status(),
        headers: response.headers().clone(),
        answer: response.body().clone(),
    };
    let Some(stage) = exchange.stage.clone() else { return facts };
    let (Some(method), Some((_, definition))) = (method(&facts), definition(&facts)) else {
        return facts;
    };
    let rerun = Rerun { exchange, definition };
    let mut overrides = Overrides::default();
    let (mut request_parameters, mut request, mut call) = (Vec::new(), None, None);
    if facts.progress >= Progress::Parameters {
        request_parameters = rerun.request_parameters(&facts.body);
    }
    if facts.progress >= Progress::Request {
        let again = map::request_again(method, &stage, exchange, &mut overrides);
        if facts.progress >= Progress::Call {
            let mapped = again
                .as_ref()
                .and_then(|again| map::mapped_again(method, exchange, &overrides, again));
            call = integrate::call_again(method, &stage, mapped, exchange).map(Call::of);
        }
        request = again.map(Made::of);
    }
    let (mut response_parameters, mut response) = (Vec::new(), None);
    if let Some(reply) = &exchange.replied
        && !method.integration.kind.is_proxy()
        && let Some(chosen) = method.integration.responses.choose(&reply.status)
    {
        response_parameters = rerun.response_parameters(chosen, reply);
        let chosen = (method, chosen);
        response =
            map::response_again(chosen, &stage, exchange, reply, &mut overrides).map(Made::of);
    }
    Facts { request_parameters, request, call, response_parameters, response, overrides, ..facts }
}

/// The path without the API and the stage, where they stand in it.
fn below_stage(exchange: &Exchange) -> &str {
    let path = exchange.raw_path();
    let Some(stage) = &exchange.stage else { return path };
    let (api, name) = (stage.api_id().as_str(), stage.name());
    let without = |path: &'_ str, first: &str| {
        let rest = path.strip_prefix('/')?.strip_prefix(first)?.to_owned();
        (rest.is_empty() || rest.starts_with('/')).then_some(path.len() - rest.len())
    };
    let at = without(path, api).unwrap_or(0);
    let rest = path.get(at..).unwrap_or(path);
    match without(rest, name) {
        Some(end) if at > 0 => rest.get(end..).unwrap_or(rest),
        Some(_) | None => path,
    }
}

/// The method that was found, unless it is refused.
pub(super) fn method(facts: &Facts) -> Option<&Method> {
    match &facts.stage.as_ref()?.snapshot().route(facts.matched?)?.serving {
        Serving::Served(method) => Some(method),
        Serving::Refused(_) => None,
    }
}

/// The definition of the method that was found, with its resource.
pub(super) fn definition(facts: &Facts) -> Option<(&restapi::Resource, &restapi::Method)> {
    facts.stage.as_ref()?.snapshot().definition(facts.matched?)
}

/// The words for what is called.
pub(super) fn endpoint(kind: &IntegrationKind) -> String {
    match kind {
        IntegrationKind::Http(endpoint) => endpoint.name().to_owned(),
        IntegrationKind::DynamoDb(DynamoDbCall::Action(action)) => format!("DynamoDB {action}"),
        IntegrationKind::DynamoDb(DynamoDbCall::ByTarget) => "DynamoDB".to_owned(),
        IntegrationKind::Mock => "mock".to_owned(),
        IntegrationKind::Lambda(_) => "Lambda".to_owned(),
        IntegrationKind::Service(service) => service.name().to_owned(),
    }
}

impl Made {
    fn of(again: Again<'_>) -> Made {
        let template = again.template.map(|template| Used {
            media_type: template.media_type.clone(),
            source: template.source().clone(),
        });
        Made { template, text: again.text, written: again.written }
    }

    /// Where the bytes of its text from `at` on come from.
    pub(super) fn place(&self, at: usize) -> Option<Place> {
        let part = self.written.at(at)?;
        Some(self.template.as_ref()?.source.place(part.span.range()))
    }
}

struct Rerun<'r> {
    exchange: &'r Exchange,
    definition: &'r restapi::Method,
}

impl Rerun<'_> {
    fn request_parameters(&self, body: &Bytes) -> Vec<Line> {
        let Some(integration) = &self.definition.integration else { return Vec::new() };
        let text = exchange::text(body.get(..EXPLAINED_BODY_BYTES_MAX).unwrap_or(body));
        let arena = Arena::new();
        let mut document = BodyDocument::new(&text, &arena);
        let mapped = integration.request_parameters.iter().map(|line| {
            let source = Source::of_method_request(&line.source).ok();
            let value = source.and_then(|source| {
                source.of_request_with_body(self.exchange, &mut document).ok().flatten()
            });
            Line::of(line, value)
        });
        mapped.collect()
    }

    /// The headers that the chosen response maps.
    fn response_parameters(
        &self,
        chosen: &IntegrationResponse,
        reply: &integrate::Reply,
    ) -> Vec<Line> {
        let body = &reply.body;
        let text = exchange::text(body.get(..EXPLAINED_BODY_BYTES_MAX).unwrap_or(body));
        let arena = Arena::new();
        let mut document = BodyDocument::new(&text, &arena);
        let defined = self.definition.integration.as_ref().and_then(|integration| {
            integration.responses.iter().find(|response| response.place.is_at(&chosen.place))
        });
        let lines = defined.map_or(&[][..], |response| response.response_parameters.as_slice());
        let mapped = lines.iter().map(|line| {
            let source = Source::of_integration_response(&line.source).ok();
            let value = source.and_then(|source| {
                source.of_reply(self.exchange, reply, &mut document).ok().flatten()
            });
            Line::of(line, value)
        });
        mapped.collect()
    }
}

impl Line {
    fn of(line: &ParameterMapping, value: Option<String>) -> Line {
        let (destination, source) = (line.destination.clone(), line.source.clone());
        Line { destination, source, value }
    }
}
