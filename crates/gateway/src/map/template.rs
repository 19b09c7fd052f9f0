//! A mapping template, compiled at deployment: the Velocity text and the JSONPaths written in it.

use super::context;
use super::input::Input;
use super::util::Util;
use crate::error::GatewayError;
use crate::exchange::Exchange;
use crate::site::StageView;
use typed_arena::Arena;
use vestibule_jsonpath::{Path, PathError};
use vestibule_restapi::{Code, Diagnostic, Sourced};
use vestibule_vtl::value::{Handle, Heap, MapKind, Owned, Value};
use vestibule_vtl::{LimitExceeded, Limits, RenderError, Template, Variables};

/// A compiled template for one media type.
#[derive(Debug)]
pub(crate) struct MappingTemplate {
    pub(crate) media_type: String,
    source: Sourced,
    template: Template,
    paths: Vec<Option<Result<Path, PathError>>>,
    uses_context: bool,
}

/// What templates leave in `$context.requestOverride` and `$context.responseOverride`; the response template sees what the
/// request template left (recorded on AWS).
#[derive(Clone, Debug)]
pub(crate) struct Overrides {
    pub(crate) request: Owned,
    pub(crate) response: Owned,
}

/// What a template renders to.
#[derive(Debug)]
pub(crate) struct Rendered {
    pub(crate) text: String,
    /// `None` when the template has nothing to do with `$context`: what was there before holds.
    pub(crate) overrides: Option<Overrides>,
}

impl MappingTemplate {
    /// Parses a template and the literal paths in it. A template that does not parse is an error; a path that does not is a
    /// warning, because the request that gets to it fails and no other.
    pub(crate) fn compile(
        media_type: &str,
        source: &Sourced,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<MappingTemplate> {
        let template = match Template::parse(source.shared()) {
            Ok(template) => template,
            Err(error) => {
                diagnostics.push(syntax(source, &error));
                return None;
            }
        };
        let mut paths = Vec::new();
        for literal in template.literals() {
            if literal.root != "input"
                || literal.argument != 0
                || !matches!(literal.method, "path" | "json")
            {
                continue;
            }
            let Ok(index) = usize::try_from(literal.id.0) else { continue };
            let compiled = Path::compile(literal.text);
            if let Err(error) = &compiled {
                let message = format!("invalid JSONPath `{}`: {error}", literal.text);
                let finding = Diagnostic::warning(Code::JsonPathSyntax, message)
                    .at(source.place(literal.place(error.position, error.position + 1).range()))
                    .note("a request that gets here is answered with 500")
                    .help(error.help());
                diagnostics.push(finding);
            }
            if paths.len() <= index {
                paths.resize_with(index + 1, || None);
            }
            if let Some(slot) = paths.get_mut(index) {
                *slot = Some(compiled);
            }
        }
        let uses_context = template.variables().any(|name| name == "context");
        let (media_type, source) = (media_type.to_ascii_lowercase(), source.clone());
        Some(MappingTemplate { media_type, source, template, paths, uses_context })
    }

    /// Renders the template over a body. An error names the expression and its place, for the operator.
    pub(crate) fn render(
        &self,
        exchange: &Exchange,
        stage: &StageView,
        declared_headers: &[String],
        body: &str,
        seed: Option<&Overrides>,
    ) -> Result<Rendered, Box<GatewayError>> {
        let input = Input::new(exchange, declared_headers, body, &self.paths);
        let parsed = Arena::new();
        let util = Util::new(&parsed);
        let mut heap = Heap::new(Limits::default());
        let failed = |error: RenderError| Box::new(self.failure(&error));
        let full =
            |limit: LimitExceeded| Box::new(GatewayError::configuration(limit.to_string(), None));
        let mut variables = Variables::default();
        let input = heap.host(&input).map_err(full)?;
        variables.set("input", input);
        variables.set("util", heap.host(&util).map_err(full)?);
        variables.set("stageVariables", stage_variables(&mut heap, stage).map_err(full)?);
        let overrides = if self.uses_context {
            let (context, overrides) = seeded(&mut heap, exchange, stage, seed).map_err(full)?;
            variables.set("context", Value::from(context));
            Some(overrides)
        } else {
            None
        };
        let text = self.template.render(&mut heap, &variables).map_err(failed)?;
        let overrides = overrides.map(|handles| handles.export(&heap)).transpose().map_err(full)?;
        Ok(Rendered { text, overrides })
    }

    fn failure(&self, error: &RenderError) -> GatewayError {
        let message = format!("the template failed at `{}`: {error}", error.expression);
        let place = self.source.place(error.span.range());
        let shown = error.values.iter().map(|value| format!("{} `{}`", value.role, value.text));
        GatewayError::configuration(message, Some(place)).values(shown.collect())
    }
}

/// The handles of the two override maps of one render.
struct OverrideHandles {
    request: Handle,
    response: Handle,
}

impl OverrideHandles {
    fn export(&self, heap: &Heap<'_>) -> Result<Overrides, LimitExceeded> {
        Ok(Overrides {
            request: heap.export(&Value::from(self.request))?,
            response: heap.export(&Value::from(self.response))?,
        })
    }
}

/// `$context` with the overrides as the template before left them, or empty ones.
fn seeded<'a>(
    heap: &mut Heap<'a>,
    exchange: &'a Exchange,
    stage: &'a StageView,
    seed: Option<&'a Overrides>,
) -> Result<(Handle, OverrideHandles), LimitExceeded> {
    let context = context::map(heap, exchange, stage)?;
    let request = seed.map(|seed| &seed.request);
    let request = places(heap, request, &["path", "header", "querystring"])?;
    let response = places(heap, seed.map(|seed| &seed.response), &["header"])?;
    heap.put(context, Value::from("requestOverride"), Value::from(request))?;
    heap.put(context, Value::from("responseOverride"), Value::from(response))?;
    Ok((context, OverrideHandles { request, response }))
}

