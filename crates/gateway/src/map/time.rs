//! Dates in UTC: the Common Log Format's of `$context.requestTime`, and Java's of the execution log.

use vestibule_sigv4::Timestamp;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `dd/MMM/yyyy:HH:mm:ss +0000` of a number of milliseconds since 1970.
pub(super) fn common_log_format(epoch_ms: u64) -> String {
    let mut text = String::with_capacity(26);
    push_common_log_format(&mut text, epoch_ms);
    text
}

/// Appends it. Lines of every request have it, so that it is made without the formatter, which takes ten times as long.
pub(crate) fn push_common_log_format(out: &mut String, epoch_ms: u64) {
    let Timestamp { year, month, day, hour, minute, second } =
        Timestamp::from_epoch_s(epoch_ms / 1000);
    push_two(out, day);
    out.push('/');
    out.push_str(name_of(month));
    out.push('/');
    push_two(out, year / 100);
    push_two(out, year);
    for part in [hour, minute, second] {
        out.push(':');
        push_two(out, part);
    }
    out.push_str(" +0000");
}

/// The last two decimal digits of a number.
fn push_two(out: &mut String, number: u64) {
    for digit in [number / 10 % 10, number % 10] {
        out.push(char::from(b'0' + u8::try_from(digit).unwrap_or_default()));
    }
}

/// `EEE MMM dd HH:mm:ss UTC yyyy` of a number of milliseconds since 1970, as Java prints a date.
pub(crate) fn java_date(epoch_ms: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let seconds = epoch_ms / 1000;
    let week_day = usize::try_from(seconds / 86_400 % 7).ok().and_then(|day| DAYS.get(day));
    let week_day = week_day.unwrap_or(&"Thu");
    let Timestamp { year, month, day, hour, minute, second } = Timestamp::from_epoch_s(seconds);
    let month = name_of(month);
    format!("{week_day} {month} {day:02} {hour:02}:{minute:02}:{second:02} UTC {year:04}")
}

/// The name of a month, which is 1 to 12.
fn name_of(month: u64) -> &'static str {
    let month = usize::try_from(month.saturating_sub(1)).ok().and_then(|month| MONTHS.get(month));
    month.unwrap_or(&"Jan")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(common_log_format(0), "01/Jan/1970:00:00:00 +0000");
        assert_eq!(common_log_format(1_709_210_096_789), "29/Feb/2024:12:34:56 +0000");
        assert_eq!(common_log_format(1_798_761_599_000), "31/Dec/2026:23:59:59 +0000");
        assert_eq!(common_log_format(4_107_542_400_000), "01/Mar/2100:00:00:00 +0000");
    }

    #[test]
    fn javas_dates_have_the_day_of_the_week() {
        assert_eq!(java_date(0), "Thu Jan 01 00:00:00 UTC 1970");
        assert_eq!(java_date(1_709_210_096_789), "Thu Feb 29 12:34:56 UTC 2024");
        assert_eq!(java_date(1_764_547_200_000), "Mon Dec 01 00:00:00 UTC 2025");
    }
}
