//! `$input`: the body and the parameters, as a template asks for them. The body is parsed at most once, and only when asked.

use super::spelling::Spellings;
use crate::exchange::Exchange;
use crate::limits::{PATH_BYTE_STEPS, PATH_REGEX_STEPS, PATH_STEPS};
use std::borrow::Cow;
use std::cell::Cell;
use vestibule_jsonpath::{Path, PathError, json};
use vestibule_vtl::LimitExceeded;
use vestibule_vtl::value::{Argument, Handle, Heap, Host, HostError, MapKind, Owned, Value};

/// Where `$input.params` looks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parameters<'a> {
    /// In a request; a header is spelled as the template spells it, else as the method declares it.
    Of(&'a Exchange, &'a [String], &'a Spellings),
    /// In a map with the members `path`, `querystring` and `header`.
    Given(&'a Owned),
}

/// The object behind `$input`.
#[derive(Debug)]
pub(super) struct Input<'a> {
    parameters: Parameters<'a>,
    body: &'a str,
    /// The paths that are literals of the template, by their number there.
    paths: &'a [Option<Result<Path, PathError>>],
    document: Cell<Option<Value<'a>>>,
    params: Cell<Option<Handle>>,
}

impl<'a> Input<'a> {
    /// An empty body is `{}` (recorded on AWS).
    pub(super) fn new(
        parameters: Parameters<'a>,
        body: &'a str,
        paths: &'a [Option<Result<Path, PathError>>],
    ) -> Input<'a> {
        let body = if body.is_empty() { "{}" } else { body };
        Input { parameters, body, paths, document: Cell::new(None), params: Cell::new(None) }
    }

    fn read(
        &self,
        heap: &mut Heap<'a>,
        argument: &Argument<'a>,
    ) -> Result<Option<Value<'a>>, HostError> {
        let Value::String(text) = &argument.value else {
            return match argument.value {
                Value::Null => Err(HostError::failed("the JSONPath is null")),
                _ => Ok(None),
            };
        };
        let document = self.document(heap)?;
        let known = argument.literal.and_then(|id| self.paths.get(usize::try_from(id.0).ok()?));
        let found = match known {
            Some(Some(Ok(path))) => path.read(heap, &document),
            Some(Some(Err(error))) => return Err(invalid_path(text, error)),
            Some(None) | None => {
                heap.charge(PATH_STEPS + text.len() as u64 * PATH_BYTE_STEPS)?;
                if text.as_bytes().contains(&b'~') && text.contains("=~") {
                    heap.charge(PATH_REGEX_STEPS)?;
                }
                let path = Path::compile(text).map_err(|error| invalid_path(text, &error))?;
                path.read(heap, &document)
            }
        };
        let found = found.map_err(|error| HostError::failed(error.to_string()))?;
        Ok(Some(found.unwrap_or(Value::Null)))
    }

    fn document(&self, heap: &mut Heap<'a>) -> Result<Value<'a>, HostError> {
        if let Some(document) = self.document.get() {
            return Ok(document);
        }
        let parsed = json::parse(self.body, heap)
            .map_err(|error| HostError::failed(format!("the body is not JSON: {error}")))?;
        if parsed.is_null() {
            return Err(HostError::failed("the body is JSON null, which has nothing to read"));
        }
        self.document.set(Some(parsed));
        Ok(parsed)
    }

    /// The result as JSON text; nothing found is a pair of quotes.
    fn json(
        &self,
        heap: &mut Heap<'a>,
        argument: &Argument<'a>,
    ) -> Result<Option<Value<'a>>, HostError> {
        let text = match self.read(heap, argument)? {
            None => return Ok(None),
            Some(Value::Null) => return Ok(Some(Value::from("\"\""))),
            Some(found) => json::to_text(heap, &found)?,
        };
        Ok(Some(Value::from(heap.text(text)?)))
    }

    /// Path, then query string, then header; of several values the last.
    fn parameter(
        &self,
        heap: &mut Heap<'a>,
        argument: &Argument<'a>,
    ) -> Result<Option<Value<'a>>, HostError> {
        let name = match &argument.value {
            Value::String(name) => name,
            Value::Null => return Ok(None),
            _ => return Err(HostError::failed("`params` takes the name of a parameter")),
        };
        match self.parameters {
            Parameters::Of(exchange, ..) => Ok(Some(named(exchange, name, heap)?)),
            Parameters::Given(_) => {
                let params = self.all_parameters(heap)?;
                for place in PLACES {
                    let Some(values) = heap.get(params, place).and_then(Value::as_handle) else {
                        return Err(HostError::failed(format!(
                            "there are no `{place}` parameters"
                        )));
                    };
                    if let Some(found) = heap.get(values, name).filter(|value| !value.is_null()) {
                        return Ok(Some(*found));
                    }
                }
                Ok(Some(Value::Null))
            }
        }
    }

    /// The parameters as maps by their place.
    fn all_parameters(&self, heap: &mut Heap<'a>) -> Result<Handle, LimitExceeded> {
        if let Some(params) = self.params.get() {
            return Ok(params);
        }
        let params = match self.parameters {
            Parameters::Of(exchange, declared, spellings) => {
                of_request(exchange, declared, spellings, heap)?
            }
            Parameters::Given(params) => given(params, heap)?,
        };
        self.params.set(Some(params));
        Ok(params)
    }
}

