//! The facts about one request: as received, who sent it, its body, and what the steps found out.
//!
//! Header names are matched without regard to case. Some headers are never seen by mappings and templates.

mod client;
mod completed;
mod decoding;
mod edge;
mod ids;
mod measured;
mod memory;
mod text;
mod trace;
mod trace_parent;

pub use client::{Arrival, Client, ClientCertificate, TlsSession};
use ids::chosen_request_id;
pub(crate) use ids::{REQUEST_ID, extended_request_id, request_id};
pub(crate) use measured::{DynamoDbOutcome, LookedUp, Measured};
pub use memory::{BodyError, Full, Unread};
pub(crate) use memory::{Memory, Reservation};
pub(crate) use text::text;
pub(crate) use trace::TRACE_ID;
pub(crate) use trace_parent::{TRACEPARENT, TraceParent};

use crate::authorize::{Identity, Refused};
use crate::clock::{Clock, Random};
use crate::error::{BareError, GatewayError, Stop};
use crate::integrate::{Denied, EndpointRequestId, Reply};
use crate::limits::{LARGE_BODY_BYTES, LARGE_BODY_FACTOR, LARGE_PASS_BYTES, Limits};
use crate::map::Overrides;
use crate::site::StageView;
use crate::throttle::RateLimits;
use bytes::Bytes;
use edge::EdgeValues;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body_util::BodyExt;
use memory::Stream;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::runtime::RuntimeFlavor;
use vestibule_restapi::GatewayResponseType;

/// Headers that no mapping, template or integration sees (recorded on AWS).
const DROPPED_AT_INGRESS: [&str; 12] = [
    "connection",
    "content-length",
    "content-md5",
    "expect",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
];

const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// One request on its way through the pipeline.
pub(crate) struct Exchange {
    pub(crate) entry: Entry,
    pub(crate) method: http::Method,
    /// `X-HTTP-Method-Override`
    overriding_verb: Option<HeaderValue>,
    uri: http::Uri,
    /// As the client sent them; what everything behind sees are the [`seen_headers`](Exchange::seen_headers).
    pub(crate) headers: HeaderMap,
    /// `Host`, or the authority of an HTTP/2 request, or what a proxy in front says that it was.
    pub(crate) host: Option<String>,
    /// Who sent it and how; the host it called is `host`.
    pub(crate) client: Client,
    /// `$context.requestId`.
    pub(crate) request_id: String,
    /// `$context.extendedRequestId`.
    pub(crate) extended_request_id: String,
    /// Milliseconds since 1970.
    pub(crate) epoch_ms: u64,
    /// On the clock's own scale.
    pub(crate) started: Duration,
    /// Once routing has found it.
    pub(crate) stage: Option<Arc<StageView>>,
    /// Where in the raw path begins what `$context.path` shows.
    pub(crate) context_path_start: usize,
    /// How much of that path is the base path of a custom domain.
    pub(crate) base_path_bytes: usize,
    /// Where in the raw path begins what a function sees of it.
    pub(crate) event_path_start: usize,
    /// Index of the method in the stage's snapshot, once routing has found it.
    pub(crate) matched: Option<usize>,
    /// Path variables, as sent.
    pub(crate) path_parameters: Vec<(String, String)>,
    /// Decoded; each name may stand several times.
    pub(crate) query_parameters: Vec<(String, String)>,
    /// What the last template left in `$context.requestOverride` and `$context.responseOverride`.
    pub(crate) overrides: Overrides,
    /// Who calls, once authorization has found it out.
    pub(crate) identity: Identity,
    /// What the role of its integration may not do.
    pub(crate) denied: Option<Box<Denied>>,
    /// What its client is told of its limits.
    pub(crate) rate_limits: Option<Box<RateLimits>>,
    /// What its refusal keeps for whoever explains it.
    pub(crate) refused: Option<Box<Refused>>,
    /// How far it came.
    pub(crate) progress: Progress,
    /// When each step began, on the clock's own scale; kept for traces alone.
    pub(crate) entered: Vec<(Progress, Duration)>,
    /// What the endpoint answered, once it has.
    pub(crate) replied: Option<Reply>,
    /// What a service of AWS called its request, once it has answered: `$context.awsEndpointRequestId`.
    pub(crate) endpoint_request_id: Option<EndpointRequestId>,
    /// What the steps measured.
    pub(crate) measured: Measured,
    /// It asked for its answer to be fetched anew, may not, and is told so.
    pub(crate) is_cache_control_ignored: bool,
    /// 64 bits each for trace ids.
    pub(crate) trace: [u64; 3],
    edge: OnceLock<EdgeValues>,
    trace_id: OnceLock<HeaderValue>,
    body: Body,
    memory: Reservation,
}

