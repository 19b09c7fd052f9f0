//! What answers a method: the integration request and its integration responses.

use crate::place::{Place, Sourced};

/// The integration of a method.
#[derive(Clone, Debug)]
pub struct Integration {
    /// Which kind.
    pub kind: IntegrationType,
    /// The endpoint: an ARN or a URL; none for `MOCK`.
    pub uri: Option<Sourced>,
    /// The verb towards the endpoint.
    pub http_method: Option<Sourced>,
    /// The role that calls are made with.
    pub credentials: Option<Sourced>,
    /// Mappings onto `integration.request.*`.
    pub request_parameters: Vec<ParameterMapping>,
    /// Templates of the request by media type.
    pub request_templates: Vec<MappingTemplate>,
    /// What happens to a body that no template is for.
    pub passthrough_behavior: PassthroughBehavior,
    /// Conversion of the request body.
    pub content_handling: Option<(ContentHandling, Place)>,
    /// Milliseconds until the call is given up; 29,000 by default.
    pub timeout_ms: u32,
    /// Where the timeout is said.
    pub timeout_place: Option<Place>,
    /// Names the cache entries; the resource's id by default.
    pub cache_namespace: Option<String>,
    /// What an entry's key is made of.
    pub cache_key_parameters: Vec<Sourced>,
    /// Through the internet or a VPC link.
    pub connection_type: ConnectionType,
    /// Where it is said that the endpoint's certificate is not verified.
    pub insecure_skip_verification: Option<Place>,
    /// Where `responseTransferMode: STREAM` is asked for.
    pub response_stream: Option<Place>,
    /// In the order of the definition.
    pub responses: Vec<IntegrationResponse>,
    /// Where it is defined.
    pub place: Place,
}

impl Integration {
    /// AWS's default timeout, and the longest that it takes unless it is asked for more, in milliseconds.
    pub const TIMEOUT_MS_MAX: u32 = 29_000;
    /// The longest timeout that is taken at all, in milliseconds: 15 minutes, as long as a Lambda function may run.
    pub const TIMEOUT_MS_BEARABLE: u32 = 900_000;
    /// AWS's shortest timeout, in milliseconds.
    pub const TIMEOUT_MS_MIN: u32 = 50;
}

/// AWS's integration types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegrationType {
    /// An AWS service action, with mappings.
    Aws,
    /// A Lambda function, without.
    AwsProxy,
    /// An HTTP endpoint, with mappings.
    Http,
    /// An HTTP endpoint, without.
    HttpProxy,
    /// The gateway itself.
    Mock,
}

impl IntegrationType {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            IntegrationType::Aws => "AWS",
            IntegrationType::AwsProxy => "AWS_PROXY",
            IntegrationType::Http => "HTTP",
            IntegrationType::HttpProxy => "HTTP_PROXY",
            IntegrationType::Mock => "MOCK",
        }
    }

    /// The type of this name, in any case.
    pub fn parse(name: &str) -> Option<IntegrationType> {
        use IntegrationType::{Aws, AwsProxy, Http, HttpProxy, Mock};
        [Aws, AwsProxy, Http, HttpProxy, Mock]
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(name))
    }
}

/// What happens to a body that no template is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PassthroughBehavior {
    /// It passes through.
    #[default]
    WhenNoMatch,
    /// It passes through only when there are no templates at all.
    WhenNoTemplates,
    /// It is refused with 415.
    Never,
}

impl PassthroughBehavior {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            PassthroughBehavior::WhenNoMatch => "WHEN_NO_MATCH",
            PassthroughBehavior::WhenNoTemplates => "WHEN_NO_TEMPLATES",
            PassthroughBehavior::Never => "NEVER",
        }
    }
}

/// Conversion of a body between text and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentHandling {
    /// Base64 text becomes bytes.
    ConvertToBinary,
    /// Bytes become Base64 text.
    ConvertToText,
}

impl ContentHandling {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            ContentHandling::ConvertToBinary => "CONVERT_TO_BINARY",
            ContentHandling::ConvertToText => "CONVERT_TO_TEXT",
        }
    }
}

/// How the endpoint is reached.
#[derive(Clone, Debug, Default)]
pub enum ConnectionType {
    /// Openly.
    #[default]
    Internet,
    /// Through the VPC link of this id.
    VpcLink(Sourced),
}

/// One line of `requestParameters` or `responseParameters`.
#[derive(Clone, Debug)]
pub struct ParameterMapping {
    /// Such as `integration.request.header.X-Id`.
    pub destination: Sourced,
    /// Such as `method.request.path.id`, `'literal'`.
    pub source: Sourced,
}

/// A template for bodies of one media type.
#[derive(Clone, Debug)]
pub struct MappingTemplate {
    /// Such as `application/json`, or `$default`.
    pub media_type: String,
    /// Its text.
    pub template: Sourced,
}

/// How an answer of the endpoint becomes the method's.
#[derive(Clone, Debug)]
pub struct IntegrationResponse {
    /// A regular expression on the endpoint's status; `None` is the default response.
    pub selection_pattern: Option<Sourced>,
    /// The status the client gets, three digits.
    pub status_code: Sourced,
    /// Mappings onto `method.response.header.*`.
    pub response_parameters: Vec<ParameterMapping>,
    /// Templates of the answer by media type.
    pub response_templates: Vec<MappingTemplate>,
    /// Conversion of the answer's body.
    pub content_handling: Option<(ContentHandling, Place)>,
    /// Where it is defined.
    pub place: Place,
}
