//! A mapping template, compiled at deployment: the Velocity text and the JSONPaths written in it.

use super::context::{self, ContextMembers};
use super::input::{Input, Parameters, character_end};
use super::spelling::Spellings;
use super::standalone::{Given, Rendering};
use super::util::Util;
use crate::error::GatewayError;
use crate::exchange::Exchange;
use crate::site::StageView;
use bytes::Bytes;
use vestibule_jsonpath::{Path, PathError, json};
use vestibule_restapi::{Code, Diagnostic, Sourced};
use vestibule_vtl::tree::Tree;
use vestibule_vtl::value::{Arena, Handle, Heap, MapKind, Owned, Value};
use vestibule_vtl::{LimitExceeded, Limits, RenderError, Template, Variables, Written};

/// A compiled template for one media type.
#[derive(Debug)]
pub(crate) struct MappingTemplate {
    pub(crate) media_type: String,
    source: Sourced,
    template: Template,
    /// What it always renders to, when it refers to nothing.
    constant: Option<Bytes>,
    paths: Vec<Option<Result<Path, PathError>>>,
    context: ContextMembers,
    spellings: Spellings,
}

/// What templates leave in `$context.requestOverride` and `$context.responseOverride`; the response template sees what the
/// request template left (recorded on AWS).
#[derive(Debug, Default)]
pub(crate) struct Overrides {
    pub(crate) request: Option<Owned>,
    pub(crate) response: Option<Owned>,
}

impl Overrides {
    /// Takes over what a later template left; what it did not look at stays as it was.
    pub(crate) fn update(&mut self, later: Overrides) {
        self.request = later.request.or(self.request.take());
        self.response = later.response.or(self.response.take());
    }
}

/// What a template renders to.
#[derive(Debug)]
pub(crate) struct Rendered {
    pub(crate) body: Bytes,
    pub(crate) overrides: Overrides,
}

