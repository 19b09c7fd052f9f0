//! The memory that bodies take: one budget for all requests in flight, and the reading of a body within it.

use super::{bad_request, too_large};
use crate::error::{BareError, Stop};
use crate::integrate::EndpointBody;
use crate::limits::{BODIES_BYTES_MAX, LARGE_BODY_BYTES, Limits};
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Why a body could not be read to its end.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body that is still arriving, of a request or an answer.
pub(super) type Stream = EndpointBody;

/// Why a body was not read to its end.
#[derive(Debug)]
pub enum Unread {
    /// Its sender closed or broke the transfer.
    Broken(BodyError),
    /// It is larger than it may be.
    TooLarge {
        /// What it may have.
        bytes_max: usize,
    },
    /// All bodies together take too much.
    Full(Full),
}

/// The bodies of all requests in flight take too much memory together.
#[derive(Debug)]
pub struct Full;

impl From<Full> for Stop {
    fn from(Full: Full) -> Stop {
        BareError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailableException",
            "Service Unavailable",
        )
        .into()
    }
}

/// The bytes that the bodies of all requests in flight take together, and what each may take.
#[derive(Debug)]
pub(crate) struct Memory {
    used: AtomicUsize,
    limits: Limits,
}

impl Memory {
    pub(crate) fn new(limits: Limits) -> Memory {
        Memory { used: AtomicUsize::new(0), limits }
    }

    /// Bytes that are taken now.
    pub(crate) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}

/// A share of the memory for bodies; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    memory: Arc<Memory>,
    bytes: usize,
}

impl Reservation {
    pub(crate) fn new(memory: &Arc<Memory>) -> Reservation {
        Reservation { memory: Arc::clone(memory), bytes: 0 }
    }

    /// The limits of each request.
    pub(super) fn limits(&self) -> &Limits {
        &self.memory.limits
    }

    /// A further share of the same memory.
    pub(super) fn another(&self) -> Reservation {
        Reservation::new(&self.memory)
    }

    /// Reads a body to its end, within its limits of size, time and memory.
    pub(super) async fn read(&mut self, stream: Stream) -> Result<Bytes, Stop> {
        let Limits { body_bytes, body_wait, .. } = *self.limits();
        match tokio::time::timeout(body_wait, self.collect(stream, body_bytes)).await {
            Ok(Ok(bytes)) => Ok(bytes),
            // The client closed or broke its transfer; nobody is likely to see the answer.
            Ok(Err(Unread::Broken(_))) => Err(bad_request()),
            Ok(Err(Unread::TooLarge { .. })) => Err(too_large().into()),
            Ok(Err(Unread::Full(full))) => Err(full.into()),
            Err(_) => Err(slow_body()),
        }
    }

    /// Reads an endpoint's answer to its end. Its bytes count until they are dropped; those of a small one are not worth it.
    pub(crate) async fn read_answer(self, stream: Stream) -> Result<Bytes, Unread> {
        let bytes_max = self.limits().response_bytes;
        self.read_within(stream, bytes_max).await
    }

    /// Reads a body of this many bytes at most to its end. Its bytes count as those of an answer do.
    pub(crate) async fn read_within(
        mut self,
        stream: Stream,
        bytes_max: usize,
    ) -> Result<Bytes, Unread> {
        let answer = self.collect(stream, bytes_max).await?;
        if answer.len() < LARGE_BODY_BYTES {
            return Ok(answer);
        }
        // No buffer grows any more.
        self.give_back(self.bytes.saturating_sub(answer.len()));
        Ok(Bytes::from_owner(Held { answer, _share: self }))
    }

    fn give_back(&mut self, bytes: usize) {
        self.bytes -= bytes;
        self.memory.used.fetch_sub(bytes, Ordering::Relaxed);
    }

    async fn collect(&mut self, mut stream: Stream, bytes_max: usize) -> Result<Bytes, Unread> {
        let mut length = 0_usize;
        let mut first = Bytes::new();
        let mut rest = BytesMut::new();
        while let Some(frame) = stream.frame().await {
            let Ok(chunk) = frame.map_err(Unread::Broken)?.into_data() else { continue };
            length += chunk.len();
            if length > bytes_max {
                return Err(Unread::TooLarge { bytes_max });
            }
            // Buffers that are read into and grow hold about twice what is used of them.
            self.take(chunk.len().saturating_mul(2)).map_err(Unread::Full)?;
            if first.is_empty() {
                first = chunk;
            } else {
                if rest.is_empty() {
                    // The declared length is believed as far as it costs little.
                    let declared = usize::try_from(stream.size_hint().lower()).unwrap_or(0);
                    rest.reserve(length + declared.min(LARGE_BODY_BYTES));
                    rest.extend_from_slice(&first);
                }
                rest.extend_from_slice(&chunk);
            }
        }
        Ok(if rest.is_empty() { first } else { rest.freeze() })
    }

    /// Adds to the share, or refuses when all requests together have too much.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Full> {
        self.bytes += bytes;
        let used = self.memory.used.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if used <= BODIES_BYTES_MAX {
            return Ok(());
        }
        Err(Full)
    }

    /// An answer that counts until its last byte is sent or given up; a small one is not worth counting.
    pub(super) fn held(mut self, answer: Bytes) -> Result<Bytes, Full> {
        if answer.len() < LARGE_BODY_BYTES {
            return Ok(answer);
        }
        self.take(answer.len())?;
        Ok(Bytes::from_owner(Held { answer, _share: self }))
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.give_back(self.bytes);
    }
}

/// Bytes and their share of the memory.
struct Held {
    answer: Bytes,
    _share: Reservation,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.answer
    }
}

fn slow_body() -> Stop {
    let status = StatusCode::REQUEST_TIMEOUT;
    BareError::new(status, "RequestTimeoutException", "Request Timeout").into()
}