/// The three places of a parameter, in the order in which they are searched.
const PLACES: [&str; 3] = ["path", "querystring", "header"];

/// A parameter of a request by its name; null when there is none.
fn named<'a>(
    exchange: &'a Exchange,
    name: &str,
    heap: &mut Heap<'a>,
) -> Result<Value<'a>, LimitExceeded> {
    if let Some(found) = exchange.path_parameter(name).or_else(|| exchange.query(name)) {
        return Ok(Value::from(found));
    }
    match exchange.header(name) {
        Some(Cow::Borrowed(value)) => Ok(Value::from(value)),
        Some(Cow::Owned(value)) => Ok(Value::from(heap.text(value)?)),
        None => Ok(Value::Null),
    }
}

fn of_request<'a>(
    exchange: &'a Exchange,
    declared_headers: &'a [String],
    spellings: &'a Spellings,
    heap: &mut Heap<'a>,
) -> Result<Handle, LimitExceeded> {
    let params = heap.map(MapKind::Linked, 3)?;
    let path = pairs(heap, &exchange.path_parameters)?;
    heap.put(params, Value::from("path"), path)?;
    let querystring = pairs(heap, &exchange.query_parameters)?;
    heap.put(params, Value::from("querystring"), querystring)?;
    let header = headers(heap, exchange, declared_headers, spellings)?;
    heap.put(params, Value::from("header"), header)?;
    Ok(params)
}

/// The given map, with an empty map for each place it lacks.
fn given<'a>(params: &'a Owned, heap: &mut Heap<'a>) -> Result<Handle, LimitExceeded> {
    let known = heap.import(params, MapKind::Linked)?.as_handle();
    let params = match known {
        Some(params) => params,
        None => heap.map(MapKind::Linked, 3)?,
    };
    for place in PLACES {
        if heap.get(params, place).is_none_or(Value::is_null) {
            let empty = heap.map(MapKind::Linked, 0)?;
            heap.put(params, Value::from(place), Value::from(empty))?;
        }
    }
    Ok(params)
}

fn headers<'a>(
    heap: &mut Heap<'a>,
    exchange: &'a Exchange,
    declared_headers: &'a [String],
    spellings: &'a Spellings,
) -> Result<Value<'a>, LimitExceeded> {
    let map = heap.map(MapKind::Linked, exchange.headers.keys_len())?;
    for name in exchange.seen_names() {
        let name = name.as_str();
        let declared = || declared_headers.iter().find(|d| d.eq_ignore_ascii_case(name));
        let shown = match spellings.find(name).or_else(|| declared().map(String::as_str)) {
            Some(known) => known,
            None => heap.text(spelled(name))?,
        };
        let value = match exchange.header(name) {
            Some(Cow::Borrowed(value)) => Value::from(value),
            Some(Cow::Owned(value)) => Value::from(heap.text(value)?),
            None => Value::Null,
        };
        heap.put(map, Value::from(shown), value)?;
    }
    Ok(Value::from(map))
}