/// What a template renders to, and what wrote which part of it.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(crate) text: String,
    pub(crate) written: Written,
    pub(crate) overrides: Overrides,
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
        let paths = literal_paths(&template, source, diagnostics);
        Some(MappingTemplate {
            media_type: media_type.to_ascii_lowercase(),
            source: source.clone(),
            constant: template.constant().map(|text| Bytes::copy_from_slice(text.as_bytes())),
            context: ContextMembers::of(&template),
            spellings: Spellings::of(&template),
            template,
            paths,
        })
    }

    /// What it renders to whatever the request, when it refers to nothing.
    pub(crate) fn constant(&self) -> Option<Rendered> {
        let body = self.constant.clone()?;
        Some(Rendered { body, overrides: Overrides::default() })
    }

    /// Renders the template for a request. An error names the expression and its place, for the operator.
    pub(crate) fn render(
        &self,
        exchange: &Exchange,
        stage: &StageView,
        declared_headers: &[String],
        body: &str,
        seed: &Overrides,
    ) -> Result<Rendered, Box<GatewayError>> {
        let scope = self.scope(exchange, stage, declared_headers, body, seed);
        let (body, overrides) =
            self.run(&scope, Template::render, |heap, made| made.export(heap))?;
        Ok(Rendered { body: body.into(), overrides: overrides.unwrap_or_default() })
    }

    /// Renders it again, to explain what came of it: also what wrote which part of the text.
    pub(super) fn recorded(
        &self,
        exchange: &Exchange,
        stage: &StageView,
        declared_headers: &[String],
        body: &str,
        seed: &Overrides,
    ) -> Result<Recorded, Box<GatewayError>> {
        let scope = self.scope(exchange, stage, declared_headers, body, seed);
        let leave = |heap: &Heap<'_>, made: OverridesOf| made.export(heap);
        let ((text, written), overrides) = self.run(&scope, Template::render_recorded, leave)?;
        Ok(Recorded { text, written, overrides: overrides.unwrap_or_default() })
    }

    fn scope<'a>(
        &'a self,
        exchange: &'a Exchange,
        stage: &'a StageView,
        declared_headers: &'a [String],
        body: &'a str,
        seed: &'a Overrides,
    ) -> Scope<'a> {
        Scope {
            parameters: Parameters::Of(exchange, declared_headers, &self.spellings),
            body,
            context: Context::Of(exchange, stage, seed),
            members: &self.context,
            stage_variables: StageVariables::Of(stage),
        }
    }

    /// Its text, with the places of its characters.
    pub(crate) fn source(&self) -> &Sourced {
        &self.source
    }

    /// What its text was compiled to.
    pub(crate) fn tree(&self) -> &Tree {
        self.template.tree()
    }

    /// Renders the template over values that are given, without a request.
    pub(super) fn render_given(&self, given: &Given) -> Result<Rendering, Box<GatewayError>> {
        let scope = Scope::given(given, &ContextMembers::Any);
        let as_json = |heap: &Heap<'_>, made: OverridesOf| made.as_json(heap);
        let (text, overrides) = self.run(&scope, Template::render, as_json)?;
        let [request_override, response_override] = overrides.unwrap_or_default();
        Ok(Rendering { text, request_override, response_override })
    }

    /// Renders the template over values that are given: the text alone, made as for a request.
    pub(super) fn text_given(&self, given: &Given) -> Result<String, Box<GatewayError>> {
        let scope = Scope::given(given, &self.context);
        self.run(&scope, Template::render, |_, _| Ok(())).map(|(text, _)| text)
    }

    /// Renders, and takes from the heap what is left of the overrides when the template looks at them.
    fn run<R, T>(
        &self,
        scope: &Scope<'_>,
        render: impl for<'a> FnOnce(
            &'a Template,
            &mut Heap<'a>,
            &Variables<'a>,
        ) -> Result<R, RenderError>,
        leave: impl FnOnce(&Heap<'_>, OverridesOf) -> Result<T, LimitExceeded>,
    ) -> Result<(R, Option<T>), Box<GatewayError>> {
        let arena = Arena::new();
        let input = Input::new(scope.parameters, scope.body, &self.paths);
        let mut heap = Heap::new(&arena, Limits::default());
        let full = |limit: LimitExceeded| {
            Box::new(GatewayError::configuration(limit.to_string(), Some(self.source.whole())))
        };
        let mut variables = Variables::default();
        let mut overrides_of = None;
        if !scope.members.is_empty() || self.template.variables().any(|name| name == "context") {
            let made = seeded(&mut heap, scope).map_err(full)?;
            variables.set("context", made.context);
            overrides_of = Some(made);
        }
        for name in self.template.variables() {
            let value = match name {
                "input" => heap.host(&input),
                "util" => heap.host(&Util),
                "stageVariables" => scope.stage_variables.value(&mut heap),
                _ => continue,
            };
            variables.set(name, value.map_err(full)?);
        }
        let text = render(&self.template, &mut heap, &variables)
            .map_err(|error| Box::new(self.failure(&error)))?;
        let overrides = overrides_of.map(|made| leave(&heap, made)).transpose().map_err(full)?;
        Ok((text, overrides))
    }

    fn failure(&self, error: &RenderError) -> GatewayError {
        let message = format!("the template failed at `{}`: {error}", error.expression);
        let place = self.source.place(error.span.range());
        let shown = error.values.iter().map(|value| format!("{} `{}`", value.role, value.text));
        let failed = GatewayError::configuration(message, Some(place)).values(shown.collect());
        failed.help(error.help.clone())
    }
}

/// Where one render's overrides are found at its end, as far as the template looks at them.
#[derive(Clone, Copy)]
struct OverridesOf {
    context: Handle,
    has_request: bool,
    has_response: bool,
}

impl OverridesOf {
    fn export(self, heap: &Heap<'_>) -> Result<Overrides, LimitExceeded> {
        // Read again by name: the template may have put another map in its place.
        let export = |name: &str| heap.get(self.context, name).map(|v| heap.export(v)).transpose();
        Ok(Overrides {
            request: if self.has_request { export("requestOverride")? } else { None },
            response: if self.has_response { export("responseOverride")? } else { None },
        })
    }

    /// Both as JSON, whatever values the template has put there.
    fn as_json(self, heap: &Heap<'_>) -> Result<[String; 2], LimitExceeded> {
        let as_json = |name: &str| match heap.get(self.context, name) {
            Some(value) => json::to_text(heap, value),
            None => Ok("null".to_owned()),
        };
        Ok([as_json("requestOverride")?, as_json("responseOverride")?])
    }
}

