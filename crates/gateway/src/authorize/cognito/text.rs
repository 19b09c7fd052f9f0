//! Claims as `$context.authorizer.claims` and the events of functions have them: all of them texts.

use serde_json::Value;
use vestibule_jwt::Claims;
use vestibule_sigv4::Timestamp;

/// Claims that are moments. AWS shows them as Java does (events in AWS's docs and users' reports); `auth_time` stays a number.
const MOMENTS: [&str; 3] = ["exp", "iat", "nbf"];

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The claims in their order.
pub(super) fn of(claims: &Claims) -> Vec<(String, String)> {
    claims.iter().map(|(name, value)| (name.to_owned(), text(name, value))).collect()
}

fn text(name: &str, value: &Value) -> String {
    let moment = || value.as_u64().and_then(date);
    match value {
        Value::Number(number) if MOMENTS.contains(&name) => {
            moment().unwrap_or_else(|| number.to_string())
        }
        Value::String(text) => text.clone(),
        // AWS: groups are listed with commas (users' reports differ; inferred).
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Such as `Fri Apr 17 17:35:52 UTC 2020`; none past the year 9999.
fn date(seconds: u64) -> Option<String> {
    let Timestamp { year, month, day, hour, minute, second } = Timestamp::from_epoch_s(seconds);
    let day_name = DAYS.get(usize::try_from(seconds / 86_400 % 7).ok()?)?;
    let month_name = MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    (year <= 9999).then(|| format!("{day_name} {month_name} {day:02} {time} UTC {year}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The event in AWS's docs of Lambda proxy integrations with a user pool.
    #[test]
    fn moments_are_dates_as_java_writes_them() {
        assert_eq!(text("exp", &1_587_144_952_u64.into()), "Fri Apr 17 17:35:52 UTC 2020");
        assert_eq!(text("iat", &0.into()), "Thu Jan 01 00:00:00 UTC 1970");
        assert_eq!(text("auth_time", &1_587_144_952_u64.into()), "1587144952");
        assert_eq!(text("exp", &Value::from(1.5)), "1.5");
        assert_eq!(text("exp", &u64::MAX.into()), u64::MAX.to_string());
    }

    #[test]
    fn every_claim_is_a_text() {
        let value = |json: &str| text("claim", &serde_json::from_str(json).unwrap());
        assert_eq!(value(r#""a \"b\"""#), r#"a "b""#);
        assert_eq!(value("true"), "true");
        assert_eq!(value("null"), "null");
        assert_eq!(value(r#"["admin","users"]"#), "admin,users");
        assert_eq!(value("[1,true,[\"a\"]]"), "1,true,[\"a\"]");
        assert_eq!(value(r#"{"a":1}"#), r#"{"a":1}"#);
    }
}