/// Which request it is and how far it came: nothing that its client sent, which may be a secret.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("request_id", &self.request_id)
            .field("matched", &self.matched)
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}

/// By which door a request comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// From a client: it passes the edge.
    Client,
    /// From the gateway's owner, as TestInvokeMethod has it: it passes no edge, and nobody is authorized.
    TestInvoke,
}

/// The step of the pipeline that a request is in, or ended in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Progress {
    Routing,
    Authorization,
    Validation,
    /// The parameters of the integration request are mapped.
    Parameters,
    /// Its answer is looked up in the cache of the stage.
    Cache,
    /// The body of the integration request is made.
    Request,
    /// The endpoint is called.
    Call,
    /// The answer is made.
    Response,
}

impl Progress {
    /// The step's name in traces.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Progress::Routing => "route",
            Progress::Authorization => "authorize",
            Progress::Validation => "validate",
            Progress::Parameters => "map",
            Progress::Cache => "cache",
            Progress::Request => "request",
            Progress::Call => "call",
            Progress::Response => "respond",
        }
    }
}

enum Body {
    Waiting(Stream),
    /// As it was sent, perhaps compressed.
    Sent(Bytes),
    Whole(Bytes),
    /// It was refused; nothing asks for it again.
    Gone,
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Waiting(_) => f.write_str("Waiting"),
            Body::Sent(bytes) => write!(f, "Sent({} bytes)", bytes.len()),
            Body::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Body::Gone => f.write_str("Gone"),
        }
    }
}

