//! What a gateway knows by itself of a limit that is counted together: until when it has no token, what the gateway took of
//! its share, what of a quota was used.

use super::quantity::{Known, Quantity, share};
use super::store::{MeterKind, Reading};
use crate::limits::SHARED_REFUSED_MAX;
use crate::throttle::bucket::{Bucket, nanoseconds};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Something that is wanted.
#[derive(Clone, Debug)]
pub(in crate::throttle) struct Thing {
    pub(in crate::throttle) local: Arc<Local>,
    pub(in crate::throttle) quantity: Quantity,
}

impl Thing {
    /// When a bucket is full as far as is known, in nanoseconds of the gateway's clock.
    pub(in crate::throttle) fn full_at(&self) -> u64 {
        self.local.full_at.load(Relaxed)
    }

    /// Notes what was used of a quota, where nothing is known of it.
    pub(in crate::throttle) fn know(&self, used: impl FnOnce() -> u32) {
        if self.used() == 0 {
            self.local.recalled.fetch_max(used(), Relaxed);
        }
    }

    /// What was used of a quota, as far as is known.
    pub(in crate::throttle) fn used(&self) -> u32 {
        let Local { told, owed, .. } = &*self.local;
        requests(self.local.least() + told.load(Relaxed) + owed.load(Relaxed))
    }
}

/// What a gateway knows by itself of a limit.
#[derive(Debug, Default)]
pub(in crate::throttle) struct Local {
    /// What no other limit is called, in no gateway.
    pub(super) name: Arc<str>,
    /// Nanoseconds of the gateway's clock until which there is none left.
    refused_until: AtomicU64,
    /// Nanoseconds of that clock at which a bucket is full, as was said last.
    full_at: AtomicU64,
    /// What the gateway took, on the scale of its share.
    taken: Bucket,
    /// Whether some of it was taken without the store.
    is_untold: AtomicBool,
    /// Of a quota, what the store said last that it counted.
    counted: AtomicU32,
    /// Of a quota, what was used at least: what was found written, or what the store said last of that.
    recalled: AtomicU32,
    /// Of a quota, what was told since in calls of which nobody knows whether they were carried out.
    told: AtomicI64,
    /// Of a quota, what was taken since and not told; less than nothing where the store counted what was not used.
    owed: AtomicI64,
}

impl Local {
    /// Of what nothing is known yet.
    pub(in crate::throttle) fn named(name: String) -> Arc<Local> {
        Arc::new(Local { name: name.into(), ..Local::default() })
    }

    /// Whether it is known that none is left.
    pub(super) fn is_refused(&self, now: Duration) -> bool {
        nanoseconds(now) < self.refused_until.load(Relaxed)
    }

    /// What the store is asked of it.
    pub(super) fn meter(&self, quantity: &Quantity, now: Duration) -> MeterKind {
        let is_untold = self.is_untold.swap(false, Relaxed);
        let lacking_ns = if is_untold { self.taken.lacking_ns(now) } else { 0 };
        let owed = self.owed.swap(0, Relaxed);
        // Told once as a number to add, from then on as a part of what was used at least: that can be said again.
        let told = self.told.fetch_add(owed, Relaxed);
        let counted = requests(i64::from(self.counted.load(Relaxed)) + told);
        let recalled = match self.recalled.load(Relaxed) {
            0 => 0,
            // What this gateway took since is in nothing that it found written.
            recalled => requests(i64::from(recalled) + told + owed),
        };
        quantity.meter(Known { lacking_ns, counted, owed, recalled })
    }

    /// What was used of a quota before what the gateway took by itself.
    fn least(&self) -> i64 {
        self.counted.load(Relaxed).max(self.recalled.load(Relaxed)).into()
    }

