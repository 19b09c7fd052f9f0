//! `format` as the fge JSON Schema validator asserts it for draft 4, and its words for what does not fit.
//!
//! It knows the formats of draft 4 and some of its own; any other one, such as `date` of OpenAPI, is fine whatever the text.
//! `email`, `ipv4`, `ipv6` and `regex` are checked by `jsonschema`.

use jsonschema::ValidationOptions;

/// Formats that `jsonschema` asserts and that validator does not know.
const UNKNOWN: [&str; 2] = ["date", "time"];

/// The lengths of digests in hexadecimal digits.
const DIGESTS: [(&str, usize); 4] = [("md5", 32), ("sha1", 40), ("sha256", 64), ("sha512", 128)];

/// Adds the formats to the options of a validator.
pub(super) fn register(mut options: ValidationOptions) -> ValidationOptions {
    for name in UNKNOWN {
        options = options.with_format(name, |_: &str| true);
    }
    for (name, digits) in DIGESTS {
        options = options.with_format(name, move |text: &str| {
            text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
    }
    options
        .with_format("date-time", is_date_time)
        .with_format("hostname", is_hostname)
        .with_format("uri", is_uri)
        .with_format("base64", is_base64)
        .with_format("json-pointer", is_json_pointer)
        .with_format("mac", |text: &str| is_hex_groups(text, ':', &[2; 6]))
        .with_format("uuid", |text: &str| is_hex_groups(text, '-', &[8, 4, 4, 4, 12]))
}

/// What that validator says of a text that is not of a format; `shown` is the text, maybe cut.
pub(super) fn violated(format: &str, text: &str, shown: &str) -> String {
    let is = |what: &str| format!("string \"{shown}\" is not a valid {what}");
    match format {
        "date-time" => format!(
            "string \"{shown}\" is invalid against requested date format(s) \
             [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{{1,12}}Z]"
        ),
        "email" => is("email address"),
        "hostname" => is("hostname"),
        "ipv4" => is("IPv4 address"),
        "ipv6" => is("IPv6 address"),
        "regex" => is("ECMA 262 regular expression"),
        "uri" => is("URI"),
        "json-pointer" => format!("input {}", is("JSON Pointer")),
        "mac" => format!("input {}", is("MAC address")),
        "uuid" => format!("input {}", is("UUID")),
        "base64" => match text.chars().count() {
            whole if whole.is_multiple_of(4) => {
                "input is not a valid Base64 string: illegal characters".to_owned()
            }
            odd => format!("input has illegal length (must be a multiple of 4, found {odd})"),
        },
        digest => {
            let digits = DIGESTS.iter().find(|(name, _)| *name == digest).map(|(_, digits)| digits);
            match (text.chars().count(), digits) {
                (found, Some(digits)) if found != *digits => {
                    format!("input string has bad length ({found}, expected {digits})")
                }
                _ => "input string has illegal characters".to_owned(),
            }
        }
    }
}

/// `2026-11-26T21:05:00Z`, with up to twelve digits of a second, and an offset with or without a colon.
fn is_date_time(text: &str) -> bool {
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = text.get(from..to)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let within = |from, to, least: u32, most: u32| {
        number(from, to).is_some_and(|number| (least..=most).contains(&number))
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let has_marks = marks
        .iter()
        .all(|(at, mark)| text.as_bytes().get(*at).is_some_and(|b| b.eq_ignore_ascii_case(mark)));
    let (Some(year), Some(month)) = (number(0, 4), number(5, 7)) else { return false };
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let is_moment = within(5, 7, 1, 12)
        && within(8, 10, 1, days)
        && within(11, 13, 0, 23)
        && within(14, 16, 0, 59)
        && within(17, 19, 0, 59);
    let rest = text.get(19..).unwrap_or_default();
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => {
            let offset = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = fraction.len() - offset.len();
            if (1..=12).contains(&digits) { offset } else { return false }
        }
        None => rest,
    };
    has_marks && is_moment && is_offset(offset)
}

/// `Z`, `+01:00` or `+0100`.
fn is_offset(offset: &str) -> bool {
    if offset.eq_ignore_ascii_case("z") {
        return true;
    }
    let Some(digits) = offset.strip_prefix(['+', '-']) else { return false };
    let digits: String = match digits.split_once(':') {
        Some((hours, minutes)) if hours.len() == 2 => [hours, minutes].concat(),
        Some(_) => return false,
        None => digits.to_owned(),
    };
    let (hours, minutes) = (digits.get(..2), digits.get(2..));
    let is_at_most = |digits: Option<&str>, most: u8| {
        digits.is_some_and(|digits| {
            digits.len() == 2
                && digits.bytes().all(|byte| byte.is_ascii_digit())
                && digits.parse().is_ok_and(|number: u8| number <= most)
        })
    };
    is_at_most(hours, 23) && is_at_most(minutes, 59)
}

/// As Guava's `InternetDomainName`: underscores and letters beyond ASCII are fine, a last part that begins with a digit is not.
fn is_hostname(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    let parts: Vec<&str> = name.split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']).collect();
    let is_part = |part: &&str| {
        let is_inner = |c: char| matches!(c, '-' | '_');
        !part.is_empty()
            && part.chars().count() <= 63
            && part.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || is_inner(c))
            && !part.starts_with(is_inner)
            && !part.ends_with(is_inner)
    };
    name.chars().count() <= 253
        && parts.len() <= 127
        && parts.iter().all(is_part)
        && !parts.last().is_some_and(|part| part.starts_with(|c: char| c.is_ascii_digit()))
}

/// As `java.net.URI`: also one without a scheme.
fn is_uri(text: &str) -> bool {
    let is_char = |c: char| match c {
        '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => false,
        c if c.is_ascii() => c.is_ascii_graphic(),
        c => !c.is_control() && !c.is_whitespace(),
    };
    let is_escaped = text.split('%').skip(1).all(|after| {
        after.get(..2).is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
    let scheme_end = before.find(['/', '?', ':']);
    let has_good_scheme = match scheme_end.and_then(|end| before.split_at_checked(end)) {
        Some((scheme, rest)) if rest.starts_with(':') => {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
                && rest.len() > 1
        }
        _ => true,
    };
    text.chars().all(is_char) && is_escaped && has_good_scheme && !fragment.contains('#')
}

fn is_base64(text: &str) -> bool {
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    text.len().is_multiple_of(4)
        && digits.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}

fn is_json_pointer(text: &str) -> bool {
    (text.is_empty() || text.starts_with('/'))
        && text.split('~').skip(1).all(|after| after.starts_with(['0', '1']))
}

/// Groups of hexadecimal digits of these lengths.
fn is_hex_groups(text: &str, separator: char, lengths: &[usize]) -> bool {
    let groups: Vec<&str> = text.split(separator).collect();
    groups.len() == lengths.len()
        && groups.iter().zip(lengths).all(|(group, length)| {
            group.len() == *length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Whether a text is of a format.
    fn is(format: &str, text: &str) -> bool {
        let options = register(jsonschema::options().with_draft(jsonschema::Draft::Draft4));
        let validator = options.build(&json!({"format": format})).unwrap();
        validator.is_valid(&Value::from(text))
    }

    fn check(format: &str, fine: &[&str], broken: &[&str]) {
        for text in fine {
            assert!(is(format, text), "{format}: {text}");
        }
        for text in broken {
            assert!(!is(format, text), "{format}: {text}");
        }
    }

    // Source: read in the validator's source, and in that of Joda-Time, Guava, java.net.URI and JavaMail that it calls.
    #[test]
    fn formats_are_those_of_the_validator() {
        check(
            "date-time",
            &[
                "2026-11-26T21:05:00Z",
                "2026-11-26T21:05:00.123Z",
                "2026-11-26T21:05:00.123456789012+01:00",
                "2024-02-29T00:00:00-0530",
            ],
            &[
                "2026-11-26",
                "2026-11-26T21:05Z",
                "2026-11-26T21:05:00",
                "2026-02-29T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-11-26T24:00:00Z",
                "2026-11-26T21:05:60Z",
                "2026-11-26T21:05:00.Z",
                "2026-11-26 21:05:00Z",
                "2026-11-26T21:05:00+1:00",
                "+026-11-26T21:05:00Z",
                "2026-11-26T21:05:00é",
                "",
            ],
        );
        check(
            "hostname",
            &["a", "example.com", "example.com.", "under_score.example", "bücher.example"],
            &["", "a..b", "-a.com", "a b", "127.0.0.1", "a.1", "_a.com"],
        );
        check(
            "uri",
            &["http://example.com/a?b=c#d", "a/b", "", "?q", "urn:a:b", "http://[::1]/", "/é"],
            &["a b", "http:", "1a:b", "%zz", "a#b#c", "{a}", "a\\b", ":a"],
        );
        check("email", &["a@b.c", "a@b"], &["", "a", "a b@c.d", "@b"]);
        check("ipv4", &["127.0.0.1"], &["127.0.0", "256.0.0.1", "a"]);
        check("ipv6", &["::1"], &["127.0.0.1", "x"]);
        check("regex", &["^a+$"], &["(", "["]);
        check("base64", &["", "QQ==", "QUI=", "QUJD"], &["QQ", "QQ=", "Q===", "Q_==", "QQ=Q"]);
        check("json-pointer", &["", "/a/~0~1"], &["a", "/~", "/~2"]);
        check("mac", &["00:1a:2B:3c:4d:5e"], &["00-1a-2b-3c-4d-5e", "00:1a"]);
        check("uuid", &["00000000-0000-4000-8000-00000000000A"], &["0000", "g"]);
        check("md5", &["d41d8cd98f00b204e9800998ecf8427e"], &["d41d", &"g".repeat(32)]);
        // Formats that it does not know.
        for format in ["date", "time", "int32", "double", "password", "uri-reference", "nonsense"] {
            assert!(is(format, "anything at all"), "{format}");
        }
    }

    #[test]
    fn its_words_are_followed() {
        let said = |format, text| violated(format, text, text);
        assert_eq!(said("email", "x"), "string \"x\" is not a valid email address");
        assert_eq!(said("uuid", "x"), "input string \"x\" is not a valid UUID");
        assert_eq!(
            said("date-time", "x"),
            "string \"x\" is invalid against requested date format(s) \
             [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]"
        );
        assert_eq!(
            said("base64", "QQ="),
            "input has illegal length (must be a multiple of 4, found 3)"
        );
        assert_eq!(
            said("base64", "Q_=="),
            "input is not a valid Base64 string: illegal characters"
        );
        assert_eq!(said("sha1", "x"), "input string has bad length (1, expected 40)");
        assert_eq!(said("md5", &"g".repeat(32)), "input string has illegal characters");
    }
}