impl Exchange {
    /// Notes what was received and when, and gives it its ids.
    pub(crate) fn begin<B>(
        entry: Entry,
        request: http::Request<B>,
        mut client: Client,
        clock: &dyn Clock,
        random: &dyn Random,
        memory: &Arc<Memory>,
    ) -> Exchange
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let (Parts { method, uri, headers, .. }, body) = request.into_parts();
        let body = if body.is_end_stream() {
            Body::Whole(Bytes::new())
        } else {
            Body::Waiting(Box::pin(body.map_err(Into::into)))
        };
        let host = client.host.take().or_else(|| own_host(&uri, &headers).map(str::to_owned));
        let overriding_verb = headers.get(METHOD_OVERRIDE).cloned();
        Exchange {
            entry,
            method,
            overriding_verb,
            host,
            uri,
            client,
            request_id: chosen_request_id(&headers).unwrap_or_else(|| request_id(random)),
            extended_request_id: extended_request_id(random),
            headers,
            epoch_ms: clock.epoch_ms(),
            started: clock.elapsed(),
            stage: None,
            context_path_start: 0,
            base_path_bytes: 0,
            event_path_start: 0,
            matched: None,
            path_parameters: Vec::new(),
            query_parameters: Vec::new(),
            overrides: Overrides::default(),
            identity: Identity::default(),
            denied: None,
            rate_limits: None,
            refused: None,
            progress: Progress::Routing,
            entered: Vec::new(),
            replied: None,
            endpoint_request_id: None,
            measured: Measured::default(),
            is_cache_control_ignored: false,
            trace: [random.next(), random.next(), random.next()],
            edge: OnceLock::new(),
            trace_id: OnceLock::new(),
            body,
            memory: Reservation::new(memory),
        }
    }

    /// The host that the client called, without its port.
    pub(crate) fn host_name(&self) -> Option<&str> {
        let host = self.host.as_deref()?;
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => Some(name),
            _ => Some(host),
        }
    }

    /// As sent: not decoded, not normalised.
    pub(crate) fn raw_path(&self) -> &str {
        self.uri.path()
    }

    /// What `$context.path` shows.
    pub(crate) fn context_path(&self) -> &str {
        self.raw_path().get(self.context_path_start..).unwrap_or_default()
    }

    /// `$context.customDomain.basePathMatched`, such as `v1/orders`; none of a request that came by none.
    pub(crate) fn base_path(&self) -> Option<&str> {
        let base_path = self.context_path().get(..self.base_path_bytes)?;
        base_path.strip_prefix('/').filter(|base_path| !base_path.is_empty())
    }

    /// The path as a function sees it: below the stage, that of a custom domain whole (recorded on AWS; of domains AWS docs).
    pub(crate) fn event_path(&self) -> &str {
        match self.raw_path().get(self.event_path_start..) {
            None | Some("") => "/",
            Some(path) => path,
        }
    }

    /// As sent, without the `?`; empty when there is none.
    pub(crate) fn raw_query(&self) -> &str {
        self.uri.query().unwrap_or("")
    }

    /// The verb that counts: `X-HTTP-Method-Override` replaces the request's own (AWS docs: known issues).
    pub(crate) fn verb(&self) -> &str {
        let overriding = self.overriding_verb.as_ref().and_then(|value| value.to_str().ok());
        overriding.unwrap_or(self.method.as_str())
    }

    /// The last value of a header as it is seen; bytes that are not UTF-8 are replaced.
    pub(crate) fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.seen_values(name).next_back().map(|value| String::from_utf8_lossy(value.as_bytes()))
    }

    /// All values of a header in their order, as [`header`](Exchange::header) has the last.
    pub(crate) fn header_values(&self, name: &str) -> impl Iterator<Item = Cow<'_, str>> {
        self.seen_values(name).map(|value| String::from_utf8_lossy(value.as_bytes()))
    }

    /// The headers that mappings, templates and integrations see: the client's without those that are dropped at ingress,
    /// and what the edge sets.
    pub(crate) fn seen_headers(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        let sent = self.headers.iter().filter(|(name, _)| self.is_seen(name.as_str()));
        sent.chain(self.edge_headers())
    }

    /// The name of each header that is seen, once.
    pub(crate) fn seen_names(&self) -> impl Iterator<Item = &HeaderName> {
        let set = self.edge_headers().map(|(name, _)| name);
        self.headers.keys().filter(|name| self.is_seen(name.as_str())).chain(set)
    }

    fn seen_values(&self, name: &str) -> impl DoubleEndedIterator<Item = &HeaderValue> {
        let is_set = self.passes_edge() && edge::sets(name);
        let set = is_set.then(|| self.edge_headers()).into_iter().flatten();
        let set = set.filter(|(set, _)| set.as_str().eq_ignore_ascii_case(name));
        let sent = self.is_seen(name).then(|| self.headers.get_all(name).iter());
        sent.into_iter().flatten().chain(set.map(|(_, value)| value))
    }

    /// Whether what the client sent in a header of this name is seen.
    fn is_seen(&self, name: &str) -> bool {
        let is_replaced = self.passes_edge() && edge::sets(name);
        !is_replaced && !is_dropped_at_ingress(name)
    }

    /// The last value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let named = self.query_parameters.iter().rev().find(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }

    /// A path variable, as sent.
    pub(crate) fn path_parameter(&self, name: &str) -> Option<&str> {
        let named = self.path_parameters.iter().find(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The media type of the body without parameters; `application/json` when there is none.
    pub(crate) fn media_type(&self) -> String {
        media_type(self.content_type())
    }

    /// The value of `Content-Type`.
    pub(crate) fn content_type(&self) -> Option<&str> {
        self.headers.get(http::header::CONTENT_TYPE)?.to_str().ok()
    }

    /// The value of the first `Accept`.
    pub(crate) fn accept(&self) -> Option<&str> {
        self.headers.get(http::header::ACCEPT)?.to_str().ok()
    }

    /// Reads the body to its end and decompresses it, once; later calls have the same bytes.
    pub(crate) async fn body(&mut self) -> Result<Bytes, Stop> {
        match std::mem::replace(&mut self.body, Body::Gone) {
            Body::Whole(bytes) => {
                self.body = Body::Whole(bytes.clone());
                Ok(bytes)
            }
            Body::Waiting(stream) => {
                let sent = self.memory.read(stream).await?;
                self.decoded(sent)
            }
            Body::Sent(sent) => self.decoded(sent),
            Body::Gone => Err(too_large().into()),
        }
    }

    fn decoded(&mut self, sent: Bytes) -> Result<Bytes, Stop> {
        let bytes = decoding::decoded(sent, &self.headers, &mut self.memory)?;
        self.body = Body::Whole(bytes.clone());
        Ok(bytes)
    }

    /// Reads the body to its end as it was sent, before [`body`](Exchange::body) is asked for.
    pub(crate) async fn sent_body(&mut self) -> Result<Bytes, Stop> {
        match std::mem::replace(&mut self.body, Body::Gone) {
            Body::Waiting(stream) => {
                let sent = self.memory.read(stream).await?;
                self.body = Body::Sent(sent.clone());
                Ok(sent)
            }
            Body::Sent(bytes) => {
                self.body = Body::Sent(bytes.clone());
                Ok(bytes)
            }
            Body::Whole(bytes) => {
                self.body = Body::Whole(bytes.clone());
                Ok(bytes)
            }
            Body::Gone => Err(too_large().into()),
        }
    }

    /// Does work over `bytes` of text that may become many times as large. Its memory is reserved first.
    pub(crate) fn work<T>(
        &self,
        bytes: usize,
        work: impl FnOnce(&Exchange) -> T,
    ) -> Result<T, Stop> {
        let _reserved = self.reserved(bytes)?;
        Ok(aside(bytes, || work(self)))
    }

    /// The same for work that looks at each of the bytes a few times, whatever they say.
    pub(crate) fn pass<T>(
        &self,
        bytes: usize,
        work: impl FnOnce(&Exchange) -> T,
    ) -> Result<T, Stop> {
        let _reserved = self.reserved(bytes)?;
        Ok(pass_aside(bytes, || work(self)))
    }

    /// The memory for what a text of so many bytes may become; a small one is not worth counting.
    fn reserved(&self, bytes: usize) -> Result<Option<Reservation>, Stop> {
        if bytes < LARGE_BODY_BYTES {
            return Ok(None);
        }
        let mut memory = self.memory.another();
        memory.take(bytes.saturating_mul(LARGE_BODY_FACTOR))?;
        Ok(Some(memory))
    }

    /// An answer that counts towards the memory for bodies until it is sent or given up.
    pub(crate) fn held(&self, answer: Bytes) -> Result<Bytes, Stop> {
        Ok(self.memory.another().held(answer)?)
    }

    /// A further share of the memory for bodies.
    pub(crate) fn share(&self) -> Reservation {
        self.memory.another()
    }

    /// The body, when it was read.
    pub(crate) fn read_body(&self) -> Bytes {
        match &self.body {
            Body::Whole(bytes) => bytes.clone(),
            Body::Waiting(_) | Body::Sent(_) | Body::Gone => Bytes::new(),
        }
    }

    /// The body as it was sent, when it was read and not decompressed.
    pub(crate) fn read_sent_body(&self) -> Bytes {
        match &self.body {
            Body::Sent(bytes) => bytes.clone(),
            Body::Waiting(_) | Body::Whole(_) | Body::Gone => Bytes::new(),
        }
    }

    /// What it may ask of the gateway.
    pub(crate) fn limits(&self) -> &Limits {
        self.memory.limits()
    }

    /// The declared length of the body in bytes, if any.
    pub(crate) fn declared_length(&self) -> Option<u64> {
        self.headers.get(http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }
}

/// Does work over `bytes`. Large work leaves this worker to other requests.
pub(crate) fn aside<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    if bytes < LARGE_BODY_BYTES { work() } else { apart(work) }
}

/// Does work over `bytes` that looks at each of them a few times. Large work leaves this worker to other requests.
pub fn pass_aside<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    if bytes < LARGE_PASS_BYTES { work() } else { apart(work) }
}

