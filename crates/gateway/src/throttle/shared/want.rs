//! What a request wants of a limit that is counted together.

use super::store::MeterKind;
use crate::limits::SHARED_QUOTA_KEPT_S;
use crate::site::Throttle;
use crate::throttle::bucket::Filling;
use std::num::NonZeroU32;

/// One of something that is counted.
#[derive(Clone, Debug)]
pub(in crate::throttle) struct Want {
    /// What no other thing is called, in no gateway.
    pub(in crate::throttle) name: String,
    /// How much of it there is.
    pub(in crate::throttle) quantity: Quantity,
}

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
    /// What was used of a quota at least.
    pub(super) used: u32,
    /// What was used of it since and not told; less than nothing where the store counted what was not used.
    pub(super) owed: i64,
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
    pub(super) fn meter(&self, Known { lacking_ns, used, owed }: Known) -> MeterKind {
        match self {
            Quantity::Bucket(throttle) => {
                let filling = Filling::of(throttle);
                let (token_ns, bucket_ns) =
                    filling.map_or((1, 0), |filling| (filling.token_ns, filling.bucket_ns));
                MeterKind::Bucket { token_ns, bucket_ns, lacking_ns }
            }
            Quantity::Quota(requests) => MeterKind::Quota {
                requests: *requests,
                used_at_least: used,
                owed,
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
