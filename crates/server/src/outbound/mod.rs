//! Calls to endpoints on the network: one pooled HTTP/1.1 client for all integrations.
//!
//! Connections are kept for the next call, a request is sent again only when surely nothing of it was sent, redirects are
//! not followed, names of headers are sent in Title-Case. How long an answer may take and how large it may be is the
//! gateway's to say.

mod capacity;
mod connector;
mod failure;
mod resolver;
mod store;
mod tls;

pub(crate) use store::StoreNetwork;
pub(crate) use tls::{roots, verified};

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::RootCertStore;
use vestibule_gateway::{BodyError, Calling, EndpointBody, EndpointCall, EndpointError, Endpoints};

use self::capacity::{Capacity, Place};
use self::connector::Connector;
use self::resolver::Resolver;
use crate::limits::{
    OUTBOUND_CONNECT_TIMEOUT, OUTBOUND_HEAD_BYTES_MAX, OUTBOUND_HEADERS_MAX,
    OUTBOUND_IDLE_PER_HOST_MAX, OUTBOUND_IDLE_TIMEOUT,
};

type OverTls = HttpsConnector<HttpConnector<Resolver>>;
type Pool = Client<Connector<OverTls>, Full<Bytes>>;

/// Endpoints on the network.
#[derive(Debug)]
pub(crate) struct Network {
    verified: Pool,
    /// A connection to an endpoint whose certificate nobody issued is never used where one is asked for.
    unverified: Pool,
    capacity: Capacity,
}

impl Network {
    /// Endpoints whose certificates these authorities issue. Opens nothing yet.
    ///
    /// # Errors
    /// The TLS library does not work on this system.
    pub(crate) fn new(roots: Arc<RootCertStore>) -> Result<Network, rustls::Error> {
        let resolver = Resolver::default();
        Ok(Network {
            verified: pool(tls::verified(&roots)?, resolver.clone(), &BACKENDS),
            unverified: pool(tls::unverified(&roots)?, resolver, &BACKENDS),
            capacity: Capacity::default(),
        })
    }
}

impl Endpoints for Network {
    fn call(&self, call: EndpointCall) -> Calling {
        let pool = if call.verify_certificate { &self.verified } else { &self.unverified };
        let request = call.request.map(Full::new);
        let wanted = self.capacity.wanted(request.uri().authority());
        match wanted.free() {
            Some(place) => Box::pin(answered(pool.request(request), place)),
            None => {
                let pool = pool.clone();
                Box::pin(async move {
                    let place = wanted.place().await;
                    answered(pool.request(request), place).await
                })
            }
        }
    }
}

/// The answer to a call, which has its place as long as the answer comes.
async fn answered(
    answering: ResponseFuture,
    place: Place,
) -> Result<http::Response<EndpointBody>, EndpointError> {
    let answered = answering.await.map_err(|error| failure::of(&error))?;
    Ok(answered.map(|answer| Box::pin(Arriving { answer, _place: place }) as EndpointBody))
}

/// What connections of one pool are allowed.
struct Connections {
    connect_timeout: Duration,
    idle_timeout: Duration,
    idle_per_host_max: usize,
}

/// Those to backends.
const BACKENDS: Connections = Connections {
    connect_timeout: OUTBOUND_CONNECT_TIMEOUT,
    idle_timeout: OUTBOUND_IDLE_TIMEOUT,
    idle_per_host_max: OUTBOUND_IDLE_PER_HOST_MAX,
};

fn pool(config: rustls::ClientConfig, resolver: Resolver, connections: &Connections) -> Pool {
    let mut http = HttpConnector::new_with_resolver(resolver);
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(connections.connect_timeout));
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_or_http()
        .enable_http1()
        .wrap_connector(http);
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(connections.idle_timeout)
        .pool_max_idle_per_host(connections.idle_per_host_max)
        .http1_title_case_headers(true)
        .http1_max_buf_size(OUTBOUND_HEAD_BYTES_MAX)
        .http1_max_headers(OUTBOUND_HEADERS_MAX)
        .build(Connector::new(connector, connections.connect_timeout))
}

/// An answer that holds its place until its last byte has come or it is given up.
struct Arriving {
    answer: Incoming,
    _place: Place,
}

impl Body for Arriving {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let frame = Pin::new(&mut self.answer).poll_frame(cx);
        frame.map(|frame| frame.map(|frame| frame.map_err(|error| failure::of_body(&error).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.answer.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.answer.size_hint()
    }
}
