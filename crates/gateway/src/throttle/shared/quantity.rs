//! How much there is of what a request wants, and how a store is asked for it.

use super::store::MeterKind;
use crate::limits::SHARED_QUOTA_KEPT_S;
use crate::site::Throttle;
use crate::throttle::bucket::Filling;
use std::num::NonZeroU32;

/// How much of something there is.
#[derive(Clone, Copy, Debug)]
pub(in crate::throttle) enum Quantity {
    /// So many at once, and so many a second.
    Bucket(Throttle),
    /// So many in the period that is part of the name.
    Quota(u32),
}

/// What a gateway knows by itself of what is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// Nanoseconds until a bucket is full at least.
    pub(super) lacking_ns: u64,
    /// What the store counted of a quota at least.
    pub(super) counted: u32,
    /// What was used of it since and not told; less than nothing where the store counted what was not used.
    pub(super) owed: i64,
    /// What was used of it at least by what was found written, and since by this gateway.
    pub(super) recalled: u32,
}

impl Quantity {
    /// Whether there is never any.
    pub(super) fn is_nothing(&self) -> bool {
        match self {
            Quantity::Bucket(throttle) => Filling::of(throttle).is_none(),
            Quantity::Quota(requests) => *requests == 0,
        }
    }

    /// How the store counts it, with what this gateway knows of it.
    pub(super) fn meter(&self, Known { lacking_ns, counted, owed, recalled }: Known) -> MeterKind {
        match self {
            Quantity::Bucket(throttle) => {
                let filling = Filling::of(throttle);
                let (token_ns, bucket_ns) =
                    filling.map_or((1, 0), |filling| (filling.token_ns, filling.bucket_ns));
                MeterKind::Bucket { token_ns, bucket_ns, lacking_ns }
            }
            Quantity::Quota(requests) => MeterKind::Quota {
                requests: *requests,
                counted,
                owed,
                recalled,
                kept_s: SHARED_QUOTA_KEPT_S,
            },
        }
    }
}

/// A gateway's share of a bucket: an equal part of the rate and of the burst, and a burst of one at least.
pub(super) fn share(throttle: &Throttle, gateways: NonZeroU32) -> Throttle {
    Throttle {
        rate_per_second: throttle.rate_per_second / f64::from(gateways.get()),
        burst_requests: (throttle.burst_requests / gateways).max(1),
    }
}
