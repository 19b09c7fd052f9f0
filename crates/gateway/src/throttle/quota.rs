//! How many requests a key had in a period. Periods begin at 00:00 UTC; the offset of a quota is the day on which one begins,
//! Sunday and the first being 0.
//!
//! AWS's documentation has two meanings of the offset, this one and requests that the first period is short of. What AWS takes
//! for it (0 of a day, 0 to 6 of a week, 0 to 27 of a month) fits this one alone.

use std::sync::atomic::{AtomicU64, Ordering};
use vestibule_restapi::{QuotaPeriod, QuotaSettings};
use vestibule_sigv4::Timestamp;

const DAY_S: u64 = 86_400;

/// Days of the longest period.
const PERIOD_DAYS_MAX: u32 = 31;

/// What a key used of a quota. The quota is told with each request, so that a reload changes it and not what was used.
#[derive(Debug, Default)]
pub(crate) struct Used {
    /// The day on which the period began, counted from 1970-01-01, and in the lower half the number of requests.
    word: AtomicU64,
}

impl Used {
    /// Takes a request, unless there is none left.
    pub(super) fn take(&self, quota: &QuotaSettings, epoch_ms: u64) -> bool {
        let today = day(epoch_ms);
        let first = first_day(quota, today);
        let taken = |word: u64| {
            let (begun, used) = halves(word);
            // A clock that steps back over midnight gives no new period.
            let is_now = (first..=today.saturating_add(1)).contains(&begun);
            let (begun, used) = if is_now { (begun, used) } else { (first, 0) };
            let used = used.checked_add(1).filter(|used| *used <= quota.quota_requests)?;
            Some(u64::from(begun) << 32 | u64::from(used))
        };
        self.word.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }

    /// Whether it may be of a period that is not over.
    pub(super) fn is_of_now(&self, epoch_ms: u64) -> bool {
        let (begun, used) = halves(self.word.load(Ordering::Relaxed));
        used > 0 && day(epoch_ms).saturating_sub(begun) < PERIOD_DAYS_MAX
    }
}

