//! The URI of an HTTP endpoint: parsed at deployment, filled in for each request (recorded on AWS).
//!
//! `{name}` is the mapped path parameter of that name, as it is; `${stageVariables.name}` the stage's. What is put into the
//! URI is not encoded, so what is illegal in a URI makes the call fail, as it does there. Query parameters are appended to
//! those that the URI has.

use crate::limits::{ENDPOINT_URI_BYTES_MAX, SHOWN_CHARS_MAX};
use crate::map::RequestParameters;
use crate::site::StageView;
use bytes::Bytes;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Uri};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;

/// What a query parameter keeps as it is: letters, digits and what RFC 3986 calls unreserved.
const ENCODED_IN_QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Bytes that a filled URI is given at first: most are shorter.
const FILLED_BYTES: usize = 128;

/// A URI with the places that a request fills in.
#[derive(Debug)]
pub(crate) struct UriTemplate {
    parts: Vec<Part>,
    /// Whom it names, where no place stands before the path.
    origin: Option<Origin>,
    /// What can be called, where it has no place at all.
    whole: Option<Address>,
}

/// A URI that can be called, and the `Host` that belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) uri: Uri,
    pub(crate) host: HeaderValue,
}

/// Whom a URI names: what stands before its path.
#[derive(Clone, Debug)]
struct Origin {
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
    /// Its bytes in the URI.
    bytes: usize,
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
        let mut template = UriTemplate { parts, origin: None, whole: None };
        template.origin = template.fixed_origin();
        template.whole = template.fixed().and_then(|text| Address::of(text).ok());
        template
    }

    /// Its origin, where neither a request nor a stage says anything of it.
    fn fixed_origin(&self) -> Option<Origin> {
        let Some(Part::Text(first)) = self.parts.first() else { return None };
        let is_fixed = self.parts.len() == 1 || !is_before_path(first);
        is_fixed.then(|| Origin::of(without_fragment(first)).ok())?
    }

    /// Its text without its fragment, where it has no places.
    pub(crate) fn fixed(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Text(text)] => Some(without_fragment(text)),
            _ => None,
        }
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
        let text = text.collect::<String>();
        Origin::of(&text).and_then(|origin| check(&text, origin.bytes)).err()
    }

    /// Fills in the places and appends query parameters, which are encoded.
    pub(crate) fn fill<'q>(
        &self,
        stage: &StageView,
        parameters: &RequestParameters,
        query: impl Iterator<Item = (&'q str, &'q str)>,
    ) -> Result<Address, UriError> {
        let mut query = query.peekable();
        if let (Some(whole), None) = (&self.whole, query.peek()) {
            return Ok(whole.clone());
        }
        let filled = self.filled(stage, parameters)?;
        match &self.origin {
            Some(origin) => origin.address(&filled, query),
            None => Origin::of(&filled)?.address(&filled, query),
        }
    }

    /// The text with its places filled in, without its fragment.
    pub(crate) fn filled(
        &self,
        stage: &StageView,
        parameters: &RequestParameters,
    ) -> Result<String, UriError> {
        let mut text = String::with_capacity(FILLED_BYTES);
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::StageVariable(name) => match stage.variable(name) {
                    Some(value) => text.push_str(value),
                    None => return Err(UriError::UndefinedVariable(name.clone())),
                },
                Part::PathParameter(name) => match parameters.path_parameter(name) {
                    // Whom a request goes to is never for its sender to say beyond the name of a host.
                    Some(value)
                        if self.origin.is_none()
                            && is_before_path(&text)
                            && !value.bytes().all(is_of_host) =>
                    {
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
        text.truncate(without_fragment(&text).len());
        Ok(text)
    }
}

impl Address {
    /// The address that a text is; says what is wrong with it.
    pub(crate) fn of(text: &str) -> Result<Address, UriError> {
        Origin::of(text)?.address(text, std::iter::empty())
    }
}

impl Origin {
    /// The origin of a URI; says why it has none that can be called.
    fn of(uri: &str) -> Result<Origin, UriError> {
        let Some((scheme, authority, rest)) = split(uri) else {
            let why = format!("`{}` does not begin with `http://` or `https://`", shown(uri));
            return Err(UriError::Address(why));
        };
        let authority = authority_of(authority)?;
        let host = HeaderValue::try_from(host(&scheme, &authority));
        let host = host.map_err(|error| UriError::Address(error.to_string()))?;
        Ok(Origin { scheme, authority, host, bytes: uri.len() - rest.len() })
    }

    /// What `uri`, which begins with the origin, and query parameters make together.
    fn address<'q>(
        &self,
        uri: &str,
        query: impl Iterator<Item = (&'q str, &'q str)>,
    ) -> Result<Address, UriError> {
        check(uri, self.bytes)?;
        let rest = uri.get(self.bytes..).unwrap_or_default();
        let mut target = String::with_capacity(rest.len() + 1);
        if !rest.starts_with('/') {
            target.push('/');
        }
        // Java's URIs have other letters too; on the wire they are encoded.
        target.push_str(&Cow::from(utf8_percent_encode(rest, CONTROLS)));
        append(&mut target, query);
        if target.len() > ENDPOINT_URI_BYTES_MAX {
            return Err(UriError::TooLong);
        }
        let target = PathAndQuery::from_maybe_shared(Bytes::from(target));
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(target.map_err(|error| UriError::Address(error.to_string()))?);
        let uri = Uri::from_parts(parts).map_err(|error| UriError::Address(error.to_string()))?;
        Ok(Address { uri, host: self.host.clone() })
    }
}

/// What `Host` says: host and port, without the port that the scheme implies.
fn host<'a>(scheme: &Scheme, authority: &'a Authority) -> &'a str {
    let implied = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    match authority.port_u16() {
        Some(port) if port != implied => authority.as_str(),
        _ => authority.host(),
    }
}

fn without_fragment(uri: &str) -> &str {
    uri.split_once('#').map_or(uri, |(rest, _)| rest)
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
    let bytes = uri.as_bytes();
    // Nearly every URI has nothing that has to be looked at twice.
    if bytes.iter().skip(start).all(|byte| is_legal(*byte)) {
        return Ok(());
    }
    let query = uri.find('?').unwrap_or(uri.len());
    let illegal = |words: String| UriError::Illegal { words, uri: uri.to_owned() };
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        let is_escape = || {
            let digits = bytes.get(at + 1..at + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        if *byte == b'%' && !is_escape() {
            return Err(illegal(format!("Malformed escape pair at index {at}")));
        }
        let is_in_path = at < query;
        let is_legal = match byte {
            b'%' => true,
            b'[' | b']' => !is_in_path,
            byte => is_legal(*byte),
        };
        if !is_legal {
            let part = if is_in_path { "path" } else { "query" };
            return Err(illegal(format!("Illegal character in {part} at index {at}")));
        }
    }
    Ok(())
}

/// Whether a byte may stand in a path and in a query, whatever is around it.
const fn is_legal(byte: u8) -> bool {
    !matches!(
        byte,
        b'\0'
            ..=b' '
                | b'\x7f'
                | b'"'
                | b'%'
                | b'<'
                | b'>'
                | b'['
                | b'\\'
                | b']'
                | b'^'
                | b'`'
                | b'{'
                | b'|'
                | b'}'
    )
}

fn append<'q>(target: &mut String, query: impl Iterator<Item = (&'q str, &'q str)>) {
    let mut separator = match target.contains('?') {
        false => "?",
        true if target.ends_with(['?', '&']) => "",
        true => "&",
    };
    for (name, value) in query {
        target.push_str(separator);
        separator = "&";
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
