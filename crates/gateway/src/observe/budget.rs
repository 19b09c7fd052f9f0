//! How many requests are told of at length: a bucket of tokens over the clock that is passed in, so that a flood of them
//! costs no more than a trickle.

use std::sync::Mutex;
use std::time::Duration;

/// The bucket, and how many requests found it empty.
#[derive(Debug)]
pub(crate) struct Budget {
    burst: u64,
    nanos_per_token: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tokens: u64,
    /// When the last token was added, in nanoseconds of the clock.
    filled_at: u64,
    refused: u64,
}

impl Budget {
    /// A bucket of `burst` tokens, which fills by so many a second.
    pub(super) fn new(burst: u64, per_second: u64) -> Budget {
        let state = State { tokens: burst, filled_at: 0, refused: 0 };
        Budget {
            burst,
            nanos_per_token: 1_000_000_000 / per_second.max(1),
            state: Mutex::new(state),
        }
    }

    /// Takes a token, when there is one, and tells how many requests got none since the last one that did.
    pub(super) fn take(&self, now: Duration) -> Option<u64> {
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let due = now.saturating_sub(state.filled_at) / self.nanos_per_token;
        state.tokens = state.tokens.saturating_add(due).min(self.burst);
        state.filled_at += due * self.nanos_per_token;
        if state.tokens == 0 {
            state.refused += 1;
            return None;
        }
        state.tokens -= 1;
        Some(std::mem::take(&mut state.refused))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_explained_and_then_so_many_a_second() {
        let budget = Budget::new(20, 5);
        let taken = |at: Duration| (0..1000).filter(|_| budget.take(at).is_some()).count();
        assert_eq!(taken(Duration::ZERO), 20);
        assert_eq!(taken(Duration::from_millis(199)), 0);
        assert_eq!(taken(Duration::from_secs(1)), 5);
        assert_eq!(taken(Duration::from_secs(3600)), 20);
    }

    #[test]
    fn those_that_got_none_are_counted_once() {
        let budget = Budget::new(20, 5);
        for _ in 0..23 {
            budget.take(Duration::ZERO);
        }
        assert_eq!(budget.take(Duration::from_secs(1)), Some(3));
        assert_eq!(budget.take(Duration::from_secs(1)), Some(0));
    }
}
