//! The event of AWS_PROXY: the client's request as JSON (its members are recorded on AWS, their order is that of AWS's docs).

use crate::authorize;
use crate::exchange::{ClientCertificate, Exchange};
use crate::map::context::{self, TEXTS, UNKNOWN_IDENTITY};
use crate::map::{base64, spelled};
use crate::site::{Method, StageView};
use bytes::Bytes;
use http::HeaderName;
use http::header::HOST;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::borrow::Cow;

/// Bytes that an event mostly has at most beside its body.
const EVENT_BYTES: usize = 2 * 1024;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'e> {
    resource: &'e str,
    path: &'e str,
    http_method: &'e str,
    headers: Option<Last<'e>>,
    multi_value_headers: Option<All<'e>>,
    query_string_parameters: Option<Last<'e>>,
    multi_value_query_string_parameters: Option<All<'e>>,
    path_parameters: Option<Pairs<'e>>,
    stage_variables: Option<Pairs<'e>>,
    request_context: RequestContext<'e>,
    body: Option<Cow<'e, str>>,
    is_base64_encoded: bool,
}

/// Makes the event; says why when there is none.
pub(super) fn of(
    method: &Method,
    stage: &StageView,
    exchange: &Exchange,
    body: &Bytes,
) -> Result<Bytes, String> {
    let snapshot = stage.snapshot();
    let route = exchange.matched.and_then(|index| snapshot.route(index));
    let headers = headers(&method.declared_headers, exchange);
    let query = query_parameters(exchange);
    let content_type = exchange.content_type();
    let body = match std::str::from_utf8(body) {
        _ if body.is_empty() => None,
        Ok(text) if !snapshot.binary_media_types.has(content_type) => {
            Some((Cow::Borrowed(text), false))
        }
        Ok(_) | Err(_) => Some((Cow::Owned(base64::encode(body)), true)),
    };
    let event = Event {
        resource: route.map_or("", |route| &route.resource_path),
        path: exchange.event_path(),
        http_method: exchange.verb(),
        headers: (!headers.is_empty()).then_some(Last(&headers)),
        multi_value_headers: (!headers.is_empty()).then_some(All(&headers)),
        query_string_parameters: (!query.is_empty()).then_some(Last(&query)),
        multi_value_query_string_parameters: (!query.is_empty()).then_some(All(&query)),
        path_parameters: Pairs::of(&exchange.path_parameters),
        stage_variables: Pairs::of(stage.variables()),
        request_context: RequestContext(exchange),
        is_base64_encoded: body.as_ref().is_some_and(|(_, is_encoded)| *is_encoded),
        body: body.map(|(text, _)| text),
    };
    let body = event.body.as_ref().map_or(0, |body| body.len());
    let mut text = Vec::with_capacity(EVENT_BYTES + body);
    serde_json::to_writer(&mut text, &event).map_err(|error| error.to_string())?;
    Ok(Bytes::from(text))
}

/// A name with its values, never none.
pub(crate) type Field<'e> = (Cow<'e, str>, Vec<Cow<'e, str>>);

/// The headers that are seen; `Host` is the one that was called.
pub(crate) fn headers<'e>(declared: &'e [String], exchange: &'e Exchange) -> Vec<Field<'e>> {
    let spelled = |name: &HeaderName| -> Cow<'e, str> {
        let known = declared.iter().find(|known| known.eq_ignore_ascii_case(name.as_str()));
        known.map_or_else(|| spelled(name.as_str()).into(), |known| known.as_str().into())
    };
    let host = exchange.host.as_deref();
    let names = exchange.seen_names().filter(|name| host.is_none() || *name != HOST);
    let values = |name: &HeaderName| exchange.header_values(name.as_str()).collect();
    let mut fields: Vec<Field<'e>> = names.map(|name| (spelled(name), values(name))).collect();
    fields.extend(host.map(|host| (spelled(&HOST), vec![host.into()])));
    fields
}

/// Each name once, where it stands first.
pub(crate) fn query_parameters(exchange: &Exchange) -> Vec<Field<'_>> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (name, value) in &exchange.query_parameters {
        let place = *places.entry(name.as_str()).or_insert(fields.len());
        match fields.get_mut(place) {
            Some((_, values)) => values.push(value.into()),
            None => fields.push((name.into(), vec![value.into()])),
        }
    }
    fields
}

/// Each name with its last value.
pub(crate) struct Last<'e>(pub(crate) &'e [Field<'e>]);

impl Serialize for Last<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, values)| (name, values.last())))
    }
}

/// Each name with all its values.
pub(crate) struct All<'e>(pub(crate) &'e [Field<'e>]);

impl Serialize for All<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, values)| (name, values)))
    }
}

/// Names that stand once.
pub(crate) struct Pairs<'e>(pub(crate) &'e [(String, String)]);

impl<'e> Pairs<'e> {
    /// None of no pairs: AWS writes null for an empty map (recorded).
    fn of(pairs: &'e [(String, String)]) -> Option<Pairs<'e>> {
        (!pairs.is_empty()).then_some(Pairs(pairs))
    }
}

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// `requestContext`: what templates have as `$context`.
pub(crate) struct RequestContext<'e>(pub(crate) &'e Exchange);

impl Serialize for RequestContext<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for name in TEXTS {
            map.serialize_entry(name, &context::value(self.0, name))?;
        }
        map.serialize_entry("requestTimeEpoch", &self.0.epoch_ms)?;
        map.serialize_entry("identity", &Identity(self.0))?;
        if let Some(authorizer) = &self.0.identity.authorizer {
            map.serialize_entry("authorizer", &Authorizer(authorizer))?;
        }
        map.end()
    }
}

struct Identity<'e>(&'e Exchange);

impl Serialize for Identity<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("sourceIp", &self.0.client.address())?;
        map.serialize_entry("userAgent", &self.0.header("user-agent"))?;
        for name in UNKNOWN_IDENTITY {
            map.serialize_entry(name, &self.0.identity.member(name))?;
        }
        for (name, value) in &self.0.identity.members {
            if !UNKNOWN_IDENTITY.contains(name) {
                map.serialize_entry(name, value)?;
            }
        }
        if let Some(certificate) = &self.0.identity.client_certificate {
            map.serialize_entry("clientCert", &Certificate(certificate))?;
        }
        map.end()
    }
}

struct Certificate<'e>(&'e ClientCertificate);

impl Serialize for Certificate<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, text) in self.0.texts() {
            map.serialize_entry(name, text)?;
        }
        map.serialize_entry("validity", &Validity(self.0))?;
        map.end()
    }
}

struct Validity<'e>(&'e ClientCertificate);

impl Serialize for Validity<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.validity())
    }
}

struct Authorizer<'e>(&'e authorize::Authorizer);

impl Serialize for Authorizer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.0.values {
            map.serialize_entry(name, value)?;
        }
        if let Some(claims) = &self.0.claims {
            map.serialize_entry("claims", &Pairs(claims))?;
        }
        map.end()
    }
}
