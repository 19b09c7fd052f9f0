//! Models, validators and gateway responses of an API, and the properties of each type.
//! AWS docs: AWS_ApiGateway.

use super::Item;
use crate::assembled::{Member, array, member, object, renamed, text};
use crate::cloudformation::properties::Properties;
use crate::reader::Reader;
use crate::tree::{self, Ground, Kind, Tree, Value, standing_for};
use vestibule_restapi::{Place, Sourced};

/// The models that CreateRestApi makes (recorded on AWS), as they are in an API without a body.
const MODELS: [(&str, &str, &str); 2] = [
    ("Empty", "Empty Schema", "{}"),
    ("Error", "Error Schema", "{\"message\":{\"type\":\"string\"}}"),
];

/// The schemas of models that are written as JSON text, in the order of the models.
pub(super) fn schemas(models: &[&Item<'_>], reader: &mut Reader<'_>) -> Vec<Option<Tree>> {
    let parsed = |item: &&Item<'_>| {
        let schema = item.get("Schema")?;
        if schema.kind() != Kind::Scalar || crate::intrinsic::of(schema).is_some() {
            return None;
        }
        let ground = Ground::Text(reader.text(schema)?);
        let tree = tree::parse(&ground, reader.findings);
        tree.map_err(|finding| reader.error(*finding)).ok().flatten()
    };
    models.iter().map(parsed).collect()
}

/// The models as members of `schemas`.
pub(super) fn models<'i>(
    models: &[&Item<'i>],
    schemas: &[Option<Tree>],
    has_defaults: bool,
    place: &Place,
) -> Vec<Member<'i>> {
    let mut members = vec![];
    for (item, parsed) in models.iter().zip(schemas) {
        let at = item.entry.key.place();
        let name = item.text("Name").unwrap_or_else(|| standing_for(item.entry.name(), &at));
        let schema = match (parsed, item.get("Schema")) {
            (Some(tree), _) => tree.value(),
            (None, Some(schema)) => Value::Copy(schema),
            (None, None) => object(&at, vec![]),
        };
        members.push((Value::Text(name), schema));
    }
    for (name, title, properties) in MODELS.into_iter().filter(|_| has_defaults) {
        let is_own = members.iter().any(|(key, _)| key.scalar_text().as_deref() == Some(name));
        if !is_own {
            members.push(member(name, place, default_model(title, properties, place)));
        }
    }
    members
}

fn default_model<'i>(title: &str, properties: &str, place: &Place) -> Value<'i> {
    let one = |name: &str, value: &str| member(name, place, text(value, place));
    let mut members = vec![
        one("$schema", "http://json-schema.org/draft-04/schema#"),
        one("title", title),
        one("type", "object"),
    ];
    if properties != "{}" {
        let message = object(place, vec![one("type", "string")]);
        let properties = object(place, vec![member("message", place, message)]);
        members.push(member("properties", place, properties));
    }
    object(place, members)
}

/// The name of a validator; its logical id when it has none.
pub(super) fn validator_name(item: &Item<'_>) -> Sourced {
    let place = item.entry.key.place();
    item.text("Name").unwrap_or_else(|| standing_for(item.entry.name(), &place))
}

/// `x-amazon-apigateway-request-validators`
pub(super) fn validators<'s, 'i: 's>(
    items: impl Iterator<Item = &'s Item<'i>>,
    place: &Place,
) -> Option<Member<'i>> {
    const NAMES: [(&str, &str); 2] = [
        ("ValidateRequestBody", "validateRequestBody"),
        ("ValidateRequestParameters", "validateRequestParameters"),
    ];
    let one = |item: &'s Item<'i>| {
        let members = NAMES.iter().filter_map(|(property, name)| {
            let node = item.get(property)?;
            Some(member(name, &node.place(), Value::Copy(node)))
        });
        let validator = object(&item.entry.key.place(), members.collect());
        (Value::Text(validator_name(item)), validator)
    };
    let validators: Vec<_> = items.map(one).collect();
    let name = "x-amazon-apigateway-request-validators";
    (!validators.is_empty()).then(|| member(name, place, object(place, validators)))
}

/// `x-amazon-apigateway-gateway-responses`
pub(super) fn gateway_responses<'s, 'i: 's>(
    items: impl Iterator<Item = &'s Item<'i>>,
    place: &Place,
) -> Option<Member<'i>> {
    const NAMES: [(&str, &str); 3] = [
        ("ResponseParameters", "responseParameters"),
        ("ResponseTemplates", "responseTemplates"),
        ("StatusCode", "statusCode"),
    ];
    let one = |item: &'s Item<'i>| {
        let kind = item.get("ResponseType")?;
        let is_named = |(key, _): &Member<'i>| {
            let key = key.scalar_text();
            NAMES.iter().any(|(_, name)| key.as_deref() == Some(name))
        };
        let members = renamed(item.properties(), &NAMES).into_iter().filter(is_named).collect();
        Some((Value::Copy(kind), object(&kind.place(), members)))
    };
    let responses: Vec<_> = items.filter_map(one).collect();
    let name = "x-amazon-apigateway-gateway-responses";
    (!responses.is_empty()).then(|| member(name, place, object(place, responses)))
}

