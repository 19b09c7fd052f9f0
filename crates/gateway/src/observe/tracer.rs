//! Which requests are traced, and where their traces go: to a ring of the last ones, and to whoever asked to be told.

use super::budget::Budget;
use super::ring::Ring;
use super::trace::Trace;
use crate::error::Stop;
use crate::exchange::Exchange;
use crate::integrate::FUNCTION_ERROR;
use crate::limits::{EXPLAINED_BURST, EXPLAINED_PER_SECOND};
use http::StatusCode;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use vestibule_restapi::GatewayResponseType;

/// Which requests are traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceMode {
    /// None.
    Off,
    /// Those that went wrong, as many as the budget allows: 5xx, refused callers, bodies, parameters and media types, and errors of
    /// an integration that its client cannot tell from a success, or that its definition brought about.
    Errors,
    /// Every one.
    All,
}

impl TraceMode {
    /// The mode as the settings write it.
    pub fn as_str(self) -> &'static str {
        match self {
            TraceMode::Off => "off",
            TraceMode::Errors => "errors",
            TraceMode::All => "all",
        }
    }
}

/// Told of each trace.
pub(crate) type Tell = Box<dyn Fn(&Trace) + Send + Sync>;

/// What a gateway does with traces.
pub(crate) struct Tracer {
    begun: OnceLock<(TraceMode, Tell)>,
    budget: Budget,
    ring: Ring,
}

impl Default for Tracer {
    fn default() -> Tracer {
        let budget = Budget::new(EXPLAINED_BURST, EXPLAINED_PER_SECOND);
        Tracer { begun: OnceLock::new(), budget, ring: Ring::default() }
    }
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tracer({:?})", self.mode())
    }
}

impl Tracer {
    /// The first call counts.
    pub(crate) fn begin(&self, mode: TraceMode, tell: Tell) {
        let _later = self.begun.set((mode, tell));
    }

    fn mode(&self) -> TraceMode {
        self.begun.get().map_or(TraceMode::Off, |(mode, _)| *mode)
    }

    /// Whether any request may be traced.
    pub(crate) fn is_on(&self) -> bool {
        self.mode() != TraceMode::Off
    }

    /// Whether a request is traced, and then how many before it were not, though they went wrong too.
    pub(super) fn wants(
        &self,
        exchange: &Exchange,
        status: StatusCode,
        stop: Option<&Stop>,
        now: impl FnOnce() -> Duration,
    ) -> Option<u64> {
        match self.mode() {
            TraceMode::Off => None,
            TraceMode::All => Some(0),
            TraceMode::Errors if went_wrong(exchange, status, stop) => self.budget.take(now()),
            TraceMode::Errors => None,
        }
    }

    pub(super) fn keep(&self, trace: Trace) {
        let trace = Arc::new(trace);
        self.ring.add(Arc::clone(&trace));
        if let Some((_, tell)) = self.begun.get() {
            tell(&trace);
        }
    }

    pub(crate) fn all(&self) -> Vec<Arc<Trace>> {
        self.ring.all()
    }

    pub(crate) fn find(&self, id: &str) -> Vec<Arc<Trace>> {
        self.ring.find(id)
    }
}

/// Whether a request is worth an explanation.
fn went_wrong(exchange: &Exchange, status: StatusCode, stop: Option<&Stop>) -> bool {
    if status.is_server_error() {
        return true;
    }
    match stop {
        Some(Stop::Bare(error)) => error.detail.is_some(),
        // That there is no such path says nothing; that it has to be signed for does, and has a detail.
        Some(Stop::Gateway(error))
            if error.kind == GatewayResponseType::MissingAuthenticationToken =>
        {
            error.detail.is_some()
        }
        Some(Stop::Gateway(error)) => is_of_interest(error.kind),
        None => exchange.replied.as_ref().is_some_and(|reply| {
            let is_error = reply.status.starts_with(['4', '5'])
                || reply.header(FUNCTION_ERROR.as_str()).is_some();
            is_error && (!status.is_client_error() || blames_the_definition(&reply.body))
        }),
    }
}

/// Whether an answer of the gateway's own below 500 says less than its operator wants to know: the definition may be to blame,
/// or a rule of it that keeps callers out.
fn is_of_interest(kind: GatewayResponseType) -> bool {
    matches!(
        kind,
        GatewayResponseType::BadRequestBody
            | GatewayResponseType::BadRequestParameters
            | GatewayResponseType::Default4xx
            | GatewayResponseType::AccessDenied
            | GatewayResponseType::ExpiredToken
            | GatewayResponseType::InvalidApiKey
            | GatewayResponseType::InvalidSignature
            | GatewayResponseType::Unauthorized
            | GatewayResponseType::UnsupportedMediaType
    )
}

/// Whether DynamoDB refuses a request because of its form: what a condition of its author refuses is as he meant it.
fn blames_the_definition(body: &[u8]) -> bool {
    let start = body.get(..body.len().min(160)).unwrap_or_default();
    let start = String::from_utf8_lossy(start);
    ["ValidationException", "SerializationException", "ResourceNotFoundException"]
        .iter()
        .any(|kind| start.contains(kind))
}