/// `YYYY-MM-DD` of the day on which the next period begins.
pub(super) fn next_period(quota: &QuotaSettings, epoch_ms: u64) -> String {
    let today = day(epoch_ms);
    let is_next = |later: &u32| first_day(quota, *later) == *later;
    let later = today.saturating_add(1)..=today.saturating_add(PERIOD_DAYS_MAX);
    let next = later.into_iter().find(is_next).unwrap_or(today);
    let Timestamp { year, month, day, .. } = moment(next);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The day on which the period of a day began.
fn first_day(quota: &QuotaSettings, today: u32) -> u32 {
    let since = match quota.period {
        QuotaPeriod::Day => 0,
        // 1970-01-01 was a Thursday.
        QuotaPeriod::Week => (today % 7 + 4 + 7 - quota.offset % 7) % 7,
        QuotaPeriod::Month => {
            let (of_month, first) = (day_of_month(today), quota.offset.saturating_add(1));
            match of_month.checked_sub(first) {
                Some(since) => since,
                None => {
                    let last_of_previous = day_of_month(today.saturating_sub(of_month));
                    (of_month + last_of_previous).saturating_sub(first)
                }
            }
        }
    };
    today.saturating_sub(since)
}

fn day_of_month(day: u32) -> u32 {
    // 1 to 31.
    u32::try_from(moment(day).day).unwrap_or(1)
}

fn moment(day: u32) -> Timestamp {
    Timestamp::from_epoch_s(u64::from(day) * DAY_S)
}

fn day(epoch_ms: u64) -> u32 {
    u32::try_from(epoch_ms / 1000 / DAY_S).unwrap_or(u32::MAX)
}

fn halves(word: u64) -> (u32, u32) {
    let low = word & u64::from(u32::MAX);
    (u32::try_from(word >> 32).unwrap_or(u32::MAX), u32::try_from(low).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    //! Source: AWS docs (QuotaSettings: an offset of 0 of a week is Sunday, 1 is Monday); days of the calendar.
    use super::*;

    fn quota(quota_requests: u32, offset: u32, period: QuotaPeriod) -> QuotaSettings {
        QuotaSettings { quota_requests, offset, period }
    }

    /// Noon of a date.
    fn noon(date: &str) -> u64 {
        let moment = Timestamp::parse(&format!("{}T120000Z", date.replace('-', ""))).unwrap();
        u64::try_from(moment.epoch_s()).unwrap() * 1000
    }

    /// The first day of the period of a date, and that of the next.
    fn period(date: &str, offset: u32, period: QuotaPeriod) -> (String, String) {
        let quota = quota(1, offset, period);
        let Timestamp { year, month, day, .. } = moment(first_day(&quota, day(noon(date))));
        (format!("{year:04}-{month:02}-{day:02}"), next_period(&quota, noon(date)))
    }

    #[test]
    fn periods_begin_on_the_day_of_their_offset() {
        use QuotaPeriod::{Day, Month, Week};
        for (date, offset, of, first, next) in [
            ("2026-11-27", 0, Day, "2026-11-27", "2026-11-28"),
            ("2026-12-31", 0, Day, "2026-12-31", "2027-01-01"),
            // A Friday.
            ("2026-11-27", 0, Week, "2026-11-22", "2026-11-29"),
            ("2026-11-27", 1, Week, "2026-11-23", "2026-11-30"),
            ("2026-11-27", 6, Week, "2026-11-21", "2026-11-28"),
            ("2026-11-29", 0, Week, "2026-11-29", "2026-12-06"),
            ("2026-11-29", 1, Week, "2026-11-23", "2026-11-30"),
            ("2026-11-27", 0, Month, "2026-11-01", "2026-12-01"),
            ("2026-11-27", 26, Month, "2026-11-27", "2026-12-27"),
            ("2026-11-27", 27, Month, "2026-10-28", "2026-11-28"),
            ("2026-03-01", 27, Month, "2026-02-28", "2026-03-28"),
            ("2026-01-03", 9, Month, "2025-12-10", "2026-01-10"),
            ("2024-02-29", 0, Month, "2024-02-01", "2024-03-01"),
        ] {
            let expected = (first.to_owned(), next.to_owned());
            assert_eq!(period(date, offset, of), expected, "{date} {offset} {of:?}");
        }
    }

    #[test]
    fn what_is_used_counts_until_the_period_ends() {
        let (used, of_day) = (Used::default(), quota(2, 0, QuotaPeriod::Day));
        let taken = |quota: &QuotaSettings, at| (0..5).filter(|_| used.take(quota, at)).count();
        assert_eq!(taken(&of_day, noon("2026-11-27")), 2);
        assert_eq!(taken(&of_day, noon("2026-11-28") - 43_200_001), 0);
        assert_eq!(taken(&of_day, noon("2026-11-28") - 43_200_000), 2);
        assert_eq!(taken(&of_day, noon("2026-11-27")), 0);
        assert_eq!(taken(&quota(3, 0, QuotaPeriod::Month), noon("2026-11-28")), 1);
        assert!(used.is_of_now(noon("2026-12-28")));
        assert!(!used.is_of_now(noon("2026-12-29")));
    }

    #[test]
    fn quotas_at_the_ends_neither_overflow_nor_let_all_in() {
        let none = Used::default();
        assert!(!none.take(&quota(0, 0, QuotaPeriod::Day), noon("2026-11-27")));
        assert!(!none.is_of_now(0));
        let quotas = [QuotaPeriod::Day, QuotaPeriod::Week, QuotaPeriod::Month];
        for (at, period) in [0, u64::MAX].into_iter().flat_map(|at| quotas.map(|of| (at, of))) {
            let (used, most) = (Used::default(), quota(1, u32::MAX, period));
            assert!(used.take(&most, at));
            assert!(!used.take(&most, at));
            next_period(&most, at);
        }
    }
}
