//! The port to the store in which several gateways count together: what it is asked in one call, and what it says. Whoever
//! implements it carries batches out and answers in; what follows from an answer is decided here.

use std::fmt::Debug;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::Arc;

/// A store that several gateways share. One clock counts for all of them: its own.
pub trait SharedStore: Send + Sync + Debug {
    /// Decides a batch, all of it at one moment of the store's clock and nothing in between. Answers within a bounded time.
    fn decide(&self, batch: Batch) -> Deciding<'_>;

    /// Whether the store answered lately. Without it nobody is asked: the requests do not wait to find out.
    fn is_there(&self) -> bool;

    /// How many gateways share it, as far as is known; this one is among them.
    fn gateways(&self) -> NonZeroU32;

    /// Whether some of them may still be on their own, after it was lost: what they let in is not counted there.
    fn is_gathering(&self) -> bool;
}

/// An answer of the store that is on its way.
pub type Deciding<'s> = Pin<Box<dyn Future<Output = Result<Decided, StoreLost>> + Send + 's>>;

/// The store did not answer, or not what was asked. Its implementor says why, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreLost;

/// Requests that wait to be let in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// What is counted, no name twice.
    pub meters: Vec<Meter>,
    /// Decided in this order.
    pub asks: Vec<Ask>,
}

/// Something of which there is so much and no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meter {
    /// What no other meter is called, in no gateway. No secret is in it.
    pub name: Arc<str>,
    /// How it is counted.
    pub kind: MeterKind,
}

/// How a meter is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeterKind {
    /// A token bucket, kept as the moment at which it is full again.
    Bucket {
        /// Nanoseconds in which a token comes; not 0.
        token_ns: u64,
        /// Nanoseconds in which the empty bucket becomes full.
        bucket_ns: u64,
        /// Nanoseconds until it is full at least, as far as this gateway knows: it let requests in while the store was away.
        lacking_ns: u64,
    },
    /// So many requests in a period, which is part of the name.
    Quota {
        /// How many.
        requests: u32,
        /// How many the store counted, as far as this gateway knows: one that has forgotten learns it again.
        counted: u32,
        /// Requests that were taken while the store was away and are told now, once. Less than nothing where the store let in
        /// some for which it was too late.
        owed: i64,
        /// How many were used at least, by what a gateway found written when it began. What others still owe may be in it, so
        /// nothing that is owed is added to it: the greater of both numbers counts.
        recalled: u32,
        /// Seconds after which nobody asks for it any more.
        kept_s: u64,
    },
}

/// Requests that need one of each of the same meters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Indices of the batch's meters, in the order in which they are asked. None twice.
    pub meters: Vec<usize>,
    /// How many requests.
    pub requests: u32,
}

/// What a store says of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decided {
    /// By the index of the ask.
    pub asks: Vec<Granted>,
    /// How the meters stand afterwards, by their index.
    pub meters: Vec<Reading>,
}

/// What became of the requests of an ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// How many were let in. Each took one of every meter, the others took nothing.
    pub requests: u32,
    /// Which of the batch's meters has none left for the others; none where all were let in.
    pub refused_by: Option<usize>,
}

/// How a meter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Of a bucket the nanoseconds until it is full, of a quota the requests that were counted.
    pub level: u64,
    /// Of a quota the requests that were used at least, by what gateways found written.
    pub recalled: u64,
}

impl Decided {
    /// Whether it is an answer to a batch.
    pub(super) fn fits(&self, batch: &Batch) -> bool {
        let granted = self.asks.iter().zip(&batch.asks);
        self.asks.len() == batch.asks.len()
            && self.meters.len() == batch.meters.len()
            && granted.into_iter().all(|(granted, ask)| granted.requests <= ask.requests)
    }
}
