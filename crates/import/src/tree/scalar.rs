//! What a scalar stands for: YAML 1.2's core schema, in which `yes`, `N` and `012345678901` are texts.
//! AWS: account ids begin with zeros, so a number with a leading zero stays a text.

use super::node::Style;

/// The meaning of a scalar. The text of a number is a JSON number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, digits as written.
    Number(String),
    /// Anything else.
    Text,
}

/// Resolves a scalar; quotes, block styles and the tag `!!str` make it a text.
pub(super) fn resolve(text: &str, style: Style, tag: Option<&str>) -> Plain {
    if style != Style::Plain || tag.is_some_and(|tag| tag == "!!str" || tag == "!") {
        return Plain::Text;
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Plain::Null,
        "true" | "True" | "TRUE" => Plain::Bool(true),
        "false" | "False" | "FALSE" => Plain::Bool(false),
        _ => number(text).map_or(Plain::Text, Plain::Number),
    }
}

/// The JSON form of a number of the core schema.
fn number(text: &str) -> Option<String> {
    if let Some(digits) = text.strip_prefix("0x") {
        return u128::from_str_radix(digits, 16).ok().map(|value| value.to_string());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return u128::from_str_radix(digits, 8).ok().map(|value| value.to_string());
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let has_digits = !whole.is_empty() || fraction.is_some_and(|fraction| !fraction.is_empty());
    let is_exponent = |part: &str| {
        let digits = part.strip_prefix(['+', '-']).unwrap_or(part);
        !digits.is_empty() && is_digits(digits)
    };
    let is_number = has_digits
        && is_digits(whole)
        && fraction.is_none_or(is_digits)
        && exponent.is_none_or(is_exponent)
        && !(whole.len() > 1 && whole.starts_with('0'));
    is_number.then(|| {
        let sign = if text.starts_with('-') { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { whole };
        let fraction = fraction.filter(|fraction| !fraction.is_empty());
        let fraction = fraction.map(|fraction| format!(".{fraction}")).unwrap_or_default();
        let exponent = exponent.map(|exponent| format!("e{exponent}")).unwrap_or_default();
        format!("{sign}{whole}{fraction}{exponent}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: YAML 1.2.2 section 10.3.2 (core schema); leading zeros: inferred (account ids).
    #[test]
    fn resolves_plain_scalars() {
        let number = |text: &str| Plain::Number(text.to_owned());
        let cases = [
            ("", Plain::Null),
            ("~", Plain::Null),
            ("Null", Plain::Null),
            ("nUll", Plain::Text),
            ("True", Plain::Bool(true)),
            ("false", Plain::Bool(false)),
            ("yes", Plain::Text),
            ("N", Plain::Text),
            ("on", Plain::Text),
            ("012345678901", Plain::Text),
            ("0", number("0")),
            ("-0", number("-0")),
            ("+12", number("12")),
            ("12e03", number("12e03")),
            (".5", number("0.5")),
            ("1.", number("1")),
            ("0x1F", number("31")),
            ("0o17", number("15")),
            ("2026-01-02", Plain::Text),
            ("1.2.3", Plain::Text),
            ("1_000", Plain::Text),
            (".", Plain::Text),
            ("-", Plain::Text),
            ("e5", Plain::Text),
            (".inf", Plain::Text),
            (
                "123456789012345678901234567890123456789",
                number("123456789012345678901234567890123456789"),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(resolve(text, Style::Plain, None), expected, "{text}");
        }
        assert_eq!(resolve("1", Style::DoubleQuoted, None), Plain::Text);
        assert_eq!(resolve("1", Style::Plain, Some("!!str")), Plain::Text);
    }
}
