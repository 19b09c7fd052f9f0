//! The parameters of the integration request: what `requestParameters` maps, then what a template overrides.
//!
//! DynamoDB and mocks take nothing from them but AWS's refusals: a header that no integration may set, and a body that is no
//! JSON where a part of it is mapped. So only the lines that can be refused are kept for them.

use super::document::{self, BodyDocument};
use super::{HeaderRules, RequestMapping, Source};
use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::limits::{HEADERS_BYTES_MAX, REQUEST_PARAMETERS_MAX, SHOWN_CHARS_MAX};
use crate::site::Integration;
use crate::validate::Valid;
use http::{HeaderName, HeaderValue};
use vestibule_restapi::{GatewayResponseType, ParameterLocation};
use vestibule_vtl::value::Owned;

/// What mappings and overrides give an integration request.
#[derive(Debug, Default)]
pub(crate) struct RequestParameters {
    /// Spelled as the definition or the template spells them; no name twice, whatever its case.
    pub(crate) headers: Vec<(String, HeaderValue)>,
    /// Not encoded; a name may stand several times.
    pub(crate) querystring: Vec<(String, String)>,
    /// As they stand in the URI; no name twice.
    pub(crate) path: Vec<(String, String)>,
}

/// A line of `requestParameters` that matters to its integration.
#[derive(Debug)]
pub(crate) struct RequestLine {
    pub(crate) mapping: RequestMapping,
    /// Its header is one that makes the call fail.
    pub(crate) is_illegal: bool,
}

impl RequestLine {
    /// Whether it can make a request fail, also where its value is not used.
    pub(crate) fn is_refusable(&self) -> bool {
        self.is_illegal || self.mapping.source.is_body_part()
    }
}

/// Maps the parameters of a request whose body was read.
pub(crate) fn parameters(
    valid: &Valid<'_>,
    exchange: &Exchange,
) -> Result<RequestParameters, Stop> {
    let integration = &valid.method().integration;
    if integration.lines.is_empty() {
        return Ok(RequestParameters::default());
    }
    let body = exchange.read_body();
    let sources = integration.lines.iter().map(|line| &line.mapping.source);
    document::over(&body, sources, exchange, |exchange, body| mapped(integration, exchange, body))?
}

/// The same over a body that was read as text.
pub(super) fn mapped(
    integration: &Integration,
    exchange: &Exchange,
    body: &mut BodyDocument<'_>,
) -> Result<RequestParameters, Stop> {
    let mut parameters = RequestParameters::default();
    for RequestLine { mapping, is_illegal } in &integration.lines {
        let RequestMapping { location, name, source, place } = mapping;
        let failed = |reason| GatewayError::configuration(reason, Some(place.clone()));
        if let (Source::MultiValueQuerystring(of), ParameterLocation::Querystring) =
            (source, location)
        {
            let values = exchange.query_parameters.iter().filter(|(known, _)| known == of);
            let values = values.map(|(_, value)| value.clone()).collect();
            parameters.set_querystring(name, values).map_err(failed)?;
            continue;
        }
        let value = source.of_request_with_body(exchange, body);
        let value = value.map_err(|reason| invalid_json(reason, place.clone()))?;
        let Some(value) = value else { continue };
        if *is_illegal {
            return Err(failed(already_present(name)).into());
        }
        if !integration.kind.takes_parameters() {
            continue;
        }
        match location {
            ParameterLocation::Header => parameters.set_header(name, &value),
            ParameterLocation::Querystring => parameters.set_querystring(name, vec![value]),
            ParameterLocation::Path => parameters.set_path(name, value),
        }
        .map_err(failed)?;
    }
    Ok(parameters)
}

impl RequestParameters {
    /// Applies `$context.requestOverride`, which wins over what is mapped; says why when the request cannot be made.
    pub(super) fn override_with(
        &mut self,
        overridden: &Owned,
        rules: HeaderRules,
    ) -> Result<(), String> {
        refuse_illegal(overridden, rules)?;
        for (name, value) in entries(overridden, "header") {
            let Some(value) = joined(value) else { continue };
            self.set_header(name, &value)?;
        }
        for (name, value) in entries(overridden, "querystring") {
            self.set_querystring(name, texts(value))?;
        }
        for (name, value) in entries(overridden, "path") {
            let Some(value) = joined(value) else { continue };
            self.set_path(name, value)?;
        }
        Ok(())
    }

