//! The shapes of request members, and what DynamoDB says of a value of another JSON type.
//!
//! AWS: these words come from the deserialiser in front of DynamoDB and name Java classes.
//! They were recorded on AWS by the authors of the engine (eu-west-2, us-east-1); members are
//! read in the order of the document (inferred). A null counts as an absent member.

use serde_json::{Map, Value};

/// The package of the Java classes in messages.
const PACKAGE: &str = "com.amazonaws.dynamodb.v20120810";

/// AWS: what a cast of a generic type in Java 17 says.
const CAST: &str = "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')";

/// What a member's value must be.
#[derive(Debug)]
pub(super) enum Shape {
    String,
    Boolean,
    Integer,
    Long,
    /// Anything: the engine has a reader of its own for it, with its own words.
    Any,
    List(&'static Shape),
    Map(&'static Shape),
    Structure(&'static str, &'static [Member]),
}

/// One member of a structure.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) shape: &'static Shape,
    pub(super) is_required: bool,
}

/// Where a value stands; DynamoDB words a mismatch by it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Member,
    Element,
}

/// Returns what DynamoDB says of the first value with a wrong JSON type, in document order.
pub(super) fn mismatch(members: &[Member], request: &Map<String, Value>) -> Option<String> {
    request.iter().find_map(|(name, value)| {
        let member = members.iter().find(|member| member.name == name)?;
        differs(member.shape, value, Position::Member)
    })
}

// Depth: a shape's own, and for attribute values that of the JSON reader.
fn differs(shape: &Shape, value: &Value, position: Position) -> Option<String> {
    match (shape, value) {
        (_, Value::Null) | (Shape::Any, _) | (Shape::String, Value::String(_)) => None,
        (Shape::Integer | Shape::Long, Value::Number(_)) | (Shape::Boolean, Value::Bool(_)) => None,
        (Shape::Boolean, Value::String(text)) if reads_as_boolean(text) => None,
        (Shape::List(element), Value::Array(values)) => {
            values.iter().find_map(|value| differs(element, value, Position::Element))
        }
        (Shape::Map(element), Value::Object(values)) => {
            values.values().find_map(|value| differs(element, value, Position::Element))
        }
        (Shape::Structure(_, members), Value::Object(values)) => mismatch(members, values),
        (Shape::String | Shape::Boolean | Shape::Integer | Shape::Long, _) => {
            Some(scalar_mismatch(shape, value))
        }
        (Shape::List(_) | Shape::Map(_), _) if position == Position::Element => {
            Some(CAST.to_owned())
        }
        (Shape::List(_), Value::Object(_)) => Some(UNEXPECTED_START.to_owned()),
        (Shape::Map(element), Value::Array(_)) => Some(format!(
            "Unrecognized collection type java.util.Map<java.lang.String, {}>",
            java_class(element)
        )),
        (Shape::Structure(..), Value::Array(_)) => {
            Some(format!("Unrecognized collection type class {}", java_class(shape)))
        }
        (Shape::Structure(..), _) if position == Position::Element => {
            Some("Unexpected value type in payload".to_owned())
        }
        (Shape::List(_) | Shape::Map(_) | Shape::Structure(..), _) => {
            Some("Unexpected field type".to_owned())
        }
    }
}

const UNEXPECTED_START: &str = "Start of structure or map found where not expected";

fn scalar_mismatch(shape: &Shape, value: &Value) -> String {
    let token = match value {
        Value::Array(_) => {
            return format!("Unrecognized collection type class {}", java_class(shape));
        }
        Value::Object(_) => return UNEXPECTED_START.to_owned(),
        Value::String(_) if matches!(shape, Shape::Boolean) => {
            return "Unexpected token received from parser".to_owned();
        }
        Value::String(_) => "STRING_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(number) if number.is_f64() => "DECIMAL_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::Null => "NULL_VALUE",
    };
    let class = java_class(shape);
    format!("{token} cannot be converted to {}", class.trim_start_matches("java.lang."))
}

fn java_class(shape: &Shape) -> String {
    match shape {
        Shape::String | Shape::Any => "java.lang.String".to_owned(),
        Shape::Boolean => "java.lang.Boolean".to_owned(),
        Shape::Integer => "java.lang.Integer".to_owned(),
        Shape::Long => "java.lang.Long".to_owned(),
        Shape::List(element) => format!("java.util.List<{}>", java_class(element)),
        Shape::Map(element) => format!("java.util.Map<java.lang.String, {}>", java_class(element)),
        Shape::Structure(name, _) => format!("{PACKAGE}.{name}"),
    }
}

/// AWS: a string that says so is a boolean.
fn reads_as_boolean(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

/// Collects the paths of required members that are missing, as DynamoDB names them: `key`,
/// `transactItems.1.member.put.item`.
pub(super) fn missing(
    members: &[Member],
    request: &Map<String, Value>,
    path: &str,
    found: &mut Vec<String>,
) {
    for member in members {
        let here = join(path, &camel_case(member.name));
        match request.get(member.name) {
            None | Some(Value::Null) if member.is_required => found.push(here),
            None | Some(Value::Null) => {}
            Some(value) => missing_inside(member.shape, value, &here, found),
        }
    }
}

fn missing_inside(shape: &Shape, value: &Value, path: &str, found: &mut Vec<String>) {
    match (shape, value) {
        (Shape::Structure(_, members), Value::Object(values)) => {
            missing(members, values, path, found);
        }
        (Shape::List(element), Value::Array(values)) => {
            for (index, value) in values.iter().enumerate() {
                let here = format!("{path}.{}.member", index + 1);
                missing_inside(element, value, &here, found);
            }
        }
        (Shape::Map(element), Value::Object(values)) => {
            for (name, value) in values {
                missing_inside(element, value, &format!("{path}.{name}.member"), found);
            }
        }
        _ => {}
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn camel_case(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + letters.as_str())
}
