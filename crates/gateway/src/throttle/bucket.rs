//! A token bucket in one number: the moment at which it will be full again. It fills by itself, so nothing has to run for it.

use crate::site::Throttle;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A bucket that is full when it is made. Its size and rate are told with each token, so that a reload changes them and not
/// what was taken.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    /// Nanoseconds on the clock's own scale.
    full_at: AtomicU64,
}

impl Bucket {
    /// Takes a token, unless there is none. `now` is on the clock's own scale.
    pub(super) fn take(&self, throttle: &Throttle, now: Duration) -> bool {
        let Some(filling) = Filling::of(throttle) else { return false };
        let now = nanoseconds(now);
        let taken = |full_at: u64| {
            let next = full_at.max(now).checked_add(filling.token_ns)?;
            (next - now <= filling.bucket_ns).then_some(next)
        };
        self.full_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }

    /// Takes as many tokens as somebody else has given, down to an empty bucket.
    pub(super) fn drain(&self, throttle: &Throttle, tokens: u32, now: Duration) {
        let Some(filling) = Filling::of(throttle) else { return };
        let now = nanoseconds(now);
        let taken_ns = filling.token_ns.saturating_mul(tokens.into());
        let drained = |full_at: u64| {
            // Not fuller than it is by now, where `now` is a moment that has passed.
            let empty = now.saturating_add(filling.bucket_ns).max(full_at);
            Some(full_at.max(now).saturating_add(taken_ns).min(empty))
        };
        // Never refused: there is always a next value.
        let _ = self.full_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, drained);
    }

    /// Shows what is counted elsewhere: it is full at a moment, in nanoseconds of the clock's own scale.
    pub(super) fn show(&self, full_at: u64) {
        self.full_at.store(full_at, Ordering::Relaxed);
    }

    /// Gives back a token that was taken.
    pub(super) fn give_back(&self, throttle: &Throttle) {
        let Some(filling) = Filling::of(throttle) else { return };
        let given = |full_at: u64| Some(full_at.saturating_sub(filling.token_ns));
        // Never refused: there is always a next value.
        let _ = self.full_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, given);
    }

    /// What is in it.
    pub(super) fn level(&self, throttle: &Throttle, now: Duration) -> Level {
        let Some(Filling { token_ns, bucket_ns }) = Filling::of(throttle) else {
            return Level { tokens: 0, more: None };
        };
        let lacking_ns = self.lacking_ns(now);
        let tokens = bucket_ns.saturating_sub(lacking_ns) / token_ns;
        let one_more_ns = tokens.saturating_add(1).saturating_mul(token_ns);
        let more_ns = lacking_ns.saturating_sub(bucket_ns.saturating_sub(one_more_ns));
        let more = one_more_ns <= bucket_ns;
        let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        Level { tokens, more: more.then(|| Duration::from_nanos(more_ns)) }
    }

    /// Another one with as much in it.
    pub(super) fn alike(&self) -> Bucket {
        Bucket { full_at: AtomicU64::new(self.full_at.load(Ordering::Relaxed)) }
    }

    /// Whether it is as if nobody had ever taken a token.
    pub(super) fn is_full(&self, now: Duration) -> bool {
        self.lacking_ns(now) == 0
    }

    /// Nanoseconds until it is full.
    pub(super) fn lacking_ns(&self, now: Duration) -> u64 {
        self.full_at.load(Ordering::Relaxed).saturating_sub(nanoseconds(now))
    }
}

/// What is in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Level {
    /// Requests that it lets in at once.
    pub(super) tokens: u32,
    /// Until it has one more; none of a bucket that never has.
    pub(super) more: Option<Duration>,
}

/// How long it takes to fill a bucket by a token, and from empty, in nanoseconds.
pub(super) struct Filling {
    pub(super) token_ns: u64,
    pub(super) bucket_ns: u64,
}

impl Filling {
    /// None of a bucket that never has a token.
    pub(super) fn of(throttle: &Throttle) -> Option<Filling> {
        if throttle.burst_requests == 0 {
            return None;
        }
        let token_ns = nanoseconds(throttle.token()?).max(1);
        Some(Filling {
            token_ns,
            bucket_ns: token_ns.saturating_mul(throttle.burst_requests.into()),
        })
    }
}

