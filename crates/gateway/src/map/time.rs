//! `$context.requestTime`: the Common Log Format's date, in UTC.

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
}
