//! Which stage a request is for, and which method of it.
//!
//! One stage served answers at `/`; several at `/{api}/{stage}/...`; the hosts `{api}.execute-api.*` have `/{stage}/...` always,
//! and those of custom domains what their base paths say.

use super::{decoded_query, path};
use crate::authorize;
use crate::clock::Random;
use crate::error::{BareError, Detail, GatewayError, Stop};
use crate::exchange::{Entry, Exchange, bad_request, too_large};
use crate::limits::Limits;
use crate::site::{Domain, Mapping, Method, Route, Serving, Site, StageView};
use http::uri::Scheme;
use http::{HeaderMap, StatusCode};
use std::sync::Arc;
use vestibule_restapi::{Place, Refusal};

/// A stage and the path below it.
#[derive(Debug)]
pub(crate) struct Target {
    /// Its canary, where that takes the request.
    pub(crate) stage: Arc<StageView>,
    /// Normal, raw, starting with `/`.
    pub(crate) path: String,
    /// Bytes at the end of the path that was sent that are below the stage.
    below_bytes: usize,
}

impl Target {
    /// The path below the stage as it was sent.
    pub(crate) fn sent_path<'e>(&self, exchange: &'e Exchange) -> &'e str {
        let sent = exchange.raw_path();
        let from = sent.len().saturating_sub(self.below_bytes);
        sent.get(from..).unwrap_or(sent)
    }
}

/// Finds the stage by host and path; fails bare, because no API is known yet.
pub(crate) fn target(
    site: &Site,
    random: &dyn Random,
    exchange: &mut Exchange,
) -> Result<Target, Stop> {
    within_limits(exchange)?;
    if !has_sound_host(&exchange.headers) {
        return Err(bad_request());
    }
    // A target without a path is an authority or `*`: no request of an API.
    if !exchange.raw_path().starts_with('/') || !path::has_whole_escapes(exchange.raw_path()) {
        return Err(bad_request());
    }
    exchange.complete_headers();
    certified(site, exchange)?;
    let sent = path::without_doubled_start(exchange.raw_path());
    let Located { stage, is_of_domain, base_path_bytes, context_path, event_path, below } =
        located(site, exchange.host_name(), sent);
    let below_bytes = below.len();
    let stage = Arc::clone(released(stage.ok_or_else(forbidden)?, random, exchange.entry));
    if let Some(place) = stage.snapshot().default_endpoint_disabled()
        && !is_of_domain
    {
        return Err(disabled(place));
    }
    let path = match path::normal(below) {
        "" => "/".to_owned(),
        path => path.to_owned(),
    };
    // Both are ends of the path.
    let start = |end: &str| exchange.raw_path().len() - end.len();
    let context_path_start = start(context_path);
    let event_path_start = start(path::without_doubled_start(event_path));
    exchange.context_path_start = context_path_start;
    exchange.base_path_bytes = base_path_bytes;
    exchange.event_path_start = event_path_start;
    exchange.stage = Some(Arc::clone(&stage));
    exchange.query_parameters = decoded_query(exchange.raw_query()).ok_or_else(bad_request)?;
    Ok(Target { stage, path, below_bytes })
}

/// The stage, or its canary. Who tests a method calls no deployment, so no canary either (AWS docs: TestInvokeMethod).
fn released<'s>(
    stage: &'s Arc<StageView>,
    random: &dyn Random,
    entry: Entry,
) -> &'s Arc<StageView> {
    match entry {
        Entry::Client => stage.drawn(random).unwrap_or(stage),
        Entry::TestInvoke => stage,
    }
}

/// A stage by host and path.
struct Located<'s, 'p> {
    stage: Option<&'s Arc<StageView>>,
    /// The host is a custom domain's; else the request is one to the default endpoint.
    is_of_domain: bool,
    /// What of the path is the domain's base path.
    base_path_bytes: usize,
    /// What `$context.path` shows.
    context_path: &'p str,
    /// What a function's event shows.
    event_path: &'p str,
    /// The path below the stage.
    below: &'p str,
}

fn located<'s, 'p>(site: &'s Site, host: Option<&str>, sent: &'p str) -> Located<'s, 'p> {
    if let Some(api) = host.and_then(execute_api) {
        return below_api(site, api, sent, sent);
    }
    if let Some(Domain { mappings, .. }) = host.and_then(|host| site.domains().find(host)) {
        let is_of_domain = true;
        let found = mappings.iter().find_map(|mapping| Some((mapping, mapping.below(sent)?)));
        return match found {
            None => whole(None, is_of_domain, sent),
            Some((Mapping { api, stage: None, base_path }, rest)) => Located {
                is_of_domain,
                base_path_bytes: base_path.len(),
                event_path: sent,
                ..below_api(site, api.as_str(), rest, sent)
            },
            Some((Mapping { api, stage: Some(name), base_path }, below)) => {
                let stage = site.stage(api.as_str(), name.as_str());
                let base_path_bytes = base_path.len();
                Located { base_path_bytes, below, ..whole(stage, is_of_domain, sent) }
            }
        };
    }
    if let Some(root) = site.root() {
        return whole(Some(root), false, sent);
    }
    let (api, rest) = path::split_first(sent);
    let rest = path::without_doubled_start(rest);
    below_api(site, api, rest, rest)
}

/// The stage that the first segment of `path` names.
fn below_api<'s, 'p>(
    site: &'s Site,
    api: &str,
    path: &'p str,
    context_path: &'p str,
) -> Located<'s, 'p> {
    let (name, below) = path::split_first(path);
    let stage = site.stage(api, name);
    let base_path_bytes = 0;
    Located { stage, is_of_domain: false, base_path_bytes, context_path, event_path: below, below }
}

