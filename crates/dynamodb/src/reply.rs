//! What a call comes back with: DynamoDB's answer, or the reason why there is none.

use bytes::Bytes;
use http::HeaderMap;

/// DynamoDB's answer to one call, as its HTTP endpoint gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status: 200, 400 for an error of the caller, 413 for a body over the limit, 500.
    pub status: u16,
    /// The headers that an endpoint sent, without those of the connection and the length: its
    /// `x-amzn-RequestId` and `x-amz-crc32`. None of the embedded store.
    pub headers: HeaderMap,
    /// Compact JSON. An error has the members `__type` and `message` (or `Message`).
    pub body: Bytes,
}

/// What an error is counted as that has none of the names below: the names that are counted are no endpoint's choice.
const OTHER_ERROR: &str = "Other";

/// The names of errors that are counted by themselves (AWS docs: DynamoDB, error handling, and its actions; common errors).
const ERRORS: [&str; 25] = [
    "AccessDeniedException",
    "ConditionalCheckFailedException",
    "DuplicateItemException",
    "ExpiredTokenException",
    "IdempotentParameterMismatchException",
    "IncompleteSignatureException",
    "InternalServerError",
    "InvalidSignatureException",
    "ItemCollectionSizeLimitExceededException",
    "LimitExceededException",
    "MissingAuthenticationTokenException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "SerializationException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "ThrottlingException",
    "TransactionCanceledException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationException",
];

/// Bytes at the start of an error in which its name is looked for.
const ERROR_START_BYTES: usize = 256;

impl Reply {
    /// An answer that no endpoint sent.
    pub fn of(status: u16, body: Bytes) -> Reply {
        Reply { status, headers: HeaderMap::new(), body }
    }

    pub(crate) fn success(body: Vec<u8>) -> Reply {
        Reply::of(200, Bytes::from(body))
    }

    /// Returns whether the action was done.
    pub fn is_success(&self) -> bool {
        self.status == 200
    }

    /// Returns the name of the error that the answer is, as it is counted: one of AWS's, or `Other`; none of a success.
    pub fn error_name(&self) -> Option<&'static str> {
        if self.status < 400 {
            return None;
        }
        let start = self.body.get(..ERROR_START_BYTES).unwrap_or(&self.body);
        let start = String::from_utf8_lossy(start);
        // `"__type":"com.amazonaws.dynamodb.v20120810#ValidationException"`; the message that follows is made of a client's words.
        let named = start.split_once("__type").and_then(|(_, rest)| rest.split('"').nth(2));
        let name = named.map(|name| name.rsplit('#').next().unwrap_or(name));
        let known = ERRORS.into_iter().find(|known| name == Some(known));
        known.or(Some(OTHER_ERROR))
    }

    /// Returns whether the caller is at fault: nothing was done.
    pub(crate) fn is_refusal(&self) -> bool {
        (400..500).contains(&self.status)
    }
}

/// Why a call has no answer of DynamoDB's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Too many calls wait already, or this one waited too long for its turn.
    /// Nothing was done.
    #[error("the store is saturated: the call was not started")]
    Saturated,
    /// The call began and did not end in time. A write may still happen.
    #[error("the store did not answer in time: a write may still happen")]
    Deadline,
    /// The store's thread is gone. A write may have happened.
    #[error("the store is closed")]
    Closed,
    /// An endpoint gave no answer, however often it was asked. A write may have happened.
    #[error("`{endpoint}` gave no answer: {reason}")]
    Unreachable {
        /// The endpoint that was asked last.
        endpoint: String,
        /// Why there is no answer.
        reason: String,
    },
    /// No endpoint answers, and that is known: none was asked. Nothing was done.
    #[error("the circuit of {endpoints} is open: nothing is sent there until it answers again")]
    CircuitOpen {
        /// The endpoints, each in backticks.
        endpoints: String,
    },
    /// What an endpoint answered is not DynamoDB's, or was damaged on its way. A write may have
    /// happened.
    #[error("`{endpoint}` did not answer as DynamoDB does: {reason}")]
    Unsound {
        /// The endpoint that was asked last.
        endpoint: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// The answer is longer than any of DynamoDB's. A write may have happened.
    #[error("the store's answer has more than {bytes_max} bytes")]
    TooLarge {
        /// The most it may have.
        bytes_max: usize,
    },
    /// There is nothing to sign with. Nothing was done.
    #[error("the call cannot be signed: {reason}")]
    NoCredentials {
        /// Why not.
        reason: String,
    },
}
