//! One attempt of a call: signed, sent to one endpoint, its answer read; and what the endpoint's circuit learns of it.

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Request};
use tokio::time::{Instant, timeout_at};
use vestibule_sigv4::{Payload, Request as ToSign, Signer};

use super::answer::{Answer, Unread};
use super::call::Endpoints;
use super::nodes::Node;
use super::ready::Ready;
use super::verdict::{Trouble, Verdict};
use crate::action::Action;
use crate::limits::{ANSWER_BYTES, ANSWER_WAIT, CIRCUIT_TIMEOUT_LEAST, FIRST_BYTE_WAIT};
use crate::protocol::{STREAMS_PREFIX, TARGET_PREFIX};
use crate::reply::CallError;

const JSON: &str = "application/x-amz-json-1.0";
/// The checksum is of what comes: nothing is to be compressed on the way.
const IDENTITY: HeaderValue = HeaderValue::from_static("identity");
const SENDER: HeaderValue =
    HeaderValue::from_static(concat!("vestibule/", env!("CARGO_PKG_VERSION")));
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// What is sent, whichever endpoint it goes to.
#[derive(Debug)]
pub(super) struct Outgoing<'s> {
    pub(super) action: Action,
    pub(super) body: Bytes,
    pub(super) sha256: String,
    pub(super) signer: &'s Signer,
}

/// An attempt without an answer.
#[derive(Debug)]
pub(super) struct Missed {
    /// Of what kind, if a further attempt may help.
    pub(super) trouble: Option<Trouble>,
    error: CallError,
}

impl Missed {
    pub(super) fn into_error(self) -> CallError {
        self.error
    }
}

/// Makes an attempt, and tells circuit and counts of it.
pub(super) async fn make(
    endpoints: &Endpoints,
    node: &Node,
    outgoing: &Outgoing<'_>,
    ready: Ready<'_>,
    deadline: Instant,
) -> Result<Answer, Missed> {
    let begin = Instant::now();
    let under_way = node.begin();
    let outcome = send(endpoints, node, outgoing, ready, deadline).await;
    drop(under_way);
    match &outcome {
        Ok(answer) => {
            let trouble = match Verdict::of(answer) {
                Verdict::Again(trouble) => Some(trouble),
                Verdict::Done | Verdict::Skewed { .. } => None,
            };
            endpoints.counts.attempt(trouble);
            endpoints.answered(node);
        }
        Err(Missed { trouble: Some(trouble), error }) => {
            endpoints.counts.attempt(Some(*trouble));
            let waited = begin.elapsed();
            // A call with little time says little about the endpoint.
            if *trouble != Trouble::Timeout || waited >= CIRCUIT_TIMEOUT_LEAST {
                endpoints.failed(node, &error.to_string());
            }
        }
        Err(Missed { trouble: None, .. }) => {}
    }
    outcome
}

/// Signs and sends a request, and reads the answer. Tells nobody.
pub(super) async fn send(
    endpoints: &Endpoints,
    node: &Node,
    outgoing: &Outgoing<'_>,
    ready: Ready<'_>,
    deadline: Instant,
) -> Result<Answer, Missed> {
    let begin = Instant::now();
    let timeout = |_| Missed { trouble: Some(Trouble::Timeout), error: CallError::Deadline };
    let endpoint = || node.address.to_string();
    let broken = |reason: String| Missed {
        trouble: Some(Trouble::Broken),
        error: CallError::Unreachable { endpoint: endpoint(), reason },
    };
    let unsound = |reason: String, trouble: Option<Trouble>| Missed {
        trouble,
        error: CallError::Unsound { endpoint: endpoint(), reason },
    };
    let last = |error: CallError| Missed { trouble: None, error };
    let sending = endpoints.network.send(signed(node, outgoing, &ready)?);
    let head_by = deadline.min(begin + FIRST_BYTE_WAIT);
    let response = timeout_at(head_by, sending).await.map_err(timeout)?;
    let response = response.map_err(|error| broken(error.to_string()))?;
    let reading = Answer::read(response, &endpoints.memory);
    let read = timeout_at(deadline.min(begin + ANSWER_WAIT), reading).await.map_err(timeout)?;
    read.map_err(|unread| match unread {
        Unread::Broken(reason) => broken(format!("the answer broke off: {reason}")),
        Unread::Unsound(reason) => unsound(reason, Some(Trouble::Broken)),
        Unread::Foreign(reason) => unsound(reason, None),
        Unread::TooLarge => last(CallError::TooLarge { bytes_max: ANSWER_BYTES }),
        Unread::Full => last(CallError::Saturated),
    })
}

fn signed(
    node: &Node,
    outgoing: &Outgoing<'_>,
    ready: &Ready<'_>,
) -> Result<Request<Bytes>, Missed> {
    let unsigned =
        |reason: String| Missed { trouble: None, error: CallError::NoCredentials { reason } };
    let service = if outgoing.action.is_of_streams() { STREAMS_PREFIX } else { TARGET_PREFIX };
    let target = format!("{service}{}", outgoing.action.name());
    let door = node.door(outgoing.action);
    let to_sign = ToSign {
        method: "POST",
        path: "/",
        query: "",
        headers: &[
            ("content-type", JSON.as_bytes()),
            ("host", door.host.as_bytes()),
            ("x-amz-target", target.as_bytes()),
        ],
        payload: Payload::Sha256(&outgoing.sha256),
    };
    let added = outgoing.signer.sign(&to_sign, &ready.credentials, ready.epoch_ms / 1000);
    let mut request = Request::new(outgoing.body.clone());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = door.uri.clone();
    let headers = request.headers_mut();
    headers.reserve(8);
    headers.insert(HOST, door.host.clone());
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    headers.insert(ACCEPT_ENCODING, IDENTITY);
    headers.insert(USER_AGENT, SENDER);
    let no_header = |name: &str| unsigned(format!("the credentials do not make a header `{name}`"));
    headers.insert(TARGET, HeaderValue::try_from(target).map_err(|_| no_header("x-amz-target"))?);
    for (name, value) in added {
        let mut value = HeaderValue::try_from(value).map_err(|_| no_header(name))?;
        value.set_sensitive(matches!(name, "authorization" | "x-amz-security-token"));
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(request)
}
