//! What a snapshot serves, for people: one line a method.

use super::snapshot::{DynamoDbCall, IntegrationKind, Method, Route, Serving, Snapshot};
use crate::route::Variables;
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

/// A method that takes a request.
#[derive(Clone, Debug)]
pub struct Matched<'s, 'p> {
    /// The method.
    pub method: ListedMethod<'s>,
    /// The names of its path variables and what the path gives them, as sent, in their order.
    pub variables: Variables<'s, 'p>,
}

/// What answers a method that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedMethod<'s> {
    /// The DynamoDB action, the service of AWS, or AWS's word for the integration type.
    pub integration: &'s str,
    /// AWS's word for the authorization type.
    pub authorization: &'static str,
    /// Whether an API key is required beside it.
    pub requires_api_key: bool,
    /// Query parameters without which a request is refused.
    pub required_querystring: Vec<&'s str>,
}

impl Snapshot {
    /// Every method, in the order of the definition.
    pub fn methods(&self) -> impl Iterator<Item = ListedMethod<'_>> {
        self.routes.iter().map(Route::listed)
    }

    /// The method that takes a request with this verb and path; none when no method does. The path is as sent, below the
    /// stage, without a slash at its end.
    pub fn find<'s, 'p>(&'s self, verb: &str, path: &'p str) -> Option<Matched<'s, 'p>> {
        let found = self.tree.find(path, verb)?;
        let method = self.routes.get(found.method)?.listed();
        Some(Matched { method, variables: found.variables })
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
            integration: match &self.integration.kind {
                IntegrationKind::DynamoDb(DynamoDbCall::Action(action)) => action.name(),
                IntegrationKind::DynamoDb(DynamoDbCall::ByTarget) => "DynamoDB",
                IntegrationKind::Lambda(_) => "Lambda",
                IntegrationKind::Service(service) => service.name(),
                IntegrationKind::Mock => "MOCK",
                IntegrationKind::Http(endpoint) => endpoint.name(),
            },
            authorization: self.authorization.kind.as_str(),
            requires_api_key: self.authorization.api_key.is_some(),
            required_querystring: self
                .validation
                .as_ref()
                .map_or_else(Vec::new, |validation| validation.required_querystring().collect()),
        }
    }
}
