//! The body against the model of its media type: JSON Schema, draft 4.
//!
//! The model is chosen by Content-Type, then `$default`; a media type without a model passes (AWS docs: request validation).
//! An empty body is checked as `{}`. Models refer to one another by AWS's URL.

use super::format;
use super::violation::{self, Violations};
use crate::error::{GatewayError, Stop};
use crate::exchange::{self, Exchange};
use crate::limits::{BODY_VALUES_MAX, LISTED_BODY_BYTES_MAX};
use jsonschema::{Draft, Retrieve, Uri, Validator};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use vestibule_restapi::{Code, Diagnostic, GatewayResponseType, Model, RequestModel, RestApi};

/// The models of an API, compiled when a method first asks for them.
#[derive(Debug)]
pub(crate) struct Schemas<'a> {
    models: &'a [Model],
    documents: Models,
    compiled: HashMap<&'a str, Result<Arc<Validator>, Diagnostic>>,
}

/// The models of one method by media type.
#[derive(Debug)]
pub(crate) struct BodyModels {
    by_media_type: Vec<(String, Arc<Validator>)>,
}

/// The texts of all models by the URL that others name them by.
#[derive(Clone, Debug)]
struct Models(Arc<HashMap<String, Value>>);

impl Retrieve for Models {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let known = self.0.get(uri.as_str().trim_end_matches('#'));
        known.cloned().ok_or_else(|| format!("no model of this API is at `{uri}`").into())
    }
}

impl<'a> Schemas<'a> {
    /// The models of `api`. What is wrong with a model is said where it is used.
    pub(crate) fn new(api: &'a RestApi) -> Schemas<'a> {
        let url = |name: &str| {
            format!("https://apigateway.amazonaws.com/restapis/{}/models/{name}", api.id)
        };
        let documents = api
            .models
            .iter()
            .filter_map(|model| Some((url(&model.name), parsed(&model.schema)?)))
            .collect();
        Schemas {
            models: &api.models,
            documents: Models(Arc::new(documents)),
            compiled: HashMap::new(),
        }
    }

    /// The models that a method names, compiled. What is wrong with one is said to each method that names it.
    pub(crate) fn body_models(
        &mut self,
        request_models: &[RequestModel],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> BodyModels {
        let mut by_media_type = Vec::new();
        for request_model in request_models {
            if let Some(validator) = self.validator(request_model, diagnostics) {
                by_media_type.push((request_model.media_type.to_ascii_lowercase(), validator));
            }
        }
        BodyModels { by_media_type }
    }

    fn validator(
        &mut self,
        request_model: &RequestModel,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Arc<Validator>> {
        let name = request_model.model.as_str();
        if let Some(known) = self.compiled.get(name) {
            return known.clone().map_err(|finding| diagnostics.push(finding)).ok();
        }
        let Some(model) = self.models.iter().find(|model| model.name == name) else {
            let message = format!("Invalid model identifier specified: {name}");
            let finding = Diagnostic::error(Code::UnknownReference, message);
            diagnostics.push(finding.at(request_model.model.whole()));
            return None;
        };
        let compiled = self.compile(model).map_err(|reason| {
            let message = format!("model `{name}` is no JSON Schema of draft 4: {reason}");
            Diagnostic::error(Code::InvalidSchema, message)
                .at(model.schema.whole())
                .note("AWS answers `Invalid model schema specified` to such a model")
        });
        self.compiled.insert(&model.name, compiled.clone());
        compiled.map_err(|finding| diagnostics.push(finding)).ok()
    }

    fn compile(&self, model: &Model) -> Result<Arc<Validator>, String> {
        let schema = parsed(&model.schema).ok_or("the text is not JSON")?;
        let options = jsonschema::options().with_draft(Draft::Draft4);
        format::register(options)
            .with_retriever(self.documents.clone())
            .build(&schema)
            .map(Arc::new)
            .map_err(|error| error.to_string())
    }
}

/// A schema without `$schema`: AWS reads every model as draft 4, whatever it says of itself.
fn parsed(schema: &str) -> Option<Value> {
    let mut schema: Value = serde_json::from_str(schema).ok()?;
    if let Some(members) = schema.as_object_mut() {
        members.shift_remove("$schema");
    }
    Some(schema)
}

impl BodyModels {
    pub(super) async fn check(&self, exchange: &mut Exchange) -> Result<(), Stop> {
        let media_type = exchange.media_type();
        let of = |wanted: &str| {
            self.by_media_type.iter().find(|(known, _)| known == wanted).map(|(_, model)| model)
        };
        let Some(model) = of(&media_type).or_else(|| of("$default")) else { return Ok(()) };
        let body = exchange.body().await?;
        let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
        match exchange.work(body.len(), |_| violations(model, body))? {
            Ok(()) => Ok(()),
            Err(violations) => Err(invalid(violations, &media_type)),
        }
    }
}

fn violations(model: &Validator, body: &[u8]) -> Result<(), Violations> {
    if values_at_most(body) > BODY_VALUES_MAX {
        let text = format!("the body has more than {BODY_VALUES_MAX} values");
        return Err(Violations { places: text.clone(), text });
    }
    let Ok(body_value) = serde_json::from_str::<Value>(&exchange::text(body)) else {
        let text = "the body is not JSON".to_owned();
        return Err(Violations { places: text.clone(), text });
    };
    if body.len() > LISTED_BODY_BYTES_MAX {
        return model
            .validate(&body_value)
            .map_err(|error| violation::list(std::iter::once(error), &body_value));
    }
    if model.is_valid(&body_value) {
        return Ok(());
    }
    Err(violation::list(model.iter_errors(&body_value), &body_value))
}

/// A bound on the values in a JSON text: each but the first follows a comma, a colon or an opening bracket outside of strings.
fn values_at_most(text: &[u8]) -> usize {
    let (mut count, mut is_in_string, mut is_escaped) = (1, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_in_string => is_escaped = true,
            b'"' => is_in_string = !is_in_string,
            b',' | b':' | b'[' | b'{' if !is_in_string => count += 1,
            _ => {}
        }
    }
    count
}

fn invalid(violations: Violations, media_type: &str) -> Stop {
    let detail = format!(
        "Request body does not match model schema for content type {media_type}: {}",
        violations.places
    );
    let mut error = GatewayError::new(
        GatewayResponseType::BadRequestBody,
        "BadRequestException",
        "Invalid request body",
    )
    .detail(detail, None);
    error.validation = Some(format!("[{}]", violations.text));
    error.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_in_strings_are_no_values() {
        assert_eq!(values_at_most(br#"{"a":",[\\\":{"}"#), 3);
        assert_eq!(values_at_most(b"[1,2,3]"), 4);
        assert_eq!(values_at_most(b""), 1);
    }
}
