//! Expected text with the few places that no test can know: `{{name}}`.
//!
//! A name is a value of this very run (`{{request-id}}`) or a form (`{{uuid}}`); `{{re PATTERN}}` is a form of the page's
//! own. All else is literal.

use super::Outcome;
use regex::{Regex, RegexBuilder};
use std::collections::BTreeMap;

/// Values of a run by name.
pub(crate) type Values = BTreeMap<&'static str, String>;

/// Forms by name.
const FORMS: [(&str, &str); 11] = [
    ("amz-date", r"\d{8}T\d{6}Z"),
    ("api-id", r"[a-z0-9]{10}"),
    ("clf-time", r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000"),
    ("epoch-ms", r"1\d{12}"),
    ("extended-id", r"[A-Za-z0-9+/_-]{15}="),
    ("hex-16", r"[0-9a-f]{16}"),
    ("http-date", r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"),
    ("log-time", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"),
    (
        "signed",
        r"AWS4-HMAC-SHA256 Credential=(?:test|E2E\w+)/\d{8}/[a-z0-9-]+/[a-z0-9-]+/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}",
    ),
    ("trace-id", r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=[01]"),
    ("uuid", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
];

/// Bytes that the form of a whole page may take: a log of a few hundred lines with ids in them.
const PATTERN_BYTES_MAX: usize = 100 * 1024 * 1024;

/// Whether `text` is as `expected` says.
pub(crate) fn matches(expected: &str, text: &str, values: &Values) -> Outcome<bool> {
    let mut pattern = String::from(r"(?s)\A");
    let mut rest = expected;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inside, after) = after
            .split_once("}}")
            .ok_or_else(|| format!("`{{{{` without `}}}}` in the expected text `{expected}`"))?;
        pattern.push_str(&regex::escape(before));
        pattern.push_str(&place(inside, values)?);
        rest = after;
    }
    pattern.push_str(&regex::escape(rest));
    pattern.push_str(r"\z");
    let regex = RegexBuilder::new(&pattern).size_limit(PATTERN_BYTES_MAX).build();
    let regex = regex.map_err(|error| format!("in `{expected}`: {error}"))?;
    Ok(regex.is_match(text))
}

/// A text that was printed, as a page expects it: its times and ids as forms.
pub(crate) fn generalised(text: &str) -> Outcome<String> {
    let mut text = text.to_owned();
    let took = ("re \\d+", r"took_us=\d+", "took_us=");
    let named = ["amz-date", "log-time", "signed", "trace-id", "uuid"].iter().filter_map(|name| {
        FORMS.iter().find(|(known, _)| known == name).map(|(name, form)| (*name, *form, ""))
    });
    for (name, form, before) in named.chain([took]) {
        let regex = Regex::new(form).map_err(|error| error.to_string())?;
        let place = format!("{before}{{{{{name}}}}}");
        text = regex.replace_all(&text, regex::NoExpand(&place)).into_owned();
    }
    Ok(text)
}

fn place(inside: &str, values: &Values) -> Outcome<String> {
    if let Some(value) = values.get(inside) {
        return Ok(regex::escape(value));
    }
    if let Some((_, form)) = FORMS.iter().find(|(name, _)| *name == inside) {
        return Ok(format!("(?:{form})"));
    }
    match inside.strip_prefix("re ") {
        Some(form) => Ok(format!("(?:{form})")),
        None => Err(format!("`{{{{{inside}}}}}` is no value of this run and no known form")),
    }
}
