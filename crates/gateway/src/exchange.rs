//! The facts about one request: as received, who sent it, its body, and what the steps found out.
//!
//! Header names are matched without regard to case. Some headers are never seen by mappings and templates.

use crate::clock::{Clock, Random};
use crate::error::{BareError, GatewayError, Stop};
use crate::hex;
use crate::limits::{
    BODIES_BYTES_MAX, BODY_BYTES_MAX, BODY_WAIT_MAX, LARGE_BODY_BYTES, LARGE_BODY_FACTOR,
};
use crate::map::Overrides;
use crate::site::StageView;
use base64::Engine;
use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderMap, HeaderName, StatusCode};
use http_body_util::BodyExt;
use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::runtime::RuntimeFlavor;
use vestibule_restapi::GatewayResponseType;

/// Why a body could not be read to its end.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body that is still arriving.
type Stream = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BodyError> + Send>>;

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
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) method: http::Method,
    uri: http::Uri,
    pub(crate) headers: HeaderMap,
    /// `Host`, or the authority of an HTTP/2 request.
    pub(crate) host: Option<String>,
    pub(crate) source_ip: IpAddr,
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
    /// What `$context.path` shows.
    pub(crate) context_path: String,
    /// Index of the method in the stage's snapshot, once routing has found it.
    pub(crate) matched: Option<usize>,
    /// Path variables, as sent.
    pub(crate) path_parameters: Vec<(String, String)>,
    /// Decoded; each name may stand several times.
    pub(crate) query_parameters: Vec<(String, String)>,
    /// What the last template left in `$context.requestOverride` and `$context.responseOverride`.
    pub(crate) overrides: Overrides,
    /// 64 bits each for trace ids.
    pub(crate) trace: [u64; 3],
    body: Body,
    memory: Reservation,
}

enum Body {
    Waiting(Stream),
    Whole(Bytes),
    /// It was refused once; asking again has the same answer.
    Gone,
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Waiting(_) => f.write_str("Waiting"),
            Body::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Body::Gone => f.write_str("Gone"),
        }
    }
}

impl Exchange {
    /// Notes what was received and when, and gives it its ids.
    pub(crate) fn begin<B>(
        request: http::Request<B>,
        source_ip: IpAddr,
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
        let host = match uri.authority() {
            Some(authority) => Some(authority.as_str().to_owned()),
            None => headers
                .get(http::header::HOST)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
        };
        Exchange {
            method,
            host,
            uri,
            headers,
            source_ip,
            request_id: uuid(random),
            extended_request_id: extended_id(random),
            epoch_ms: clock.epoch_ms(),
            started: clock.elapsed(),
            stage: None,
            context_path: String::new(),
            matched: None,
            path_parameters: Vec::new(),
            query_parameters: Vec::new(),
            overrides: Overrides::default(),
            trace: [random.next(), random.next(), random.next()],
            body,
            memory: Reservation { memory: Arc::clone(memory), bytes: 0 },
        }
    }

    /// As sent: not decoded, not normalised.
    pub(crate) fn raw_path(&self) -> &str {
        self.uri.path()
    }

    /// As sent, without the `?`; empty when there is none.
    pub(crate) fn raw_query(&self) -> &str {
        self.uri.query().unwrap_or("")
    }

