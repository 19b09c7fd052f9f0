//! Requests as spans of distributed traces: one for the request, one below it for the call of its integration.
//!
//! A trace is that of `traceparent` (W3C Trace Context), else of `X-Amzn-Trace-Id`, else a new one. The attributes have the names
//! of OpenTelemetry's semantic conventions where it has one.

use super::completed::Completed;
use crate::exchange::{DynamoDbOutcome, Exchange, TraceParent};
use crate::map::context;
use crate::site::{IntegrationKind, Route, Serving};
use http::HeaderValue;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

/// A piece of work that took time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The trace it belongs to.
    pub trace_id: [u8; 16],
    /// Its own id.
    pub span_id: [u8; 8],
    /// The span that it is part of.
    pub parent_span_id: Option<[u8; 8]>,
    /// Such as `GET /items/{id}`.
    pub name: String,
    /// Whether it is a call of somebody else; else it is a request that was answered.
    pub is_call: bool,
    /// Nanoseconds since 1970.
    pub begin_epoch_ns: u64,
    /// Nanoseconds since 1970.
    pub end_epoch_ns: u64,
    /// Whether it failed by its own fault.
    pub is_error: bool,
    /// What is known of it.
    pub attributes: Vec<(&'static str, SpanValue)>,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpanValue {
    /// Text.
    Text(String),
    /// A number.
    Number(i64),
}

/// Which requests become spans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampler {
    /// Whether a decision of the caller is followed.
    pub follows_parent: bool,
    /// The share of all others, 0 to 1; which ones, the id of the trace decides, for all programs alike.
    pub ratio: f64,
}

/// Told of the spans of one request.
type Tell = Box<dyn Fn(Vec<Span>) + Send + Sync>;

/// Where spans go.
#[derive(Default)]
pub(crate) struct Spans {
    begun: OnceLock<(Sampler, Tell)>,
}

impl fmt::Debug for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spans({:?})", self.begun.get().map(|(sampler, _)| sampler))
    }
}

impl Sampler {
    fn takes(self, context: &Context) -> bool {
        if self.follows_parent
            && let Some(is_sampled) = context.is_sampled
        {
            return is_sampled;
        }
        // The low 63 bits of the id, as OpenTelemetry's SDKs decide by a ratio.
        let low = context.trace_id.last_chunk::<8>().map_or(0, |low| u64::from_be_bytes(*low) >> 1);
        #[expect(clippy::cast_precision_loss, reason = "a share is no exact number")]
        let share = low as f64 / (1_u64 << 63) as f64;
        share < self.ratio
    }
}

impl Spans {
    /// The first call counts.
    pub(crate) fn begin(&self, sampler: Sampler, tell: Tell) {
        let _later = self.begun.set((sampler, tell));
    }

    /// What tells an endpoint by which span it is called; nothing where no spans are made.
    pub(crate) fn propagated(&self, exchange: &Exchange) -> Option<Propagated> {
        let (sampler, _) = self.begun.get()?;
        let context = Context::of(exchange);
        let call = TraceParent {
            trace_id: context.trace_id,
            span_id: exchange.call_span_id(),
            is_sampled: sampler.takes(&context),
        };
        Some(Propagated { traceparent: call.header(), trace_id: exchange.trace_id_below(&call) })
    }

    /// Tells of a request, when it is one of those that become spans.
    pub(super) fn tell(&self, completed: &Completed<'_>) {
        let Some((sampler, tell)) = self.begun.get() else { return };
        let context = Context::of(completed.exchange);
        if !sampler.takes(&context) {
            return;
        }
        let mut spans = vec![request(completed, &context)];
        spans.extend(call(completed, &context));
        tell(spans);
    }
}

/// The headers by which a call is part of a trace.
#[derive(Debug)]
pub(crate) struct Propagated {
    pub(crate) traceparent: HeaderValue,
    /// `X-Amzn-Trace-Id`
    pub(crate) trace_id: HeaderValue,
}

/// What is known of a request's trace.
struct Context {
    trace_id: [u8; 16],
    parent_span_id: Option<[u8; 8]>,
    /// What the caller decided, if it did.
    is_sampled: Option<bool>,
}

