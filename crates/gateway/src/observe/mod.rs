//! One event a request: what is logged is made from it here, and nowhere else. And the trace of a request that went wrong:
//! nothing is recorded while all is well, so its steps are made again.

mod access_log;
mod budget;
mod completed;
mod credentials;
mod diagnosis;
mod document;
mod execution_log;
mod metrics;
mod rerun;
mod ring;
mod span;
mod telling;
mod text;
mod trace;
mod tracer;

pub use access_log::AccessLogFormat;
pub(crate) use access_log::{AccessLog, masked};
pub(crate) use metrics::{Counted, Metrics};
pub use metrics::{Distribution, Family, FamilyKind, Sample, SampleValue};
pub(crate) use span::{Propagated, Spans};
pub use span::{Sampler, Span, SpanValue};
pub use trace::{Chosen, Made, Mapped, Pairs, Shown, Step, Trace, Tried};
pub use tracer::TraceMode;
pub(crate) use tracer::Tracer;

use crate::error::{Detail, Stop};
use crate::exchange::{Entry, Exchange, Progress};
use crate::limits::{EXECUTION_LOGGED_BURST, EXECUTION_LOGGED_PER_SECOND, LOGGED_BODY_BYTES_MAX};
use crate::map::context;
use crate::pipeline::Gateway;
use crate::respond::Whole;
use crate::site::StageView;
pub(crate) use budget::Budget;
use completed::Completed;
use credentials::Credentials;
use execution_log::Logged;
use http::StatusCode;
use rerun::Facts;
use std::fmt;
use std::time::Duration;
use vestibule_restapi::{LoggingLevel, one_line};

