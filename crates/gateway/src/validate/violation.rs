//! The words for what a body violates, as `$context.error.validationErrorString` has them.
//!
//! AWS runs the fge JSON Schema validator; its texts for the keywords of draft 4 are followed where they are known
//! (required members: documented; the others: inferred from that library).

use crate::limits::{SHOWN_CHARS_MAX, VIOLATIONS_MAX};
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

/// What is wrong with a body: in the validator's words, which quote it, and by place and keyword, which do not.
#[derive(Debug)]
pub(super) struct Violations {
    /// For `$context.error.validationErrorString`.
    pub(super) text: String,
    /// For the log: `/price type, /tags minItems`.
    pub(super) places: String,
}

/// The violations, separated by `, `; members that are missing from one object are one violation.
pub(super) fn list<'e>(errors: impl Iterator<Item = ValidationError<'e>>) -> Violations {
    let mut texts: Vec<String> = Vec::new();
    let mut places: Vec<String> = Vec::new();
    let mut missing: Vec<(String, Vec<String>)> = Vec::new();
    for error in errors.take(VIOLATIONS_MAX) {
        let place = cut(&error.instance_path().to_string());
        let Kind::Required { property } = error.kind() else {
            places.push(format!("{place} {}", error.kind().keyword()).trim_start().to_owned());
            texts.push(text(&error));
            continue;
        };
        places.push(format!("{place}/{} is missing", property.as_str().unwrap_or_default()));
        match missing.iter_mut().find(|(known, _)| *known == place) {
            Some((_, names)) => names.push(property.to_string()),
            None => missing.push((place, vec![property.to_string()])),
        }
    }
    let missing = missing.into_iter().map(|(_, mut names)| {
        names.sort();
        format!("object has missing required properties ([{}])", names.join(","))
    });
    let text = missing.chain(texts).collect::<Vec<_>>().join(", ");
    Violations { text, places: places.join(", ") }
}

/// A text, cut where it is longer than what one violation may quote.
fn cut(text: &str) -> String {
    text.chars().take(SHOWN_CHARS_MAX).collect()
}

fn text(error: &ValidationError<'_>) -> String {
    let instance = error.instance();
    let shown = cut(&instance.to_string());
    match error.kind() {
        Kind::Type { kind } => format!(
            "instance type ({}) does not match any allowed primitive type (allowed: [{}])",
            type_of(instance),
            allowed(kind)
        ),
        Kind::Enum { options } => {
            let options = options.as_array().map_or_else(String::new, |options| quoted(options));
            format!("instance value ({shown}) not found in enum (possible values: [{options}])")
        }
        Kind::AdditionalProperties { unexpected } => {
            let names: Vec<_> = unexpected
                .iter()
                .map(|name| cut(&Value::from(name.as_str()).to_string()))
                .take(VIOLATIONS_MAX)
                .collect();
            format!(
                "object instance has properties which are not allowed by the schema: [{}]",
                names.join(",")
            )
        }
        Kind::Minimum { limit } => format!(
            "numeric instance is lower than the required minimum (minimum: {limit}, found: {shown})"
        ),
        Kind::Maximum { limit } => format!(
            "numeric instance is greater than the required maximum (maximum: {limit}, found: {shown})"
        ),
        Kind::ExclusiveMinimum { limit } => {
            format!("numeric instance is not strictly greater than the required minimum {limit}")
        }
        Kind::ExclusiveMaximum { limit } => {
            format!("numeric instance is not strictly lower than the required maximum {limit}")
        }
        Kind::MultipleOf { multiple_of } => {
            format!("remainder of division is not zero ({shown} is no multiple of {multiple_of})")
        }
        Kind::MinLength { limit } => format!(
            "string {shown} is too short (length: {}, required minimum: {limit})",
            characters(instance)
        ),
        Kind::MaxLength { limit } => format!(
            "string {shown} is too long (length: {}, maximum allowed: {limit})",
            characters(instance)
        ),
        Kind::Pattern { pattern } => {
            let pattern = Value::from(pattern.as_str());
            format!("ECMA 262 regex {pattern} does not match input string {shown}")
        }
        Kind::MinItems { limit } => format!(
            "array is too short: must have at least {limit} elements but instance has {} elements",
            items(instance)
        ),
        Kind::MaxItems { limit } => format!(
            "array is too long: must have at most {limit} elements but instance has {} elements",
            items(instance)
        ),
        Kind::UniqueItems => "array must not contain duplicate elements".to_owned(),
        Kind::MinProperties { limit } => format!(
            "object has too few properties (found {} but schema requires at least {limit})",
            members(instance)
        ),
        Kind::MaxProperties { limit } => format!(
            "object has too many properties (found {} but schema requires at most {limit})",
            members(instance)
        ),
        Kind::AnyOf { context } => {
            format!("instance failed to match at least one required schema among {}", context.len())
        }
        Kind::OneOfNotValid { context } => format!(
            "instance failed to match exactly one schema (matched 0 out of {})",
            context.len()
        ),
        Kind::OneOfMultipleValid { context } => {
            let matched = context.iter().filter(|errors| errors.is_empty()).count();
            format!(
                "instance failed to match exactly one schema (matched {matched} out of {})",
                context.len()
            )
        }
        Kind::Not { .. } => "instance matched a schema which it should not have".to_owned(),
        // Keywords of later drafts, and what the schema's own words say best.
        _ => cut(&error.to_string()),
    }
}

/// JSON's word for a value's type, as draft 4 has it.
fn type_of(instance: &Value) -> &'static str {
    match instance {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn allowed(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(single) => format!("\"{single}\""),
        TypeKind::Multiple(several) => {
            several.iter().map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(",")
        }
    }
}

fn quoted(values: &[Value]) -> String {
    values.iter().map(Value::to_string).collect::<Vec<_>>().join(",")
}

fn characters(instance: &Value) -> usize {
    instance.as_str().map_or(0, |text| text.chars().count())
}

fn items(instance: &Value) -> usize {
    instance.as_array().map_or(0, Vec::len)
}

fn members(instance: &Value) -> usize {
    instance.as_object().map_or(0, serde_json::Map::len)
}