/// A stage with nothing in front of its paths.
fn whole<'s, 'p>(
    stage: Option<&'s Arc<StageView>>,
    is_of_domain: bool,
    sent: &'p str,
) -> Located<'s, 'p> {
    let base_path_bytes = 0;
    Located {
        stage,
        is_of_domain,
        base_path_bytes,
        context_path: sent,
        event_path: sent,
        below: sent,
    }
}

/// Finds the method, unless it is refused; an unknown path and an unknown verb have the same answer (recorded on AWS).
pub(crate) fn find<'s>(target: &'s Target, exchange: &mut Exchange) -> Result<&'s Method, Stop> {
    let snapshot = target.stage.snapshot();
    let found = snapshot
        .tree()
        .find(&target.path, exchange.verb())
        .and_then(|found| Some((found.method, found.variables, snapshot.route(found.method)?)));
    let Some((index, variables, route)) = found else {
        return Err(authorize::of_unknown_method(exchange).into());
    };
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    exchange.path_parameters = variables.map(owned).collect();
    exchange.matched = Some(index);
    match &route.serving {
        Serving::Served(method) => Ok(method),
        Serving::Refused(refusal) => Err(refused(route, refusal).into()),
    }
}

/// A method that is refused has a place in the tree, and answers what AWS answers where the API itself is wrong.
fn refused(route: &Route, refusal: &Refusal) -> GatewayError {
    let (verb, path) = (route.http_method, &route.resource_path);
    let message = format!("{verb} `{path}` is refused: {}", refusal.message);
    GatewayError::configuration(message, refusal.place.clone())
}

/// The API that a host of the form `{api}.execute-api.*` names.
fn execute_api(host: &str) -> Option<&str> {
    let (api, rest) = host.split_once('.')?;
    let is_execute_api =
        rest.split('.').next().is_some_and(|label| label.eq_ignore_ascii_case("execute-api"));
    is_execute_api.then_some(api)
}

/// RFC 9112, 3.2: a request with two hosts, or with what is no host, is refused, so that nobody routes it by another one.
fn has_sound_host(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(http::header::HOST).iter();
    let is_of_host = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'%' | b':' | b'[' | b']')
            || matches!(
                byte,
                b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'='
            )
    };
    match (hosts.next(), hosts.next()) {
        (None, _) => true,
        (Some(host), None) => host.as_bytes().iter().all(is_of_host),
        (Some(_), Some(_)) => false,
    }
}

/// AWS refuses these at its edge; the statuses of the last two are inferred.
fn within_limits(exchange: &Exchange) -> Result<(), Stop> {
    let Limits { body_bytes, target_bytes, headers_bytes, .. } = *exchange.limits();
    if exchange.declared_length().is_some_and(|length| length > body_bytes as u64) {
        return Err(too_large().into());
    }
    if exchange.raw_path().len() + exchange.raw_query().len() > target_bytes {
        return Err(BareError::new(
            StatusCode::URI_TOO_LONG,
            "RequestUriTooLongException",
            "Request URI too long",
        )
        .into());
    }
    let headers = exchange.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
    if headers.sum::<usize>() > headers_bytes {
        return Err(BareError::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "RequestHeaderFieldsTooLargeException",
            "Request Header Fields Too Large",
        )
        .into());
    }
    Ok(())
}

/// Lets nobody in at a domain that demands certificates without one that was verified for it: the connection may have been made
/// for another host, or end TLS somewhere else.
fn certified(site: &Site, exchange: &mut Exchange) -> Result<(), Stop> {
    let Some(host) = exchange.host_name().filter(|host| execute_api(host).is_none()) else {
        return Ok(());
    };
    let Some(Domain { name, mutual_tls: Some(place), .. }) = site.domains().find(host) else {
        return Ok(());
    };
    let shown = exchange.client.certificate.as_ref();
    if let Some(certificate) = shown.filter(|certificate| certificate.domain == *name) {
        exchange.identity.client_certificate = Some(Arc::clone(certificate));
        return Ok(());
    }
    let (why, help) = match shown {
        Some(certificate) => (
            format!("the connection's certificate was verified for `{}` alone", certificate.domain),
            "open a connection for each host",
        ),
        None if exchange.client.scheme == Scheme::HTTPS => (
            "the connection was not made for it".to_owned(),
            "open a connection with the domain as server name, and let TLS end here",
        ),
        None => (
            "the connection has no TLS".to_owned(),
            "serve TLS here: `--tls-certificate`, and nothing in front that ends it",
        ),
    };
    let detail = Detail {
        message: format!("the domain `{name}` demands a certificate of its clients, and {why}"),
        place: Some(place.clone()),
        values: Vec::new(),
        help: Some(help.to_owned()),
    };
    Err(BareError::forbidden().detail(detail).into())
}

fn forbidden() -> Stop {
    BareError::forbidden().into()
}

/// AWS's answer of a default endpoint that is disabled.
fn disabled(place: &Place) -> Stop {
    let message =
        "the default endpoint of the API is disabled, and it was not called at a custom domain";
    let help = "call it at the host of a custom domain that maps to it";
    let (place, values) = (Some(place.clone()), Vec::new());
    let detail = Detail { message: message.to_owned(), place, values, help: Some(help.to_owned()) };
    BareError::forbidden().detail(detail).into()
}
