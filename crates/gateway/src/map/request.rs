//! The integration request's body: which template makes it, or whether the client's passes through.

use super::MappingTemplate;
use super::template::{Overrides, Rendered};
use crate::error::{GatewayError, Stop};
use crate::exchange::{self, Exchange};
use crate::site::{Integration, StageView};
use crate::validate::Valid;
use bytes::Bytes;
use vestibule_restapi::{GatewayResponseType, PassthroughBehavior};

/// What goes to the integration.
#[derive(Debug)]
pub(crate) struct Mapped {
    pub(crate) body: Bytes,
    /// A template made the body; otherwise it is the client's.
    pub(crate) is_rendered: bool,
}

/// Makes the body for the integration of a request whose body was read, and keeps what the template left in the overrides.
pub(crate) fn request(
    valid: &Valid<'_>,
    stage: &StageView,
    exchange: &mut Exchange,
) -> Result<Mapped, Stop> {
    let method = valid.method();
    let body = exchange.read_body();
    let Some(template) = selected(&method.integration, &exchange.content_type())? else {
        return Ok(Mapped { body, is_rendered: false });
    };
    if let Some(Rendered { body, .. }) = template.constant() {
        return Ok(Mapped { body, is_rendered: true });
    }
    let text = exchange::text(&body);
    let seed = Overrides::default();
    let rendered = exchange.work(text.len(), |exchange| {
        template.render(exchange, stage, &method.declared_headers, &text, &seed)
    })?;
    let Rendered { body, overrides } = rendered?;
    exchange.overrides = overrides;
    Ok(Mapped { body, is_rendered: true })
}

/// The template for a media type, or `None` when the body passes through (AWS docs: integration-passthrough-behaviors).
fn selected<'i>(
    integration: &'i Integration,
    media_type: &str,
) -> Result<Option<&'i MappingTemplate>, Stop> {
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
