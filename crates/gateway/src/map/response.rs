//! From the integration's reply to the method's answer: integration response, header mappings, text or bytes, template,
//! overrides.

use super::content::{Content, ReplyHeaders};
use super::document::{self, BodyDocument};
use super::template::Rendered;
use super::{MappingTemplate, chosen_by_accept, content};
use crate::error::{GatewayError, Stop};
use crate::exchange::{Exchange, aside};
use crate::integrate::Reply;
use crate::limits::SHOWN_CHARS_MAX;
use crate::respond::{Draft, client_name, set_header};
use crate::site::{IntegrationResponse, StageView};
use crate::validate::Valid;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use vestibule_vtl::value::{Number, Owned, OwnedNumber};

/// Makes the method's answer.
pub(crate) fn response(
    valid: &Valid<'_>,
    stage: &StageView,
    exchange: &mut Exchange,
    reply: &Reply,
) -> Result<Draft, Stop> {
    let method = valid.method();
    let Some(chosen) = method.integration.responses.choose(&reply.status) else {
        let detail = format!(
            "No match for output mapping and no default output mapping configured. Endpoint Response Status Code: {}",
            reply.status
        );
        let place = method.integration.place.clone();
        return Err(GatewayError::configuration(detail, Some(place)).into());
    };
    let mut headers = mapped_headers(chosen, exchange, reply)?;
    let content = converted(chosen, stage, exchange, reply)?;
    let body = match response_template(chosen, exchange) {
        None => aside(reply.body.len(), || content.into_bytes()),
        Some(template) => {
            let Some(text) = content.text() else {
                let types = &stage.snapshot().binary_media_types;
                let content_type = reply.content_type();
                let detail = content::unseen("response", content_type.as_deref(), types);
                return Err(failed(detail, chosen));
            };
            rendered(template, valid, stage, exchange, &text)?
        }
    };
    let bytes_max = exchange.limits().response_bytes;
    if body.len() > bytes_max {
        let detail = format!("the answer is larger than {bytes_max} bytes");
        return Err(failed(detail, chosen));
    }
    let overridden = exchange.overrides.response.as_ref();
    let status = overridden.and_then(overridden_status).unwrap_or(chosen.status);
    if let Some(overridden) = overridden {
        override_headers(&mut headers, overridden).map_err(|reason| failed(reason, chosen))?;
    }
    // What passes as it is counts towards the memory already.
    let body = if body.as_ptr() == reply.body.as_ptr() { body } else { exchange.held(body)? };
    let has_trace_id = method.integration.kind.has_trace_id();
    let is_encoded = reply.header("content-encoding").is_some();
    Ok(Draft { status, headers, body, has_trace_id, is_encoded })
}

/// The reply's body as text or bytes.
pub(super) fn converted(
    chosen: &IntegrationResponse,
    stage: &StageView,
    exchange: &Exchange,
    reply: &Reply,
) -> Result<Content, Stop> {
    let content_type = reply.content_type();
    let handling = chosen.content_handling.as_ref().map(|(handling, _)| *handling);
    let types = &stage.snapshot().binary_media_types;
    let body = reply.body.clone();
    let headers = ReplyHeaders { content_type: content_type.as_deref(), accept: exchange.accept() };
    let converted = aside(body.len(), || Content::of_reply(body, headers, types, handling));
    converted.map_err(|reason| {
        let place = chosen.content_handling.as_ref().map(|(_, place)| place);
        let detail = content::undecoded("response", &reason, handling);
        let place = place.unwrap_or(&chosen.place);
        GatewayError::configuration(detail, Some(place.clone())).into()
    })
}

fn rendered(
    template: &MappingTemplate,
    valid: &Valid<'_>,
    stage: &StageView,
    exchange: &mut Exchange,
    text: &str,
) -> Result<Bytes, Stop> {
    if let Some(Rendered { body, .. }) = template.constant() {
        return Ok(body);
    }
    let declared_headers = &valid.method().declared_headers;
    let rendered = exchange.work(text.len(), |exchange| {
        template.render(exchange, stage, declared_headers, text, &exchange.overrides)
    })?;
    let Rendered { body, overrides } = rendered?;
    exchange.overrides.update(overrides);
    Ok(body)
}

fn failed(detail: String, chosen: &IntegrationResponse) -> Stop {
    GatewayError::configuration(detail, Some(chosen.place.clone())).into()
}

/// The template for what the client accepts, if any.
pub(super) fn response_template<'i>(
    chosen: &'i IntegrationResponse,
    exchange: &Exchange,
) -> Option<&'i MappingTemplate> {
    let templates = chosen.templates.iter();
    let by_type = templates.map(|template| (template.media_type.as_str(), template));
    chosen_by_accept(by_type, exchange.accept()).map(|(_, template)| template)
}

fn mapped_headers(
    chosen: &IntegrationResponse,
    exchange: &Exchange,
    reply: &Reply,
) -> Result<HeaderMap, Stop> {
    if chosen.parameters.is_empty() {
        return Ok(HeaderMap::new());
    }
    let sources = chosen.parameters.iter().map(|mapping| &mapping.source);
    document::over(&reply.body, sources, exchange, |exchange, body| {
        headers_of(chosen, exchange, reply, body)
    })?
}

fn headers_of(
    chosen: &IntegrationResponse,
    exchange: &Exchange,
    reply: &Reply,
    body: &mut BodyDocument<'_>,
) -> Result<HeaderMap, Stop> {
    let mut headers = HeaderMap::with_capacity(chosen.parameters.len() + 4);
    for mapping in &chosen.parameters {
        let failed =
            |reason: String| GatewayError::configuration(reason, Some(mapping.place.clone()));
        let value = mapping.source.of_reply(exchange, reply, body).map_err(failed)?;
        let Some(value) = value else { continue };
        let value = header_value(mapping.name.as_str(), &value).map_err(failed)?;
        if let Some(name) = client_name(mapping.name.clone()) {
            set_header(&mut headers, name, value).map_err(failed)?;
        }
    }
    Ok(headers)
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue, String> {
    HeaderValue::try_from(value)
        .map_err(|_| format!("the value of the header `{name}` has a control character"))
}

/// `$context.responseOverride.status`, when it is an integer and a final status; anything else is ignored.
fn overridden_status(overridden: &Owned) -> Option<StatusCode> {
    let status = match overridden.get("status")? {
        Owned::Number(OwnedNumber::Short(Number::Integer(status))) => {
            u16::try_from(*status).ok()?
        }
        Owned::Number(OwnedNumber::Short(Number::Long(status))) => u16::try_from(*status).ok()?,
        Owned::Number(_)
        | Owned::String(_)
        | Owned::Null
        | Owned::Boolean(_)
        | Owned::List(..)
        | Owned::Map(_) => {
            return None;
        }
    };
    (200..=599).contains(&status).then(|| StatusCode::from_u16(status).ok())?
}

/// `$context.responseOverride.header.*` wins over what is mapped; says why when a header cannot be sent.
fn override_headers(headers: &mut HeaderMap, overridden: &Owned) -> Result<(), String> {
    let Some(Owned::Map(overridden)) = overridden.get("header") else { return Ok(()) };
    for (name, value) in overridden {
        let header = HeaderName::try_from(name.as_str()).map_err(|_| {
            let shown: String = name.chars().take(SHOWN_CHARS_MAX).collect();
            format!("`{shown}` in `$context.responseOverride.header` is no header name")
        })?;
        let Some(text) = super::parameters::text(value) else { continue };
        if let Some(header) = client_name(header) {
            set_header(headers, header, header_value(name, &text)?)?;
        }
    }
    Ok(())
}
