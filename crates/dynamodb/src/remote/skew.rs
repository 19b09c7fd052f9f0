//! How far the store's clock is from ours: a signature has to name the store's time.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use crate::limits::CLOCK_SKEW_LEAST_MS;

/// What is added to our time, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Skew(AtomicI64);

/// What came of a look at the store's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Correction {
    /// The request was signed with the store's time: the clock is not what was wrong.
    Needless,
    /// It is known already: the request is worth signing again.
    Made,
    /// From now on it is this, in seconds: the request is worth signing again.
    Now {
        /// What is added to our time.
        seconds: i64,
    },
}

impl Skew {
    /// The store's time, as far as it is known.
    pub(super) fn their_epoch_ms(&self, our_epoch_ms: u64) -> u64 {
        our_epoch_ms.saturating_add_signed(self.0.load(Relaxed))
    }

    /// Takes in what the store's clock says of a request that was signed with this time.
    pub(super) fn correct(
        &self,
        signed_with_ms: u64,
        our_epoch_ms: u64,
        their_epoch_ms: u64,
    ) -> Correction {
        let is_near = |ms: u64| their_epoch_ms.abs_diff(ms) < CLOCK_SKEW_LEAST_MS;
        if is_near(signed_with_ms) {
            return Correction::Needless;
        }
        // Another call's answer may have come since this one was signed.
        if is_near(self.their_epoch_ms(our_epoch_ms)) {
            return Correction::Made;
        }
        let (ours, theirs) = (i64::try_from(our_epoch_ms), i64::try_from(their_epoch_ms));
        let (Ok(ours), Ok(theirs)) = (ours, theirs) else { return Correction::Needless };
        let Some(correction) = theirs.checked_sub(ours) else { return Correction::Needless };
        self.0.store(correction, Relaxed);
        Correction::Now { seconds: correction / 1000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_far_off_is_corrected_once() {
        let (skew, hour) = (Skew::default(), 3_600_000);
        let of = |signed_with, theirs| skew.correct(signed_with, 10 * hour, theirs);
        assert_eq!(of(10 * hour, 10 * hour + 239_999), Correction::Needless);
        assert_eq!(of(10 * hour, 9 * hour), Correction::Now { seconds: -3_600 });
        assert_eq!(skew.their_epoch_ms(11 * hour), 10 * hour);
        // A call that was signed before.
        assert_eq!(of(10 * hour, 9 * hour), Correction::Made);
        // The same answer again: the clock was not what was wrong.
        assert_eq!(of(9 * hour, 9 * hour), Correction::Needless);
        assert_eq!(of(9 * hour, 10 * hour), Correction::Now { seconds: 0 });
        assert_eq!(skew.their_epoch_ms(0), 0);
    }
}
