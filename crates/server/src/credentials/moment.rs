//! Moments as AWS writes them where it says when something expires.

use vestibule_sigv4::Timestamp;

/// The seconds since 1970 of `2027-01-31T12:00:00Z`: perhaps with a fraction, which does not count, or a zone such as `+01:00`, or
/// without hyphens and colons (ISO 8601's basic form).
pub(crate) fn epoch_s(text: &str) -> Option<i64> {
    let (local, offset_s) = match text.strip_suffix('Z') {
        Some(local) => (local, 0),
        None => {
            let (local, zone) = text.split_at_checked(text.len().checked_sub(6)?)?;
            (local, offset_s(zone)?)
        }
    };
    let whole = match local.split_once('.') {
        Some((whole, fraction)) if is_number(fraction) => whole,
        Some(_) => return None,
        None => local,
    };
    let basic: String = whole.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    Some(Timestamp::parse(&format!("{basic}Z"))?.epoch_s() - offset_s)
}

fn offset_s(zone: &str) -> Option<i64> {
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |text: &str| is_number(text).then(|| text.parse::<i64>().ok())?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: `date -u -d ... +%s`.
    #[test]
    fn moments_are_read_in_the_forms_that_aws_writes() {
        for (text, seconds) in [
            ("2022-05-02T18:36:00Z", 1_651_516_560),
            ("2022-05-02T18:36:00.123Z", 1_651_516_560),
            ("2022-05-02T18:36:00+00:00", 1_651_516_560),
            ("2022-05-02T20:06:00+01:30", 1_651_516_560),
            ("2022-05-02T17:36:00-01:00", 1_651_516_560),
            ("20220502T183600Z", 1_651_516_560),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(epoch_s(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "Z",
            "soon",
            "2022-05-02",
            "2022-05-02T18:36:00",
            "2022-05-02T18:36:00.Z",
            "2022-05-02T18:36:00.xZ",
            "2022-13-02T18:36:00Z",
            "2022-05-02T18:36:00+99:00",
            "2022-05-02T18:36:00é0:00",
        ] {
            assert_eq!(epoch_s(text), None, "{text}");
        }
    }
}
