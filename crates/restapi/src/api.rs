//! An API as a definition says it: resources, methods, and who may call them. Whether it can be served is the gateway's to say.

use crate::authorizer::Authorizer;
use crate::documentation::Documentation;
use crate::gateway_response::GatewayResponse;
use crate::ids::{ResourceId, RestApiId};
use crate::integration::Integration;
use crate::model::{Model, RequestModel, RequestValidator};
use crate::place::{Place, Sourced};
use crate::refusal::Refusal;
use std::fmt;

/// A REST API, as complete as its definition.
#[derive(Clone, Debug)]
pub struct RestApi {
    /// Hash of the title or logical id.
    pub id: RestApiId,
    /// `info.title`, or the name property.
    pub name: Sourced,
    /// `info.description`.
    pub description: Option<String>,
    /// `info.version`.
    pub version: Option<String>,
    /// In the order of the definition; `/` always exists on AWS and is listed only when it has methods.
    pub resources: Vec<Resource>,
    /// JSON Schemas by name.
    pub models: Vec<Model>,
    /// Validators, also those that no method uses.
    pub request_validators: Vec<RequestValidator>,
    /// Authorizers, also those that no method uses.
    pub authorizers: Vec<Authorizer>,
    /// Customised gateway responses, one of a type.
    pub gateway_responses: Vec<GatewayResponse>,
    /// Media types that are treated as bytes.
    pub binary_media_types: Vec<Sourced>,
    /// Bytes from which answers are compressed; `None` is off, 0 is always.
    pub minimum_compression_size: Option<u32>,
    /// Where an API key is looked for.
    pub api_key_source: ApiKeySource,
    /// The resource policy, a JSON document.
    pub policy: Option<Sourced>,
    /// How it can be reached.
    pub endpoint: EndpointConfiguration,
    /// Texts about its parts; served nowhere, kept for an export.
    pub documentation: Documentation,
    /// Where the definition starts.
    pub place: Place,
}

/// A node of the path tree that has methods.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Hash of the path.
    pub id: ResourceId,
    /// The full path, such as `/items/{id}`.
    pub path: Sourced,
    /// One of a verb.
    pub methods: Vec<Method>,
}

/// One verb of a resource.
#[derive(Clone, Debug)]
pub struct Method {
    /// The verb, or `ANY`.
    pub http_method: HttpMethod,
    /// `operationId`.
    pub operation_name: Option<String>,
    /// Who may call it.
    pub authorization: Authorization,
    /// Where it is said that an API key is required; `None` when it is not.
    pub api_key_required: Option<Place>,
    /// What it takes beside the body.
    pub request_parameters: Vec<RequestParameter>,
    /// Models of the body by media type.
    pub request_models: Vec<RequestModel>,
    /// What is checked; nothing without one.
    pub request_validator: Option<RequestValidator>,
    /// The statuses and headers it declares.
    pub responses: Vec<MethodResponse>,
    /// What answers it; AWS deploys no API with a method that lacks one.
    pub integration: Option<Integration>,
    /// Why it cannot be served, when its reader could not make sense of it. A reader leaves no method out: without it
    /// another one would take its path.
    pub refusal: Option<Refusal>,
    /// Where it is defined.
    pub place: Place,
}

/// The verbs of API Gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HttpMethod {
    /// Every verb that the resource does not define itself.
    Any,
    /// `DELETE`
    Delete,
    /// `GET`
    Get,
    /// `HEAD`, which `GET` does not imply.
    Head,
    /// `OPTIONS`
    Options,
    /// `PATCH`
    Patch,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

impl HttpMethod {
    /// Every verb, `ANY` first.
    pub const ALL: [HttpMethod; 8] = [
        HttpMethod::Any,
        HttpMethod::Delete,
        HttpMethod::Get,
        HttpMethod::Head,
        HttpMethod::Options,
        HttpMethod::Patch,
        HttpMethod::Post,
        HttpMethod::Put,
    ];