/// Awaits work over `bytes` that seldom waits. Large work leaves this worker to other requests.
pub async fn awaited_aside<F: Future>(bytes: usize, work: F) -> F::Output {
    let runtime = tokio::runtime::Handle::try_current().ok();
    let shared = runtime.filter(|it| it.runtime_flavor() == RuntimeFlavor::MultiThread);
    match shared.filter(|_| bytes >= LARGE_BODY_BYTES) {
        Some(runtime) => tokio::task::block_in_place(|| runtime.block_on(work)),
        None => work.await,
    }
}

/// Does work and leaves this worker to other requests meanwhile, where there are other threads.
fn apart<T>(work: impl FnOnce() -> T) -> T {
    let is_shared = tokio::runtime::Handle::try_current()
        .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
    if is_shared { tokio::task::block_in_place(work) } else { work() }
}

/// The host that a request names itself.
fn own_host<'r>(uri: &'r http::Uri, headers: &'r HeaderMap) -> Option<&'r str> {
    match uri.authority() {
        Some(authority) => authority.as_str().rsplit('@').next(),
        None => headers.get(http::header::HOST)?.to_str().ok(),
    }
}

/// Whether a header, in any case, is one that mappings and templates never see.
fn is_dropped_at_ingress(name: &str) -> bool {
    DROPPED_AT_INGRESS.iter().any(|dropped| dropped.eq_ignore_ascii_case(name))
}