/// `x-amazon-apigateway-documentation`: the parts, under the version that the first `DocumentationVersion` names.
pub(super) fn documentation<'s, 'i: 's>(
    parts: impl Iterator<Item = &'s Item<'i>>,
    mut versions: impl Iterator<Item = &'s Item<'i>>,
    place: &Place,
) -> Option<Member<'i>> {
    const LOCATION: [(&str, &str); 5] = [
        ("Method", "method"),
        ("Name", "name"),
        ("Path", "path"),
        ("StatusCode", "statusCode"),
        ("Type", "type"),
    ];
    let part = |item: &'s Item<'i>| {
        let at = item.entry.key.place();
        let location = item.get("Location").map(|node| {
            member("location", &node.place(), object(&node.place(), renamed(node, &LOCATION)))
        });
        let properties = item.get("Properties");
        let properties = properties.map(|n| member("properties", &n.place(), Value::Copy(n)));
        object(&at, location.into_iter().chain(properties).collect())
    };
    let parts: Vec<_> = parts.map(part).collect();
    if parts.is_empty() {
        return None;
    }
    let version = versions.next().and_then(|item| item.get("DocumentationVersion"));
    let version = version.map(|node| member("version", &node.place(), Value::Copy(node)));
    let mut members = vec![member("documentationParts", place, array(place, parts))];
    members.extend(version);
    Some(member("x-amazon-apigateway-documentation", place, object(place, members)))
}

macro_rules! properties {
    ($what:literal, $($known:literal),+ $(,)?) => {
        Properties { what: $what, known: &[$($known),+], ignored: &[] }
    };
}

/// `IntegrationResponses`
pub(super) const INTEGRATION_RESPONSE: Properties = properties!(
    "an integration response",
    "ContentHandling",
    "ResponseParameters",
    "ResponseTemplates",
    "SelectionPattern",
    "StatusCode",
);

/// `MethodResponses`
pub(super) const METHOD_RESPONSE: Properties =
    properties!("a method response", "ResponseModels", "ResponseParameters", "StatusCode");

/// `Integration`
pub(super) const INTEGRATION: Properties = properties!(
    "an integration",
    "CacheKeyParameters",
    "CacheNamespace",
    "ConnectionId",
    "ConnectionType",
    "ContentHandling",
    "Credentials",
    "IntegrationHttpMethod",
    "IntegrationResponses",
    "IntegrationTarget",
    "PassthroughBehavior",
    "RequestParameters",
    "RequestTemplates",
    "ResponseTransferMode",
    "TimeoutInMillis",
    "TlsConfig",
    "Type",
    "Uri",
);

/// `EndpointConfiguration`
pub(super) const ENDPOINT_CONFIGURATION: Properties =
    properties!("an endpoint configuration", "IpAddressType", "Types", "VpcEndpointIds");

/// `MethodSettings`
pub(super) const METHOD_SETTING: Properties = properties!(
    "a method setting",
    "CacheDataEncrypted",
    "CacheTtlInSeconds",
    "CachingEnabled",
    "DataTraceEnabled",
    "HttpMethod",
    "LoggingLevel",
    "MetricsEnabled",
    "ResourcePath",
    "ThrottlingBurstLimit",
    "ThrottlingRateLimit",
    "require_authorization_for_cache_control",
    "unauthorized_cache_control_header_strategy",
);

/// `StageDescription`
pub(super) const STAGE_DESCRIPTION: Properties = properties!(
    "a stage description",
    "AccessLogSetting",
    "CacheClusterEnabled",
    "CacheClusterSize",
    "CacheDataEncrypted",
    "CacheTtlInSeconds",
    "CachingEnabled",
    "CanarySetting",
    "ClientCertificateId",
    "DataTraceEnabled",
    "Description",
    "DocumentationVersion",
    "LoggingLevel",
    "MethodSettings",
    "MetricsEnabled",
    "Tags",
    "ThrottlingBurstLimit",
    "ThrottlingRateLimit",
    "TracingEnabled",
    "Variables",
);

/// `AccessLogSetting`
pub(super) const ACCESS_LOG: Properties =
    properties!("an access log setting", "DestinationArn", "Format");

/// `CanarySetting`
pub(super) const CANARY: Properties = properties!(
    "a canary setting",
    "DeploymentId",
    "PercentTraffic",
    "StageVariableOverrides",
    "UseStageCache",
);

/// `ApiStages`
pub(super) const PLAN_STAGE: Properties =
    properties!("a stage of a usage plan", "ApiId", "Stage", "Throttle");

/// `Throttle`
pub(super) const THROTTLE: Properties = properties!("throttle settings", "BurstLimit", "RateLimit");

/// `Quota`
pub(super) const QUOTA: Properties = properties!("quota settings", "Limit", "Offset", "Period");

/// The properties of a type.
pub(super) fn properties(family: &str) -> &'static Properties {
    let known = TYPES.iter().find(|(name, _)| *name == family);
    known.map_or(&NONE, |(_, properties)| properties)
}

const NONE: Properties = Properties { what: "a resource", known: &[], ignored: &[] };