impl<'a> Host<'a> for Input<'a> {
    fn property(&self, _: &mut Heap<'a>, name: &str) -> Result<Option<Value<'a>>, HostError> {
        Ok(matches!(name, "body" | "Body").then(|| Value::from(self.body)))
    }

    fn call(
        &self,
        heap: &mut Heap<'a>,
        method: &str,
        arguments: &[Argument<'a>],
    ) -> Result<Option<Value<'a>>, HostError> {
        match (method, arguments) {
            ("path", [argument]) => self.read(heap, argument),
            ("json", [argument]) => self.json(heap, argument),
            ("params", [argument]) => self.parameter(heap, argument),
            ("params", []) => Ok(Some(Value::from(self.all_parameters(heap)?))),
            ("getBody", []) => Ok(Some(Value::from(self.body))),
            // AWS: Velocity 1.7 takes a method without parameters for one that takes these, and fails to call it.
            ("params" | "getBody", [_, ..]) => {
                Err(HostError::failed(format!("`{method}` does not take these arguments")))
            }
            _ => Ok(None),
        }
    }
}

/// Where the character at a byte offset ends; at the end of the text, there.
pub(super) fn character_end(text: &str, at: usize) -> usize {
    at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

fn invalid_path(text: &str, error: &PathError) -> HostError {
    HostError::Argument {
        index: 0,
        at: Some(error.position..character_end(text, error.position)),
        message: format!("invalid JSONPath: {error}"),
        help: Some(error.help().to_owned()),
    }
}

fn pairs<'a>(
    heap: &mut Heap<'a>,
    pairs: &'a [(String, String)],
) -> Result<Value<'a>, LimitExceeded> {
    let map = heap.map(MapKind::Linked, pairs.len())?;
    for (name, value) in pairs {
        heap.put(map, Value::from(name.as_str()), Value::from(value.as_str()))?;
    }
    Ok(Value::from(map))
}

/// A header's name as AWS shows it when nobody else spells it: Title-Case, with AWS's own spelling of a few.
pub(crate) fn spelled(name: &str) -> String {
    const AS_AWS: [&str; 6] = [
        "CloudFront-Forwarded-Proto",
        "DNT",
        "TE",
        "X-Amzn-Trace-Id",
        "X-Forwarded-For",
        "WWW-Authenticate",
    ];
    if let Some(known) = AS_AWS.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        return (*known).to_owned();
    }
    let mut spelled = String::with_capacity(name.len());
    for word in name.split_inclusive('-') {
        let mut letters = word.chars();
        spelled.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        spelled.push_str(letters.as_str());
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::standalone::{Given, RenderFailure, StandaloneTemplate};
    use vestibule_restapi::Sourced;

    /// A path of the template is compiled with it; one that is made at run time costs steps each time.
    #[test]
    fn paths_made_at_run_time_are_charged_for() {
        let given = Given::parse(r#"{"body": {"a": [1]}}"#).unwrap();
        let failed = |template: &str| {
            let source = Sourced::inline("paths.vtl", template);
            match StandaloneTemplate::new(&source).unwrap().text(&given) {
                Ok(_) => None,
                Err(RenderFailure::Failed { message, .. }) => Some(message),
                Err(syntax) => Some(format!("{syntax:?}")),
            }
        };
        let expected = "the template takes more than 5000000 steps";
        let often = "#foreach($i in [1..90])#foreach($j in [1..1000])";
        let read = "#set($x = $input.path($path))#end#end";
        let written = format!("{often}#set($x = $input.path('$.a'))#end#end");
        assert_eq!(failed(&written), None);
        let made = failed(&format!("#set($path = '$.a'){often}{read}"));
        assert!(made.is_some_and(|message| message.ends_with(expected)));
        let pattern = "#set($path = '$.a[?(@ =~ /x/)]')#foreach($i in [1..300])";
        let made = failed(&format!("{pattern}#set($x = $input.path($path))#end"));
        assert!(made.is_some_and(|message| message.ends_with(expected)));
    }

    #[test]
    fn header_names_are_title_case_unless_aws_spells_them_otherwise() {
        assert_eq!(spelled("user-agent"), "User-Agent");
        assert_eq!(spelled("dnt"), "DNT");
        assert_eq!(spelled("x-api-key"), "X-Api-Key");
    }
}
