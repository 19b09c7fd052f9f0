//! The bodies that mapping makes, made again to explain what came of them: the same steps, with what wrote each part.

use super::template::{Overrides, Recorded};
use super::{BodyDocument, Mapped, MappingTemplate, parameters, request, response};
use crate::exchange::{self, Exchange};
use crate::integrate::Reply;
use crate::limits::EXPLAINED_BODY_BYTES_MAX;
use crate::site::{IntegrationResponse, Method, StageView};
use bytes::Bytes;
use vestibule_vtl::Written;
use vestibule_vtl::value::Arena;

/// A body that was made again.
#[derive(Debug)]
pub(crate) struct Again<'m> {
    /// None when it passed through.
    pub(crate) template: Option<&'m MappingTemplate>,
    /// None when the template failed, or could not see the body.
    pub(crate) text: Option<String>,
    /// What wrote the parts of the text; nothing of what passed through.
    pub(crate) written: Written,
}

/// The body of the integration request, and what its template leaves in the overrides; nothing when the body was refused or
/// is too large to be worked on again.
pub(crate) fn request_again<'m>(
    method: &'m Method,
    stage: &StageView,
    exchange: &Exchange,
    overrides: &mut Overrides,
) -> Option<Again<'m>> {
    let integration = &method.integration;
    let template = request::request_template(integration, &exchange.media_type()).ok()?;
    if exchange.read_body().len() > EXPLAINED_BODY_BYTES_MAX {
        return None;
    }
    let content = request::converted(integration, stage, exchange).ok()?;
    let Some(template) = template else { return Some(Again::passed(&content.into_bytes())) };
    let seed = Overrides::default();
    let made = content.text().and_then(|text| {
        template.recorded(exchange, stage, &method.declared_headers, &text, &seed).ok()
    });
    Some(Again::made(template, made, overrides))
}

/// The whole integration request with a body that was made again; nothing when a parameter was refused.
pub(crate) fn mapped_again(
    method: &Method,
    exchange: &Exchange,
    overrides: &Overrides,
    made: &Again<'_>,
) -> Option<Mapped> {
    let integration = &method.integration;
    let body = exchange.read_body();
    let text = exchange::text(&body);
    let arena = Arena::new();
    let mut document = BodyDocument::new(&text, &arena);
    let mapped = parameters::mapped(integration, exchange, &mut document);
    let mut parameters = mapped.ok()?;
    if let Some(overridden) = &overrides.request {
        parameters.override_with(overridden, integration.kind.header_rules()).ok()?;
    }
    let body = Bytes::from(made.text.clone()?);
    Some(Mapped { parameters, body, is_rendered: made.template.is_some() })
}

/// The body of the answer, likewise.
pub(crate) fn response_again<'m>(
    (method, chosen): (&Method, &'m IntegrationResponse),
    stage: &StageView,
    exchange: &Exchange,
    reply: &Reply,
    overrides: &mut Overrides,
) -> Option<Again<'m>> {
    if reply.body.len() > EXPLAINED_BODY_BYTES_MAX {
        return None;
    }
    let content = response::converted(chosen, stage, exchange, reply).ok()?;
    let Some(template) = response::response_template(chosen, exchange) else {
        return Some(Again::passed(&content.into_bytes()));
    };
    let made = content.text().and_then(|text| {
        template.recorded(exchange, stage, &method.declared_headers, &text, overrides).ok()
    });
    Some(Again::made(template, made, overrides))
}

impl<'m> Again<'m> {
    fn passed(body: &Bytes) -> Again<'m> {
        let text = Some(exchange::text(body).into_owned());
        Again { template: None, text, written: Written::default() }
    }

    fn made(
        template: &'m MappingTemplate,
        made: Option<Recorded>,
        overrides: &mut Overrides,
    ) -> Again<'m> {
        let template = Some(template);
        let Some(Recorded { text, written, overrides: left }) = made else {
            return Again { template, text: None, written: Written::default() };
        };
        overrides.update(left);
        Again { template, text: Some(text), written }
    }
}