    /// The verb in upper case.
    pub fn as_str(self) -> &'static str {
        match self {
            HttpMethod::Any => "ANY",
            HttpMethod::Delete => "DELETE",
            HttpMethod::Get => "GET",
            HttpMethod::Head => "HEAD",
            HttpMethod::Options => "OPTIONS",
            HttpMethod::Patch => "PATCH",
            HttpMethod::Post => "POST",
            HttpMethod::Put => "PUT",
        }
    }

    /// The verb of this name, in any case.
    pub fn parse(name: &str) -> Option<HttpMethod> {
        HttpMethod::ALL.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for HttpMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A header, path or query parameter that a method declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestParameter {
    /// Where it is looked for.
    pub location: ParameterLocation,
    /// Its name, as declared.
    pub name: String,
    /// Whether a validator refuses requests without it.
    pub is_required: bool,
}

/// The three places of a request parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParameterLocation {
    /// A request header.
    Header,
    /// A variable of the resource's path.
    Path,
    /// The query string.
    Querystring,
}

impl ApiKeySource {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            ApiKeySource::Header => "HEADER",
            ApiKeySource::Authorizer => "AUTHORIZER",
        }
    }
}

impl ParameterLocation {
    /// The word in mapping expressions: `header`, `path`, `querystring`.
    pub fn as_str(self) -> &'static str {
        match self {
            ParameterLocation::Header => "header",
            ParameterLocation::Path => "path",
            ParameterLocation::Querystring => "querystring",
        }
    }
}

/// A status that a method declares.
#[derive(Clone, Debug)]
pub struct MethodResponse {
    /// Three digits.
    pub status_code: String,
    /// Names of the headers it declares.
    pub headers: Vec<String>,
    /// Models of the answer by media type.
    pub response_models: Vec<RequestModel>,
}

/// What a caller has to show.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// Which kind.
    pub kind: AuthorizationType,
    /// Name of the authorizer, for `CUSTOM` and `COGNITO_USER_POOLS`.
    pub authorizer: Option<String>,
    /// OAuth scopes that a token must have one of.
    pub scopes: Vec<String>,
    /// Where it is demanded.
    pub place: Place,
}

/// AWS's authorization types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationType {
    /// Open to all.
    None,
    /// A request signed with an access key.
    AwsIam,
    /// A Lambda authorizer.
    Custom,
    /// A token of a user pool.
    CognitoUserPools,
}

impl AuthorizationType {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            AuthorizationType::None => "NONE",
            AuthorizationType::AwsIam => "AWS_IAM",
            AuthorizationType::Custom => "CUSTOM",
            AuthorizationType::CognitoUserPools => "COGNITO_USER_POOLS",
        }
    }
}

/// Where an API key is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApiKeySource {
    /// The header `x-api-key`.
    #[default]
    Header,
    /// The authorizer's `usageIdentifierKey`.
    Authorizer,
}

/// How an API can be reached.
#[derive(Clone, Debug, Default)]
pub struct EndpointConfiguration {
    /// The type, with its place where the definition says one; `EDGE` by default.
    pub kind: Option<(EndpointType, Place)>,
    /// Which addresses it has; `Ipv4` by default, for private ones `Dualstack`.
    pub ip_address_type: Option<IpAddressType>,
    /// Where it is said that the default endpoint is disabled.
    pub disable_execute_api_endpoint: Option<Place>,
    /// The VPC endpoints it can be reached through alone; none of them is no restriction.
    pub vpc_endpoint_ids: Vec<Sourced>,
    /// The name of the TLS policy, such as `SecurityPolicy_TLS13_1_3_2025_09`.
    pub security_policy: Option<Sourced>,
    /// How strictly the host of a request is checked.
    pub access_mode: Option<(EndpointAccessMode, Place)>,
    /// Where mutual TLS is demanded.
    pub mutual_tls: Option<Place>,
}

/// AWS's endpoint types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointType {
    /// Through the edge network.
    Edge,
    /// In one region.
    Regional,
    /// From inside a VPC alone.
    Private,
}

impl EndpointType {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            EndpointType::Edge => "EDGE",
            EndpointType::Regional => "REGIONAL",
            EndpointType::Private => "PRIVATE",
        }
    }
}

/// The addresses of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IpAddressType {
    /// IPv4 alone.
    Ipv4,
    /// IPv4 and IPv6.
    Dualstack,
}

impl IpAddressType {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            IpAddressType::Ipv4 => "ipv4",
            IpAddressType::Dualstack => "dualstack",
        }
    }
}

/// How strictly the host of a request is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointAccessMode {
    /// As ever.
    Basic,
    /// The host named in TLS is the one of the request, and the endpoint is of the API's own type.
    Strict,
}

impl EndpointAccessMode {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            EndpointAccessMode::Basic => "BASIC",
            EndpointAccessMode::Strict => "STRICT",
        }
    }
}
