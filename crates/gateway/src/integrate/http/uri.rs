//! The URI of an HTTP endpoint: parsed at deployment, filled in for each request (recorded on AWS).
//!
//! `{name}` is the mapped path parameter of that name, as it is; `${stageVariables.name}` the stage's. What is put into the
//! URI is not encoded, so what is illegal in a URI makes the call fail, as it does there. Query parameters are appended to
//! those that the URI has.

use crate::limits::{ENDPOINT_URI_BYTES_MAX, SHOWN_CHARS_MAX};
use crate::map::RequestParameters;
use crate::site::StageView;
use bytes::Bytes;
use http::Uri;
use http::uri::{Authority, Scheme};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a query parameter keeps as it is: letters, digits and what RFC 3986 calls unreserved.
const ENCODED_IN_QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A URI with the places that a request fills in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UriTemplate {
    parts: Vec<Part>,
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    PathParameter(String),
    StageVariable(String),
}

/// Why a URI cannot be called. Each is AWS's 500.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum UriError {
    /// The stage has no such variable.
    UndefinedVariable(String),
    /// It is no address: this is why.
    Address(String),
    /// Something in it is illegal there. AWS's words, without the URI.
    Illegal { words: String, uri: String },
    /// It is longer than it may be.
    TooLong,
}

impl std::fmt::Display for UriError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            UriError::UndefinedVariable(name) => {
                write!(f, "the URI has the stage variable `{name}`, which the stage does not have")
            }
            UriError::Address(why) => write!(f, "Invalid endpoint address: {why}"),
            UriError::Illegal { words, uri } => write!(f, "{words}: {}", shown(uri)),
            UriError::TooLong => {
                write!(f, "the URI has more than {ENDPOINT_URI_BYTES_MAX} bytes")
            }
        }
    }
}

impl UriTemplate {
    /// Splits a URI at its places. What looks like one and is none stays as it is.
    pub(crate) fn parse(text: &str) -> UriTemplate {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['$', '{']) {
            let (before, from) = rest.split_at(at);
            plain.push_str(before);
            if let Some((part, after)) = place(from) {
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(part);
                rest = after;
            } else {
                // Of `${other}` the brace is no place either.
                let skipped = if from.starts_with("${") { 2 } else { 1 };
                let (skipped, after) = from.split_at(skipped);
                plain.push_str(skipped);
                rest = after;
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        UriTemplate { parts }
    }

    /// The names of the path parameters it has.
    pub(crate) fn path_parameters(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::PathParameter(name) => Some(name.as_str()),
            Part::Text(_) | Part::StageVariable(_) => None,
        })
    }

    /// The names of the stage variables it has.
    pub(crate) fn stage_variables(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::StageVariable(name) => Some(name.as_str()),
            Part::Text(_) | Part::PathParameter(_) => None,
        })
    }

    /// What is wrong with it whatever is put into its places. Nothing is known of one that begins with a stage variable.
    pub(crate) fn flaw(&self) -> Option<UriError> {
        if let Some(Part::StageVariable(_)) = self.parts.first() {
            return None;
        }
        // A digit may stand in a host, as a port, and everywhere else.
        let text = self.parts.iter().map(|part| match part {
            Part::Text(plain) => plain.as_str(),
            Part::PathParameter(_) | Part::StageVariable(_) => "1",
        });
        checked(&text.collect::<String>()).err()
    }

    /// Fills in the places and appends query parameters, which are encoded.
    pub(crate) fn fill<'q>(
        &self,
        stage: &StageView,
        parameters: &RequestParameters,
        query: impl Iterator<Item = (&'q str, &'q str)>,
    ) -> Result<Uri, UriError> {
        let filled = self.filled(stage, parameters)?;
        let (scheme, authority, rest) = checked(&filled)?;
        // Java's URIs have other letters too; on the wire they are encoded.
        let mut target = utf8_percent_encode(rest, CONTROLS).to_string();
        if !target.starts_with('/') {
            target.insert(0, '/');
        }
        append(&mut target, query);
        if target.len() > ENDPOINT_URI_BYTES_MAX {
            return Err(UriError::TooLong);
        }
        let target = http::uri::PathAndQuery::from_maybe_shared(Bytes::from(target));
        let target = target.map_err(|error| UriError::Address(error.to_string()))?;
        let parts = Uri::builder().scheme(scheme).authority(authority).path_and_query(target);
        parts.build().map_err(|error| UriError::Address(error.to_string()))
    }

    /// The text with its places filled in, without its fragment.
    pub(crate) fn filled(
        &self,
        stage: &StageView,
        parameters: &RequestParameters,
    ) -> Result<String, UriError> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::StageVariable(name) => match stage.variable(name) {
                    Some(value) => text.push_str(value),
                    None => return Err(UriError::UndefinedVariable(name.clone())),
                },
                Part::PathParameter(name) => match parameters.path_parameter(name) {
                    // Whom a request goes to is never for its sender to say beyond the name of a host.
                    Some(value) if is_before_path(&text) && !value.bytes().all(is_of_host) => {
                        let why = format!("`{}` is no part of a host name", cut(value));
                        return Err(UriError::Address(why));
                    }
                    Some(value) => text.push_str(value),
                    None => {
                        text.push('{');
                        text.push_str(name);
                        text.push('}');
                    }
                },
            }
            if text.len() > ENDPOINT_URI_BYTES_MAX {
                return Err(UriError::TooLong);
            }
        }
        if let Some(at) = text.find('#') {
            text.truncate(at);
        }
        Ok(text)
    }
}

