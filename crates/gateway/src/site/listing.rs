//! What a snapshot serves, for people: one line a method.

use super::snapshot::{IntegrationKind, Snapshot};
use vestibule_restapi::HttpMethod;

/// A method that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedMethod<'s> {
    /// The verb, or `ANY`.
    pub http_method: HttpMethod,
    /// The resource's path, such as `/items/{id}`.
    pub path: &'s str,
    /// The DynamoDB action, or `MOCK`.
    pub integration: &'static str,
    /// AWS's word for the authorization type.
    pub authorization: &'static str,
    /// Query parameters without which a request is refused.
    pub required_querystring: Vec<&'s str>,
}

impl Snapshot {
    /// Every method, in the order of the definition.
    pub fn served_methods(&self) -> impl Iterator<Item = ServedMethod<'_>> {
        self.methods.iter().map(|method| ServedMethod {
            http_method: method.http_method,
            path: &method.resource_path,
            integration: match method.integration.kind {
                IntegrationKind::DynamoDb(action) => action.name(),
                IntegrationKind::Mock => "MOCK",
            },
            // A method that asks for more is refused until it is enforced.
            authorization: "NONE",
            required_querystring: method
                .validation
                .as_ref()
                .map_or_else(Vec::new, |validation| validation.required_querystring().collect()),
        })
    }
}
