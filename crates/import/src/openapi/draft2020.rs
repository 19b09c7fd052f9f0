//! JSON Schema 2020-12, as OpenAPI 3.1 has it, in the words of draft 4, as models have it.

use crate::tree::{Node, Plain};

/// What draft 4 makes of a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    /// It says the same, or looks at neither.
    Same,
    /// It has another name for it.
    Named(&'static str),
    /// `const` is an `enum` of one.
    Only,
    /// A bound that is itself outside: this keyword has the number, the original one is `true`.
    Outside(&'static str),
    /// Another keyword says it too.
    Covered,
    /// It cannot say it.
    Unsayable,
}

/// Those without a counterpart.
const UNSAYABLE: [&str; 11] = [
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "$dynamicRef",
    "$recursiveRef",
];

/// Those that only describe, and may stand beside `$ref`.
const ANNOTATIONS: [&str; 12] = [
    "title",
    "description",
    "summary",
    "default",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "$comment",
    "$defs",
];

/// The members of a schema that decide about others.
#[derive(Debug, Default)]
pub(super) struct Siblings {
    has_reference: bool,
    has_const: bool,
    has_prefix_items: bool,
    has_definitions: bool,
    has_dependencies: bool,
    has_dependent_required: bool,
    minimum: Option<f64>,
    exclusive_minimum: Option<f64>,
    maximum: Option<f64>,
    exclusive_maximum: Option<f64>,
}

impl Siblings {
    /// Looks once at every member.
    pub(super) fn of(schema: Node<'_>) -> Siblings {
        let mut siblings = Siblings::default();
        for entry in schema.entries() {
            match entry.name() {
                "$ref" => siblings.has_reference = true,
                "const" => siblings.has_const = true,
                "prefixItems" => siblings.has_prefix_items = true,
                "definitions" => siblings.has_definitions = true,
                "dependencies" => siblings.has_dependencies = true,
                "dependentRequired" => siblings.has_dependent_required = true,
                "minimum" => siblings.minimum = number(entry.value),
                "exclusiveMinimum" => siblings.exclusive_minimum = number(entry.value),
                "maximum" => siblings.maximum = number(entry.value),
                "exclusiveMaximum" => siblings.exclusive_maximum = number(entry.value),
                _ => {}
            }
        }
        siblings
    }

    /// What draft 4 makes of the member `name` among these.
    pub(super) fn keyword(&self, name: &str) -> Keyword {
        match name {
            "$ref" => Keyword::Same,
            // Draft 4 looks at nothing beside a reference.
            _ if self.has_reference && !ANNOTATIONS.contains(&name) && !name.starts_with("x-") => {
                Keyword::Unsayable
            }
            "$defs" if !self.has_definitions => Keyword::Named("definitions"),
            "$defs" => Keyword::Unsayable,
            "const" => Keyword::Only,
            "enum" if self.has_const => Keyword::Covered,
            "prefixItems" => Keyword::Named("items"),
            "items" if self.has_prefix_items => Keyword::Named("additionalItems"),
            "additionalItems" if self.has_prefix_items => Keyword::Unsayable,
            "dependentRequired" if !self.has_dependencies => Keyword::Named("dependencies"),
            "dependentSchemas" if !self.has_dependencies && !self.has_dependent_required => {
                Keyword::Named("dependencies")
            }
            "dependentRequired" | "dependentSchemas" => Keyword::Unsayable,
            "minimum" if self.is_minimum_covered() => Keyword::Covered,
            "maximum" if self.is_maximum_covered() => Keyword::Covered,
            "exclusiveMinimum" if self.exclusive_minimum.is_some() => {
                outside("minimum", self.minimum.is_none() || self.is_minimum_covered())
            }
            "exclusiveMaximum" if self.exclusive_maximum.is_some() => {
                outside("maximum", self.maximum.is_none() || self.is_maximum_covered())
            }
            _ if UNSAYABLE.contains(&name) => Keyword::Unsayable,
            _ => Keyword::Same,
        }
    }

    fn is_minimum_covered(&self) -> bool {
        matches!((self.minimum, self.exclusive_minimum), (Some(a), Some(b)) if b >= a)
    }

    fn is_maximum_covered(&self) -> bool {
        matches!((self.maximum, self.exclusive_maximum), (Some(a), Some(b)) if b <= a)
    }
}

/// A bound that is itself outside; the other one says it when that is narrower.
fn outside(bound: &'static str, is_narrowest: bool) -> Keyword {
    if is_narrowest { Keyword::Outside(bound) } else { Keyword::Covered }
}

/// Whether a value that stands for a schema is one of the two that are no objects, and which.
pub(super) fn truth(schema: Node<'_>) -> Option<bool> {
    match schema.plain()? {
        Plain::Bool(value) => Some(value),
        Plain::Null | Plain::Number(_) | Plain::Text => None,
    }
}

fn number(value: Node<'_>) -> Option<f64> {
    match value.plain()? {
        Plain::Number(number) => number.parse().ok(),
        Plain::Null | Plain::Bool(_) | Plain::Text => None,
    }
}
