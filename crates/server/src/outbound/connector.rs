//! Connections to backends within a time, whoever waits for them: one that was begun goes on when its call is answered over
//! another.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use tokio::time::timeout;
use tower_service::Service;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// A connector whose connections, TLS included, are there in time or not at all.
#[derive(Clone, Debug)]
pub(super) struct Connector<C> {
    inner: C,
    timeout: Duration,
}

/// A connection was not there in time.
#[derive(Debug)]
struct TooSlow(Duration);

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no connection within {} s", self.0.as_secs())
    }
}

impl std::error::Error for TooSlow {}

impl<C> Connector<C> {
    pub(super) fn new(inner: C, timeout: Duration) -> Connector<C> {
        Connector { inner, timeout }
    }
}

impl<C> Service<Uri> for Connector<C>
where
    C: Service<Uri, Error = Error>,
    C::Response: 'static,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let limit = self.timeout;
        let connecting = timeout(limit, self.inner.call(uri));
        Box::pin(async move { connecting.await.unwrap_or_else(|_| Err(TooSlow(limit).into())) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::OUTBOUND_CONNECT_TIMEOUT;

    /// A backend that takes the connection and never speaks.
    #[derive(Clone)]
    struct Silent;

    impl Service<Uri> for Silent {
        type Response = ();
        type Error = Error;
        type Future = std::future::Pending<Result<(), Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Uri) -> Self::Future {
            std::future::pending()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_given_up_in_time() {
        let begin = tokio::time::Instant::now();
        let error = Connector::new(Silent, OUTBOUND_CONNECT_TIMEOUT)
            .call(Uri::from_static("https://b.test"))
            .await;
        assert_eq!(error.unwrap_err().to_string(), "no connection within 10 s");
        assert_eq!(begin.elapsed(), OUTBOUND_CONNECT_TIMEOUT);
    }
}
