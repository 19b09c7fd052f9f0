//! Types of the AWS provider and the CloudFormation types that say the same, attribute by attribute.
//! registry.terraform.io/providers/hashicorp/aws; AWS docs: AWS_ApiGateway.

/// How the value of an attribute becomes that of a property.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// As it is.
    Plain,
    /// As it is; when the configuration does not say it, the provider finds it out, and the default of AWS holds.
    Computed,
    /// An id, a name or an ARN of another resource.
    Reference,
    /// A list of those.
    References,
    /// A block that stands once at most.
    Block(&'static [Attribute]),
    /// Blocks.
    Blocks(&'static [Attribute]),
}

/// An attribute of a resource or block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) property: &'static str,
    pub(super) shape: Shape,
}

const fn plain(name: &'static str, property: &'static str) -> Attribute {
    Attribute { name, property, shape: Shape::Plain }
}

const fn computed(name: &'static str, property: &'static str) -> Attribute {
    Attribute { name, property, shape: Shape::Computed }
}

const fn reference(name: &'static str, property: &'static str) -> Attribute {
    Attribute { name, property, shape: Shape::Reference }
}

const fn references(name: &'static str, property: &'static str) -> Attribute {
    Attribute { name, property, shape: Shape::References }
}

const fn block(
    name: &'static str,
    property: &'static str,
    attributes: &'static [Attribute],
) -> Attribute {
    Attribute { name, property, shape: Shape::Block(attributes) }
}

const fn blocks(
    name: &'static str,
    property: &'static str,
    attributes: &'static [Attribute],
) -> Attribute {
    Attribute { name, property, shape: Shape::Blocks(attributes) }
}

const REST_API_ID: Attribute = reference("rest_api_id", "RestApiId");

/// What becomes of a resource of a type.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    /// It becomes a resource of this type.
    Read(&'static str, &'static [Attribute]),
    /// It is a part of another one.
    Joined,
    /// Others ask for its name or ARN.
    Referred,
    /// It would be served or stored, and is not supported.
    Refused,
    /// Nothing here stands for it.
    PassedOver,
}

/// What a type is to the gateway.
pub(super) fn role(kind: &str) -> Role {
    let read = READ.iter().find(|(name, ..)| *name == kind);
    if let Some((_, type_name, attributes)) = read {
        return Role::Read(type_name, attributes);
    }
    match kind {
        "aws_dynamodb_table" => Role::Read("AWS::DynamoDB::Table", &[]),
        "aws_api_gateway_integration"
        | "aws_api_gateway_integration_response"
        | "aws_api_gateway_method_response"
        | "aws_api_gateway_method_settings"
        | "aws_api_gateway_rest_api_policy" => Role::Joined,
        _ if kind.starts_with("aws_iam_") => Role::Referred,
        "aws_dynamodb_global_table" => Role::Refused,
        _ if kind.starts_with("aws_api_gateway_") || kind.starts_with("aws_apigatewayv2_") => {
            Role::Refused
        }
        _ => Role::PassedOver,
    }
}

/// `aws_api_gateway_integration`
pub(super) const INTEGRATION: &[Attribute] = &[
    plain("cache_key_parameters", "CacheKeyParameters"),
    computed("cache_namespace", "CacheNamespace"),
    reference("connection_id", "ConnectionId"),
    plain("connection_type", "ConnectionType"),
    plain("content_handling", "ContentHandling"),
    reference("credentials", "Credentials"),
    plain("integration_http_method", "IntegrationHttpMethod"),
    plain("integration_target", "IntegrationTarget"),
    computed("passthrough_behavior", "PassthroughBehavior"),
    plain("request_parameters", "RequestParameters"),
    plain("request_templates", "RequestTemplates"),
    computed("response_transfer_mode", "ResponseTransferMode"),
    computed("timeout_milliseconds", "TimeoutInMillis"),
    block(
        "tls_config",
        "TlsConfig",
        &[plain("insecure_skip_verification", "insecureSkipVerification")],
    ),
    plain("type", "Type"),
    reference("uri", "Uri"),
];

/// `aws_api_gateway_integration_response`
pub(super) const INTEGRATION_RESPONSE: &[Attribute] = &[
    plain("content_handling", "ContentHandling"),
    plain("response_parameters", "ResponseParameters"),
    plain("response_templates", "ResponseTemplates"),
    plain("selection_pattern", "SelectionPattern"),
    plain("status_code", "StatusCode"),
];

/// `aws_api_gateway_method_response`
pub(super) const METHOD_RESPONSE: &[Attribute] = &[
    plain("response_models", "ResponseModels"),
    plain("response_parameters", "ResponseParameters"),
    plain("status_code", "StatusCode"),
];

