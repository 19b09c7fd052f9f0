//! The loop of one listener: accept while there is room, serve, and at the end drain.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::Service;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::addresses::{Addresses, Share};
use super::connection::{Connections, Peer};
use super::entrance::Entrance;
use super::farewell::Farewell;
use super::limits::Limits;
use crate::limits::ACCEPT_PAUSE;
use crate::proxies::TrustedProxies;

/// How a listener ends.
#[derive(Debug)]
pub struct Shutdown<F> {
    /// What is said to clients when the end is near and connections are still taken.
    pub farewell: Farewell,
    /// Resolves when no further connection is to be taken.
    pub begin: F,
    /// How long the requests then in flight may take.
    pub drain: Duration,
}

/// How a drain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Every connection came to its end.
    Clean,
    /// So many connections were still busy at the deadline and were cut.
    Cut(usize),
}

/// What the connections of a listener are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Go on.
    Open,
    /// Finish what you do, take nothing new.
    Drain,
    /// End now.
    Cut,
}

/// Serves HTTP/1 and HTTP/2 on `listener` until `shutdown` begins, then stops listening, lets
/// requests in flight finish and returns how that went. `entrance` says what comes before HTTP;
/// which HTTP it is, the client's first bytes say, over TLS its choice of protocol.
///
/// `service` makes the service of each connection. A connection past `limits.connections_max` is
/// not accepted before another closes: it waits in the system's backlog. One past
/// `limits.client_connections_max` of a client that is no trusted proxy is closed at once.
pub async fn serve<M, S, B>(
    listener: TcpListener,
    entrance: Entrance,
    service: M,
    limits: Limits,
    shutdown: Shutdown<impl Future<Output = ()>>,
) -> Drained
where
    M: Fn(Peer) -> S + Send + Sync + 'static,
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let room = Room::new(&entrance, limits);
    let connections = Arc::new(Connections::new(entrance, limits, shutdown.farewell, service));
    let (phase, _) = watch::channel(Phase::Open);
    let begin = shutdown.begin;
    tokio::pin!(begin);
    loop {
        let (stream, peer, place) = tokio::select! {
            () = begin.as_mut() => break,
            accepted = room.accept(&listener) => accepted,
        };
        let (connections, phase) = (Arc::clone(&connections), phase.subscribe());
        tokio::spawn(async move {
            connections.run(stream, peer, phase).await;
            drop(place);
        });
    }
    drop(listener);
    drain(&phase, shutdown.drain).await
}

async fn drain(phase: &watch::Sender<Phase>, time: Duration) -> Drained {
    phase.send_replace(Phase::Drain);
    if timeout(time, phase.closed()).await.is_ok() {
        return Drained::Clean;
    }
    let busy = phase.receiver_count();
    phase.send_replace(Phase::Cut);
    phase.closed().await;
    if busy == 0 { Drained::Clean } else { Drained::Cut(busy) }
}

/// How many connections there may be.
struct Room {
    places: Arc<Semaphore>,
    addresses: Arc<Addresses>,
    /// They pass on the connections of many.
    proxies: TrustedProxies,
}

/// The place of one connection, until it is dropped.
struct Place {
    _of_all: OwnedSemaphorePermit,
    _of_client: Option<Share>,
}

impl Room {
    fn new(entrance: &Entrance, limits: Limits) -> Room {
        Room {
            places: Arc::new(Semaphore::new(limits.connections_max)),
            addresses: Addresses::new(limits.client_connections_max),
            proxies: entrance.proxies.clone(),
        }
    }

    /// Waits for room, then for a connection of a client that may have another. What fails is logged
    /// and tried again: a client that was gone before it was accepted, or a system without file
    /// descriptors.
    async fn accept(&self, listener: &TcpListener) -> (TcpStream, Peer, Place) {
        loop {
            let Ok(permit) = Arc::clone(&self.places).acquire_owned().await else {
                // INVARIANT: the semaphore is never closed. Were it, there would be no room for ever.
                std::future::pending::<()>().await;
                continue;
            };
            match open(listener).await {
                Ok((stream, peer)) => {
                    let address = peer.remote.ip();
                    let is_proxy = self.proxies.has(address);
                    let share = if is_proxy { None } else { self.addresses.admit(address) };
                    if is_proxy || share.is_some() {
                        let place = Place { _of_all: permit, _of_client: share };
                        return (stream, peer, place);
                    }
                }
                Err(error) if is_of_client(&error) => tracing::debug!(%error, "accept failed"),
                Err(error) => {
                    tracing::error!(%error, "cannot accept connections, trying again");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

async fn open(listener: &TcpListener) -> io::Result<(TcpStream, Peer)> {
    let (stream, remote) = listener.accept().await?;
    let local = stream.local_addr()?;
    // Answers are written whole: waiting for more only delays them.
    stream.set_nodelay(true)?;
    Ok((stream, Peer { remote, local, tls: None, certificate: None }))
}

fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted, InvalidInput,
        NotConnected,
    };
    matches!(
        error.kind(),
        ConnectionAborted
            | ConnectionRefused
            | ConnectionReset
            | Interrupted
            // set_nodelay and local_addr say these of a client that is gone.
            | InvalidInput
            | NotConnected
    )
}
