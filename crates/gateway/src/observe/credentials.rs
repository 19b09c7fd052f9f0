//! What is secret of a request, and how it is kept out of everything that an operator reads: a text that shows a part of a
//! credential is withheld or masked, wherever the text came from.

use crate::authorize;
use crate::exchange::Exchange;
use crate::limits::{COMMON_CHARS_MAX, CREDENTIALS_MAX};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::HashSet;

/// Headers whose values are credentials, of requests and of answers.
const HEADERS: [&str; 6] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
    "x-amz-security-token",
    "x-api-key",
];

/// Query parameters whose values are credentials: those of presigned URLs, and what bearer tokens travel as.
const QUERY_PARAMETERS: [&str; 5] =
    ["access_token", "api_key", "x-amz-security-token", "x-amz-signature", "x-api-key"];

/// What stands in the place of a credential.
pub(super) const MASK: &str = "***";

/// The credentials of one request.
#[derive(Debug, Default)]
pub(super) struct Credentials(Vec<String>);

/// Whether the value of a header is a credential.
pub(super) fn is_secret_header(name: &str) -> bool {
    HEADERS.iter().any(|secret| secret.eq_ignore_ascii_case(name))
}

/// Whether the value of a query parameter is a credential.
fn is_secret_parameter(name: &str) -> bool {
    QUERY_PARAMETERS.iter().any(|secret| secret.eq_ignore_ascii_case(name))
}

impl Credentials {
    /// Those in the headers, as sent and, of the scheme `Basic`, decoded; those in the query; and those of the definition.
    pub(super) fn of(exchange: &Exchange) -> Credentials {
        let named = HEADERS.iter().flat_map(|name| exchange.headers.get_all(*name));
        let others = exchange.identity.secret_headers.iter();
        let values = named.chain(others.flat_map(|name| exchange.headers.get_all(name)));
        let mut credentials = Vec::new();
        let signature = authorize::signature(exchange);
        for value in values.map(|value| String::from_utf8_lossy(value.as_bytes())) {
            let basic =
                value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
            let decoded = basic.and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok());
            if let Some(decoded) = decoded.and_then(|decoded| String::from_utf8(decoded).ok()) {
                credentials.extend(decoded.split_once(':').and_then(|(_, word)| part(word)));
                credentials.push(decoded);
            }
            // What else is in a header with a signature, who compares canonical requests has to see.
            let signature = signature.as_ref().filter(|signature| value.contains(*signature));
            credentials.push(signature.cloned().unwrap_or_else(|| value.into_owned()));
        }
        for cookies in exchange.headers.get_all(http::header::COOKIE) {
            let cookies = String::from_utf8_lossy(cookies.as_bytes());
            let values = cookies.split(';').filter_map(|pair| pair.split_once('='));
            credentials.extend(values.filter_map(|(_, value)| part(value)));
        }
        if let Some(stage) = &exchange.stage {
            let sent = authorize::secrets(stage, exchange);
            credentials.extend(sent.iter().filter_map(|secret| part(secret)));
        }
        credentials.extend(exchange.identity.member("apiKey").map(str::to_owned));
        // An API key may come from an authorizer.
        let authorizer = exchange.identity.authorizer.as_ref();
        credentials.extend(authorizer.and_then(|known| known.usage_identifier_key.clone()));
        for (name, value) in &exchange.query_parameters {
            if is_secret_parameter(name) {
                credentials.push(value.clone());
            }
        }
        // What `NoEcho` parameters put into the definition.
        if let Some(stage) = &exchange.stage {
            let secrets = stage.snapshot().secrets.iter();
            credentials.extend(secrets.filter_map(|secret| part(secret)));
        }
        // The query as it was sent, before routing has decoded it.
        for pair in exchange.raw_query().split('&') {
            if let Some((name, value)) = pair.split_once('=')
                && is_secret_parameter(name)
            {
                credentials.push(value.to_owned());
            }
        }
        Credentials::default().with(credentials)
    }

    /// These and others.
    fn with(mut self, others: impl IntoIterator<Item = String>) -> Credentials {
        self.0.extend(others);
        self.0.retain(|secret| !secret.is_empty());
        self.0.sort_unstable();
        self.0.dedup();
        self
    }

    /// Adds the values of headers that are credentials, such as the cookies that an answer sets.
    pub(super) fn add_headers<'h>(&mut self, headers: impl Iterator<Item = (&'h str, &'h str)>) {
        let secrets = headers.filter(|(name, _)| is_secret_header(name));
        let secrets: Vec<String> = secrets.map(|(_, value)| value.to_owned()).collect();
        *self = std::mem::take(self).with(secrets);
    }

    /// Whether there are more than can be looked for.
    fn are_too_many(&self) -> bool {
        self.0.len() > CREDENTIALS_MAX
    }

    /// Adds the value of a parameter that a mapping gives a backend, when its name says that it is a credential.
    pub(super) fn add_mapped(&mut self, destination: &str, value: &str) {
        let name = destination.rsplit('.').next().unwrap_or_default();
        let is_secret = is_secret_header(name) || is_secret_parameter(name);
        if is_secret {
            *self = std::mem::take(self).with([value.to_owned()]);
        }
    }

    /// Whether a text shows one of them or a part of it.
    pub(super) fn are_shown_by(&self, text: &str) -> bool {
        self.are_too_many() || self.0.iter().any(|secret| shows(text, secret))
    }

    /// The text with `***` in the place of each part of a credential.
    pub(super) fn masked(&self, text: &str) -> String {
        if self.are_too_many() {
            return MASK.to_owned();
        }
        let mut hidden = vec![false; text.len()];
        for secret in &self.0 {
            hide(text, secret, &mut hidden);
        }
        if !hidden.contains(&true) {
            return text.to_owned();
        }
        let mut masked = String::with_capacity(text.len());
        let mut was_hidden = false;
        for (at, c) in text.char_indices() {
            let is_hidden = hidden.get(at..at + c.len_utf8()).is_some_and(|c| c.contains(&true));
            match (is_hidden, was_hidden) {
                (true, false) => masked.push_str(MASK),
                (true, true) => {}
                (false, _) => masked.push(c),
            }
            was_hidden = is_hidden;
        }
        masked
    }
}

