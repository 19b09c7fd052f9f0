//! Templates: what parses has its parts inside the text, and renders within its limits, twice alike.

use vestibule_jsonpath::json;
use vestibule_vtl::value::{Arena, Heap, MapKind, Owned, Value};
use vestibule_vtl::{
    Limits, ParseError, RenderError, RenderErrorKind, Template, Variables, limits,
};

use crate::lines;
use crate::message::{is_said, is_within};

/// Small enough that no template takes long.
pub(crate) const LIMITS: Limits = Limits {
    output_bytes: 64 * 1024,
    steps: 50_000,
    foreach_iterations: 100,
    objects: 5_000,
    elements: 20_000,
    text_bytes: 1024 * 1024,
    value_depth: 50,
    regex_backtracks: 1_000,
};

/// What a template sees: a value of each kind, under the names that the oracle's templates use.
const SCOPE: &str = r#"{
"context": {"requestId": "r-1", "httpMethod": "GET", "n": 42, "identity": {"sourceIp": "10.0.0.1"},
    "requestOverride": {"header": {}, "path": {}}, "responseOverride": {"header": {}}},
"stageVariables": {"table": "orders", "list": [1, "two", {"three": 3}, [4]], "map": {"k": "v"}, "csv": "a,b,,c,,"},
"v": {"table": "orders", "i": 7, "d": 2.5, "text": "h\u00e9llo w\u00f6rld \ud83d\ude00!", "nul": null},
"c": {"authorizer": {"claims": {"sub": "u1"}}}, "s": "Hello World", "e": "", "i": 3, "j": -7, "d": 1.5,
"l": [3, 1, 2], "w": ["b", "a", "c", "a"], "m": {"a": 1, "b": "x", "c": [1, 2]}, "t": true, "f": false,
"L": 3000000000, "B": 12345678901234567890, "p": ["Hello", "World"], "h": "e"}"#;

fn is_out_of_steps(rendered: &Result<String, RenderError>) -> bool {
    let limit = RenderErrorKind::Limit(limits::Limit::Steps);
    rendered.as_ref().is_err_and(|error| error.kind == limit)
}

/// Parses the input as a template. Its literals and their characters have places in it, its errors too.
pub fn vtl_parse(data: &[u8]) {
    let Some(text) = lines::text(data) else { return };
    match Template::parse(text) {
        Err(error) => check_error(text, &error),
        Ok(template) => check_parsed(text, &template),
    }
}

/// Renders the input as a template: within the limits, and the second time as the first. What it left in `$context` can
/// be carried to another heap.
pub fn vtl_render(data: &[u8]) {
    let Some(text) = lines::text(data) else { return };
    let template = match Template::parse(text) {
        Err(error) => return check_error(text, &error),
        Ok(template) => template,
    };
    let (first, left) = render(&template);
    let again = render(&template).0;
    // A pattern that is compiled costs steps, one that is kept from before does not: the limit may lie elsewhere then.
    if !is_out_of_steps(&first) && !is_out_of_steps(&again) {
        assert_eq!(first, again, "two renders of one template differ");
    }
    match first {
        Ok(output) => assert!(output.len() <= LIMITS.output_bytes, "{} bytes", output.len()),
        Err(error) => check_failure(text, &error),
    }
    if let Some(left) = left {
        let carried = carry(&left);
        assert_eq!(carry(&carried), carried, "a carried value changes");
    }
}

fn check_error(text: &str, error: &ParseError) {
    is_said(error);
    is_within(text, error.span.range(), error);
    if let Some(help) = &error.help {
        is_said(help);
    }
}

fn check_parsed(text: &str, template: &Template) {
    assert_eq!(template.text(), text);
    for (number, literal) in template.literals().enumerate() {
        assert_eq!(literal.id.0 as usize, number);
        is_within(text, literal.span.range(), &literal.text);
        for (at, character) in literal.text.char_indices() {
            let place = literal.place(at, at + character.len_utf8());
            is_within(text, place.range(), &literal.text);
        }
    }
    let mut names: Vec<&str> = template.variables().collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a variable is named twice");
}

fn check_failure(text: &str, error: &RenderError) {
    is_said(error);
    is_within(text, error.span.range(), error);
    assert_eq!(text.get(error.span.range()), Some(error.expression.as_str()));
    for shown in &error.values {
        is_said(&shown.role);
        let text = shown.text.strip_suffix("...").unwrap_or(&shown.text);
        let characters = text.chars().count();
        assert!(characters <= limits::SHOWN_CHARACTERS_MAX, "{characters} are shown");
    }
}

/// Renders in a heap of its own; also returns what `$context` is then, when it can be exported.
fn render(template: &Template) -> (Result<String, RenderError>, Option<Owned>) {
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, LIMITS);
    let mut variables = Variables::default();
    let scope = json::parse(SCOPE, &mut heap).ok();
    let mut context = Value::Null;
    if let Some(Value::Object(scope)) = scope {
        let entries: Vec<_> = heap.entries(scope).map(|(k, v)| (*k, *v)).collect();
        for (name, value) in &entries {
            if let Some(name) = template.variables().find(|known| name.as_str() == Some(known)) {
                variables.set(name, *value);
            }
            if name.as_str() == Some("context") {
                context = *value;
            }
        }
    }
    let rendered = template.render(&mut heap, &variables);
    let left = heap.export(&context).ok();
    (rendered, left)
}

/// Carries a value through a heap. Keys that print alike become one.
fn carry(owned: &Owned) -> Owned {
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, Limits::default());
    let value = heap.import(owned, MapKind::Linked).unwrap_or(Value::Null);
    heap.export(&value).unwrap_or(Owned::Null)
}