/// The media type of a header's value without parameters, of a list its first; `application/json` when there is none.
pub(crate) fn media_type(value: Option<&str>) -> String {
    value
        .and_then(|text| text.split([',', ';']).next())
        .map(|text| text.trim().to_ascii_lowercase())
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| "application/json".to_owned())
}

/// AWS's 413; customising it has no effect there.
pub(crate) fn too_large() -> GatewayError {
    GatewayError::new(
        GatewayResponseType::RequestTooLarge,
        "RequestTooLargeException",
        "Request Too Long",
    )
}

/// The nearest 4xx to what is no HTTP request of an API (inferred).
pub(crate) fn bad_request() -> Stop {
    let status = StatusCode::BAD_REQUEST;
    BareError::new(status, "BadRequestException", "Bad Request").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::BODIES_BYTES_MAX;
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::mpsc;
    use tokio::sync::oneshot;

    #[derive(Debug)]
    struct Fixed;

    impl Clock for Fixed {
        fn epoch_ms(&self) -> u64 {
            0
        }

        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }
    }

    impl Random for Fixed {
        fn next(&self) -> u64 {
            0
        }
    }

    fn memory() -> Arc<Memory> {
        Arc::new(Memory::new(Limits::AWS))
    }

    fn exchange(memory: &Arc<Memory>) -> Exchange {
        let request = http::Request::new(http_body_util::Full::default());
        let client = Client::from(IpAddr::from(Ipv4Addr::LOCALHOST));
        Exchange::begin(Entry::Client, request, client, &Fixed, &Fixed, memory)
    }

    pub(super) fn exchange_of(
        entry: Entry,
        request: http::Request<http_body_util::Full<Bytes>>,
        client: Client,
    ) -> Exchange {
        Exchange::begin(entry, request, client, &Fixed, &Fixed, &memory())
    }

    #[test]
    fn a_media_type_has_no_parameters_and_is_the_first_of_a_list() {
        let of = |text| media_type(Some(text));
        assert_eq!(of("Application/JSON; charset=utf-8"), "application/json");
        assert_eq!(of("text/html, application/json"), "text/html");
        assert_eq!(of(""), "application/json");
        assert_eq!(media_type(None), "application/json");
    }

    /// Without that it waits in vain: what it waits for runs on the only worker there is.
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn large_work_leaves_its_worker_to_others() {
        let (begun, has_begun) = oneshot::channel();
        let (answered, is_answered) = mpsc::channel();
        let large = tokio::spawn(async move {
            exchange(&memory()).work(LARGE_BODY_BYTES, |_| {
                begun.send(()).unwrap();
                is_answered.recv_timeout(Duration::from_secs(10))
            })
        });
        has_begun.await.unwrap();
        tokio::spawn(async move { answered.send("meanwhile").unwrap() });
        assert_eq!(large.await.unwrap().unwrap(), Ok("meanwhile"));
    }

    #[tokio::test]
    async fn large_work_is_done_where_there_is_one_thread_alone() {
        let exchange = exchange(&memory());
        assert_eq!(exchange.work(LARGE_BODY_BYTES, |_| "done").unwrap(), "done");
    }

    #[test]
    fn large_work_takes_16_times_its_bytes_and_gives_them_back() {
        let memory = memory();
        let (first, second) = (exchange(&memory), exchange(&memory));
        let half = BODIES_BYTES_MAX / LARGE_BODY_FACTOR / 2;
        let both = |bytes: usize| first.work(half, |_| second.work(bytes, |_| "done")).unwrap();
        assert_eq!(both(half).unwrap(), "done");
        let Err(Stop::Bare(refused)) = both(half + 1) else { panic!("it was done") };
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(both(LARGE_BODY_BYTES - 1).unwrap(), "done");
        assert_eq!(both(half).unwrap(), "done");
    }
}
