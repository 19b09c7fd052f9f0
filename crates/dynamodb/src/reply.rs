//! What a call comes back with: DynamoDB's answer, or the reason why there is none.

use bytes::Bytes;

/// DynamoDB's answer to one call, as its HTTP endpoint gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status: 200, 400 for an error of the caller, 413 for a body over the limit, 500.
    pub status: u16,
    /// Compact JSON. An error has the members `__type` and `message` (or `Message`).
    pub body: Bytes,
}

impl Reply {
    pub(crate) fn success(body: Vec<u8>) -> Reply {
        Reply { status: 200, body: Bytes::from(body) }
    }

    /// Returns whether the action was done.
    pub fn is_success(&self) -> bool {
        self.status == 200
    }
}

/// Why a call has no answer of DynamoDB's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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
}
