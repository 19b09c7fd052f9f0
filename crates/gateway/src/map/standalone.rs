//! One template by itself, over values that are given: what `vestibule render` does, without an API and a request.

use super::MappingTemplate;
use crate::error::GatewayError;
use crate::exchange;
use vestibule_jsonpath::json;
use vestibule_restapi::{Diagnostic, Place, Severity, Sourced};
use vestibule_vtl::value::{Arena, Heap, Kind, Owned, Value};
use vestibule_vtl::{LimitExceeded, Limits};

/// What a template is rendered over.
#[derive(Clone, Debug)]
pub struct Given {
    /// The raw body; empty is `{}` to the template.
    pub body: String,
    /// A map with `path`, `querystring` and `header`, each a map of names and values; may lack any.
    pub params: Owned,
    /// `$context`, also `requestOverride` and `responseOverride` as a template before left them.
    pub context: Owned,
    /// `$stageVariables`.
    pub stage_variables: Owned,
}

/// A template with its values, as one line of a file of cases.
#[derive(Clone, Debug)]
pub struct Case {
    /// The template's text.
    pub template: String,
    /// What it is rendered over.
    pub given: Given,
}

/// What a template by itself renders to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendering {
    /// The text.
    pub text: String,
    /// `$context.requestOverride` as JSON.
    pub request_override: String,
    /// `$context.responseOverride` as JSON.
    pub response_override: String,
}

/// Why a template by itself does not render.
#[derive(Clone, Debug)]
pub enum RenderFailure {
    /// It does not parse; every finding.
    Syntax(Vec<Diagnostic>),
    /// It failed at run time.
    Failed {
        /// What went wrong: lower case, no full stop.
        message: String,
        /// The expression that failed.
        place: Option<Place>,
        /// The values involved.
        values: Vec<String>,
    },
}

impl Case {
    /// Reads a case from JSON: an object with `template` and optionally `body`, `params`, `context`, `stageVariables`.
    /// The text is read as permissively as a body is; says why when it cannot be.
    pub fn parse(text: &str) -> Result<Case, String> {
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        let case = object(text, &mut heap)?;
        let template = heap.get(case, "template").and_then(Value::as_str);
        let template = template.ok_or("the case has no text under `template`")?.to_owned();
        Ok(Case { template, given: given(&heap, case)? })
    }
}

impl Given {
    /// Reads the values from JSON: an object with any of `body`, `params`, `context`, `stageVariables`. A body that is
    /// no text is taken as JSON. Says why when it cannot be read.
    pub fn parse(text: &str) -> Result<Given, String> {
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        let values = object(text, &mut heap)?;
        given(&heap, values)
    }

    /// Takes the bytes of a body, as those of a request: what is not UTF-8 is replaced.
    pub fn set_body(&mut self, body: &[u8]) {
        self.body.clear();
        self.body.push_str(&exchange::text(body));
    }
}

/// A template by itself, compiled once for many renders.
///
/// ```
/// use vestibule_gateway::{Given, StandaloneTemplate};
/// use vestibule_restapi::Sourced;
///
/// let template = Sourced::inline("greeting.vtl", "Hello $input.path('$.name')!");
/// let compiled = StandaloneTemplate::new(&template).unwrap();
/// let mut given = Given::parse(r#"{"body": {"name": "Ada"}}"#).unwrap();
/// assert_eq!(compiled.text(&given).unwrap(), "Hello Ada!");
/// given.set_body(br#"{"name": "Grace"}"#);
/// assert_eq!(compiled.text(&given).unwrap(), "Hello Grace!");
/// ```
#[derive(Debug)]
pub struct StandaloneTemplate(MappingTemplate);

impl StandaloneTemplate {
    /// Compiles a template and the JSONPaths written in it, as a deployment does.
    ///
    /// # Errors
    /// It does not parse; every finding.
    pub fn new(template: &Sourced) -> Result<StandaloneTemplate, RenderFailure> {
        let mut findings = Vec::new();
        match MappingTemplate::compile("application/json", template, &mut findings) {
            Some(compiled) => Ok(StandaloneTemplate(compiled)),
            None => {
                findings.retain(|finding| finding.severity == Severity::Error);
                Err(RenderFailure::Syntax(findings))
            }
        }
    }

    /// Renders over the given values: the text and all overrides.
    ///
    /// # Errors
    /// It failed at run time.
    pub fn render(&self, given: &Given) -> Result<Rendering, RenderFailure> {
        self.0.render_given(given).map_err(|error| failure(*error))
    }

    /// Renders over the given values: the text alone, made as for a request. What the template does not look at costs
    /// nothing.
    ///
    /// # Errors
    /// It failed at run time.
    pub fn text(&self, given: &Given) -> Result<String, RenderFailure> {
        self.0.text_given(given).map_err(|error| failure(*error))
    }
}

/// Renders a template over the given values.
///
/// # Errors
/// It does not parse, or failed at run time.
pub fn render(template: &Sourced, given: &Given) -> Result<Rendering, RenderFailure> {
    StandaloneTemplate::new(template)?.render(given)
}

fn failure(error: GatewayError) -> RenderFailure {
    match error.detail {
        Some(detail) => RenderFailure::Failed {
            message: detail.message,
            place: detail.place,
            values: detail.values,
        },
        None => RenderFailure::Failed {
            message: "the template failed".to_owned(),
            place: None,
            values: Vec::new(),
        },
    }
}

fn object<'a>(text: &'a str, heap: &mut Heap<'a>) -> Result<vestibule_vtl::value::Handle, String> {
    let parsed = json::parse(text, heap).map_err(|error| error.to_string())?;
    let object = parsed.as_handle().filter(|handle| heap.kind(*handle) == Kind::Map);
    object.ok_or_else(|| "expected a JSON object".to_owned())
}

fn given(heap: &Heap<'_>, values: vestibule_vtl::value::Handle) -> Result<Given, String> {
    let body = match heap.get(values, "body") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => (*text).to_owned(),
        Some(value) => json::to_text(heap, value).map_err(|limit| limit.to_string())?,
    };
    let member = |name: &str| match heap.get(values, name) {
        None | Some(Value::Null) => Ok(Owned::Map(Vec::new())),
        Some(value) => heap.export(value).map_err(|limit: LimitExceeded| limit.to_string()),
    };
    let context = member("context")?;
    for name in ["requestOverride", "responseOverride"] {
        if !matches!(context.get(name), None | Some(Owned::Null | Owned::Map(_))) {
            return Err(format!("`context.{name}` is no object"));
        }
    }
    Ok(Given {
        body,
        params: member("params")?,
        context,
        stage_variables: member("stageVariables")?,
    })
}