    /// Notes how the store says that it stands, asked at a moment, after `taken` were given to this gateway.
    pub(super) fn learn(
        &self,
        meter: &MeterKind,
        quantity: &Quantity,
        Reading { level, recalled }: Reading,
        taken: u32,
        gateways: NonZeroU32,
        asked_at: Duration,
    ) {
        let refused_ns = match *meter {
            MeterKind::Bucket { token_ns, bucket_ns, .. } => {
                self.full_at.store(nanoseconds(asked_at).saturating_add(level), Relaxed);
                level.saturating_add(token_ns).saturating_sub(bucket_ns)
            }
            MeterKind::Quota { requests, .. } => {
                self.counted.store(u32::try_from(level).unwrap_or(u32::MAX), Relaxed);
                self.recalled.store(u32::try_from(recalled).unwrap_or(u32::MAX), Relaxed);
                self.told.store(0, Relaxed);
                if level.max(recalled) < requests.into() { 0 } else { u64::MAX }
            }
        };
        // The store's moment was not before.
        let refused_ns = refused_ns.min(nanoseconds(SHARED_REFUSED_MAX));
        let until = nanoseconds(asked_at).saturating_add(refused_ns);
        self.refused_until.store(if refused_ns == 0 { 0 } else { until }, Relaxed);
        if let Quantity::Bucket(throttle) = quantity {
            self.taken.drain(&share(throttle, gateways), taken, asked_at);
        }
    }

    /// How many requests the gateway's share of a bucket lets in now; none of a quota, which needs no bound there.
    pub(super) fn share_left(
        &self,
        quantity: &Quantity,
        gateways: NonZeroU32,
        now: Duration,
    ) -> Option<u32> {
        match quantity {
            Quantity::Bucket(throttle) => {
                Some(self.taken.level(&share(throttle, gateways), now).tokens)
            }
            Quantity::Quota(_) => None,
        }
    }

    /// Takes one of the gateway's share, unless there is none.
    pub(super) fn take_share(
        &self,
        quantity: &Quantity,
        gateways: NonZeroU32,
        now: Duration,
    ) -> bool {
        match quantity {
            Quantity::Bucket(throttle) => {
                self.is_untold.store(true, Relaxed);
                let is_taken = self.taken.take(&share(throttle, gateways), now);
                let full_at = nanoseconds(now).saturating_add(self.taken.lacking_ns(now));
                self.full_at.store(full_at, Relaxed);
                is_taken
            }
            Quantity::Quota(requests) => {
                let left = (i64::from(*requests) - self.least()).max(0);
                let left = left / i64::from(gateways.get()) - self.told.load(Relaxed);
                let one_more = |owed: i64| owed.checked_add(1).filter(|owed| *owed <= left);
                self.owed.fetch_update(Relaxed, Relaxed, one_more).is_ok()
            }
        }
    }

    /// Gives back what [`take_share`](Local::take_share) took.
    pub(super) fn give_back_share(&self, quantity: &Quantity, gateways: NonZeroU32) {
        match quantity {
            Quantity::Bucket(throttle) => self.taken.give_back(&share(throttle, gateways)),
            Quantity::Quota(_) => self.forgive(quantity),
        }
    }

    /// Counts a request that was let in although nobody was asked.
    pub(super) fn owe(&self, quantity: &Quantity) {
        if let Quantity::Quota(_) = quantity {
            self.owed.fetch_add(1, Relaxed);
        }
    }

    /// Counts a request less than was counted.
    pub(super) fn forgive(&self, quantity: &Quantity) {
        if let Quantity::Quota(_) = quantity {
            self.owed.fetch_sub(1, Relaxed);
        }
    }

    /// The store counted a request that was not let in. It gets it back of a quota; of a bucket, time gives it back.
    pub(super) fn give_back_told(&self, quantity: &Quantity) {
        if let Quantity::Quota(_) = quantity {
            self.forgive(quantity);
            self.refused_until.store(0, Relaxed);
        }
    }

    /// A request that was let in without the store may be in a call whose answer was lost: it is not added again.
    pub(super) fn may_be_told(&self, quantity: &Quantity) {
        if let Quantity::Quota(_) = quantity {
            self.forgive(quantity);
            self.told.fetch_add(1, Relaxed);
        }
    }
}

fn requests(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}