    fn set_header(&mut self, name: &str, value: &str) -> Result<(), String> {
        if HeaderName::try_from(name).is_err() {
            let shown: String = name.chars().take(SHOWN_CHARS_MAX).collect();
            return Err(format!("`{shown}` is no header name"));
        }
        let value = HeaderValue::try_from(value)
            .map_err(|_| format!("the value of the header `{name}` has a control character"))?;
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value));
        let bytes = self.headers.iter().map(|(name, value)| name.len() + value.len());
        if bytes.sum::<usize>() > HEADERS_BYTES_MAX {
            return Err(format!(
                "the mapped headers of the request have more than {HEADERS_BYTES_MAX} bytes"
            ));
        }
        at_most(self.headers.len(), "headers")
    }

    fn set_querystring(&mut self, name: &str, values: Vec<String>) -> Result<(), String> {
        if !values.is_empty() {
            self.querystring.retain(|(known, _)| known != name);
            at_most(self.querystring.len() + values.len(), "query parameters")?;
            self.querystring.extend(values.into_iter().map(|value| (name.to_owned(), value)));
        }
        Ok(())
    }

    fn set_path(&mut self, name: &str, value: String) -> Result<(), String> {
        self.path.retain(|(known, _)| known != name);
        self.path.push((name.to_owned(), value));
        at_most(self.path.len(), "path parameters")
    }

    /// The value for `{name}` in a URI.
    pub(crate) fn path_parameter(&self, name: &str) -> Option<&str> {
        let named = self.path.iter().find(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }
}

/// Says why a template's overrides make the call fail, also where they are used for nothing else.
pub(super) fn refuse_illegal(overridden: &Owned, rules: HeaderRules) -> Result<(), String> {
    let mut set = entries(overridden, "header").filter(|(_, value)| joined(value).is_some());
    match set.find(|(name, _)| rules.is_illegal(name)) {
        Some((name, _)) => Err(already_present(name)),
        None => Ok(()),
    }
}

fn at_most(number: usize, what: &str) -> Result<(), String> {
    match number > REQUEST_PARAMETERS_MAX {
        true => Err(format!("the request has more than {REQUEST_PARAMETERS_MAX} mapped {what}")),
        false => Ok(()),
    }
}

/// AWS's words; the rest of its line says what failed.
fn already_present(name: &str) -> String {
    format!("{name} header already present: the integration request has one of its own")
}

/// What a template put into one of the maps of an override, in its order.
fn entries<'o>(
    overridden: &'o Owned,
    location: &str,
) -> impl Iterator<Item = (&'o str, &'o Owned)> {
    let entries = match overridden.get(location) {
        Some(Owned::Map(entries)) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().map(|(name, value)| (name.as_str(), value))
}

/// The text of a value that a template put into an override; none of what is no text.
pub(super) fn text(value: &Owned) -> Option<String> {
    match value {
        Owned::String(text) => Some(text.clone()),
        Owned::Number(number) => Some(number.to_string()),
        Owned::Boolean(value) => Some(value.to_string()),
        Owned::Null | Owned::List(..) | Owned::Map(_) => None,
    }
}

/// The texts of a value, which may be a list of them.
fn texts(value: &Owned) -> Vec<String> {
    match value {
        Owned::List(items, _) => items.iter().filter_map(text).collect(),
        value => text(value).into_iter().collect(),
    }
}

fn joined(value: &Owned) -> Option<String> {
    let texts = texts(value);
    (!texts.is_empty()).then(|| texts.join(","))
}

/// AWS's answer to a body that is no JSON where a part of it is mapped.
pub(crate) fn invalid_json(reason: String, place: vestibule_restapi::Place) -> Stop {
    GatewayError::new(
        GatewayResponseType::Default4xx,
        "BadRequestException",
        "Invalid JSON in request body",
    )
    .status(http::StatusCode::BAD_REQUEST)
    .detail(reason, Some(place))
    .into()
}
