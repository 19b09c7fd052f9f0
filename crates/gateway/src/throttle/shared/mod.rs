//! Limits that several gateways count together. A store decides, on its own clock; what waits for it is asked in one call, and while
//! that is under way the next ones gather, so that a busy limit costs a call for many requests. Who was refused is refused again
//! without a call until a token can be there.
//!
//! Where the store is away each gateway goes on with its share, the limit divided by the gateways. What it takes is counted
//! towards its share all the time, so that the share is not full when it is needed.
//!
//! `docs/decisions/0008-shared-limits.md` says how far off this can be.

mod local;
mod measured;
mod quantity;
mod store;
#[cfg(test)]
mod tests;
mod waiting;

pub(super) use local::{Local, Thing};
pub(super) use quantity::Quantity;
pub use store::{
    Ask, Batch, Decided, Deciding, Granted, Meter, MeterKind, Reading, SharedStore, StoreLost,
};

use crate::clock::Clock;
use crate::limits::SHARED_WAIT_MAX;
use measured::Decisions;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use waiting::{Asked, Waiting};

/// What is done while the store is away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenLost {
    /// A gateway lets in its share of each limit.
    #[default]
    Share,
    /// A gateway lets in all requests.
    Open,
    /// A gateway lets in no request that has a limit.
    Closed,
}

impl WhenLost {
    /// Returns how the settings write it.
    pub fn as_str(self) -> &'static str {
        match self {
            WhenLost::Share => "share",
            WhenLost::Open => "open",
            WhenLost::Closed => "closed",
        }
    }
}

/// How gateways count together.
#[derive(Debug)]
pub struct Sharing {
    /// Where they count.
    pub store: Arc<dyn SharedStore>,
    /// What is done without it.
    pub when_lost: WhenLost,
    /// How many there are; as many as the store saw lately where nobody says it.
    pub gateways: Option<NonZeroU32>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It took one of everything.
    Yes,
    /// It took nothing: of the wanted thing at this index none was left.
    No(usize),
}

/// The limits of one gateway among several.
#[derive(Debug)]
pub(crate) struct Shared {
    sharing: Sharing,
    clock: Arc<dyn Clock>,
    waiting: Waiting,
    decisions: Decisions,
}

impl Shared {
    pub(crate) fn new(sharing: Sharing, clock: Arc<dyn Clock>) -> Arc<Shared> {
        Arc::new(Shared {
            sharing,
            clock,
            waiting: Waiting::default(),
            decisions: Decisions::default(),
        })
    }

    /// Takes one of everything that a request wants, or nothing. Waits for the store for a bounded time.
    pub(super) async fn take(self: &Arc<Self>, things: &[Thing]) -> Taken {
        if let Some(never) = things.iter().position(|thing| thing.quantity.is_nothing()) {
            return Taken::No(never);
        }
        if self.sharing.store.is_there() {
            let now = self.clock.elapsed();
            if let Some(refused) = things.iter().position(|thing| thing.local.is_refused(now)) {
                self.decisions.memory.fetch_add(1, Relaxed);
                return Taken::No(refused);
            }
            if let Some(mut asked) = waiting::ask(self, things) {
                let told = match asked.told(SHARED_WAIT_MAX).await {
                    Some(told) => Ok(told),
                    None => self.leave(asked, things),
                };
                let by = &self.decisions;
                let by = if told.is_ok() { &by.store } else { &by.gateway };
                by.fetch_add(1, Relaxed);
                let (Ok(taken) | Err(taken)) = told;
                return taken;
            }
        }
        self.decisions.gateway.fetch_add(1, Relaxed);
        self.take_without_store(things)
    }

    /// Decides about a request that has waited long enough. What the store says in the same moment counts after all.
    fn leave(&self, asked: Asked, things: &[Thing]) -> Result<Taken, Taken> {
        let alone = self.take_without_store(things);
        let told = asked.leave(alone).ok_or(alone)?;
        if alone == Taken::Yes {
            things.iter().for_each(|thing| thing.local.forgive(&thing.quantity));
        }
        Ok(told)
    }

    fn take_without_store(&self, things: &[Thing]) -> Taken {
        let gateways = match self.sharing.when_lost {
            WhenLost::Closed => return Taken::No(0),
            WhenLost::Open => {
                things.iter().for_each(|thing| thing.local.owe(&thing.quantity));
                return Taken::Yes;
            }
            WhenLost::Share => self.gateways(),
        };
        let now = self.now();
        for (asked, Thing { local, quantity }) in things.iter().enumerate() {
            if !local.take_share(quantity, gateways, now) {
                let taken = things.iter().take(asked);
                taken.for_each(|taken| taken.local.give_back_share(&taken.quantity, gateways));
                return Taken::No(asked);
            }
        }
        Taken::Yes
    }

    /// How many gateways there are.
    fn gateways(&self) -> NonZeroU32 {
        self.sharing.gateways.unwrap_or_else(|| self.sharing.store.gateways())
    }

    fn now(&self) -> Duration {
        self.clock.elapsed()
    }
}
