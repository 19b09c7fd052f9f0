//! Documentation parts: texts about an API that AWS keeps beside it.

use crate::place::Sourced;

/// The documentation of an API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documentation {
    /// The version under which the parts were published.
    pub version: Option<String>,
    /// In the order of the definition.
    pub parts: Vec<DocumentationPart>,
}

/// What is said about one part of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentationPart {
    /// What it is about.
    pub location: DocumentationLocation,
    /// What is said: a JSON object, by convention with `description`.
    pub properties: Sourced,
}

/// Which part of an API a text is about. Members that are `None` stand for any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentationLocation {
    /// One of AWS's words, such as `API`, `RESOURCE`, `METHOD`, `PATH_PARAMETER`.
    pub kind: String,
    /// The resource's path.
    pub path: Option<String>,
    /// The verb, or `*`.
    pub method: Option<String>,
    /// The status of a response.
    pub status_code: Option<String>,
    /// The name of a parameter, header, model or authorizer.
    pub name: Option<String>,
}
