//! Models (JSON Schema, draft 4) and request validators.

use crate::place::Sourced;

/// A JSON Schema under a name.
#[derive(Clone, Debug)]
pub struct Model {
    /// Letters and digits.
    pub name: String,
    /// The media type it describes, `application/json`.
    pub content_type: String,
    /// The schema as JSON text. References to other models have the form
    /// `https://apigateway.amazonaws.com/restapis/{id}/models/{Name}`.
    pub schema: Sourced,
}

/// The model of a body of one media type.
#[derive(Clone, Debug)]
pub struct RequestModel {
    /// Such as `application/json`, or `$default`.
    pub media_type: String,
    /// The model's name.
    pub model: Sourced,
}

/// What is checked before the integration is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestValidator {
    /// Its name in the definition.
    pub name: String,
    /// The body against its model.
    pub validate_request_body: bool,
    /// The presence of required parameters.
    pub validate_request_parameters: bool,
}
