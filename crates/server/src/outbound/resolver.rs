//! Names of hosts: the system's resolver. That a name has no address is told apart from all else that can fail.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiResolver, Name};
use tower_service::Service;

/// The system's resolver.
#[derive(Clone, Debug)]
pub(super) struct Resolver(GaiResolver);

/// A name has no address.
#[derive(Debug)]
pub(super) struct Unresolved(std::io::Error);

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "its host has no address: {}", self.0)
    }
}

impl std::error::Error for Unresolved {}

impl Default for Resolver {
    fn default() -> Resolver {
        Resolver(GaiResolver::new())
    }
}

impl Service<Name> for Resolver {
    type Response = GaiAddrs;
    type Error = Unresolved;
    type Future = Pin<Box<dyn Future<Output = Result<GaiAddrs, Unresolved>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Unresolved>> {
        self.0.poll_ready(cx).map_err(Unresolved)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolving = self.0.call(name);
        Box::pin(async move { resolving.await.map_err(Unresolved) })
    }
}
