//! The form of a line: a text with `$context` variables, parsed once.

use super::value::{self, Source, Value};
use crate::exchange::Client;
use crate::limits::ACCESS_LOG_LINE_BYTES_MAX;
use crate::map::push_common_log_format;
use crate::respond::context_reference;
use std::borrow::Cow;
use std::ops::Range;
use vestibule_restapi::{closest, one_line};

/// The form of a line of an access log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLogFormat {
    parts: Vec<Part>,
    kind: Kind,
    /// What a line takes, about.
    bytes: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable {
        name: String,
        source: Source,
        /// It stands between quotation marks.
        is_quoted: bool,
        span: Range<usize>,
    },
}

/// What values must not break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Json,
    Xml,
    Plain,
}

/// What stands for a value that is not known.
const UNKNOWN: &str = "-";

/// What most values are shorter than.
const VALUE_BYTES: usize = 40;

/// Marks the end of a line that was cut.
const CUT: &str = " [TRUNCATED]";

/// Common Log Format, as AWS's console offers it.
const CLF: &str = "$context.identity.sourceIp $context.identity.caller $context.identity.user \
    [$context.requestTime] \"$context.httpMethod $context.resourcePath $context.protocol\" \
    $context.status $context.responseLength $context.requestId $context.extendedRequestId";

/// JSON, as AWS's console offers it.
const JSON: &str = r#"{"requestId":"$context.requestId","extendedRequestId":"$context.extendedRequestId","ip":"$context.identity.sourceIp","caller":"$context.identity.caller","user":"$context.identity.user","requestTime":"$context.requestTime","httpMethod":"$context.httpMethod","resourcePath":"$context.resourcePath","status":"$context.status","protocol":"$context.protocol","responseLength":"$context.responseLength"}"#;

/// XML, as AWS's console offers it.
const XML: &str = r#"<request id="$context.requestId"><extendedRequestId>$context.extendedRequestId</extendedRequestId><ip>$context.identity.sourceIp</ip><caller>$context.identity.caller</caller><user>$context.identity.user</user><requestTime>$context.requestTime</requestTime><httpMethod>$context.httpMethod</httpMethod><resourcePath>$context.resourcePath</resourcePath><status>$context.status</status><protocol>$context.protocol</protocol><responseLength>$context.responseLength</responseLength></request>"#;

/// CSV, as AWS's console offers it.
const CSV: &str = "$context.identity.sourceIp,$context.identity.caller,$context.identity.user,\
    $context.requestTime,$context.httpMethod,$context.resourcePath,$context.protocol,\
    $context.status,$context.responseLength,$context.requestId,$context.extendedRequestId";

impl AccessLogFormat {
    /// One of AWS's four by its name: `clf`, `json`, `xml` or `csv`.
    pub fn named(name: &str) -> Option<AccessLogFormat> {
        let text = match name {
            "clf" => CLF,
            "json" => JSON,
            "xml" => XML,
            "csv" => CSV,
            _ => return None,
        };
        Some(AccessLogFormat::parse(text))
    }

    /// The form that a text is; every text is one.
    pub fn parse(text: &str) -> AccessLogFormat {
        let kind = match text.trim_start().chars().next() {
            Some('{') => Kind::Json,
            Some('<') => Kind::Xml,
            _ => Kind::Plain,
        };
        let (mut parts, mut plain) = (Vec::new(), String::new());
        let (mut rest, mut is_quoted) = (text, false);
        while let Some(first) = rest.chars().next() {
            let at = text.len() - rest.len();
            if let Some((name, after)) = context_reference(rest) {
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                let (source, span) = (Source::of(&name), at..text.len() - after.len());
                parts.push(Part::Variable { name, source, is_quoted, span });
                rest = after;
                continue;
            }
            let is_escaped = plain.ends_with('\\');
            is_quoted ^= first == '"' && !is_escaped;
            // One request, one line.
            plain.push(if matches!(first, '\n' | '\r') { ' ' } else { first });
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        let bytes = parts.iter().map(|part| match part {
            Part::Text(text) => text.len(),
            Part::Variable { .. } => VALUE_BYTES,
        });
        let bytes = bytes.sum();
        AccessLogFormat { parts, kind, bytes }
    }

    /// The variables that there are none of, where they stand, each with one that was perhaps meant.
    pub(crate) fn unknown(
        &self,
    ) -> impl Iterator<Item = (&str, Range<usize>, Option<&'static str>)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable { name, source: Source::Unknown, span, .. } => {
                Some((name.as_str(), span.clone(), closest(name, value::names())))
            }
            Part::Variable { .. } | Part::Text(_) => None,
        })
    }

    /// Whether a line has one of the ids by which a request is found; AWS takes no other form.
    pub(crate) fn has_id(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Variable { name, .. } => {
                matches!(name.as_str(), "requestId" | "extendedRequestId")
            }
            Part::Text(_) => false,
        })
    }

    /// A line of a request of this client, with what `value` says of each source.
    pub(super) fn line<'v>(
        &self,
        client: &Client,
        value: impl Fn(&Source) -> Option<Value<'v>>,
    ) -> String {
        let mut line = String::with_capacity(self.bytes);
        for part in &self.parts {
            match part {
                Part::Text(text) => line.push_str(text),
                Part::Variable { source, is_quoted, .. } => match value(source) {
                    Some(Value::Text(text)) if !text.is_empty() => {
                        line.push_str(&self.safe(&text, *is_quoted));
                    }
                    Some(Value::Safe(text)) => line.push_str(&text),
                    Some(Value::Number(number)) => push_number(&mut line, number),
                    Some(Value::Time(epoch_ms)) => push_common_log_format(&mut line, epoch_ms),
                    Some(Value::Address) => client.push_address(&mut line),
                    Some(Value::Text(_)) | None => line.push_str(UNKNOWN),
                },
            }
            if line.len() > ACCESS_LOG_LINE_BYTES_MAX {
                line.truncate(line.floor_char_boundary(ACCESS_LOG_LINE_BYTES_MAX));
                line.push_str(CUT);
                break;
            }
        }
        line
    }

    fn safe<'v>(&self, value: &'v str, is_quoted: bool) -> Cow<'v, str> {
        let is_plain = |byte: u8| {
            matches!(byte, b' '..=b'~')
                && !matches!(byte, b'"' | b'\'' | b'\\' | b'<' | b'>' | b'&')
        };
        if value.bytes().all(is_plain) {
            return Cow::Borrowed(value);
        }
        match self.kind {
            Kind::Json if is_quoted => {
                let json = serde_json::Value::from(value).to_string();
                let inner = json.strip_prefix('"').and_then(|json| json.strip_suffix('"'));
                Cow::Owned(inner.unwrap_or_default().to_owned())
            }
            Kind::Xml => {
                let text = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                Cow::Owned(one_line(&text.replace('"', "&quot;").replace('\'', "&apos;")))
            }
            Kind::Plain if is_quoted => {
                Cow::Owned(one_line(&value.replace('\\', r"\\").replace('"', "\\\"")))
            }
            Kind::Json | Kind::Plain => Cow::Owned(one_line(value)),
        }
    }
}

