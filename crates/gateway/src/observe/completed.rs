//! The one event of a request that everything is made from that is told of requests: its facts at its end.

use crate::error::Stop;
use crate::exchange::Exchange;
use http::StatusCode;
use std::time::Duration;

/// A request that was answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Completed<'e> {
    /// What was received and found out.
    pub(crate) exchange: &'e Exchange,
    /// What the client gets.
    pub(crate) status: StatusCode,
    /// What stopped it; none when its method answered.
    pub(crate) stop: Option<&'e Stop>,
    /// From its head to its answer.
    pub(crate) total: Duration,
    /// Bytes of its body, decompressed; 0 when it was not read.
    pub(crate) request_bytes: usize,
    /// Bytes of the answer's body as it is sent.
    pub(crate) response_bytes: usize,
}
