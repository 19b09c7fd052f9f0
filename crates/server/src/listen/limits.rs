//! The limits of one listener, so that a test can choose small ones.

use std::time::Duration;

use crate::limits;

/// What the connections of one listener may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at once; see [`limits::CONNECTIONS_MAX`].
    pub connections_max: usize,
    /// Connections of one client open at once; see [`limits::CLIENT_CONNECTIONS_MAX`].
    pub client_connections_max: usize,
    /// TLS handshakes at once; see [`limits::HANDSHAKES_MAX`].
    pub handshakes_max: usize,
    /// Time for a TLS handshake; see [`limits::HANDSHAKE_TIMEOUT`].
    pub handshake_timeout: Duration,
    /// Silence after which a handshake makes room; see [`limits::HANDSHAKE_SILENCE`].
    pub handshake_silence: Duration,
    /// Time for a preamble that has begun; see [`limits::PREAMBLE_TIMEOUT`].
    pub preamble_timeout: Duration,
    /// Bytes of a request's head, at least 8192; see [`limits::HEAD_BYTES_MAX`].
    pub head_bytes_max: u32,
    /// Streams of one HTTP/2 connection; see [`limits::HTTP2_STREAMS_MAX`].
    pub http2_streams_max: u32,
    /// Time for a whole HTTP/1 request head; see [`limits::HEAD_TIMEOUT`].
    pub head_timeout: Duration,
    /// Time without a byte and without a request; see [`limits::IDLE_TIMEOUT`].
    pub idle_timeout: Duration,
    /// Time for the last words of a connection told to close; see [`limits::CLOSE_TIMEOUT`].
    pub close_timeout: Duration,
}

impl Default for Limits {
    /// Returns the limits of the program.
    fn default() -> Self {
        Self {
            connections_max: limits::CONNECTIONS_MAX,
            client_connections_max: limits::CLIENT_CONNECTIONS_MAX,
            handshakes_max: limits::HANDSHAKES_MAX,
            handshake_timeout: limits::HANDSHAKE_TIMEOUT,
            handshake_silence: limits::HANDSHAKE_SILENCE,
            preamble_timeout: limits::PREAMBLE_TIMEOUT,
            head_bytes_max: limits::HEAD_BYTES_MAX,
            http2_streams_max: limits::HTTP2_STREAMS_MAX,
            head_timeout: limits::HEAD_TIMEOUT,
            idle_timeout: limits::IDLE_TIMEOUT,
            close_timeout: limits::CLOSE_TIMEOUT,
        }
    }
}