pub(super) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    //! Source: the token bucket as AWS docs describe it (api-gateway-request-throttling): a burst at once, then the rate.
    use super::*;

    fn throttle(rate_per_second: f64, burst_requests: u32) -> Throttle {
        Throttle { rate_per_second, burst_requests }
    }

    /// How many of `offered` requests get a token.
    fn taken(bucket: &Bucket, throttle: &Throttle, now: Duration, offered: usize) -> usize {
        (0..offered).filter(|_| bucket.take(throttle, now)).count()
    }

    const S: Duration = Duration::from_secs(1);

    #[test]
    fn a_burst_at_once_and_then_the_rate() {
        let (bucket, limit) = (Bucket::default(), throttle(10.0, 5));
        assert_eq!(taken(&bucket, &limit, S, 100), 5);
        assert_eq!(taken(&bucket, &limit, S + Duration::from_millis(99), 100), 0);
        assert_eq!(taken(&bucket, &limit, S + Duration::from_millis(100), 100), 1);
        assert_eq!(taken(&bucket, &limit, 10 * S, 100), 5);
    }

    /// Offered three times as much, no window admits more than its rate and the burst, and none starves.
    #[test]
    fn no_window_admits_more_than_rate_and_burst() {
        let (bucket, limit) = (Bucket::default(), throttle(1_000.0, 100));
        let offered = Duration::from_micros(333);
        let admitted: Vec<Duration> =
            (0..30_000).map(|n| offered * n).filter(|now| bucket.take(&limit, *now)).collect();
        for window_ms in [1_usize, 10, 100, 1_000, 5_000] {
            let window = Duration::from_millis(window_ms as u64);
            let mut first = 0;
            for (last, end) in admitted.iter().enumerate() {
                while *end - admitted[first] >= window {
                    first += 1;
                }
                let most = window_ms + 100;
                assert!(last + 1 - first <= most, "{} in {window_ms} ms", last + 1 - first);
            }
        }
        let steady = admitted.iter().filter(|now| **now >= S).count();
        assert!((8_900..=9_000).contains(&steady), "{steady} in nine seconds");
    }

    #[test]
    fn rates_at_the_ends_neither_overflow_nor_let_all_in() {
        let taken = |rate, burst| taken(&Bucket::default(), &throttle(rate, burst), S, 3);
        assert_eq!(taken(0.0, 5), 0);
        assert_eq!(taken(5.0, 0), 0);
        assert_eq!(taken(f64::NAN, 5), 0);
        assert_eq!(taken(f64::INFINITY, 5), 0);
        assert_eq!(taken(f64::MIN_POSITIVE, 1), 0);
        assert_eq!(taken(1e-9, 2), 2);
        assert_eq!(taken(1e300, u32::MAX), 3);
    }

    #[test]
    fn a_token_that_is_given_back_is_there_again() {
        let (bucket, limit) = (Bucket::default(), throttle(1.0, 2));
        assert_eq!(taken(&bucket, &limit, S, 5), 2);
        bucket.give_back(&limit);
        assert_eq!(taken(&bucket, &limit, S, 5), 1);
        bucket.give_back(&limit);
        assert_eq!(taken(&bucket, &limit, 100 * S, 5), 2);
    }

    #[test]
    fn its_level_is_told() {
        let (bucket, limit) = (Bucket::default(), throttle(2.0, 3));
        let level = |tokens, more_ms| Level { tokens, more: Some(Duration::from_millis(more_ms)) };
        let full = Level { tokens: 3, more: None };
        assert_eq!(bucket.level(&limit, S), full);
        assert_eq!(taken(&bucket, &limit, S, 2), 2);
        assert_eq!(bucket.level(&limit, S), level(1, 500));
        assert_eq!(taken(&bucket, &limit, S, 2), 1);
        assert_eq!(bucket.level(&limit, S), level(0, 500));
        assert_eq!(bucket.level(&limit, S + Duration::from_millis(400)), level(0, 100));
        assert_eq!(bucket.alike().level(&limit, 2 * S), level(2, 500));
        assert_eq!(bucket.level(&limit, 3 * S), full);
        // Of a limit that was lowered since: full in 1.5 s.
        assert_eq!(bucket.level(&throttle(0.5, 1), S), level(0, 1_500));
        assert_eq!(bucket.level(&throttle(10.0, 1), S), level(0, 1_500));
        assert_eq!(bucket.level(&throttle(0.0, 1), S), Level { tokens: 0, more: None });
    }

    #[test]
    fn what_others_gave_is_missing_and_never_more_than_all() {
        let (bucket, limit) = (Bucket::default(), throttle(1.0, 5));
        bucket.drain(&limit, 2, S);
        assert_eq!(taken(&bucket, &limit, S, 9), 3);
        bucket.drain(&limit, u32::MAX, S);
        assert_eq!(taken(&bucket, &limit, S, 9), 0);
        assert_eq!(taken(&bucket, &limit, 3 * S, 9), 2);
    }

    /// A clock that steps back takes nothing from a bucket and gives it nothing.
    #[test]
    fn an_earlier_moment_finds_what_was_taken() {
        let (bucket, limit) = (Bucket::default(), throttle(1.0, 2));
        assert_eq!(taken(&bucket, &limit, 100 * S, 5), 2);
        assert_eq!(taken(&bucket, &limit, 50 * S, 5), 0);
        assert_eq!(taken(&bucket, &limit, 101 * S, 5), 1);
    }
}
