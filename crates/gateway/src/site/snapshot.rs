//! A compiled deployment: immutable, shared by the stages that point at it and the requests they serve.

use super::api_keys::RequiredApiKey;
use crate::authorize::{Authorization, ResourcePolicy};
use crate::cache::CacheNames;
use crate::integrate::{
    AwsService, HttpEndpoint, HttpKind, IntegrationRole, Invoked, LambdaFunction, Signer,
};
use crate::map::{BinaryMediaTypes, HeaderRules, MappingTemplate, RequestLine, ResponseMapping};
use crate::principals::Principals;
use crate::respond::GatewayResponses;
use crate::route::Tree;
use crate::validate::Validation;
use fancy_regex::Regex;
use std::sync::Arc;
use std::time::Duration;
use vestibule_dynamodb::Action;
use vestibule_iam::ApiArn;
use vestibule_restapi as restapi;
use vestibule_restapi::{
    AccountId, ContentHandling, DeploymentId, HttpMethod, PassthroughBehavior, Place, Refusal,
    Resource, ResourceId, RestApi, RestApiId,
};

/// A deployment, ready to answer requests.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) api_id: RestApiId,
    pub(crate) api_name: String,
    pub(crate) deployment_id: DeploymentId,
    pub(crate) account: AccountId,
    /// What policies call the API.
    pub(crate) arn: ApiArn,
    /// The resource policy.
    pub(crate) policy: Option<ResourcePolicy>,
    /// Who may sign requests.
    pub(crate) principals: Arc<Principals>,
    /// What of its definition is never shown.
    pub(crate) secrets: Vec<String>,
    pub(super) tree: Tree,
    /// Every method of the definition, also those that are refused.
    pub(super) routes: Vec<Route>,
    pub(crate) gateway_responses: GatewayResponses,
    pub(crate) binary_media_types: BinaryMediaTypes,
    /// Bytes from which answers are compressed, where they are.
    pub(crate) minimum_compression_size: Option<usize>,
    /// What it was compiled from: what explains a failure points at it.
    pub(super) api: Arc<RestApi>,
}

impl Route {
    /// The verb and the path of its resource, as AWS's execution log names a method.
    pub(crate) fn named(&self) -> String {
        format!("{} {}", self.http_method, self.resource_path)
    }
}

impl Snapshot {
    /// The definition of the method at an index, with its resource.
    pub(crate) fn definition(&self, index: usize) -> Option<(&Resource, &restapi::Method)> {
        with_resources(&self.api).nth(index)
    }

    /// The whole definition.
    pub(crate) fn api(&self) -> &RestApi {
        &self.api
    }

    /// Where it is said that the default endpoint is disabled, if it is.
    pub(crate) fn default_endpoint_disabled(&self) -> Option<&Place> {
        self.api.endpoint.disable_execute_api_endpoint.as_ref()
    }

    /// Whether a resource policy decides who may call, beside what each method asks for.
    pub fn has_resource_policy(&self) -> bool {
        self.policy.is_some()
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The HTTP endpoints that are called, in the order of the definition.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = &HttpEndpoint> {
        self.routes.iter().filter_map(|route| match &route.serving {
            Serving::Served(method) => match &method.integration.kind {
                IntegrationKind::Http(endpoint) => Some(&**endpoint),
                IntegrationKind::DynamoDb(_)
                | IntegrationKind::Mock
                | IntegrationKind::Lambda(_)
                | IntegrationKind::Service(_) => None,
            },
            Serving::Refused(_) => None,
        })
    }

    /// What its methods ask for that require an API key.
    pub(super) fn required_api_keys(&self) -> impl Iterator<Item = &RequiredApiKey> {
        self.routes.iter().filter_map(|route| match &route.serving {
            Serving::Served(method) => method.authorization.api_key.as_ref(),
            Serving::Refused(_) => None,
        })
    }

    pub(crate) fn route(&self, index: usize) -> Option<&Route> {
        self.routes.get(index)
    }

    /// The method at an index, unless it is refused.
    pub(crate) fn method(&self, index: usize) -> Option<&Method> {
        match &self.route(index)?.serving {
            Serving::Served(method) => Some(method),
            Serving::Refused(_) => None,
        }
    }
}

/// Every method of an API with its resource, in the order in which a snapshot numbers them.
pub(super) fn with_resources(api: &RestApi) -> impl Iterator<Item = (&Resource, &restapi::Method)> {
    api.resources
        .iter()
        .flat_map(|resource| resource.methods.iter().map(move |method| (resource, method)))
}

/// A leaf of the route tree: a method of the definition in its place.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) http_method: HttpMethod,
    pub(crate) resource_id: ResourceId,
    pub(crate) resource_path: String,
    pub(crate) serving: Serving,
}

/// What a request for a method meets.
#[derive(Debug)]
pub(crate) enum Serving {
    /// The method.
    Served(Box<Method>),
    /// An answer that it is misconfigured, for this reason: it is never less protected than its definition says, and nothing
    /// else takes its path.
    Refused(Refusal),
}

/// A compiled method.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) authorization: Authorization,
    /// Names of the headers it declares, for showing them as declared.
    pub(crate) declared_headers: Vec<String>,
    pub(crate) validation: Option<Validation>,
    pub(crate) integration: Integration,
}

