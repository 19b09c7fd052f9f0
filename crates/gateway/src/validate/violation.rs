//! The words for what a body violates, as `$context.error.validationErrorString` has them.
//!
//! AWS runs the fge JSON Schema validator; its texts for the keywords of draft 4 are followed where they are known
//! (required members: documented; the others: inferred from that library).

use super::format;
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
pub(super) fn list<'e>(
    errors: impl Iterator<Item = ValidationError<'e>>,
    body: &Value,
) -> Violations {
    let mut texts: Vec<String> = Vec::new();
    let mut places: Vec<String> = Vec::new();
    let mut missing: Vec<(String, Vec<String>)> = Vec::new();
    for error in errors.take(VIOLATIONS_MAX) {
        let place = cut(&error.instance_path().to_string());
        let Kind::Required { property } = error.kind() else {
            let (keyword, text) = match unwanted_members(&error, body) {
                Some(members) => ("additionalProperties", unwanted(members)),
                None => (error.kind().keyword(), text(&error)),
            };
            places.push(format!("{place} {keyword}").trim_start().to_owned());
            texts.push(text);
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

/// The members of an object that its schema does not allow. Where the schema allows none at all, the error names none.
fn unwanted_members<'b>(error: &'b ValidationError<'_>, body: &'b Value) -> Option<Vec<&'b str>> {
    match error.kind() {
        Kind::AdditionalProperties { unexpected } => {
            Some(unexpected.iter().map(String::as_str).collect())
        }
        Kind::FalseSchema => {
            error.schema_path().as_str().strip_suffix("/additionalProperties")?;
            let object = body.pointer(error.instance_path().as_str())?.as_object()?;
            Some(object.keys().map(String::as_str).collect())
        }
        _ => None,
    }
}

fn unwanted(mut members: Vec<&str>) -> String {
    members.sort_unstable();
    let members: Vec<String> = members
        .into_iter()
        .map(|name| cut(&Value::from(name).to_string()))
        .take(VIOLATIONS_MAX)
        .collect();
    let members = members.join(",");
    format!("object instance has properties which are not allowed by the schema: [{members}]")
}

fn text(error: &ValidationError<'_>) -> String {
    let instance = error.instance();
    let shown = cut(&instance.to_string());
    // Texts stand in the validator's own quotes as they are.
    let plain = cut(instance.as_str().unwrap_or_default());
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
            format!("remainder of division is not zero ({shown} / {multiple_of})")
        }
        Kind::MinLength { limit } => format!(
            "string \"{plain}\" is too short (length: {}, required minimum: {limit})",
            characters(instance)
        ),
        Kind::MaxLength { limit } => format!(
            "string \"{plain}\" is too long (length: {}, maximum allowed: {limit})",
            characters(instance)
        ),
        Kind::Pattern { pattern } => {
            format!("ECMA 262 regex \"{pattern}\" does not match input string \"{plain}\"")
        }
        Kind::Format { format } => {
            format::violated(format, instance.as_str().unwrap_or_default(), &plain)
        }
        Kind::AdditionalItems { limit } => format!(
            "schema only allows {limit} elements in array but instance has {} elements",
            items(instance)
        ),
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

/// In the order of that validator, for which a number may be an integer.
fn allowed(kind: &TypeKind) -> String {
    let mut allowed: Vec<String> = match kind {
        TypeKind::Single(single) => vec![single.to_string()],
        TypeKind::Multiple(several) => several.iter().map(|one| one.to_string()).collect(),
    };
    if allowed.iter().any(|one| one == "number") {
        allowed.push("integer".to_owned());
    }
    allowed.sort_unstable();
    allowed.dedup();
    allowed.iter().map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(",")
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