/// AWS docs: AWS_ApiGateway, a page a type.
const TYPES: &[(&str, Properties)] = &[
    ("Account", properties!("`AWS::ApiGateway::Account`", "CloudWatchRoleArn")),
    (
        "ApiKey",
        properties!(
            "`AWS::ApiGateway::ApiKey`",
            "CustomerId",
            "Description",
            "Enabled",
            "GenerateDistinctId",
            "Name",
            "StageKeys",
            "Tags",
            "Value"
        ),
    ),
    (
        "Authorizer",
        properties!(
            "`AWS::ApiGateway::Authorizer`",
            "AuthType",
            "AuthorizerCredentials",
            "AuthorizerResultTtlInSeconds",
            "AuthorizerUri",
            "IdentitySource",
            "IdentityValidationExpression",
            "Name",
            "ProviderARNs",
            "RestApiId",
            "Type"
        ),
    ),
    (
        "BasePathMapping",
        properties!(
            "`AWS::ApiGateway::BasePathMapping`",
            "BasePath",
            "DomainName",
            "Id",
            "RestApiId",
            "Stage"
        ),
    ),
    (
        "ClientCertificate",
        properties!("`AWS::ApiGateway::ClientCertificate`", "Description", "Tags"),
    ),
    (
        "Deployment",
        properties!(
            "`AWS::ApiGateway::Deployment`",
            "DeploymentCanarySettings",
            "Description",
            "RestApiId",
            "StageDescription",
            "StageName"
        ),
    ),
    (
        "DocumentationPart",
        properties!("`AWS::ApiGateway::DocumentationPart`", "Location", "Properties", "RestApiId"),
    ),
    (
        "DocumentationVersion",
        properties!(
            "`AWS::ApiGateway::DocumentationVersion`",
            "Description",
            "DocumentationVersion",
            "RestApiId"
        ),
    ),
    (
        "DomainName",
        properties!(
            "`AWS::ApiGateway::DomainName`",
            "CertificateArn",
            "DomainName",
            "EndpointAccessMode",
            "EndpointConfiguration",
            "MutualTlsAuthentication",
            "OwnershipVerificationCertificateArn",
            "RegionalCertificateArn",
            "RoutingMode",
            "SecurityPolicy",
            "Tags"
        ),
    ),
    (
        "GatewayResponse",
        properties!(
            "`AWS::ApiGateway::GatewayResponse`",
            "ResponseParameters",
            "ResponseTemplates",
            "ResponseType",
            "RestApiId",
            "StatusCode"
        ),
    ),
    (
        "Method",
        properties!(
            "`AWS::ApiGateway::Method`",
            "ApiKeyRequired",
            "AuthorizationScopes",
            "AuthorizationType",
            "AuthorizerId",
            "HttpMethod",
            "Integration",
            "MethodResponses",
            "OperationName",
            "RequestModels",
            "RequestParameters",
            "RequestValidatorId",
            "ResourceId",
            "RestApiId"
        ),
    ),
    (
        "Model",
        properties!(
            "`AWS::ApiGateway::Model`",
            "ContentType",
            "Description",
            "Name",
            "RestApiId",
            "Schema"
        ),
    ),
    (
        "RequestValidator",
        properties!(
            "`AWS::ApiGateway::RequestValidator`",
            "Name",
            "RestApiId",
            "ValidateRequestBody",
            "ValidateRequestParameters"
        ),
    ),
    ("Resource", properties!("`AWS::ApiGateway::Resource`", "ParentId", "PathPart", "RestApiId")),
    (
        "RestApi",
        properties!(
            "`AWS::ApiGateway::RestApi`",
            "ApiKeySourceType",
            "BinaryMediaTypes",
            "Body",
            "BodyS3Location",
            "CloneFrom",
            "Description",
            "DisableExecuteApiEndpoint",
            "EndpointAccessMode",
            "EndpointConfiguration",
            "FailOnWarnings",
            "MinimumCompressionSize",
            "Mode",
            "Name",
            "Parameters",
            "Policy",
            "SecurityPolicy",
            "Tags",
            "Version"
        ),
    ),
    (
        "Stage",
        properties!(
            "`AWS::ApiGateway::Stage`",
            "AccessLogSetting",
            "CacheClusterEnabled",
            "CacheClusterSize",
            "CanarySetting",
            "ClientCertificateId",
            "DeploymentId",
            "Description",
            "DocumentationVersion",
            "MethodSettings",
            "RestApiId",
            "StageName",
            "Tags",
            "TracingEnabled",
            "Variables"
        ),
    ),
    (
        "UsagePlan",
        properties!(
            "`AWS::ApiGateway::UsagePlan`",
            "ApiStages",
            "Description",
            "Quota",
            "Tags",
            "Throttle",
            "UsagePlanName"
        ),
    ),
    (
        "UsagePlanKey",
        properties!("`AWS::ApiGateway::UsagePlanKey`", "KeyId", "KeyType", "UsagePlanId"),
    ),
    (
        "VpcLink",
        properties!("`AWS::ApiGateway::VpcLink`", "Description", "Name", "Tags", "TargetArns"),
    ),
];
