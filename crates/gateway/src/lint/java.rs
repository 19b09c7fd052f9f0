//! The members of the values that templates meet: which exist, and what kind of value they give.

use vestibule_vtl::{Type, method_names};

/// The kind of a value, where it is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Unknown,
    Text,
    Number,
    Boolean,
    List,
    Map,
    /// Keys, values or entries of a map.
    Collection,
    /// What `split` gives.
    Array,
    Input,
    Util,
    Context,
    /// `$foreach`.
    Scope,
}

impl Kind {
    /// The word for it in a finding.
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Unknown => "value",
            Kind::Text => "string",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
            Kind::List => "list",
            Kind::Map => "map",
            Kind::Collection => "set",
            Kind::Array => "array",
            Kind::Input => "`$input`",
            Kind::Util => "`$util`",
            Kind::Context => "`$context`",
            Kind::Scope => "`$foreach`",
        }
    }

    /// The methods it has; empty when they are judged elsewhere.
    pub(super) fn methods(self) -> Vec<&'static str> {
        method_names(match self {
            Kind::Unknown => Type::Any,
            Kind::Text => Type::String,
            Kind::Number => Type::Number,
            Kind::Boolean => Type::Boolean,
            Kind::List => Type::List,
            Kind::Map => Type::Map,
            Kind::Collection => Type::Collection,
            Kind::Array => Type::Array,
            Kind::Input | Kind::Util | Kind::Context | Kind::Scope => return Vec::new(),
        })
    }
}

/// What a property gives.
pub(super) fn property_kind(of: Kind, name: &str) -> Kind {
    match (of, name) {
        (Kind::Input, "body") => Kind::Text,
        (Kind::Scope, "index" | "count") => Kind::Number,
        (Kind::Scope, "hasNext" | "first" | "last") => Kind::Boolean,
        (Kind::Scope, "parent" | "topmost") => Kind::Scope,
        (Kind::Context, "requestTimeEpoch") => Kind::Number,
        (Kind::Text | Kind::List | Kind::Collection, "empty") => Kind::Boolean,
        // What DynamoDB writes for a boolean.
        (_, "BOOL") => Kind::Boolean,
        _ => Kind::Unknown,
    }
}

/// What a call gives.
pub(super) fn call_kind(of: Kind, method: &str, arguments: usize) -> Kind {
    match (of, method, arguments) {
        (Kind::Input, "json", 1) | (Kind::Input, "params", 1) => Kind::Text,
        (Kind::Input, "params", 0) => Kind::Map,
        (Kind::Util, "parseJson", _) => Kind::Unknown,
        (Kind::Util, _, 1) => Kind::Text,
        (Kind::Scope, "hasNext" | "isFirst" | "isLast", 0) => Kind::Boolean,
        (Kind::Text, "split", _) => Kind::Array,
        (
            Kind::Text,
            "replaceAll" | "replaceFirst" | "replace" | "trim" | "toLowerCase" | "toUpperCase"
            | "substring" | "concat",
            _,
        )
        | (_, "toString", 0) => Kind::Text,
        (Kind::Map, "keySet" | "values" | "entrySet", 0) => Kind::Collection,
        (_, "size" | "length" | "indexOf" | "lastIndexOf", _) => Kind::Number,
        (_, name, _) if is_boolean(name) => Kind::Boolean,
        _ => Kind::Unknown,
    }
}

/// Whether a method of this name answers true or false, whatever it belongs to.
pub(super) fn is_boolean(method: &str) -> bool {
    matches!(
        method,
        "isEmpty"
            | "isBlank"
            | "contains"
            | "containsKey"
            | "containsValue"
            | "containsAll"
            | "contentEquals"
            | "equals"
            | "equalsIgnoreCase"
            | "regionMatches"
            | "startsWith"
            | "endsWith"
            | "matches"
            | "add"
            | "addAll"
            | "remove"
            | "removeAll"
            | "retainAll"
            | "hasNext"
            | "hasPrevious"
            | "booleanValue"
            | "parseBoolean"
            | "isNaN"
            | "isInfinite"
            | "isFinite"
            | "isDigit"
            | "isLetter"
            | "isLetterOrDigit"
            | "isAlphabetic"
            | "isUpperCase"
            | "isLowerCase"
            | "isWhitespace"
            | "logicalAnd"
            | "logicalOr"
            | "logicalXor"
    )
}

/// What people write for a method that has another name.
pub(super) fn usual_name(method: &str, of: Kind) -> Option<&'static str> {
    Some(match (method, of) {
        ("count" | "len" | "length" | "getLength", Kind::List | Kind::Map | Kind::Array)
        | ("count" | "length", Kind::Collection) => "size()",
        ("size" | "count" | "len" | "getLength", Kind::Text) => "length()",
        ("count" | "len", _) => "size()` or `.length()",
        ("includes" | "has" | "include", Kind::Map) => "containsKey(...)",
        ("includes" | "include" | "has", _) => "contains(...)",
        ("push" | "append", _) => "add(...)",
        ("keys", _) => "keySet()",
        ("entries" | "items", _) => "entrySet()",
        ("slice" | "substr", _) => "substring(...)",
        ("test" | "match", _) => "matches(...)",
        _ => return None,
    })
}