    /// The verb that counts: `X-HTTP-Method-Override` replaces the request's own (AWS docs: known issues).
    pub(crate) fn verb(&self) -> &str {
        self.headers
            .get(METHOD_OVERRIDE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or(self.method.as_str())
    }

    /// The last value of a header, unless it is one that is dropped at ingress; bytes that are not UTF-8 are replaced.
    pub(crate) fn header(&self, name: &str) -> Option<std::borrow::Cow<'_, str>> {
        if is_dropped_at_ingress(name) {
            return None;
        }
        let value = self.headers.get_all(name).iter().next_back()?;
        Some(String::from_utf8_lossy(value.as_bytes()))
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
    pub(crate) fn content_type(&self) -> String {
        media_type(self.headers.get(http::header::CONTENT_TYPE))
    }

    /// Reads the body to its end, once; later calls have the same bytes.
    pub(crate) async fn body(&mut self) -> Result<Bytes, Stop> {
        match std::mem::replace(&mut self.body, Body::Gone) {
            Body::Whole(bytes) => {
                self.body = Body::Whole(bytes.clone());
                Ok(bytes)
            }
            Body::Waiting(stream) => {
                let read = self.memory.read(stream);
                let bytes = match tokio::time::timeout(BODY_WAIT_MAX, read).await {
                    Ok(bytes) => bytes?,
                    Err(_) => return Err(slow_body()),
                };
                self.body = Body::Whole(bytes.clone());
                Ok(bytes)
            }
            Body::Gone => Err(too_large().into()),
        }
    }

    /// Does work over `bytes` of text. Large work leaves this worker to other requests, and its memory is reserved first.
    pub(crate) fn work<T>(
        &self,
        bytes: usize,
        work: impl FnOnce(&Exchange) -> T,
    ) -> Result<T, Stop> {
        if bytes < LARGE_BODY_BYTES {
            return Ok(work(self));
        }
        let mut memory = Reservation { memory: Arc::clone(&self.memory.memory), bytes: 0 };
        memory.take(bytes.saturating_mul(LARGE_BODY_FACTOR))?;
        let is_shared = tokio::runtime::Handle::try_current()
            .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
        Ok(if is_shared { tokio::task::block_in_place(|| work(self)) } else { work(self) })
    }

    /// The body, when it was read.
    pub(crate) fn read_body(&self) -> Bytes {
        match &self.body {
            Body::Whole(bytes) => bytes.clone(),
            Body::Waiting(_) | Body::Gone => Bytes::new(),
        }
    }

    /// The declared length of the body in bytes, if any.
    pub(crate) fn declared_length(&self) -> Option<u64> {
        self.headers.get(http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }
}

/// Whether a header, in any case, is one that mappings and templates never see.
pub(crate) fn is_dropped_at_ingress(name: &str) -> bool {
    DROPPED_AT_INGRESS.iter().any(|dropped| dropped.eq_ignore_ascii_case(name))
}

/// The media type of a header's value without parameters, of a list its first; `application/json` when there is none.
pub(crate) fn media_type(value: Option<&http::HeaderValue>) -> String {
    value
        .and_then(|value| value.to_str().ok())
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

fn slow_body() -> Stop {
    let status = StatusCode::REQUEST_TIMEOUT;
    BareError { status, error_type: "RequestTimeoutException", message: "Request Timeout" }.into()
}

/// The bytes that all bodies in flight take together.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    used: AtomicUsize,
}

/// One request's share of the memory for bodies; given back when the request is done.
#[derive(Debug)]
struct Reservation {
    memory: Arc<Memory>,
    bytes: usize,
}

impl Reservation {
    async fn read(&mut self, mut stream: Stream) -> Result<Bytes, Stop> {
        let mut first = Bytes::new();
        let mut rest = BytesMut::new();
        while let Some(frame) = stream.frame().await {
            let Ok(chunk) = frame.map_err(broken_body)?.into_data() else { continue };
            self.take(chunk.len())?;
            if self.bytes > BODY_BYTES_MAX {
                return Err(too_large().into());
            }
            if first.is_empty() {
                first = chunk;
            } else {
                if rest.is_empty() {
                    rest.extend_from_slice(&first);
                }
                rest.extend_from_slice(&chunk);
            }
        }
        Ok(if rest.is_empty() { first } else { rest.freeze() })
    }

    fn take(&mut self, bytes: usize) -> Result<(), Stop> {
        self.bytes += bytes;
        let used = self.memory.used.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if used > BODIES_BYTES_MAX {
            return Err(BareError {
                status: StatusCode::SERVICE_UNAVAILABLE,
                error_type: "ServiceUnavailableException",
                message: "Service Unavailable",
            }
            .into());
        }
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// The client closed or broke its transfer; nobody is likely to see the answer.
fn broken_body(_: BodyError) -> Stop {
    bad_request()
}

/// The nearest 4xx to what is no HTTP request of an API (inferred).
pub(crate) fn bad_request() -> Stop {
    let status = StatusCode::BAD_REQUEST;
    BareError { status, error_type: "BadRequestException", message: "Bad Request" }.into()
}

/// A version 4 UUID.
fn uuid(random: &dyn Random) -> String {
    let high = random.next() & 0xffff_ffff_ffff_0fff | 0x4000;
    let low = random.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
    let mut id = String::with_capacity(36);
    hex::push(&mut id, high >> 32, 8);
    for (number, digits) in [(high >> 16, 4), (high, 4), (low >> 48, 4), (low, 12)] {
        id.push('-');
        hex::push(&mut id, number, digits);
    }
    id
}

/// 16 characters ending with `=`, as AWS's look.
fn extended_id(random: &dyn Random) -> String {
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(
        &(u128::from(random.next()) << 64 | u128::from(random.next())).to_le_bytes(),
    );
    let [kept @ .., _, _, _, _, _] = bytes;
    base64::engine::general_purpose::STANDARD.encode(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Fixed(u64);

    impl Random for Fixed {
        fn next(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn ids_have_the_form_of_aws() {
        assert_eq!(uuid(&Fixed(u64::MAX)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid(&Fixed(0)), "00000000-0000-4000-8000-000000000000");
        assert_eq!(extended_id(&Fixed(0)), "AAAAAAAAAAAAAAA=");
    }

    #[test]
    fn a_media_type_has_no_parameters_and_is_the_first_of_a_list() {
        let of = |text: &'static str| media_type(Some(&http::HeaderValue::from_static(text)));
        assert_eq!(of("Application/JSON; charset=utf-8"), "application/json");
        assert_eq!(of("text/html, application/json"), "text/html");
        assert_eq!(of(""), "application/json");
        assert_eq!(media_type(None), "application/json");
    }
}