impl Context {
    fn of(exchange: &Exchange) -> Context {
        match exchange.trace_parent() {
            Some(TraceParent { trace_id, span_id, is_sampled }) => {
                Context { trace_id, parent_span_id: Some(span_id), is_sampled: Some(is_sampled) }
            }
            None => {
                Context { trace_id: exchange.trace_root(), parent_span_id: None, is_sampled: None }
            }
        }
    }
}

fn request(completed: &Completed<'_>, context: &Context) -> Span {
    let exchange = completed.exchange;
    let route = route(exchange);
    let verb = exchange.verb();
    let name = match route {
        Some(route) => format!("{verb} {}", route.resource_path),
        None => verb.to_owned(),
    };
    let text = |text: &str| SpanValue::Text(text.to_owned());
    let mut attributes = vec![
        ("http.request.method", text(verb)),
        ("url.path", text(exchange.raw_path())),
        ("http.response.status_code", SpanValue::Number(completed.status.as_u16().into())),
        ("client.address", SpanValue::Text(exchange.client.source_ip.to_string())),
        ("aws.request_id", text(&exchange.request_id)),
    ];
    attributes.extend(route.map(|route| ("http.route", text(&route.resource_path))));
    if let Some(stage) = exchange.stage.as_deref() {
        attributes.push(("vestibule.api", text(stage.api_name())));
        attributes.push(("vestibule.stage", text(stage.name())));
    }
    if let Some(crate::error::Stop::Gateway(error)) = completed.stop {
        attributes.push(("error.type", text(error.kind.as_str())));
    }
    let begin_epoch_ns = begin(exchange);
    Span {
        trace_id: context.trace_id,
        span_id: exchange.own_span_id(),
        parent_span_id: context.parent_span_id,
        name,
        is_call: false,
        begin_epoch_ns,
        end_epoch_ns: begin_epoch_ns.saturating_add(nanoseconds(completed.total)),
        is_error: completed.status.is_server_error(),
        attributes,
    }
}

/// The call of the integration; a mock has none.
fn call(completed: &Completed<'_>, context: &Context) -> Option<Span> {
    let exchange = completed.exchange;
    let measured = &exchange.measured;
    let (took, called_at) = (measured.integration?, measured.called_at?);
    let Serving::Served(method) = &route(exchange)?.serving else { return None };
    let kind = &method.integration.kind;
    let text = |text: &str| SpanValue::Text(text.to_owned());
    let mut attributes = Vec::new();
    let name = match kind {
        IntegrationKind::Mock => return None,
        IntegrationKind::DynamoDb(_) => {
            attributes.push(("db.system.name", text("aws.dynamodb")));
            let called = measured.dynamodb;
            if let Some(DynamoDbOutcome { action, .. }) = called {
                attributes.push(("db.operation.name", text(action.name())));
            }
            let error = called.and_then(|called| called.error);
            attributes.extend(error.map(|error| ("error.type", text(error))));
            called.map_or("DynamoDB".to_owned(), |called| format!("DynamoDB {}", called.action))
        }
        IntegrationKind::Lambda(_) => "Lambda Invoke".to_owned(),
        IntegrationKind::Http(endpoint) => endpoint.name().to_owned(),
        IntegrationKind::Service(service) => service.name().to_owned(),
    };
    let status = exchange.replied.as_ref().and_then(|reply| reply.status.parse::<u16>().ok());
    if let Some(status) = status {
        attributes.push(("http.response.status_code", SpanValue::Number(status.into())));
    }
    if let Some(id) = context::value(exchange, "awsEndpointRequestId") {
        attributes.push(("aws.request_id", SpanValue::Text(id.into_owned())));
    }
    let offset = called_at.saturating_sub(exchange.started);
    let begin_epoch_ns = begin(exchange).saturating_add(nanoseconds(offset));
    Some(Span {
        trace_id: context.trace_id,
        span_id: exchange.call_span_id(),
        parent_span_id: Some(exchange.own_span_id()),
        name,
        is_call: true,
        begin_epoch_ns,
        end_epoch_ns: begin_epoch_ns.saturating_add(nanoseconds(took)),
        // For who calls, 4XX is an error too.
        is_error: exchange.replied.is_none() || status.is_some_and(|status| status >= 400),
        attributes,
    })
}

fn route(exchange: &Exchange) -> Option<&Route> {
    exchange.stage.as_deref()?.snapshot().route(exchange.matched?)
}

fn begin(exchange: &Exchange) -> u64 {
    exchange.epoch_ms.saturating_mul(1_000_000)
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