/// `{name}` or `${stageVariables.name}` at the beginning of a text, and what follows.
fn place(text: &str) -> Option<(Part, &str)> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$' | b'-'))
    };
    if let Some(rest) = text.strip_prefix("${stageVariables.") {
        let (name, after) = rest.split_once('}')?;
        return is_name(name).then(|| (Part::StageVariable(name.to_owned()), after));
    }
    let (name, after) = text.strip_prefix('{')?.split_once('}')?;
    is_name(name).then(|| (Part::PathParameter(name.to_owned()), after))
}

/// Scheme, authority and the rest of a URI in which nothing is wrong.
fn checked(uri: &str) -> Result<(Scheme, Authority, &str), UriError> {
    let Some((scheme, authority, rest)) = split(uri) else {
        let why = format!("`{}` does not begin with `http://` or `https://`", shown(uri));
        return Err(UriError::Address(why));
    };
    let authority = authority_of(authority)?;
    check(uri, uri.len() - rest.len())?;
    Ok((scheme, authority, rest))
}

/// Scheme, authority and the rest; none when it is no URL of HTTP.
fn split(uri: &str) -> Option<(Scheme, &str, &str)> {
    let (scheme, rest) = uri.split_once("://")?;
    let scheme = match scheme {
        scheme if scheme.eq_ignore_ascii_case("http") => Scheme::HTTP,
        scheme if scheme.eq_ignore_ascii_case("https") => Scheme::HTTPS,
        _ => return None,
    };
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    Some((scheme, authority, rest))
}