/// `settings` of `aws_api_gateway_method_settings`
pub(super) const METHOD_SETTING: &[Attribute] = &[
    computed("cache_data_encrypted", "CacheDataEncrypted"),
    computed("cache_ttl_in_seconds", "CacheTtlInSeconds"),
    computed("caching_enabled", "CachingEnabled"),
    computed("data_trace_enabled", "DataTraceEnabled"),
    computed("logging_level", "LoggingLevel"),
    computed("metrics_enabled", "MetricsEnabled"),
    // CloudFormation has no words for this and for the last: the stage's reader takes Terraform's.
    computed("require_authorization_for_cache_control", "require_authorization_for_cache_control"),
    plain("throttling_burst_limit", "ThrottlingBurstLimit"),
    plain("throttling_rate_limit", "ThrottlingRateLimit"),
    computed(
        "unauthorized_cache_control_header_strategy",
        "unauthorized_cache_control_header_strategy",
    ),
];

const ENDPOINT: &[Attribute] = &[
    computed("ip_address_type", "IpAddressType"),
    plain("types", "Types"),
    computed("vpc_endpoint_ids", "VpcEndpointIds"),
];

const THROTTLE: &[Attribute] =
    &[plain("burst_limit", "BurstLimit"), plain("rate_limit", "RateLimit")];

