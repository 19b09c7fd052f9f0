//! What an integration answered: a status to select by, headers, and a body.

use crate::exchange::REQUEST_ID;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::borrow::Cow;
use std::sync::OnceLock;
use vestibule_dynamodb::protocol::{self, Content};

/// What an integration answered.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Its status, which selection patterns match.
    pub(crate) status: String,
    /// It counts towards the memory for bodies.
    pub(crate) body: Bytes,
    /// As they were sent.
    sent: HeaderMap,
    /// What DynamoDB sends beside them, when it is DynamoDB's.
    added: Option<Added>,
}

/// Headers that DynamoDB sends and few mappings look at: they are made for whoever does.
#[derive(Debug)]
struct Added {
    /// They name the answer, unless its endpoint did.
    bits: u128,
    /// With those that were sent.
    all: OnceLock<HeaderMap>,
}

/// What a service of AWS calls its request.
#[derive(Debug)]
pub(crate) enum EndpointRequestId {
    /// As it said.
    Sent(HeaderValue),
    /// The bits of a name of DynamoDB's form.
    Made(u128),
}

impl Reply {
    pub(crate) fn new(status: String, headers: HeaderMap, body: Bytes) -> Reply {
        Reply { status, body, sent: headers, added: None }
    }

    /// An answer of DynamoDB, with the headers that it sends, those of the connection apart: its own as far as an endpoint sent them. `bits`
    /// name it otherwise.
    pub(crate) fn of_dynamodb(reply: vestibule_dynamodb::Reply, bits: u128) -> Reply {
        let vestibule_dynamodb::Reply { status, headers, body } = reply;
        let added = Some(Added { bits, all: OnceLock::new() });
        Reply { status: status.to_string(), body, sent: headers, added }
    }

    /// All headers.
    pub(crate) fn headers(&self) -> &HeaderMap {
        let Some(Added { bits, all }) = &self.added else { return &self.sent };
        all.get_or_init(|| {
            let status = self.status.parse().unwrap_or_default();
            let mut reply = vestibule_dynamodb::Reply::of(status, self.body.clone());
            reply.headers = self.sent.clone();
            reply.complete(Content::Json10, || *bits);
            reply.headers
        })
    }

    /// Every header with its value, in the order of the endpoint; bytes that are not UTF-8 are replaced.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&HeaderName, Cow<'_, str>)> {
        self.headers().iter().map(|(name, value)| (name, String::from_utf8_lossy(value.as_bytes())))
    }

    /// The last value of a header, in any case.
    pub(crate) fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        let value = self.with(name).get_all(name).iter().next_back()?;
        Some(String::from_utf8_lossy(value.as_bytes()))
    }

    /// The media type of the body as it is declared, with its parameters.
    pub(crate) fn content_type(&self) -> Option<Cow<'_, str>> {
        match self.sent.get_all(CONTENT_TYPE).iter().next_back() {
            Some(sent) => Some(String::from_utf8_lossy(sent.as_bytes())),
            None if self.added.is_some() => Content::Json10.media_type().map(Cow::from),
            None => None,
        }
    }

    /// Every value of a header, in any case, with commas between them.
    pub(crate) fn all_of_header(&self, name: &str) -> Option<String> {
        let values = self.with(name).get_all(name).iter();
        let values: Vec<_> =
            values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    /// What its endpoint calls it.
    pub(super) fn request_id(&self) -> Option<EndpointRequestId> {
        let sent = self.sent.get(REQUEST_ID).cloned().map(EndpointRequestId::Sent);
        sent.or_else(|| Some(EndpointRequestId::Made(self.added.as_ref()?.bits)))
    }

    /// Headers that have this one, if any has.
    fn with(&self, name: &str) -> &HeaderMap {
        let may_be_added =
            protocol::ADDED.iter().any(|added| added.as_str().eq_ignore_ascii_case(name));
        if may_be_added { self.headers() } else { &self.sent }
    }
}

impl EndpointRequestId {
    /// `$context.awsEndpointRequestId`.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            EndpointRequestId::Sent(id) => Some(id.to_str().ok()?.into()),
            EndpointRequestId::Made(bits) => {
                Some(protocol::request_id(*bits)?.to_str().ok()?.to_owned().into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(headers: HeaderMap) -> Reply {
        let mut reply = vestibule_dynamodb::Reply::of(200, Bytes::from_static(b"test"));
        reply.headers = headers;
        Reply::of_dynamodb(reply, 0)
    }

    // Source: inferred (what `vestibule_dynamodb` adds, by whichever way it is asked for).
    #[test]
    fn what_is_added_is_found_by_every_way() {
        let reply = reply(HeaderMap::new());
        for name in protocol::ADDED {
            let of_all = reply.headers().get(&name).map(|value| value.to_str().unwrap().to_owned());
            assert!(of_all.is_some(), "{name}");
            assert_eq!(reply.header(name.as_str()).as_deref(), of_all.as_deref());
            assert_eq!(reply.all_of_header(&name.as_str().to_uppercase()), of_all);
        }
        assert_eq!(reply.content_type(), reply.header("Content-Type"));
        assert_eq!(reply.request_id().unwrap().text(), reply.header("x-amzn-RequestId"));
        assert_eq!(reply.header("content-encoding"), None);
    }

    #[test]
    fn what_an_endpoint_sent_stays() {
        let sent =
            [("content-type", "text/plain"), ("x-amzn-requestid", "ITS"), ("x-amz-crc32", "7")];
        let sent = sent
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let reply = reply(HeaderMap::from_iter(sent));
        assert_eq!(reply.content_type().as_deref(), Some("text/plain"));
        assert_eq!(reply.request_id().unwrap().text().as_deref(), Some("ITS"));
        assert_eq!(reply.header("x-amz-crc32").as_deref(), Some("7"));
        assert_eq!(reply.header("content-length").as_deref(), Some("4"));
    }
}