/// A compiled integration.
#[derive(Debug)]
pub(crate) struct Integration {
    pub(crate) kind: IntegrationKind,
    pub(crate) timeout: Duration,
    /// The lines of `requestParameters` that matter to it.
    pub(crate) lines: Vec<RequestLine>,
    pub(crate) templates: Vec<MappingTemplate>,
    pub(crate) passthrough: PassthroughBehavior,
    pub(crate) content_handling: Option<(ContentHandling, Place)>,
    pub(crate) responses: Responses,
    /// What names its entries in the cache of a stage.
    pub(crate) cache_names: CacheNames,
    /// What it acts as, where it is known what that may do.
    pub(crate) role: Option<Arc<IntegrationRole>>,
    /// Who signs its calls of DynamoDB at AWS in place of the gateway.
    pub(crate) assumed: Option<Signer>,
    pub(crate) place: Place,
}

/// What answers a method.
#[derive(Debug)]
pub(crate) enum IntegrationKind {
    /// The store.
    DynamoDb(DynamoDbCall),
    /// The gateway itself.
    Mock,
    /// An HTTP endpoint.
    Http(Box<HttpEndpoint>),
    /// A function of Lambda.
    Lambda(Box<LambdaFunction>),
    /// Any other service of AWS.
    Service(Box<AwsService>),
}

/// What of DynamoDB is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DynamoDbCall {
    /// This action.
    Action(Action),
    /// What the header `X-Amz-Target` says.
    ByTarget,
}

impl IntegrationKind {
    /// The action of DynamoDB that it is.
    pub(crate) fn action(&self) -> Option<Action> {
        match self {
            IntegrationKind::DynamoDb(DynamoDbCall::Action(action)) => Some(*action),
            IntegrationKind::DynamoDb(DynamoDbCall::ByTarget)
            | IntegrationKind::Mock
            | IntegrationKind::Http(_)
            | IntegrationKind::Lambda(_)
            | IntegrationKind::Service(_) => None,
        }
    }

    /// Whether what is mapped onto `integration.request.*` reaches it.
    pub(crate) fn takes_parameters(&self) -> bool {
        match self {
            IntegrationKind::DynamoDb(DynamoDbCall::Action(_)) | IntegrationKind::Mock => false,
            // Recorded on AWS: AWS_PROXY ignores them.
            IntegrationKind::Lambda(function) => function.kind == Invoked::Mapped,
            IntegrationKind::DynamoDb(DynamoDbCall::ByTarget)
            | IntegrationKind::Http(_)
            | IntegrationKind::Service(_) => true,
        }
    }

    /// Which headers may be mapped.
    pub(crate) fn header_rules(&self) -> HeaderRules {
        match self {
            IntegrationKind::DynamoDb(_)
            | IntegrationKind::Lambda(_)
            | IntegrationKind::Service(_) => HeaderRules::Aws,
            IntegrationKind::Mock => HeaderRules::Mock,
            IntegrationKind::Http(_) => HeaderRules::Http,
        }
    }

    /// Whether bodies pass through it without templates.
    pub(crate) fn is_proxy(&self) -> bool {
        match self {
            IntegrationKind::DynamoDb(_) | IntegrationKind::Mock | IntegrationKind::Service(_) => {
                false
            }
            IntegrationKind::Http(endpoint) => endpoint.kind == HttpKind::Proxy,
            IntegrationKind::Lambda(function) => function.kind == Invoked::Proxy,
        }
    }

    /// Whether a service of AWS answers, Lambda and DynamoDB among them.
    pub(crate) fn is_aws(&self) -> bool {
        match self {
            IntegrationKind::DynamoDb(_)
            | IntegrationKind::Lambda(_)
            | IntegrationKind::Service(_) => true,
            IntegrationKind::Http(_) | IntegrationKind::Mock => false,
        }
    }

    /// Whether its mapped answers have a trace id (recorded on AWS).
    pub(crate) fn has_trace_id(&self) -> bool {
        !matches!(self, IntegrationKind::Mock)
    }
}

/// The integration responses: those with a pattern in the order of the definition, then the default.
#[derive(Debug)]
pub(crate) struct Responses {
    by_pattern: Vec<(Regex, IntegrationResponse)>,
    default: Option<IntegrationResponse>,
    /// Which pattern takes the status of most replies, [`MOST`].
    of_most: Option<usize>,
}

/// A status for which the patterns are asked at deployment.
const MOST: &str = "200";

/// A compiled integration response.
#[derive(Debug)]
pub(crate) struct IntegrationResponse {
    pub(crate) status: http::StatusCode,
    pub(crate) parameters: Vec<ResponseMapping>,
    pub(crate) templates: Vec<MappingTemplate>,
    pub(crate) content_handling: Option<(ContentHandling, Place)>,
    pub(crate) place: Place,
}

impl Responses {
    pub(crate) fn new(
        by_pattern: Vec<(Regex, IntegrationResponse)>,
        default: Option<IntegrationResponse>,
    ) -> Responses {
        let mut responses = Responses { by_pattern, default, of_most: None };
        responses.of_most = responses.matching(MOST);
        responses
    }

    /// The response for an endpoint's status: a pattern matches the whole text, the first that does wins (inferred).
    pub(crate) fn choose(&self, status: &str) -> Option<&IntegrationResponse> {
        let found = if status == MOST { self.of_most } else { self.matching(status) };
        let found = found.and_then(|index| self.by_pattern.get(index));
        found.map(|(_, response)| response).or(self.default.as_ref())
    }

    fn matching(&self, status: &str) -> Option<usize> {
        // A pattern that runs into its backtracking limit matches nothing.
        self.by_pattern.iter().position(|(pattern, _)| pattern.is_match(status).unwrap_or(false))
    }
}
