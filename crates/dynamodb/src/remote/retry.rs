//! When a call is made again: the standard mode of AWS's SDKs. Attempts are counted, pauses grow with full jitter, and all
//! calls together have a budget, so that a store in trouble is not asked three times as much.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Retry behavior" (standard mode); the numbers are those of AWS's SDKs.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use super::network::World;
use super::verdict::Trouble;
use crate::limits::{
    RETRY_BUDGET, RETRY_COST, RETRY_COST_OF_TIMEOUT, RETRY_PAUSE_MOST, RETRY_PAUSE_OF_THROTTLING,
    RETRY_PAUSE_OF_TROUBLE, RETRY_REFUND,
};

/// What all calls together may still ask again.
#[derive(Debug)]
pub(super) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Budget {
        Budget(AtomicU32::new(RETRY_BUDGET))
    }
}

impl Budget {
    /// Takes what one more attempt costs; none when there is too little left.
    pub(super) fn take(&self, trouble: Trouble) -> Option<u32> {
        let cost = match trouble {
            Trouble::Timeout => RETRY_COST_OF_TIMEOUT,
            Trouble::Throttled | Trouble::Failing | Trouble::Broken => RETRY_COST,
        };
        self.0.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(cost)).is_ok().then_some(cost)
    }

    /// Gives back for a call that succeeded: what its last attempt cost, or a little when it had but one.
    pub(super) fn refund(&self, cost: Option<u32>) {
        let refund = cost.unwrap_or(RETRY_REFUND);
        // It is full most of the time.
        if self.left() < RETRY_BUDGET {
            let more = |left: u32| Some(left.saturating_add(refund).min(RETRY_BUDGET));
            let _always_some = self.0.fetch_update(Relaxed, Relaxed, more);
        }
    }

    pub(super) fn left(&self) -> u32 {
        self.0.load(Relaxed)
    }
}

/// The pause before attempt `attempt + 1`: random between nothing and a time that doubles.
pub(crate) fn pause(world: &dyn World, trouble: Trouble, attempt: u32) -> Duration {
    let first = match trouble {
        Trouble::Throttled => RETRY_PAUSE_OF_THROTTLING,
        Trouble::Timeout | Trouble::Failing | Trouble::Broken => RETRY_PAUSE_OF_TROUBLE,
    };
    let doublings = attempt.saturating_sub(1).min(16);
    let most = first.saturating_mul(1 << doublings).min(RETRY_PAUSE_MOST);
    let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(world.random() % micros.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Dice(u64);

    impl World for Dice {
        fn epoch_ms(&self) -> u64 {
            0
        }

        fn random(&self) -> u64 {
            self.0
        }
    }

    // Source: AWS SDKs and Tools Reference Guide, "Retry behavior": a quota of 500, 5 a retry, 10 after a timeout.
    #[test]
    fn the_budget_ends_and_comes_back_with_success() {
        let budget = Budget::default();
        for _ in 0..50 {
            assert_eq!(budget.take(Trouble::Timeout), Some(10));
        }
        assert_eq!(budget.take(Trouble::Failing), None);
        budget.refund(Some(10));
        assert_eq!((budget.take(Trouble::Throttled), budget.left()), (Some(5), 5));
        for _ in 0..4 {
            budget.refund(None);
        }
        assert_eq!((budget.take(Trouble::Timeout), budget.left()), (None, 9));
        for _ in 0..600 {
            budget.refund(None);
        }
        assert_eq!(budget.left(), 500);
    }

    #[test]
    fn pauses_double_up_to_a_most_and_have_full_jitter() {
        let most = |trouble, attempt| {
            let most = (0..50_u32)
                .flat_map(|power| {
                    let dice = (1_u64 << power) - 1;
                    [pause(&Dice(dice), trouble, attempt), pause(&Dice(0), trouble, attempt)]
                })
                .fold((Duration::MAX, Duration::ZERO), |(least, most), pause| {
                    (least.min(pause), most.max(pause))
                });
            (most.0.as_micros(), most.1)
        };
        let bound = |trouble, attempt, millis: u64| {
            let (least, longest) = most(trouble, attempt);
            assert_eq!(least, 0);
            let bound = Duration::from_millis(millis);
            assert!(longest <= bound && longest > bound / 2, "{trouble:?} {attempt} {longest:?}");
            // The last number below one more than the bound is the bound itself.
            let dice = Dice(millis * 1_000);
            assert_eq!(pause(&dice, trouble, attempt), bound);
            assert_eq!(pause(&Dice(millis * 1_000 + 1), trouble, attempt), Duration::ZERO);
        };
        bound(Trouble::Failing, 1, 50);
        bound(Trouble::Broken, 2, 100);
        bound(Trouble::Timeout, 3, 200);
        bound(Trouble::Throttled, 1, 500);
        bound(Trouble::Throttled, 4, 4_000);
        bound(Trouble::Throttled, 30, 20_000);
    }
}
