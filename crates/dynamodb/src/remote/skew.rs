//! How far the store's clock is from ours: a signature has to name the store's time.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use crate::limits::CLOCK_SKEW_LEAST_MS;

/// What is added to our time, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Skew(AtomicI64);

impl Skew {
    /// The store's time, as far as it is known.
    pub(super) fn their_epoch_ms(&self, our_epoch_ms: u64) -> u64 {
        our_epoch_ms.saturating_add_signed(self.0.load(Relaxed))
    }

    /// Takes in what the store's clock says. Returns the correction, in seconds, when it is worth asking again: when what a
    /// request was signed with is far from it.
    pub(super) fn correct(&self, our_epoch_ms: u64, their_epoch_ms: u64) -> Option<i64> {
        let signed_with = self.their_epoch_ms(our_epoch_ms);
        if their_epoch_ms.abs_diff(signed_with) < CLOCK_SKEW_LEAST_MS {
            return None;
        }
        let (ours, theirs) =
            (i64::try_from(our_epoch_ms).ok()?, i64::try_from(their_epoch_ms).ok()?);
        let correction = theirs.checked_sub(ours)?;
        self.0.store(correction, Relaxed);
        Some(correction / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_far_off_is_corrected_once() {
        let (skew, hour) = (Skew::default(), 3_600_000);
        assert_eq!(skew.correct(10 * hour, 10 * hour + 239_999), None);
        assert_eq!(skew.correct(10 * hour, 9 * hour), Some(-3_600));
        assert_eq!(skew.their_epoch_ms(11 * hour), 10 * hour);
        // The same answer again: the clock was not what was wrong.
        assert_eq!(skew.correct(10 * hour, 9 * hour), None);
        assert_eq!(skew.correct(10 * hour, 10 * hour), Some(0));
        assert_eq!(skew.their_epoch_ms(0), 0);
    }
}
