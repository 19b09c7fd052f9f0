//! The periods of quotas. They begin at 00:00 UTC; the offset of a quota is the day on which one begins, Sunday and the first
//! being 0.
//!
//! AWS's documentation has two meanings of the offset, this one and requests that the first period is short of. What AWS takes
//! for it (0 of a day, 0 to 6 of a week, 0 to 27 of a month) fits this one alone.

use std::fmt;
use vestibule_restapi::{QuotaPeriod, QuotaSettings};
use vestibule_sigv4::Timestamp;

const DAY_S: u64 = 86_400;

/// Days of the longest period.
pub(super) const PERIOD_DAYS_MAX: u32 = 31;

/// A day in UTC, shown as `2026-11-27`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

impl Day {
    /// The day of a moment.
    pub fn of(epoch_ms: u64) -> Day {
        Day(u32::try_from(epoch_ms / 1000 / DAY_S).unwrap_or(u32::MAX))
    }

    /// Reads `2026-11-27`.
    pub fn parse(text: &str) -> Option<Day> {
        let moment = Timestamp::parse(&format!("{}T000000Z", text.replace('-', "")))?;
        let day = Day(u32::try_from(u64::try_from(moment.epoch_s()).ok()? / DAY_S).ok()?);
        // No other way to write it.
        (day.to_string() == text).then_some(day)
    }

    /// The number of the day, 0 being 1970-01-01.
    pub(super) fn number(self) -> u32 {
        self.0
    }

    pub(super) fn numbered(number: u32) -> Day {
        Day(number)
    }

    pub(super) fn next(self) -> Day {
        Day(self.0.saturating_add(1))
    }

    /// How many days after another it is; 0 of one that is not.
    pub(super) fn since(self, other: Day) -> u32 {
        self.0.saturating_sub(other.0)
    }

    /// When it begins, in seconds since 1970-01-01.
    pub fn epoch_s(self) -> u64 {
        u64::from(self.0) * DAY_S
    }

    fn moment(self) -> Timestamp {
        Timestamp::from_epoch_s(self.epoch_s())
    }

    fn of_month(self) -> u32 {
        // 1 to 31.
        u32::try_from(self.moment().day).unwrap_or(1)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Timestamp { year, month, day, .. } = self.moment();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// The day on which the period of a day began.
pub(super) fn first_day(quota: &QuotaSettings, today: Day) -> Day {
    let since = match quota.period {
        QuotaPeriod::Day => 0,
        // 1970-01-01 was a Thursday.
        QuotaPeriod::Week => (today.0 % 7 + 4 + 7 - quota.offset % 7) % 7,
        QuotaPeriod::Month => {
            let (of_month, first) = (today.of_month(), quota.offset.saturating_add(1));
            match of_month.checked_sub(first) {
                Some(since) => since,
                None => {
                    let last_of_previous = Day(today.0.saturating_sub(of_month)).of_month();
                    (of_month + last_of_previous).saturating_sub(first)
                }
            }
        }
    };
    Day(today.0.saturating_sub(since))
}

/// The day on which the next period begins.
pub(super) fn next_period(quota: &QuotaSettings, today: Day) -> Day {
    let later = (1..=PERIOD_DAYS_MAX).map(|days| Day(today.0.saturating_add(days)));
    later.into_iter().find(|later| first_day(quota, *later) == *later).unwrap_or(today)
}

/// Seconds until the next period begins, at least 1.
pub(super) fn seconds_left(quota: &QuotaSettings, epoch_ms: u64) -> u64 {
    let next = next_period(quota, Day::of(epoch_ms));
    next.epoch_s().saturating_sub(epoch_ms / 1000).max(1)
}

#[cfg(test)]
mod tests {
    //! Source: AWS docs (QuotaSettings: an offset of 0 of a week is Sunday, 1 is Monday); days of the calendar.
    use super::*;

    fn quota(quota_requests: u32, offset: u32, period: QuotaPeriod) -> QuotaSettings {
        QuotaSettings { quota_requests, offset, period }
    }

    /// The first day of the period of a date, and that of the next.
    fn period(date: &str, offset: u32, period: QuotaPeriod) -> (String, String) {
        let quota = quota(1, offset, period);
        let day = Day::parse(date).unwrap();
        (first_day(&quota, day).to_string(), next_period(&quota, day).to_string())
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
    fn a_day_is_written_in_one_way() {
        assert_eq!(Day::of(1_795_780_800_000), Day::parse("2026-11-27").unwrap());
        for text in ["", "20261127", "2026-11-31", "2026-1-1", "1969-12-31", "2026-11-27T"] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_period_has_seconds_left() {
        let left = |period, at_ms| seconds_left(&quota(1, 0, period), at_ms);
        // 2026-11-27 12:00:00.
        let noon_ms = 1_795_780_800_000;
        assert_eq!(left(QuotaPeriod::Day, noon_ms), 43_200);
        assert_eq!(left(QuotaPeriod::Day, noon_ms + 43_199_999), 1);
        assert_eq!(left(QuotaPeriod::Month, noon_ms), 3 * 86_400 + 43_200);
        for period in [QuotaPeriod::Day, QuotaPeriod::Week, QuotaPeriod::Month] {
            for at_ms in [0, u64::MAX] {
                let most = quota(1, u32::MAX, period);
                assert!(seconds_left(&most, at_ms) >= 1);
            }
        }
    }
}
