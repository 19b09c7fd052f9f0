//! What an answer says of its call: that it is done, that it may be made again, or that the clock is wrong.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Retry behavior" (the errors of standard mode); DynamoDB developer guide,
//! "Error handling with DynamoDB".

use std::borrow::Cow;

use http::header::DATE;
use serde::Deserialize;

use super::answer::Answer;

/// Why a call may be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The store says that it is asked too much.
    Throttled,
    /// The store says that it failed.
    Failing,
    /// No answer in time.
    Timeout,
    /// No answer, or none of DynamoDB's.
    Broken,
}

/// What follows from an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the call's.
    Done,
    /// The call may be made again.
    Again(Trouble),
    /// The signature's time may not be the store's: its clock says this, in milliseconds since 1970.
    Skewed {
        /// The store's time.
        their_epoch_ms: u64,
    },
}

/// Errors with which the store says that it is asked too much.
const THROTTLING: [&str; 13] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// Errors that say that nothing is wrong with the request.
const TRANSIENT: [&str; 3] = ["InternalServerError", "RequestTimeout", "RequestTimeoutException"];

/// Errors that a wrong clock makes, some of which other things make too.
const SKEW: [&str; 6] = [
    "AuthFailure",
    "InvalidSignatureException",
    "RequestExpired",
    "RequestInTheFuture",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
];

/// The `__type` of an error.
#[derive(Deserialize)]
struct Named<'b> {
    #[serde(rename = "__type", borrow)]
    kind: Cow<'b, str>,
}

/// The name of the error that a body is, without its namespace.
pub(crate) fn error_name(body: &[u8]) -> Option<String> {
    let named: Named<'_> = serde_json::from_slice(body).ok()?;
    Some(named.kind.rsplit('#').next().unwrap_or(&named.kind).to_owned())
}

impl Verdict {
    /// Judges an answer of DynamoDB's.
    pub(super) fn of(answer: &Answer) -> Verdict {
        if answer.status < 400 {
            return Verdict::Done;
        }
        let name = error_name(&answer.body);
        let is = |names: &[&str]| name.as_deref().is_some_and(|name| names.contains(&name));
        if is(&SKEW)
            && let Some(their_epoch_ms) = date_of(answer)
        {
            return Verdict::Skewed { their_epoch_ms };
        }
        trouble(answer.status, name.as_deref()).map_or(Verdict::Done, Verdict::Again)
    }
}

/// Why a call with an error of this name may be made again, if it may.
pub(crate) fn trouble(status: u16, name: Option<&str>) -> Option<Trouble> {
    let is = |names: &[&str]| name.is_some_and(|name| names.contains(&name));
    if is(&THROTTLING) || status == 429 {
        return Some(Trouble::Throttled);
    }
    let fails = is(&TRANSIENT) || matches!(status, 500 | 502 | 503 | 504);
    fails.then_some(Trouble::Failing)
}

fn date_of(answer: &Answer) -> Option<u64> {
    let date = answer.headers.get(DATE)?.to_str().ok()?;
    let date = httpdate::parse_http_date(date).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue};

    use super::*;

    fn verdict(status: u16, body: &str) -> Verdict {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, HeaderValue::from_static("Thu, 01 Jan 1970 00:16:40 GMT"));
        Verdict::of(&Answer { status, headers, body: Bytes::copy_from_slice(body.as_bytes()) })
    }

    fn of(status: u16, name: &str) -> Verdict {
        verdict(status, &format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{name}"}}"#))
    }

    #[test]
    fn answers_are_judged_as_by_the_sdks() {
        for name in THROTTLING {
            assert_eq!(of(400, name), Verdict::Again(Trouble::Throttled), "{name}");
        }
        for (status, name) in [(500, "InternalServerError"), (503, "ServiceUnavailable")] {
            assert_eq!(of(status, name), Verdict::Again(Trouble::Failing), "{name}");
        }
        assert_eq!(of(429, "Whatever"), Verdict::Again(Trouble::Throttled));
        assert_eq!(verdict(502, "no JSON"), Verdict::Again(Trouble::Failing));
        for name in [
            "ConditionalCheckFailedException",
            "TransactionCanceledException",
            "TransactionConflictException",
            "ValidationException",
            "AccessDeniedException",
            "ResourceNotFoundException",
            "UnrecognizedClientException",
        ] {
            assert_eq!(of(400, name), Verdict::Done, "{name}");
        }
        assert_eq!(of(200, "ThrottlingException"), Verdict::Done);
        assert_eq!(of(501, "NotImplemented"), Verdict::Done);
        let skewed = Verdict::Skewed { their_epoch_ms: 1_000_000 };
        assert_eq!(of(403, "RequestExpired"), skewed);
        assert_eq!(of(400, "InvalidSignatureException"), skewed);
    }

    #[test]
    fn a_name_is_read_with_escapes_and_without_a_namespace() {
        let name = |body: &str| error_name(body.as_bytes());
        assert_eq!(name(r#"{"message":"x","__type":"a\u0023B"}"#).as_deref(), Some("B"));
        assert_eq!(name(r#"{"__type":"B"}"#).as_deref(), Some("B"));
        assert_eq!(name(r#"{"message":"__type"}"#), None);
        assert_eq!(name("<html>"), None);
    }
}
