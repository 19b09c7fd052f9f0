//! Dates in UTC: the Common Log Format's of `$context.requestTime`, and Java's of the execution log.

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `dd/MMM/yyyy:HH:mm:ss +0000` of a number of milliseconds since 1970.
pub(super) fn common_log_format(epoch_ms: u64) -> String {
    let seconds = epoch_ms / 1000;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let month = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month));
    format!(
        "{day:02}/{}/{year:04}:{:02}:{:02}:{:02} +0000",
        month.unwrap_or(&"Jan"),
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// `EEE MMM dd HH:mm:ss UTC yyyy` of a number of milliseconds since 1970, as Java prints a date.
pub(crate) fn java_date(epoch_ms: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let seconds = epoch_ms / 1000;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let month = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month));
    let week_day = usize::try_from(days % 7).ok().and_then(|day| DAYS.get(day));
    format!(
        "{} {} {day:02} {:02}:{:02}:{:02} UTC {year:04}",
        week_day.unwrap_or(&"Thu"),
        month.unwrap_or(&"Jan"),
        second / 3600,
        second / 60 % 60,
        second % 60
    )
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