/// Something an operator may want to know of.
#[derive(Debug)]
enum Event<'e> {
    /// An authorizer is about to be asked, or what it said is looked up.
    Authorizing { exchange: &'e Exchange, authorizer: &'e str },
    /// It said what it knows of the caller, or refused or failed.
    Authorized { exchange: &'e Exchange, is_known: bool },
    /// An endpoint is about to be called with this body.
    Called { exchange: &'e Exchange, endpoint: fmt::Arguments<'e>, body: &'e [u8] },
    /// An endpoint answered.
    Replied { exchange: &'e Exchange, status: &'e str, body: &'e [u8] },
    /// A request was answered.
    Completed(Completed<'e>),
    /// A request ran to its end, and nobody waited for the answer any more.
    HungUp { exchange: &'e Exchange, status: StatusCode },
    /// A request could not be answered because of a bug.
    Panicked,
    /// A bug kept a request from being explained; it was answered.
    NotExplained,
}

/// Reports that an authorizer is asked.
pub(crate) fn authorizing(exchange: &Exchange, authorizer: &str) {
    log(&Event::Authorizing { exchange, authorizer });
}

/// Reports whether an authorizer knows the caller.
pub(crate) fn authorized(exchange: &Exchange, is_known: bool) {
    log(&Event::Authorized { exchange, is_known });
}

/// Reports a call of an endpoint: an action, or a verb and a URI.
pub(crate) fn called(exchange: &Exchange, endpoint: fmt::Arguments<'_>, body: &[u8]) {
    log(&Event::Called { exchange, endpoint, body });
}

/// Reports the answer of an endpoint.
pub(crate) fn replied(exchange: &Exchange, status: &str, body: &[u8]) {
    log(&Event::Replied { exchange, status, body });
}

/// Reports an answered request: it is counted and logged.
pub(crate) fn completed(
    gateway: &Gateway,
    exchange: &Exchange,
    response: &Whole,
    stop: Option<&Stop>,
) {
    let completed = Completed {
        exchange,
        status: response.status(),
        stop,
        total: gateway.since(exchange.started),
        request_bytes: exchange.read_body().len(),
        response_bytes: response.body().len(),
    };
    // AWS docs: TestInvokeMethod is no request of a stage.
    if exchange.entry == Entry::Client {
        gateway.counters().count(&completed);
        gateway.access_log().tell(&completed);
        gateway.spans().tell(&completed);
    }
    log(&Event::Completed(completed));
}

/// Reports a request whose client went away before the answer.
pub(crate) fn hung_up(exchange: &Exchange, status: StatusCode) {
    log(&Event::HungUp { exchange, status });
}

/// Reports a request that could not be answered because of a bug.
pub(crate) fn panicked() {
    log(&Event::Panicked);
}

/// Reports a request that could not be explained because of a bug.
pub(crate) fn not_explained() {
    log(&Event::NotExplained);
}

/// What is told at length of a request at its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// It is traced, and so many failed ones before it were not.
    trace: Option<u64>,
    /// Its stage writes an execution log, in which so many before it are not.
    execution: Option<(ExecutionLogging, u64)>,
}

/// What a method's settings say of its execution log.
#[derive(Clone, Copy, Debug)]
struct ExecutionLogging {
    level: LoggingLevel,
    has_data_trace: bool,
}

/// What is told at length of a request at its end; of most, nothing.
pub(crate) fn wanted(
    gateway: &Gateway,
    exchange: &Exchange,
    response: &Whole,
    stop: Option<&Stop>,
) -> Option<Wanted> {
    let now = || gateway.clock().elapsed();
    let trace = gateway.tracer().wants(exchange, response.status(), stop, now);
    let settings = logged(exchange, response.status(), stop);
    let execution = settings.and_then(|settings| {
        let unwritten = gateway.execution_budget().take(now())?;
        Some((settings, unwritten))
    });
    (trace.is_some() || execution.is_some()).then_some(Wanted { trace, execution })
}

/// What its stage asks to be written of a request, when the log takes it.
fn logged(
    exchange: &Exchange,
    status: StatusCode,
    stop: Option<&Stop>,
) -> Option<ExecutionLogging> {
    if exchange.entry == Entry::TestInvoke {
        return None;
    }
    let settings = exchange.stage.as_deref()?.settings(exchange.matched?)?;
    let is_written = match settings.logging_level {
        LoggingLevel::Off => false,
        LoggingLevel::Error => {
            (stop.is_some() || status.is_server_error()) && tracing::enabled!(tracing::Level::ERROR)
        }
        LoggingLevel::Info => tracing::enabled!(tracing::Level::INFO),
    };
    let (level, has_data_trace) = (settings.logging_level, settings.has_data_trace);
    is_written.then_some(ExecutionLogging { level, has_data_trace })
}

/// Tells at length of a request at its end.
pub(crate) async fn explain(
    gateway: &Gateway,
    exchange: &mut Exchange,
    response: &Whole,
    stop: Option<Stop>,
    wanted: Wanted,
) {
    let took = gateway.since(exchange.started);
    let replied = exchange.replied.as_ref().map_or(0, |reply| reply.body.len());
    let bytes = exchange.read_body().len() + replied + response.body().len();
    let made = exchange.work(bytes, |exchange| rerun::facts(exchange, stop, response));
    // Without the memory to work on it, a request is answered and not explained.
    let Ok(facts) = made else { return };
    let question = wanted.trace.and_then(|_| diagnosis::question(&facts));
    let known = match question {
        Some(question) => diagnosis::ask(gateway.tables().clone(), question).await,
        None => diagnosis::Known::default(),
    };
    let id = gateway.random().next();
    let told = Told { id, took, untold: wanted.trace.unwrap_or_default() };
    let trace = exchange.work(bytes, |exchange| telling::trace(exchange, &facts, &known, told));
    let Ok(trace) = trace else { return };
    if let Some((settings, unwritten)) = wanted.execution {
        write_execution(exchange, &facts, &trace, settings, unwritten);
    }
    if wanted.trace.is_some() {
        gateway.tracer().keep(trace);
    }
}

/// Writes a request's lines of the execution log to the program's.
fn write_execution(
    exchange: &Exchange,
    facts: &Facts,
    trace: &Trace,
    ExecutionLogging { level, has_data_trace }: ExecutionLogging,
    unwritten: u64,
) {
    let is_traced = exchange.stage.as_deref().is_some_and(StageView::asks_for_tracing);
    let lines = trace.stage_log(Logged {
        level,
        has_data_trace,
        extended_request_id: &exchange.extended_request_id,
        usage: execution_log::usage(exchange, facts.stop.as_ref()),
        is_executed: exchange.progress > Progress::Authorization,
        endpoint_request_id: context::value(exchange, "awsEndpointRequestId"),
        trace_root: access_log::root(exchange).filter(|_| is_traced),
    });
    if unwritten > 0 {
        tracing::warn!("the execution log lacks {unwritten} requests: there were too many at once");
    }
    let log_group = exchange.stage.as_deref().map(log_group);
    for line in lines {
        match level {
            LoggingLevel::Error => tracing::error!(log_group, "{line}"),
            LoggingLevel::Info | LoggingLevel::Off => tracing::info!(log_group, "{line}"),
        }
    }
}

/// Where AWS writes the lines of a stage. It writes those of a canary to the group of the stage too; here they are written once.
fn log_group(stage: &StageView) -> String {
    let of_canary = match stage.release().is_canary_request() {
        Some(true) => "/Canary",
        Some(false) | None => "",
    };
    format!("API-Gateway-Execution-Logs_{}/{}{of_canary}", stage.api_id(), stage.name())
}

/// A budget of the execution log.
pub(crate) fn execution_budget() -> Budget {
    Budget::new(EXECUTION_LOGGED_BURST, EXECUTION_LOGGED_PER_SECOND)
}

/// What a trace has of its own.
struct Told {
    id: u64,
    took: Duration,
    /// Failed requests before it that were not traced.
    untold: u64,
}

fn log(event: &Event<'_>) {
    match event {
        // The words are those of AWS's execution log. The macros show a body only where the level is on.
        Event::Authorizing { exchange, authorizer } => tracing::debug!(
            request_id = exchange.request_id.as_str(),
            "Starting authorizer: {authorizer}"
        ),
        Event::Authorized { exchange, is_known: true } => tracing::debug!(
            request_id = exchange.request_id.as_str(),
            "Successfully completed authorizer execution"
        ),
        // Why is told at the end of the request.
        Event::Authorized { exchange, is_known: false } => tracing::debug!(
            request_id = exchange.request_id.as_str(),
            "Unauthorized request: {}",
            exchange.request_id
        ),
        Event::Called { exchange, endpoint, body } => tracing::debug!(
            request_id = exchange.request_id.as_str(),
            action = %endpoint,
            "Endpoint request body after transformations: {}",
            shown_body(body, exchange)
        ),
        Event::Replied { exchange, status, body } => tracing::debug!(
            request_id = exchange.request_id.as_str(),
            status,
            "Endpoint response body before transformations: {}",
            shown_answer(body, exchange)
        ),
        Event::Completed(Completed { exchange, status, stop, total, .. }) => {
            let (verb, path) = (exchange.method.as_str(), exchange.raw_path());
            let (status, request_id) = (status.as_u16(), exchange.request_id.as_str());
            let detail = stop.and_then(Stop::detail);
            let took_us = u64::try_from(total.as_micros()).unwrap_or(u64::MAX);
            match detail {
                // The macros make the explanation only where the level is on.
                Some(detail) if status >= 500 => tracing::error!(
                    request_id,
                    verb,
                    path,
                    status,
                    took_us,
                    "{}",
                    explanation(detail, exchange)
                ),
                Some(detail) => tracing::info!(
                    request_id,
                    verb,
                    path,
                    status,
                    took_us,
                    "{}",
                    explanation(detail, exchange)
                ),
                None => tracing::debug!(request_id, verb, path, status, took_us, "answered"),
            }
        }
        Event::HungUp { exchange, status } => {
            let (verb, path) = (exchange.method.as_str(), exchange.raw_path());
            let (status, request_id) = (status.as_u16(), exchange.request_id.as_str());
            tracing::info!(
                request_id,
                verb,
                path,
                status = 499,
                "the client hung up; the request ran to its end and would have answered {status}"
            );
        }
        Event::Panicked => tracing::error!("a request met a bug in this program and got 500"),
        Event::NotExplained => {
            tracing::error!(
                "a request was answered, but a bug in this program kept it from being explained"
            );
        }
    }
}

/// What happened and where, with the values involved, unless one of them is a part of a credential. One line, whatever
/// stands in the values.
fn explanation(detail: &Detail, exchange: &Exchange) -> String {
    let credentials = Credentials::of(exchange);
    let is_credential = |shown: &str| credentials.are_shown_by(shown);
    let text = if is_credential(&detail.message) {
        "the explanation is withheld: it shows a credential".to_owned()
    } else if detail.values.is_empty() {
        detail.to_string()
    } else if detail.values.iter().any(|shown| is_credential(shown)) {
        format!("{detail} (values withheld: they show a credential)")
    } else {
        format!("{detail} ({})", detail.values.join(", "))
    };
    one_line(&text)
}

/// The keys of an issuer cannot be had. What was had before is taken still.
pub(crate) fn no_keys(issuer: &str, source: &str, why: &str) {
    let text = format!("the keys of `{issuer}` cannot be had from `{source}`: {why}");
    tracing::warn!("{}", one_line(&text));
}

/// The same of an endpoint's answer, unless it sets a cookie, as the result of a function does in its JSON.
fn shown_answer(body: &[u8], exchange: &Exchange) -> String {
    let shown = body.get(..LOGGED_BODY_BYTES_MAX).unwrap_or(body);
    let sets_cookie = shown.windows(SET_COOKIE.len()).any(|w| w.eq_ignore_ascii_case(SET_COOKIE));
    match sets_cookie {
        true => "(withheld: it sets a cookie)".to_owned(),
        false => shown_body(body, exchange),
    }
}

const SET_COOKIE: &[u8] = b"set-cookie";

/// The beginning of a body on one line, unless a part of a credential is in it.
fn shown_body(body: &[u8], exchange: &Exchange) -> String {
    let shown = body.get(..LOGGED_BODY_BYTES_MAX).unwrap_or(body);
    let text = String::from_utf8_lossy(shown);
    if Credentials::of(exchange).are_shown_by(&text) {
        return "(withheld: it shows a credential)".to_owned();
    }
    let text = one_line(&text);
    if shown.len() < body.len() { format!("{text} [TRUNCATED]") } else { text }
}
