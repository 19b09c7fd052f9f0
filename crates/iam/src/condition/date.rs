//! Dates of conditions: the forms of ISO 8601 that the W3C's note on dates has, or seconds since
//! 1970. Without a zone it is UTC.

use crate::limits::DATE_BYTES_MAX;

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    /// Since 1970.
    seconds: i64,
    nanoseconds: u32,
}

impl Date {
    /// Returns the moment that a text names: `2026`, `2026-01`, `2026-01-31`,
    /// `2026-01-31T12:00Z`, with seconds, a fraction of them and a zone, or seconds since 1970. Four
    /// digits are a year.
    pub(crate) fn parse(text: &str) -> Option<Date> {
        if text.len() > DATE_BYTES_MAX || !text.is_ascii() {
            return None;
        }
        let is_count = text.len() != 4 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if is_count { Date::since_1970(text) } else { Date::of_calendar(text) }
    }

    fn since_1970(text: &str) -> Option<Date> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let seconds = whole.parse().ok()?;
        Some(Date { seconds, nanoseconds: nanoseconds(fraction)? })
    }

    fn of_calendar(text: &str) -> Option<Date> {
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.splitn(3, '-');
        let year = digits(parts.next()?, 4)?;
        let (month, day) = (parts.next(), parts.next());
        if time.is_some() && day.is_none() {
            return None;
        }
        let month = month.map_or(Some(1), |month| digits(month, 2))?;
        let day = day.map_or(Some(1), |day| digits(day, 2))?;
        if !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
            return None;
        }
        let (in_day, nanoseconds) = time.map_or(Some((0, 0)), of_day)?;
        let days = days_before_year(year) - days_before_year(1970)
            + (1..month).map(|month| days_of(year, month)).sum::<i64>()
            + (day - 1);
        Some(Date { seconds: days * 86_400 + in_day, nanoseconds })
    }
}

/// Returns the seconds of a day and nanoseconds of `12:00`, `12:00:00` or `12:00:00.5`, with `Z`,
/// `+01:00` or nothing after.
fn of_day(text: &str) -> Option<(i64, u32)> {
    let (text, offset) = match text.strip_suffix('Z') {
        Some(text) => (text, 0),
        None => match text.rfind(['+', '-']) {
            None => (text, 0),
            Some(at) => {
                let (text, zone) = text.split_at(at);
                let (hours, minutes) = zone.get(1..)?.split_once(':')?;
                let seconds = clock(digits(hours, 2)?, digits(minutes, 2)?, 0)?;
                (text, if zone.starts_with('-') { -seconds } else { seconds })
            }
        },
    };
    let mut parts = text.splitn(3, ':');
    let (hours, minutes) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let (seconds, fraction) = match parts.next() {
        None => (0, 0),
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
            (digits(whole, 2)?, nanoseconds(fraction)?)
        }
    };
    Some((clock(hours, minutes, seconds)? - offset, fraction))
}

fn clock(hours: i64, minutes: i64, seconds: i64) -> Option<i64> {
    let is_clock = hours < 24 && minutes < 60 && seconds < 61;
    is_clock.then_some(hours * 3_600 + minutes * 60 + seconds)
}

/// Returns a number of so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    let is_digits = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    if is_digits { text.parse().ok() } else { None }
}

/// Returns what the digits after a point are; those past the ninth do not count.
fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    format!("{:0<9}", fraction.get(..9).unwrap_or(fraction)).parse().ok()
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the year 1 to the first of `year`.
fn days_before_year(year: i64) -> i64 {
    let years = year - 1;
    years * 365 + years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400)
}

#[cfg(test)]
mod tests {
    //! Source: W3C note "Date and Time Formats"; moments by `date -u -d`.
    use super::*;

    #[test]
    fn dates_name_moments() {
        for (text, seconds, nanoseconds) in [
            ("1970", 0, 0),
            ("2026", 1_767_225_600, 0),
            ("2026-02", 1_769_904_000, 0),
            ("2024-02-29", 1_709_164_800, 0),
            ("2013-08-16T15:00:00Z", 1_376_665_200, 0),
            ("2013-08-16T17:00+02:00", 1_376_665_200, 0),
            ("2013-08-16T10:30:00.250-04:30", 1_376_665_200, 250_000_000),
            ("2013-08-16T15:00:00", 1_376_665_200, 0),
            ("1376665200", 1_376_665_200, 0),
            ("1376665200.5", 1_376_665_200, 500_000_000),
            ("1900-01-01", -2_208_988_800, 0),
            ("0", 0, 0),
        ] {
            assert_eq!(Date::parse(text), Some(Date { seconds, nanoseconds }), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "today",
            "2026-13",
            "2026-02-29",
            "2026-00-01",
            "2026-1-1",
            "2026-01T10:00Z",
            "2026-01-01T24:00Z",
            "2026-01-01T10Z",
            "2026-01-01T10:00:00.Z",
            "2026-01-01 10:00",
            "2026-01-01T10:00+1",
            "-5",
            "1.2.3",
            "20260101T100000Z",
            "99999999999999999999",
            "2026-01-01T10:00:00.0000000000000000000000Z",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
