//! A moment to the second in UTC, in the form that signatures have it.

use std::fmt;

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// Years whose seconds can be counted.
const YEARS_MAX: i64 = 200_000_000_000;

/// A second of the calendar, in UTC. Later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    /// The year, such as 2026.
    pub year: u64,
    /// The month, 1 to 12.
    pub month: u64,
    /// The day of the month, 1 to 31.
    pub day: u64,
    /// The hour, 0 to 23.
    pub hour: u64,
    /// The minute, 0 to 59.
    pub minute: u64,
    /// The second, 0 to 59.
    pub second: u64,
}

impl Timestamp {
    /// The moment so many seconds after 1970-01-01.
    pub fn from_epoch_s(seconds: u64) -> Timestamp {
        let (year, month, day) = civil(seconds / 86_400);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        Timestamp { year, month, day, hour, minute, second }
    }

    /// Reads `YYYYMMDDThhmmssZ`; none when it is not in this form, or no moment of the calendar.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        if date.len() != 8 || time.len() != 6 {
            return None;
        }
        let number = |text: &str, from: usize, to: usize| {
            let digits = text.get(from..to)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let read = Timestamp {
            year: number(date, 0, 4)?,
            month: number(date, 4, 6)?,
            day: number(date, 6, 8)?,
            hour: number(time, 0, 2)?,
            minute: number(time, 2, 4)?,
            second: number(time, 4, 6)?,
        };
        read.is_of_the_calendar().then_some(read)
    }

    /// Seconds since 1970-01-01, negative before.
    pub fn epoch_s(&self) -> i64 {
        // A number of no calendar counts as one that is large and does not overflow.
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX).min(YEARS_MAX);
        let days = days(signed(self.year), signed(self.month), signed(self.day));
        days * DAY_S + signed(self.hour) * 3600 + signed(self.minute) * 60 + signed(self.second)
    }

    /// `YYYYMMDD`.
    pub fn date(&self) -> String {
        let mut text = String::with_capacity(8);
        push(&mut text, &[(self.year, 1000), (self.month, 10), (self.day, 10)]);
        text
    }

    /// `YYYYMMDDThhmmssZ`, the value of `X-Amz-Date`.
    pub fn date_time(&self) -> String {
        let mut text = String::with_capacity(16);
        push(&mut text, &[(self.year, 1000), (self.month, 10), (self.day, 10)]);
        text.push('T');
        push(&mut text, &[(self.hour, 10), (self.minute, 10), (self.second, 10)]);
        text.push('Z');
        text
    }

    fn is_of_the_calendar(&self) -> bool {
        let is_leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            2 => 28 + u64::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        (1..=days).contains(&self.day) && self.hour < 24 && self.minute < 60 && self.second < 60
    }
}

/// `YYYYMMDDThhmmssZ`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.date_time())
    }
}

/// Appends numbers one after another, each from the digit with this value of its place on. A signature has several such texts, and
/// the formatter takes many times as long.
fn push(text: &mut String, numbers: &[(u64, u64)]) {
    for (number, highest) in numbers {
        let mut place = *highest;
        while place > 0 {
            // A value below 10 is a digit.
            let digit = u8::try_from(number / place % 10).unwrap_or(0);
            text.push(char::from(b'0' + digit));
            place /= 10;
        }
    }
}

/// Year, month and day of a day counted from 1970-01-01, by eras of 400 years that begin in March.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// The day counted from 1970-01-01 of a year, month and day: [`civil`] the other way.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year_from_march = year - i64::from(month <= 2);
    let (era, year_of_era) = (year_from_march.div_euclid(400), year_from_march.rem_euclid(400));
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "19700101T000000Z"),
            (1_440_938_160, "20150830T123600Z"),
            (1_709_210_096, "20240229T123456Z"),
            (1_798_761_599, "20261231T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
        ] {
            let time = Timestamp::from_epoch_s(seconds);
            assert_eq!(time.date_time(), text);
            assert_eq!(Timestamp::parse(text), Some(time));
            assert_eq!(time.epoch_s(), i64::try_from(seconds).unwrap());
        }
        assert_eq!(Timestamp::parse("19691231T235959Z").unwrap().epoch_s(), -1);
        assert!(Timestamp::from_epoch_s(u64::MAX).epoch_s() > 6_000_000_000_000_000_000);
        assert_eq!(Timestamp::parse("00000101T000000Z").unwrap().epoch_s(), -62_167_219_200);
    }

    #[test]
    fn what_is_no_moment_is_not_read() {
        for text in [
            "",
            "20260102T030405",
            "2026-01-02T03:04:05Z",
            "20260102 030405Z",
            "20260102T030405z",
            "20260102T030405Z ",
            "20260102T30405Z",
            "+0260102T030405Z",
            "20260102T03+405Z",
            "20261302T030405Z",
            "20260100T030405Z",
            "20260431T030405Z",
            "20260229T030405Z",
            "21000229T030405Z",
            "20260102T240405Z",
            "20260102T036005Z",
            "20260102T030460Z",
            "2026010\u{e9}T030405Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
        assert!(Timestamp::parse("20000229T235959Z").is_some());
    }
}