/// The formatter takes several times as long.
fn push_number(line: &mut String, number: u64) {
    let (mut digits, mut start, mut rest) = ([0_u8; 20], 20, number);
    while let Some(digit) = digits.get_mut(..start).and_then(<[u8]>::last_mut) {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        start -= 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let shown = digits.get(start..).and_then(|digits| std::str::from_utf8(digits).ok());
    line.push_str(shown.unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(format: &str, of: &'static str) -> String {
        let (id, agent) = (Source::of("requestId"), Source::of("identity.userAgent"));
        let value = |source: &Source| match source {
            source if *source == id => Some(Value::Safe(Cow::Borrowed("id"))),
            source if *source == agent => Some(Value::Text(Cow::Borrowed(of))),
            _ => None,
        };
        let client = Client::from(std::net::IpAddr::from([127, 0, 0, 1]));
        AccessLogFormat::parse(format).line(&client, value)
    }

    // Source: AWS docs (set up logging).
    #[test]
    fn only_context_is_replaced_and_what_is_unknown_is_a_dash() {
        let format =
            "$context.requestId ${context.requestId}. $context.identity.user $input.body $5";
        assert_eq!(line(format, ""), "id id. - $input.body $5");
        assert_eq!(line("a\r\nb", ""), "a  b");
    }

    // Source: inferred (ours: AWS writes values as they are).
    #[test]
    fn a_value_does_not_break_its_line() {
        let agent = "a\"b\\c<&>\n";
        assert_eq!(
            line(r#"{"a":"$context.identity.userAgent"}"#, agent),
            r#"{"a":"a\"b\\c<&>\n"}"#
        );
        assert_eq!(line(r#"{"a":$context.identity.userAgent}"#, r#""b""#), r#"{"a":"b"}"#);
        assert_eq!(
            line("<a>$context.identity.userAgent</a>", agent),
            "<a>a&quot;b\\c&lt;&amp;&gt;\\n</a>"
        );
        assert_eq!(
            line("<a b='$context.identity.userAgent'/>", "x' c='"),
            "<a b='x&apos; c=&apos;'/>"
        );
        assert_eq!(line("$context.identity.userAgent", agent), "a\"b\\c<&>\\n");
        assert_eq!(
            line("\"$context.identity.userAgent\" 1", "a\" 200 \"b\\"),
            r#""a\" 200 \"b\\" 1"#
        );
    }

    // Source: inferred (ours).
    #[test]
    fn a_line_is_cut_at_64_kib() {
        let format = "$context.identity.userAgent".repeat(2);
        static LONG: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| "é".repeat(32_767));
        let cut = line(&format, LONG.as_str());
        assert_eq!(cut, format!("{}{CUT}", "é".repeat(32_768)));
    }

    #[test]
    fn numbers_are_written_whole() {
        for number in [0, 7, 10, 200, 1_709_210_096_789, u64::MAX] {
            let mut line = String::new();
            push_number(&mut line, number);
            assert_eq!(line, number.to_string());
        }
    }

    #[test]
    fn unknown_variables_are_found_where_they_stand() {
        let format =
            AccessLogFormat::parse("a $context.reqestId $context.authorizer.x $context.status");
        let unknown: Vec<_> = format.unknown().collect();
        assert_eq!(unknown, [("reqestId", 2..19, Some("requestId"))]);
        assert!(!format.has_id());
        for name in ["clf", "json", "xml", "csv"] {
            let format = AccessLogFormat::named(name).unwrap();
            assert_eq!(format.unknown().count(), 0, "{name}");
            assert!(format.has_id(), "{name}");
        }
    }
}
