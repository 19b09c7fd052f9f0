//! One connection from its first byte to its end: what comes before HTTP, HTTP/1 or HTTP/2, its
//! limits, and the four ways in which it is told to close (idle, its client's truststore changed, drained, cut).

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep_until};

use vestibule_gateway::{ClientCertificate, TlsSession};

use super::activity::{Activity, Counted, Watched};
use super::entrance::{self, Entrance, Opened};
use super::farewell::{Farewell, Parting};
use super::limits::Limits;
use super::serve::Phase;
use super::transport::Transport;
use crate::limits::{
    HTTP2_PENDING_RESETS_MAX, HTTP2_REFUSALS_MAX, HTTP2_SEND_BYTES_MAX, HTTP2_UNREAD_BYTES_MAX,
    IDLE_LOOKS,
};
use crate::tls::OfDomain;

/// The two ends of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The client's address.
    pub remote: SocketAddr,
    /// The address it called.
    pub local: SocketAddr,
    /// What was agreed on with it, where it speaks TLS.
    pub tls: Option<TlsSession>,
    /// The client's certificate, when the connection was made for a domain that demands one.
    pub certificate: Option<Arc<ClientCertificate>>,
}

/// What all connections of a listener have in common.
pub(super) struct Connections<M> {
    builder: Builder<TokioExecutor>,
    entrance: Entrance,
    handshakes: Semaphore,
    limits: Limits,
    farewell: Farewell,
    /// Makes the service of each connection.
    service: M,
}

impl<M> Connections<M> {
    pub(super) fn new(entrance: Entrance, limits: Limits, farewell: Farewell, service: M) -> Self {
        let handshakes = Semaphore::new(limits.handshakes_max);
        Self { builder: builder(&limits), entrance, handshakes, limits, farewell, service }
    }

    /// Serves one connection to its end. An error of it is the client's (a broken request, a
    /// hang-up) and is only logged.
    pub(super) async fn run<T, S, B>(
        &self,
        stream: T,
        peer: Peer,
        mut phase: watch::Receiver<Phase>,
    ) where
        T: AsyncRead + AsyncWrite + Unpin + 'static,
        M: Fn(Peer) -> S,
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
        S::Future: Send + 'static,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let activity = Arc::new(Activity::default());
        let stream = Watched::new(stream, Arc::clone(&activity));
        let opened = tokio::select! {
            opened = entrance::open(&self.entrance, &self.limits, &self.handshakes, &activity, stream, peer) => opened,
            // Nothing was asked yet, so nothing is owed.
            _ = phase.wait_for(|phase| *phase != Phase::Open) => None,
        };
        let Some(Opened { stream, peer, domain }) = opened else { return };
        let service = Counted::new((self.service)(peer), Arc::clone(&activity));
        let service = Parting::new(service, self.farewell.clone());
        self.serve(stream, service, domain.as_ref(), &activity, phase).await;
    }

    async fn serve<T, S, B>(
        &self,
        stream: Transport<T>,
        service: Parting<Counted<S>>,
        domain: Option<&OfDomain>,
        activity: &Activity,
        mut phase: watch::Receiver<Phase>,
    ) where
        T: AsyncRead + AsyncWrite + Unpin + 'static,
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
        S::Future: Send + 'static,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let connection = self.builder.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => return log_end(ended),
            () = idle(activity, self.limits.idle_timeout) => {
                tracing::debug!("closing an idle connection");
                connection.as_mut().graceful_shutdown();
            }
            () = self.entrance.outdated(domain) => {
                tracing::debug!("closing a connection whose client was verified by another truststore");
                connection.as_mut().graceful_shutdown();
            }
            _ = phase.wait_for(|phase| *phase != Phase::Open) => {
                connection.as_mut().graceful_shutdown();
            }
        }
        // Told to close: what is being answered is answered, the rest gets a moment.
        tokio::select! {
            ended = connection.as_mut() => log_end(ended),
            () = idle(activity, self.limits.close_timeout) => {
                tracing::debug!("cutting a connection that does not close");
            }
            _ = phase.wait_for(|phase| *phase == Phase::Cut) => {
                tracing::warn!("cutting a connection at the end of the drain");
            }
        }
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_buf_size(usize::try_from(limits.head_bytes_max).unwrap_or(usize::MAX));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(limits.head_bytes_max)
        .max_concurrent_streams(limits.http2_streams_max)
        .max_pending_accept_reset_streams(HTTP2_PENDING_RESETS_MAX)
        .max_local_error_reset_streams(HTTP2_REFUSALS_MAX)
        .max_send_buf_size(HTTP2_SEND_BYTES_MAX)
        .initial_stream_window_size(HTTP2_UNREAD_BYTES_MAX)
        .initial_connection_window_size(HTTP2_UNREAD_BYTES_MAX);
    builder
}

fn log_end(ended: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
    if let Err(error) = ended {
        tracing::debug!(error = %error, "connection ended early");
    }
}

/// Returns when nothing happened on the connection for `timeout`, at most `1 / IDLE_LOOKS` later.
async fn idle(activity: &Activity, timeout: Duration) {
    let mut seen = activity.look();
    let mut since = Instant::now();
    loop {
        sleep_until(Instant::now() + timeout / IDLE_LOOKS).await;
        if !activity.is_idle_since(seen) {
            seen = activity.look();
            since = Instant::now();
        } else if since.elapsed() >= timeout {
            return;
        }
    }
}
