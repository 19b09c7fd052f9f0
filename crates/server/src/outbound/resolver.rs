//! Names of hosts: the system's resolver. That a name has no address is told apart from all else that can fail.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use tokio::sync::Semaphore;
use tower_service::Service;

use crate::limits::OUTBOUND_LOOKUPS_MAX;

/// The system's resolver. A lookup keeps its place until the system has answered, whoever still waits for it.
#[derive(Clone, Debug)]
pub(super) struct Resolver {
    places: Arc<Semaphore>,
}

/// A name has no address.
#[derive(Debug)]
pub(super) struct Unresolved(io::Error);

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "its host has no address: {}", self.0)
    }
}

impl std::error::Error for Unresolved {}

impl Default for Resolver {
    fn default() -> Resolver {
        Resolver { places: Arc::new(Semaphore::new(OUTBOUND_LOOKUPS_MAX)) }
    }
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Unresolved;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Unresolved>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unresolved>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let places = Arc::clone(&self.places);
        Box::pin(async move {
            let failed = |error: tokio::task::JoinError| Unresolved(io::Error::other(error));
            let place = places.acquire_owned().await;
            let looked_up = tokio::task::spawn_blocking(move || {
                let _place = place;
                (name.as_str(), 0).to_socket_addrs()
            });
            looked_up.await.map_err(failed)?.map_err(Unresolved)
        })
    }
}