fn authority_of(text: &str) -> Result<Authority, UriError> {
    let none = |why: &str| {
        let host = text.rsplit('@').next().unwrap_or_default();
        UriError::Address(format!("`{}` {why}", cut(host)))
    };
    if text.contains('@') {
        return Err(none("has credentials, which are not sent"));
    }
    let authority: Authority = text.parse().map_err(|_| none("is no host"))?;
    let port = authority.as_str().strip_prefix(authority.host()).unwrap_or("");
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    if authority.host().is_empty()
        || !(port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
    {
        return Err(none("is no host"));
    }
    Ok(authority)
}

/// Whether what is appended to `text` is still a part of the scheme or the authority.
fn is_before_path(text: &str) -> bool {
    match text.split_once("://") {
        Some((_, rest)) => !rest.contains(['/', '?', '#']),
        None => true,
    }
}

fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

/// Refuses what Java's `URI` refuses in a path and a query, in its words; `start` is where the path begins.
fn check(uri: &str, start: usize) -> Result<(), UriError> {
    let query = uri.find('?').unwrap_or(uri.len());
    let illegal = |words: String| UriError::Illegal { words, uri: uri.to_owned() };
    let bytes = uri.as_bytes();
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        let is_escape = || {
            let digits = bytes.get(at + 1..at + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        if *byte == b'%' && !is_escape() {
            return Err(illegal(format!("Malformed escape pair at index {at}")));
        }
        let is_in_path = at < query;
        let is_illegal = byte.is_ascii_control()
            || b" \"<>\\^`{|}".contains(byte)
            || (is_in_path && matches!(byte, b'[' | b']'));
        if is_illegal {
            let part = if is_in_path { "path" } else { "query" };
            return Err(illegal(format!("Illegal character in {part} at index {at}")));
        }
    }
    Ok(())
}

fn append<'q>(target: &mut String, query: impl Iterator<Item = (&'q str, &'q str)>) {
    for (name, value) in query {
        match target.contains('?') {
            false => target.push('?'),
            true if target.ends_with(['?', '&']) => {}
            true => target.push('&'),
        }
        target.extend(utf8_percent_encode(name, ENCODED_IN_QUERY));
        target.push('=');
        target.extend(utf8_percent_encode(value, ENCODED_IN_QUERY));
        // The caller refuses it; what follows is not worth the memory.
        if target.len() > ENDPOINT_URI_BYTES_MAX {
            return;
        }
    }
}

/// A URI as it may be shown: credentials and a query have secrets in them.
fn shown(uri: &str) -> String {
    let (address, query) = uri.split_once('?').map_or((uri, ""), |(address, _)| (address, "?***"));
    match address.rsplit_once('@') {
        Some((_, host)) => format!("***@{}{query}", cut(host)),
        None => format!("{}{query}", cut(address)),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<Part> {
        UriTemplate::parse(text).parts
    }

    fn plain(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    #[test]
    fn a_uri_is_split_at_its_places() {
        assert_eq!(
            parsed("http://${stageVariables.host}/a/{id}?b={b}"),
            [
                plain("http://"),
                Part::StageVariable("host".to_owned()),
                plain("/a/"),
                Part::PathParameter("id".to_owned()),
                plain("?b="),
                Part::PathParameter("b".to_owned()),
            ]
        );
    }

    #[test]
    fn what_is_no_place_stays_as_it_is() {
        for text in ["http://a/${context.stage}", "http://a/{}", "http://a/{p+}", "http://a/{x y}"]
        {
            assert_eq!(parsed(text), [plain(text)]);
        }
        assert_eq!(parsed("http://a/$1/{"), [plain("http://a/$1/{")]);
    }

    /// Source: the messages of `java.net.URI`.
    #[test]
    fn what_is_illegal_is_named_with_its_place() {
        let refused = |uri: &str| match check(uri, "http://a".len()) {
            Err(UriError::Illegal { words, .. }) => words,
            other => format!("{other:?}"),
        };
        assert_eq!(refused("http://a/{id}"), "Illegal character in path at index 9");
        assert_eq!(refused("http://a/b c"), "Illegal character in path at index 10");
        assert_eq!(refused("http://a/b?c d"), "Illegal character in query at index 12");
        assert_eq!(refused("http://a/100%"), "Malformed escape pair at index 12");
        assert_eq!(refused("http://a/%2"), "Malformed escape pair at index 9");
        assert_eq!(refused("http://a/[1]"), "Illegal character in path at index 9");
        assert_eq!(refused("http://a/?[1]"), "Ok(())");
        assert_eq!(refused("http://a/%20;x=1,2/é"), "Ok(())");
    }

    #[test]
    fn a_host_is_a_host() {
        let of = |text: &str| authority_of(text).map(|authority| authority.to_string()).ok();
        for text in ["a", "a.example:8080", "127.0.0.1:1", "[::1]:65535"] {
            assert_eq!(of(text).as_deref(), Some(text));
        }
        for text in ["", ":80", "a:", "a:0", "a:65536", "a:x", "u@a", "u:p@a", "a b", "a:80:90"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn query_parameters_are_appended_and_encoded() {
        let of = |target: &str| {
            let mut target = target.to_owned();
            append(&mut target, [("a b", "é&="), ("c", "")].into_iter());
            target
        };
        assert_eq!(of("/"), "/?a%20b=%C3%A9%26%3D&c=");
        assert_eq!(of("/?"), "/?a%20b=%C3%A9%26%3D&c=");
        assert_eq!(of("/?x=1"), "/?x=1&a%20b=%C3%A9%26%3D&c=");
    }
}
