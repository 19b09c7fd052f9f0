//! What a snapshot serves, for people: one line a method.

use super::snapshot::{IntegrationKind, Method, Route, Serving, Snapshot};
use vestibule_restapi::{HttpMethod, Refusal};

/// A method in its place.
#[derive(Clone, Copy, Debug)]
pub struct ListedMethod<'s> {
    /// The verb, or `ANY`.
    pub http_method: HttpMethod,
    /// The resource's path, such as `/items/{id}`.
    pub path: &'s str,
    method: &'s Serving,
}

/// What answers a method that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedMethod<'s> {
    /// The DynamoDB action, or `MOCK`.
    pub integration: &'static str,
    /// AWS's word for the authorization type.
    pub authorization: &'static str,
    /// Query parameters without which a request is refused.
    pub required_querystring: Vec<&'s str>,
}

impl Snapshot {
    /// Every method, in the order of the definition.
    pub fn methods(&self) -> impl Iterator<Item = ListedMethod<'_>> {
        self.routes.iter().map(Route::listed)
    }
}

impl Route {
    fn listed(&self) -> ListedMethod<'_> {
        ListedMethod {
            http_method: self.http_method,
            path: &self.resource_path,
            method: &self.serving,
        }
    }
}

impl<'s> ListedMethod<'s> {
    /// What answers it, or why it is refused.
    pub fn served(&self) -> Result<ServedMethod<'s>, &'s Refusal> {
        match self.method {
            Serving::Served(method) => Ok(method.listed()),
            Serving::Refused(refusal) => Err(refusal),
        }
    }
}

impl Method {
    fn listed(&self) -> ServedMethod<'_> {
        ServedMethod {
            integration: match self.integration.kind {
                IntegrationKind::DynamoDb(action) => action.name(),
                IntegrationKind::Mock => "MOCK",
            },
            // A method that asks for more is refused until it is enforced.
            authorization: "NONE",
            required_querystring: self
                .validation
                .as_ref()
                .map_or_else(Vec::new, |validation| validation.required_querystring().collect()),
        }
    }
}