/// A part of a credential that is one of its own, unless it is so short that it stands everywhere.
fn part(text: &str) -> Option<String> {
    let text = text.trim();
    (text.len() >= CREDENTIAL_BYTES_MIN).then(|| text.to_owned())
}

/// Bytes from which a password or a cookie's value is looked for on its own.
const CREDENTIAL_BYTES_MIN: usize = 4;

/// Whether a text shows a credential or a part of it. Takes time for the sum of both, not for their product.
fn shows(text: &str, secret: &str) -> bool {
    if secret.len() <= COMMON_CHARS_MAX {
        return !secret.is_empty() && text.contains(secret);
    }
    let shown: HashSet<&[u8]> = text.as_bytes().windows(COMMON_CHARS_MAX + 1).collect();
    secret.as_bytes().windows(COMMON_CHARS_MAX + 1).any(|part| shown.contains(part))
}

/// Marks the bytes of a text that show a credential or a part of it, in the same time.
fn hide(text: &str, secret: &str, hidden: &mut [bool]) {
    let width = secret.len().min(COMMON_CHARS_MAX + 1);
    let parts: HashSet<&[u8]> = secret.as_bytes().windows(width).collect();
    let mut hidden_to = 0;
    for (at, shown) in text.as_bytes().windows(width).enumerate() {
        if parts.contains(shown) {
            let from = at.max(hidden_to);
            hidden_to = at + width;
            if let Some(marked) = hidden.get_mut(from..hidden_to) {
                marked.fill(true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_credential_is_seen() {
        let secret = "Bearer eyJhbGciOiJSUzI1NiJ9.payload.signature";
        assert!(shows("object `eyJhbGciOiJSUzI1NiJ9`", secret));
        assert!(!shows("object `Bearer`", secret));
        assert!(shows("argument 1 `hunter2`", "hunter2"));
        assert!(!shows("anything", ""));
    }

    #[test]
    fn what_a_mapping_gives_a_backend_as_a_key_is_masked() {
        let mut credentials = Credentials(Vec::new());
        credentials.add_mapped("integration.request.header.X-Api-Key", "of-the-backend");
        credentials.add_mapped("integration.request.querystring.access_token", "t0ken");
        credentials.add_mapped("integration.request.header.X-Id", "plain");
        assert_eq!(credentials.masked("of-the-backend t0ken plain"), "*** *** plain");
    }

    #[test]
    fn cookies_that_an_answer_sets_are_masked() {
        let mut credentials = Credentials::default();
        credentials.add_headers([("Set-Cookie", "sid=abc"), ("X-Id", "plain")].into_iter());
        assert_eq!(credentials.masked("plain sid=abc"), "plain ***");
    }

    #[test]
    fn of_more_credentials_than_are_looked_for_nothing_is_shown() {
        let of =
            |count: usize| Credentials::default().with((0..count).map(|n| format!("key-{n:03}")));
        assert_eq!(of(CREDENTIALS_MAX).masked("plain"), "plain");
        assert_eq!(of(CREDENTIALS_MAX + 1).masked("plain"), MASK);
        assert!(of(CREDENTIALS_MAX + 1).are_shown_by("plain"));
    }

    #[test]
    fn what_is_shown_of_a_credential_is_masked() {
        let credentials = Credentials(vec![
            "Bearer eyJhbGciOiJSUzI1NiJ9.payload.signature".to_owned(),
            "hunter2".to_owned(),
            "schlüsselwörter".to_owned(),
        ]);
        let cases = [
            (r#"{"t":"eyJhbGciOiJSUzI1NiJ9.payload","u":"v"}"#, r#"{"t":"***","u":"v"}"#),
            ("Bearer token", "Bearer token"),
            ("hunter2hunter2 hunter", "*** hunter"),
            ("ü schlüsselwört ü", "ü *** ü"),
            ("", ""),
        ];
        for (text, masked) in cases {
            assert_eq!(credentials.masked(text), masked);
        }
    }
}
