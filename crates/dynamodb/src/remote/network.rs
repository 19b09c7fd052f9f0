//! What a remote store is given of the world: the network, time, randomness.

use std::error::Error;
use std::fmt;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::Semaphore;

/// The network.
pub trait Network: fmt::Debug + Send + Sync {
    /// Sends a request over HTTP/1.1 and returns the answer as soon as its head is there.
    /// A request that may have been sent is not sent again. Dropping the future or the body gives
    /// the call up.
    ///
    /// # Errors
    /// [`NetworkError`] when no answer comes.
    fn send(&self, request: Request<Bytes>) -> Sending;

    /// How many calls may be under way at one time: each takes a place before its request is sent
    /// and gives it back when its answer has been read. None when nothing bounds them.
    fn places(&self) -> Option<&Semaphore> {
        None
    }
}

/// A request under way.
pub type Sending = Pin<Box<dyn Future<Output = Result<Response<AnswerBody>, NetworkError>> + Send>>;

/// The body of an answer, as it arrives.
pub type AnswerBody =
    Pin<Box<dyn http_body::Body<Data = Bytes, Error = Box<dyn Error + Send + Sync>> + Send>>;

/// Why an endpoint gave no answer: for the operator, lower case, no full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NetworkError(pub String);

/// Time and randomness.
pub trait World: fmt::Debug + Send + Sync {
    /// Milliseconds since 1970-01-01 UTC: signatures name it.
    fn epoch_ms(&self) -> u64;

    /// The next 64 random bits, for pauses, choices and tokens. They guard nothing.
    fn random(&self) -> u64;
}
