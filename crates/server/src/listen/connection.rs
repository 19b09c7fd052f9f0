//! One connection from its first byte to its end: HTTP/1 or HTTP/2, its limits, and the three ways
//! in which it is told to close (idle, drained, cut).

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::activity::{Activity, Counted, Watched};
use super::limits::Limits;
use super::serve::Phase;
use crate::limits::IDLE_LOOKS;

/// The two ends of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The client's address.
    pub remote: SocketAddr,
    /// The address it called.
    pub local: SocketAddr,
}

/// Returns the builder of every connection of a listener.
pub(super) fn builder(limits: &Limits) -> Builder<TokioExecutor> {
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
        .max_concurrent_streams(limits.http2_streams_max);
    builder
}

/// Serves one connection to its end. An error of it is the client's (a broken request, a hang-up)
/// and is only logged.
pub(super) async fn run<S, B>(
    builder: Arc<Builder<TokioExecutor>>,
    stream: TcpStream,
    service: S,
    limits: Limits,
    mut phase: watch::Receiver<Phase>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let activity = Arc::new(Activity::default());
    let io = TokioIo::new(Watched::new(stream, Arc::clone(&activity)));
    let service = Counted::new(service, Arc::clone(&activity));
    let connection = builder.serve_connection(io, service);
    tokio::pin!(connection);

    tokio::select! {
        ended = connection.as_mut() => return log_end(ended),
        () = idle(&activity, limits.idle_timeout) => {
            tracing::debug!("closing an idle connection");
            connection.as_mut().graceful_shutdown();
        }
        _ = phase.wait_for(|phase| *phase != Phase::Open) => {
            connection.as_mut().graceful_shutdown();
        }
    }
    // Told to close: what is being answered is answered, the rest gets a moment.
    tokio::select! {
        ended = connection.as_mut() => log_end(ended),
        () = idle(&activity, limits.close_timeout) => {
            tracing::debug!("cutting a connection that does not close");
        }
        _ = phase.wait_for(|phase| *phase == Phase::Cut) => {
            tracing::warn!("cutting a connection at the end of the drain");
        }
    }
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