/// The types that become a resource of their own.
const READ: &[(&str, &str, &[Attribute])] = &[
    (
        "aws_api_gateway_account",
        "AWS::ApiGateway::Account",
        &[reference("cloudwatch_role_arn", "CloudWatchRoleArn")],
    ),
    (
        "aws_api_gateway_api_key",
        "AWS::ApiGateway::ApiKey",
        &[
            plain("customer_id", "CustomerId"),
            plain("description", "Description"),
            plain("enabled", "Enabled"),
            plain("name", "Name"),
            computed("value", "Value"),
        ],
    ),
    (
        "aws_api_gateway_authorizer",
        "AWS::ApiGateway::Authorizer",
        &[
            reference("authorizer_credentials", "AuthorizerCredentials"),
            plain("authorizer_result_ttl_in_seconds", "AuthorizerResultTtlInSeconds"),
            reference("authorizer_uri", "AuthorizerUri"),
            plain("identity_source", "IdentitySource"),
            plain("identity_validation_expression", "IdentityValidationExpression"),
            plain("name", "Name"),
            references("provider_arns", "ProviderARNs"),
            REST_API_ID,
            plain("type", "Type"),
        ],
    ),
    (
        "aws_api_gateway_base_path_mapping",
        "AWS::ApiGateway::BasePathMapping",
        &[
            reference("api_id", "RestApiId"),
            plain("base_path", "BasePath"),
            plain("domain_name", "DomainName"),
            plain("stage_name", "Stage"),
        ],
    ),
    (
        "aws_api_gateway_client_certificate",
        "AWS::ApiGateway::ClientCertificate",
        &[plain("description", "Description")],
    ),
    (
        "aws_api_gateway_deployment",
        "AWS::ApiGateway::Deployment",
        &[REST_API_ID, plain("description", "Description"), plain("stage_name", "StageName")],
    ),
    (
        "aws_api_gateway_documentation_part",
        "AWS::ApiGateway::DocumentationPart",
        &[
            block(
                "location",
                "Location",
                &[
                    plain("method", "Method"),
                    plain("name", "Name"),
                    plain("path", "Path"),
                    plain("status_code", "StatusCode"),
                    plain("type", "Type"),
                ],
            ),
            plain("properties", "Properties"),
            REST_API_ID,
        ],
    ),
    (
        "aws_api_gateway_documentation_version",
        "AWS::ApiGateway::DocumentationVersion",
        &[
            plain("description", "Description"),
            REST_API_ID,
            plain("version", "DocumentationVersion"),
        ],
    ),
    (
        "aws_api_gateway_domain_name",
        "AWS::ApiGateway::DomainName",
        &[
            plain("domain_name", "DomainName"),
            block("endpoint_configuration", "EndpointConfiguration", ENDPOINT),
            block(
                "mutual_tls_authentication",
                "MutualTlsAuthentication",
                &[
                    plain("truststore_uri", "TruststoreUri"),
                    plain("truststore_version", "TruststoreVersion"),
                ],
            ),
            computed("security_policy", "SecurityPolicy"),
        ],
    ),
    (
        "aws_api_gateway_gateway_response",
        "AWS::ApiGateway::GatewayResponse",
        &[
            plain("response_parameters", "ResponseParameters"),
            plain("response_templates", "ResponseTemplates"),
            plain("response_type", "ResponseType"),
            REST_API_ID,
            plain("status_code", "StatusCode"),
        ],
    ),
    (
        "aws_api_gateway_method",
        "AWS::ApiGateway::Method",
        &[
            plain("api_key_required", "ApiKeyRequired"),
            plain("authorization", "AuthorizationType"),
            plain("authorization_scopes", "AuthorizationScopes"),
            reference("authorizer_id", "AuthorizerId"),
            plain("http_method", "HttpMethod"),
            plain("operation_name", "OperationName"),
            plain("request_models", "RequestModels"),
            plain("request_parameters", "RequestParameters"),
            reference("request_validator_id", "RequestValidatorId"),
            reference("resource_id", "ResourceId"),
            REST_API_ID,
        ],
    ),
    (
        "aws_api_gateway_model",
        "AWS::ApiGateway::Model",
        &[
            plain("content_type", "ContentType"),
            plain("description", "Description"),
            plain("name", "Name"),
            REST_API_ID,
            plain("schema", "Schema"),
        ],
    ),
    (
        "aws_api_gateway_request_validator",
        "AWS::ApiGateway::RequestValidator",
        &[
            plain("name", "Name"),
            REST_API_ID,
            plain("validate_request_body", "ValidateRequestBody"),
            plain("validate_request_parameters", "ValidateRequestParameters"),
        ],
    ),
    (
        "aws_api_gateway_resource",
        "AWS::ApiGateway::Resource",
        &[reference("parent_id", "ParentId"), plain("path_part", "PathPart"), REST_API_ID],
    ),
    (
        "aws_api_gateway_rest_api",
        "AWS::ApiGateway::RestApi",
        &[
            computed("api_key_source", "ApiKeySourceType"),
            computed("binary_media_types", "BinaryMediaTypes"),
            plain("body", "Body"),
            computed("description", "Description"),
            computed("disable_execute_api_endpoint", "DisableExecuteApiEndpoint"),
            block("endpoint_configuration", "EndpointConfiguration", ENDPOINT),
            plain("fail_on_warnings", "FailOnWarnings"),
            computed("minimum_compression_size", "MinimumCompressionSize"),
            plain("name", "Name"),
            plain("parameters", "Parameters"),
            computed("policy", "Policy"),
            plain("put_rest_api_mode", "Mode"),
        ],
    ),
    (
        "aws_api_gateway_stage",
        "AWS::ApiGateway::Stage",
        &[
            block(
                "access_log_settings",
                "AccessLogSetting",
                &[computed("destination_arn", "DestinationArn"), plain("format", "Format")],
            ),
            plain("cache_cluster_enabled", "CacheClusterEnabled"),
            plain("cache_cluster_size", "CacheClusterSize"),
            block(
                "canary_settings",
                "CanarySetting",
                &[
                    reference("deployment_id", "DeploymentId"),
                    plain("percent_traffic", "PercentTraffic"),
                    plain("stage_variable_overrides", "StageVariableOverrides"),
                    plain("use_stage_cache", "UseStageCache"),
                ],
            ),
            reference("client_certificate_id", "ClientCertificateId"),
            reference("deployment_id", "DeploymentId"),
            plain("description", "Description"),
            plain("documentation_version", "DocumentationVersion"),
            REST_API_ID,
            plain("stage_name", "StageName"),
            plain("variables", "Variables"),
            plain("xray_tracing_enabled", "TracingEnabled"),
        ],
    ),
    (
        "aws_api_gateway_usage_plan",
        "AWS::ApiGateway::UsagePlan",
        &[
            blocks(
                "api_stages",
                "ApiStages",
                &[
                    reference("api_id", "ApiId"),
                    plain("stage", "Stage"),
                    blocks(
                        "throttle",
                        "Throttle",
                        &[
                            plain("burst_limit", "BurstLimit"),
                            plain("path", "Path"),
                            plain("rate_limit", "RateLimit"),
                        ],
                    ),
                ],
            ),
            plain("description", "Description"),
            plain("name", "UsagePlanName"),
            block(
                "quota_settings",
                "Quota",
                &[plain("limit", "Limit"), plain("offset", "Offset"), plain("period", "Period")],
            ),
            block("throttle_settings", "Throttle", THROTTLE),
        ],
    ),
    (
        "aws_api_gateway_usage_plan_key",
        "AWS::ApiGateway::UsagePlanKey",
        &[
            reference("key_id", "KeyId"),
            plain("key_type", "KeyType"),
            reference("usage_plan_id", "UsagePlanId"),
        ],
    ),
    ("aws_cognito_user_pool", "AWS::Cognito::UserPool", &[]),
    (
        "aws_cognito_user_pool_client",
        "AWS::Cognito::UserPoolClient",
        &[reference("user_pool_id", "UserPoolId")],
    ),
    (
        "aws_api_gateway_vpc_link",
        "AWS::ApiGateway::VpcLink",
        &[plain("description", "Description"), plain("name", "Name")],
    ),
];
