//! The store that several gateways share, Valkey or Redis: the way to it, and what is asked of it. The gateway knows it by two
//! ports; no other part of the program knows its protocol.

mod address;
mod answers;
mod counts;
mod failure;
mod link;
mod stream;
#[cfg(test)]
mod tests;

pub use address::Address;
pub(crate) use address::AddressError;

use std::convert::Infallible;
use std::sync::Arc;

use rustls::ClientConfig;

use answers::Answers;
pub(crate) use counts::Counts;
use link::{Keeper, Link, Purpose};

/// What gateways share, and who keeps the ways to it.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Where limits are counted.
    pub(crate) counts: Arc<Counts>,
    /// Where answers are kept.
    pub(crate) answers: Arc<Answers>,
    /// Each has a connection of its own, so that a large answer holds up no limit.
    keepers: (Keeper, Keeper),
}

impl Shared {
    /// Connects, and waits for it a short time. What is wrong is logged, and [`keep`](Shared::keep) goes on from there.
    pub(crate) async fn open(address: Address, tls: ClientConfig) -> Shared {
        let tls = Arc::new(tls);
        let (counts, mut first) = Link::new(Purpose::Counts, address.clone(), Arc::clone(&tls));
        let (answers, mut second) = Link::new(Purpose::Answers, address, tls);
        tokio::join!(first.begin(), second.begin());
        Shared {
            counts: Arc::new(Counts::over(counts)),
            answers: Arc::new(Answers::over(answers)),
            keepers: (first, second),
        }
    }

    /// Keeps the ways to the store for ever.
    pub(crate) async fn keep(self) -> Infallible {
        let (first, second) = self.keepers;
        tokio::join!(first.keep(), second.keep()).0
    }
}