/// What the variables of one render are made from.
struct Scope<'a> {
    parameters: Parameters<'a>,
    body: &'a str,
    context: Context<'a>,
    /// The members of `$context` that are made.
    members: &'a ContextMembers,
    stage_variables: StageVariables<'a>,
}

impl<'a> Scope<'a> {
    fn given(given: &'a Given, members: &'a ContextMembers) -> Scope<'a> {
        Scope {
            parameters: Parameters::Given(&given.params),
            body: &given.body,
            context: Context::Given(&given.context),
            members,
            stage_variables: StageVariables::Given(&given.stage_variables),
        }
    }
}

/// What `$context` is made from.
enum Context<'a> {
    /// A request, and the overrides as the template before left them.
    Of(&'a Exchange, &'a StageView, &'a Overrides),
    Given(&'a Owned),
}

/// What `$stageVariables` is made from.
enum StageVariables<'a> {
    Of(&'a StageView),
    Given(&'a Owned),
}

impl<'a> StageVariables<'a> {
    fn value(&self, heap: &mut Heap<'a>) -> Result<Value<'a>, LimitExceeded> {
        let stage = match self {
            StageVariables::Of(stage) => stage,
            StageVariables::Given(given) => return heap.import(given, MapKind::Linked),
        };
        let map = heap.map(MapKind::Linked, stage.variables().len())?;
        for (name, value) in stage.variables() {
            heap.put(map, Value::from(name.as_str()), Value::from(value.as_str()))?;
        }
        Ok(Value::from(map))
    }
}

/// `$context` with the overrides as the template before left them, or empty ones.
fn seeded<'a>(heap: &mut Heap<'a>, scope: &Scope<'a>) -> Result<OverridesOf, LimitExceeded> {
    let members = scope.members;
    let (exchange, stage, seed) = match scope.context {
        Context::Of(exchange, stage, seed) => (exchange, stage, seed),
        Context::Given(given) => {
            let context = context::given(heap, given, members)?;
            return Ok(OverridesOf { context, has_request: true, has_response: true });
        }
    };
    let context = context::map(heap, exchange, stage, members)?;
    let has_request = members.has("requestOverride");
    if has_request {
        // In the order in which AWS lists them where its hash map says nothing.
        let names = &["path", "header", "querystring"];
        let request = places(heap, seed.request.as_ref(), names)?;
        heap.put(context, Value::from("requestOverride"), Value::from(request))?;
    }
    let has_response = members.has("responseOverride");
    if has_response {
        let response = places(heap, seed.response.as_ref(), &["header"])?;
        heap.put(context, Value::from("responseOverride"), Value::from(response))?;
    }
    Ok(OverridesOf { context, has_request, has_response })
}

/// A map that prints nothing, with maps that print nothing under `names`; the values in those are as they were left.
fn places<'a>(
    heap: &mut Heap<'a>,
    seed: Option<&'a Owned>,
    names: &[&'static str],
) -> Result<Handle, LimitExceeded> {
    let map = heap.map(MapKind::Silent, names.len())?;
    for name in names {
        let place = heap.map(MapKind::Silent, 0)?;
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

/// The literal arguments of `$input.path` and `$input.json` as compiled paths, by the number of the literal.
fn literal_paths(
    template: &Template,
    source: &Sourced,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Option<Result<Path, PathError>>> {
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
                .at(source.place(
                    literal
                        .place(error.position, character_end(literal.text, error.position))
                        .range(),
                ))
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
    paths
}

fn syntax(source: &Sourced, error: &vestibule_vtl::ParseError) -> Diagnostic {
    let finding = Diagnostic::error(Code::TemplateSyntax, error.message.as_str())
        .at(source.place(error.span.range()))
        .note("AWS answers every request that uses this template with 500");
    let finding = match error.expected.as_slice() {
        [] => finding,
        [one] => finding.label(format!("expected {one}")),
        [first @ .., last] => finding.label(format!("expected {} or {last}", first.join(", "))),
    };
    match &error.help {
        Some(help) => finding.help(help.as_str()),
        None => finding,
    }
}
