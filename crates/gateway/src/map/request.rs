//! The integration request: parameters, and the body, which a template makes or the client's passes through, as text or
//! bytes.

use super::content::Content;
use super::parameters::{RequestParameters, refuse_illegal};
use super::template::{Overrides, Rendered};
use super::{MappingTemplate, content};
use crate::error::{GatewayError, Stop};
use crate::exchange::{Exchange, aside};
use crate::site::{Integration, StageView};
use crate::validate::Valid;
use bytes::Bytes;
use vestibule_restapi::{GatewayResponseType, PassthroughBehavior};

/// What goes to the integration.
#[derive(Debug)]
pub(crate) struct Mapped {
    /// Empty for integrations that take none.
    pub(crate) parameters: RequestParameters,
    pub(crate) body: Bytes,
    /// A template made the body; otherwise it is the client's.
    pub(crate) is_rendered: bool,
}

/// Makes what goes to the integration of a request whose body was read, and keeps what the template left in the overrides.
pub(crate) fn request(
    valid: &Valid<'_>,
    stage: &StageView,
    mut parameters: RequestParameters,
    exchange: &mut Exchange,
) -> Result<Mapped, Stop> {
    let method = valid.method();
    let integration = &method.integration;
    let template = request_template(integration, &exchange.media_type())?;
    let content = converted(integration, stage, exchange)?;
    let Some(template) = template else {
        return Ok(Mapped { parameters, body: passing(content, exchange)?, is_rendered: false });
    };
    let Some(text) = content.text() else {
        let types = &stage.snapshot().binary_media_types;
        let detail = content::unseen("request", exchange.content_type(), types);
        return Err(GatewayError::configuration(detail, Some(integration.place.clone())).into());
    };
    if let Some(Rendered { body, .. }) = template.constant() {
        return Ok(Mapped { parameters, body, is_rendered: true });
    }
    let seed = Overrides::default();
    let rendered = exchange.work(text.len(), |exchange| {
        template.render(exchange, stage, &method.declared_headers, &text, &seed)
    })?;
    let Rendered { body, overrides } = rendered?;
    if let Some(overridden) = &overrides.request {
        let rules = integration.kind.header_rules();
        let made = match integration.kind.takes_parameters() {
            true => parameters.override_with(overridden, rules),
            false => refuse_illegal(overridden, rules),
        };
        made.map_err(|reason| {
            GatewayError::configuration(reason, Some(integration.place.clone()))
        })?;
    }
    exchange.overrides = overrides;
    // It may be held as long as an endpoint takes to answer.
    Ok(Mapped { parameters, body: exchange.held(body)?, is_rendered: true })
}

/// The client's body as text or bytes. Proxies get it as it is.
pub(super) fn converted(
    integration: &Integration,
    stage: &StageView,
    exchange: &Exchange,
) -> Result<Content, Stop> {
    let body = exchange.read_body();
    if integration.kind.is_proxy() {
        return Ok(Content::Binary(body));
    }
    let handling = integration.content_handling.as_ref().map(|(handling, _)| *handling);
    let types = &stage.snapshot().binary_media_types;
    let converted =
        aside(body.len(), || Content::of_request(body, exchange.content_type(), types, handling));
    converted.map_err(|reason| {
        let place = integration.content_handling.as_ref().map(|(_, place)| place);
        let detail = content::undecoded("request", &reason, handling);
        let place = place.unwrap_or(&integration.place);
        GatewayError::configuration(detail, Some(place.clone())).into()
    })
}

/// A body that no template sees. What was made of the client's counts like it.
fn passing(content: Content, exchange: &Exchange) -> Result<Bytes, Stop> {
    let sent = exchange.read_body();
    let passing = aside(sent.len(), || content.into_bytes());
    if passing.as_ptr() == sent.as_ptr() { Ok(passing) } else { exchange.held(passing) }
}

/// The template for a media type, or `None` when the body passes through (AWS docs: integration-passthrough-behaviors). The
/// proxies have none, whatever their definition says.
pub(super) fn request_template<'i>(
    integration: &'i Integration,
    media_type: &str,
) -> Result<Option<&'i MappingTemplate>, Stop> {
    if integration.kind.is_proxy() {
        return Ok(None);
    }
    let templates = &integration.templates;
    let of = |wanted: &str| templates.iter().find(|template| template.media_type == wanted);
    if let Some(template) = of(media_type).or_else(|| of("$default")) {
        return Ok(Some(template));
    }
    match integration.passthrough {
        PassthroughBehavior::WhenNoMatch => Ok(None),
        PassthroughBehavior::WhenNoTemplates if templates.is_empty() => Ok(None),
        PassthroughBehavior::WhenNoTemplates | PassthroughBehavior::Never => {
            let detail = format!("no request template for `{media_type}`");
            Err(GatewayError::new(
                GatewayResponseType::UnsupportedMediaType,
                "BadRequestException",
                "Unsupported Media Type",
            )
            .detail(detail, Some(integration.place.clone()))
            .into())
        }
    }
}
