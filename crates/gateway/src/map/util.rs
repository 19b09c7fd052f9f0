//! `$util`: escaping and encoding as the libraries do it that AWS uses (commons-lang 2, java.net, java.util.Base64).

use super::base64;
use std::fmt::Write as _;
use vestibule_jsonpath::json;
use vestibule_vtl::value::{Argument, Heap, Host, HostError, Value};

/// The object behind `$util`.
#[derive(Debug)]
pub(super) struct Util;

impl<'a> Host<'a> for Util {
    fn property(&self, _: &mut Heap<'a>, _: &str) -> Result<Option<Value<'a>>, HostError> {
        Ok(None)
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn call(
        &self,
        heap: &mut Heap<'a>,
        method: &str,
        arguments: &[Argument<'a>],
    ) -> Result<Option<Value<'a>>, HostError> {
        let [argument] = arguments else { return Ok(None) };
        let is_known = matches!(
            method,
            "escapeJavaScript"
                | "parseJson"
                | "urlEncode"
                | "urlDecode"
                | "base64Encode"
                | "base64Decode"
        );
        if !is_known {
            return Ok(None);
        }
        if argument.value.is_null() {
            return match method {
                "escapeJavaScript" => Ok(Some(Value::Null)),
                _ => Err(HostError::failed(format!("`$util.{method}` of null"))),
            };
        }
        let text = heap.text_of(&argument.value)?;
        if method == "parseJson" {
            return parse_json(heap, text).map(Some);
        }
        if method == "escapeJavaScript" {
            heap.charge(text.len() as u64 / 64)?;
            return Ok(Some(match escape_java_script(text) {
                None => Value::from(text),
                Some(escaped) => Value::from(heap.text(escaped)?),
            }));
        }
        let made = match method {
            "urlEncode" => url_encode(text),
            "urlDecode" => url_decode(text)?,
            "base64Encode" => base64::encode(text.as_bytes()),
            _ => base64_decode(text)?,
        };
        Ok(Some(Value::from(heap.text(made)?)))
    }
}

fn parse_json<'a>(heap: &mut Heap<'a>, text: &'a str) -> Result<Value<'a>, HostError> {
    json::parse(text, heap)
        .map_err(|error| HostError::failed(format!("`$util.parseJson` cannot read it: {error}")))
}

/// Escapes for a JavaScript string; nothing when the text has nothing to escape. `'` becomes `\'`, which JSON refuses;
/// AWS's documentation says to undo that.
fn escape_java_script(text: &str) -> Option<String> {
    // Looks at every byte, which the processor does by the dozen.
    if !text.bytes().fold(false, |any, byte| any | is_escaped(byte)) {
        return None;
    }
    let mut escaped = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| ESCAPED.get(usize::from(byte)) == Some(&true))
    {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        escaped.push_str(before);
        let mut characters = from.chars();
        let Some(c) = characters.next() else { break };
        rest = characters.as_str();
        match c {
            '"' | '\'' | '\\' | '/' => escaped.extend(['\\', c]),
            '\u{8}' => escaped.push_str("\\b"),
            '\t' => escaped.push_str("\\t"),
            '\n' => escaped.push_str("\\n"),
            '\u{c}' => escaped.push_str("\\f"),
            '\r' => escaped.push_str("\\r"),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    escaped.push_str("\\u");
                    escaped.extend([12, 8, 4, 0].map(|bits| hexadecimal(*unit >> bits & 0xf)));
                }
            }
        }
    }
    escaped.push_str(rest);
    Some(escaped)
}

/// [`is_escaped`] of every byte.
static ESCAPED: [bool; 256] = escaped();

#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "at compile time")]
const fn escaped() -> [bool; 256] {
    let mut escaped = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        escaped[byte] = is_escaped(byte as u8);
        byte += 1;
    }
    escaped
}

/// Tells whether a byte is one that is escaped, or of a character that is.
const fn is_escaped(byte: u8) -> bool {
    (byte == b'"')
        | (byte == b'\'')
        | (byte == b'\\')
        | (byte == b'/')
        | (byte < b' ')
        | (byte > 0x7f)
}

/// The digit of a number below 16.
fn hexadecimal(digit: u16) -> char {
    char::from_digit(u32::from(digit), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

/// `application/x-www-form-urlencoded`, UTF-8.
fn url_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// The reverse; bytes that are not UTF-8 are replaced.
fn url_decode(text: &str) -> Result<String, HostError> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => match (bytes.next(), bytes.next()) {
                (Some(high), Some(low)) => decoded.push(escaped_byte(high, low)?),
                _ => return Err(broken_escape()),
            },
            _ => decoded.push(byte),
        }
    }
    Ok(String::from_utf8_lossy(&decoded).into_owned())
}

/// AWS: Java reads the two characters as a number, so `+5` is 5 too, and `-0` is 0.
fn escaped_byte(high: u8, low: u8) -> Result<u8, HostError> {
    let digits = [high, low];
    let digits = std::str::from_utf8(&digits).ok();
    let read = |digits: &str| match digits {
        "-0" => Some(0),
        _ => u8::from_str_radix(digits, 16).ok(),
    };
    digits.and_then(read).ok_or_else(broken_escape)
}

fn broken_escape() -> HostError {
    HostError::failed("`$util.urlDecode` met a broken `%` escape")
}

fn base64_decode(text: &str) -> Result<String, HostError> {
    let bytes = base64::decode(text.as_bytes()).map_err(|error| {
        HostError::failed(format!("`$util.base64Decode` cannot read it: {error}"))
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: oracle (commons-lang 2.6).
    #[test]
    fn java_script_is_escaped_as_commons_lang_does() {
        let text = "a\"b'c\\d/e\u{8}\t\n\u{c}\r\u{1}\u{1f}\u{7f}é€😀";
        let expected = concat!(
            r#"a\"b\'c\\d\/e\b\t\n\f\r\u0001\u001F"#,
            "\u{7f}",
            r"\u00E9\u20AC\uD83D\uDE00"
        );
        assert_eq!(escape_java_script(text).as_deref(), Some(expected));
        assert_eq!(escape_java_script("plain ~\u{7f}"), None);
    }

    /// Source: recorded on AWS, and oracle (java.net.URLEncoder).
    #[test]
    fn urls_are_encoded_as_forms() {
        assert_eq!(url_encode(r#"{"some": "value"}"#), "%7B%22some%22%3A+%22value%22%7D");
        assert_eq!(url_encode("é~*-._/"), "%C3%A9%7E*-._%2F");
        assert_eq!(url_decode("a+b%20c%C3%A9%2B"), Ok("a b cé+".to_owned()));
        assert_eq!(url_decode("%-0%+5"), Ok("\0\u{5}".to_owned()));
        assert_eq!(url_decode("%ff"), Ok("\u{fffd}".to_owned()));
    }

    #[test]
    fn broken_input_fails_the_render() {
        for text in ["%zz", "%2", "%", "%é"] {
            assert!(matches!(url_decode(text), Err(HostError::Failed { .. })), "{text}");
        }
        for text in ["a", "ab!c", "YQ=", "=", "YQ==x"] {
            assert!(matches!(base64_decode(text), Err(HostError::Failed { .. })), "{text}");
        }
        assert_eq!(base64_decode("YQ"), Ok("a".to_owned()));
        assert_eq!(base64_decode("YR=="), Ok("a".to_owned()));
        assert_eq!(base64_decode(""), Ok(String::new()));
    }
}
