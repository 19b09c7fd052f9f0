//! What is said on connections when the listener is about to end: that they close after the answer.
//! A balancer then sends its next request on a new connection, elsewhere.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, ready};

use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response, Version};
use hyper::service::Service;

/// Whether the end is near. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct Farewell(Arc<AtomicBool>);

impl Farewell {
    /// From here on each answer to a request that comes in over HTTP/1 is the last of its connection.
    /// Connections of HTTP/2 go on: their end loses no request, whenever it comes.
    pub fn say(&self) {
        self.0.store(true, Relaxed);
    }

    fn is_said(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// A service whose answers close their connections once that was said.
#[derive(Debug)]
pub(super) struct Parting<S> {
    service: S,
    farewell: Farewell,
}

impl<S> Parting<S> {
    pub(super) fn new(service: S, farewell: Farewell) -> Self {
        Self { service, farewell }
    }
}

impl<S, R, B> Service<Request<R>> for Parting<S>
where
    S: Service<Request<R>, Response = Response<B>, Error = Infallible>,
    S::Future: Unpin,
{
    type Response = Response<B>;
    type Error = Infallible;
    type Future = Last<S::Future>;

    fn call(&self, request: Request<R>) -> Self::Future {
        let closes = self.farewell.is_said() && request.version() < Version::HTTP_2;
        Last { answer: self.service.call(request), closes }
    }
}

/// An answer, perhaps the last of its connection.
pub(super) struct Last<F> {
    answer: F,
    closes: bool,
}

impl<F, B> Future for Last<F>
where
    F: Future<Output = Result<Response<B>, Infallible>> + Unpin,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Ok(mut answer) = ready!(Pin::new(&mut self.answer).poll(context));
        if self.closes {
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Poll::Ready(Ok(answer))
    }
}