/// A map that prints nothing, with maps that print nothing under `names`; the values in those are as they were left.
fn places<'a>(
    heap: &mut Heap<'a>,
    seed: Option<&'a Owned>,
    names: &[&'static str],
) -> Result<Handle, LimitExceeded> {
    let map = heap.map(MapKind::Silent, 4)?;
    for name in names {
        let place = heap.map(MapKind::Silent, 4)?;
        heap.put(map, Value::from(*name), Value::from(place))?;
    }
    let Some(Owned::Map(entries)) = seed else { return Ok(map) };
    for (name, value) in entries {
        let known = heap.get(map, name).and_then(Value::as_handle);
        match (known, value) {
            (Some(place), Owned::Map(values)) => {
                for (key, value) in values {
                    let value = heap.import(value, MapKind::Linked)?;
                    heap.put(place, Value::from(key.as_str()), value)?;
                }
            }
            _ => {
                let value = heap.import(value, MapKind::Linked)?;
                heap.put(map, Value::from(name.as_str()), value)?;
            }
        }
    }
    Ok(map)
}

fn stage_variables<'a>(
    heap: &mut Heap<'a>,
    stage: &'a StageView,
) -> Result<Value<'a>, LimitExceeded> {
    let map = heap.map(MapKind::Linked, stage.variables().len())?;
    for (name, value) in stage.variables() {
        heap.put(map, Value::from(name.as_str()), Value::from(value.as_str()))?;
    }
    Ok(Value::from(map))
}

fn syntax(source: &Sourced, error: &vestibule_vtl::ParseError) -> Diagnostic {
    let finding = Diagnostic::error(Code::TemplateSyntax, error.message.as_str())
        .at(source.place(error.span.range()))
        .note("AWS answers every request that uses this template with 500");
    let finding = match error.expected.as_slice() {
        [] => finding,
        expected => finding.label(format!("expected {}", expected.join(" or "))),
    };
    match &error.help {
        Some(help) => finding.help(help.as_str()),
        None => finding,
    }
}
