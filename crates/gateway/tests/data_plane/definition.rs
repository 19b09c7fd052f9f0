//! Definitions by hand: the smallest ones, whose fields a test changes as it needs.

use std::sync::Arc;
use vestibule_gateway::{Services, UserPools};
use vestibule_restapi::{
    ApiKeySource, Authorization, AuthorizationType, ConnectionType, Documentation,
    EndpointConfiguration, GatewayResponse, GatewayResponseType, HttpMethod, Integration,
    IntegrationResponse, IntegrationType, MappingTemplate, Method, MethodSetting, Model,
    ParameterMapping, PassthroughBehavior, RequestModel, RequestValidator, Resource, ResourceId,
    RestApi, RestApiId, Sourced,
};
use vestibule_sigv4::Credentials;

/// A text of the definition; it is its own file, so that it stands at `api.yaml:1:1`.
pub(crate) fn text(text: &str) -> Sourced {
    Sourced::inline("api.yaml", text)
}

/// Templates for `application/json`.
pub(crate) fn json(template: &str) -> Vec<MappingTemplate> {
    vec![MappingTemplate { media_type: "application/json".to_owned(), template: text(template) }]
}

/// One line of `requestParameters` or `responseParameters`.
pub(crate) fn line(destination: &str, source: &str) -> ParameterMapping {
    ParameterMapping { destination: text(destination), source: text(source) }
}

/// A mock with this request template; its default response is 200 without a template.
pub(crate) fn mock(request_template: &str) -> Integration {
    Integration {
        kind: IntegrationType::Mock,
        uri: None,
        http_method: None,
        credentials: None,
        request_parameters: Vec::new(),
        request_templates: json(request_template),
        passthrough_behavior: PassthroughBehavior::WhenNoMatch,
        content_handling: None,
        timeout_ms: Integration::TIMEOUT_MS_MAX,
        timeout_place: None,
        cache_namespace: None,
        cache_key_parameters: Vec::new(),
        connection_type: ConnectionType::Internet,
        insecure_skip_verification: None,
        response_stream: None,
        responses: vec![IntegrationResponse {
            selection_pattern: None,
            status_code: text("200"),
            response_parameters: Vec::new(),
            response_templates: Vec::new(),
            content_handling: None,
            place: text("responses").whole(),
        }],
        place: text("integration").whole(),
    }
}

/// A mock that answers 200 with this response template.
pub(crate) fn answering(response_template: &str) -> Integration {
    let mut integration = mock(r#"{"statusCode": 200}"#);
    integration.responses[0].response_templates = json(response_template);
    integration
}

/// An action of DynamoDB with this request template.
pub(crate) fn dynamodb(action: &str, request_template: &str) -> Integration {
    Integration {
        kind: IntegrationType::Aws,
        uri: Some(text(&format!("arn:aws:apigateway:us-east-1:dynamodb:action/{action}"))),
        http_method: Some(text("POST")),
        ..mock(request_template)
    }
}

/// An open method.
pub(crate) fn method(http_method: HttpMethod, integration: Integration) -> Method {
    Method {
        http_method,
        operation_name: None,
        authorization: Authorization {
            kind: AuthorizationType::None,
            authorizer: None,
            scopes: Vec::new(),
            place: text("method").whole(),
        },
        api_key_required: None,
        request_parameters: Vec::new(),
        request_models: Vec::new(),
        request_validator: None,
        responses: Vec::new(),
        integration: Some(integration),
        refusal: None,
        place: text("method").whole(),
    }
}

/// An API of these methods.
pub(crate) fn api<const N: usize>(methods: [(&str, Method); N]) -> RestApi {
    let resource = |(path, method): (&str, Method)| Resource {
        id: ResourceId::of(path),
        path: text(path),
        methods: vec![method],
    };
    RestApi {
        id: RestApiId::of("api"),
        name: text("api"),
        description: None,
        version: None,
        resources: methods.into_iter().map(resource).collect(),
        models: Vec::new(),
        request_validators: Vec::new(),
        authorizers: Vec::new(),
        gateway_responses: Vec::new(),
        binary_media_types: Vec::new(),
        minimum_compression_size: None,
        api_key_source: ApiKeySource::Header,
        policy: None,
        endpoint: EndpointConfiguration::default(),
        documentation: Documentation::default(),
        place: text("api").whole(),
    }
}

/// `POST /checked`, whose body is checked against `schema`; a body that does not fit is answered with
/// `$context.error.validationErrorString`.
pub(crate) fn checked(schema: &str) -> RestApi {
    let mut method = method(HttpMethod::Post, answering("fine"));
    method.request_models =
        vec![RequestModel { media_type: "application/json".to_owned(), model: text("Checked") }];
    method.request_validator = Some(RequestValidator {
        name: "body".to_owned(),
        validate_request_body: true,
        validate_request_parameters: false,
    });
    let mut api = api([("/checked", method)]);
    api.models = vec![Model {
        name: "Checked".to_owned(),
        content_type: "application/json".to_owned(),
        schema: text(schema),
    }];
    api.gateway_responses = vec![GatewayResponse {
        kind: GatewayResponseType::BadRequestBody,
        status_code: None,
        response_parameters: Vec::new(),
        response_templates: json("$context.error.validationErrorString"),
        place: text("gateway response").whole(),
    }];
    api
}

/// A deployment of an API, served as the stage `prod`.
pub(crate) fn deployed(api: RestApi) -> vestibule_gateway::StageView {
    use vestibule_restapi::{Stage, StageName};
    let stage = Stage::new(StageName::parse("prod").unwrap(), api.id.clone());
    vestibule_gateway::StageView::new(stage, Arc::new(compiled(api)))
}

/// A deployment of an API, which compiles without a finding.
pub(crate) fn compiled(api: RestApi) -> vestibule_gateway::Snapshot {
    let compiled = compile(api);
    let findings: Vec<String> = compiled.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(findings, Vec::<String>::new());
    compiled.snapshot.unwrap()
}

/// A deployment of an API with what is found in it.
pub(crate) fn compile(api: RestApi) -> vestibule_gateway::Compiled {
    compile_with(api, services())
}

/// The same with these services.
pub(crate) fn compile_with(api: RestApi, services: Services) -> vestibule_gateway::Compiled {
    compile_for(api, services, UserPools::default())
}

/// The same with these user pools.
pub(crate) fn compile_for(
    api: RestApi,
    services: Services,
    user_pools: UserPools,
) -> vestibule_gateway::Compiled {
    use vestibule_restapi::{AccountId, Deployment, DeploymentId};
    let deployment = Deployment { id: DeploymentId::of(b"content"), api: Arc::new(api) };
    let account = AccountId::parse("000000000000").unwrap();
    let region = vestibule_restapi::Region::parse("us-east-1").unwrap();
    let facts = vestibule_gateway::Facts {
        services,
        user_pools,
        ..vestibule_gateway::Facts::new(account, region)
    };
    vestibule_gateway::compile(&deployment, &facts)
}

/// Where services are called in most tests.
pub(crate) fn services() -> Services {
    services_at(&[
        ("lambda", "http://functions.test:3001"),
        ("sqs", "http://queues.test"),
        ("sns", "http://topics.test"),
        ("s3", "https://objects.test"),
        ("states", "https://machines.test/base"),
        ("events", "https://buses.test"),
        ("kinesis", "https://streams.test"),
        ("sagemaker", "https://models.test"),
    ])
}

/// Services at these addresses, with the key of AWS's own examples.
pub(crate) fn services_at(endpoints: &[(&str, &str)]) -> Services {
    let endpoint = |(name, url): &(&str, &str)| {
        ((*name).to_owned(), vestibule_gateway::EndpointUrl::parse(url).unwrap())
    };
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned();
    let credentials = Credentials::new("AKIDEXAMPLE".to_owned(), secret, None);
    Services::new(endpoints.iter().map(endpoint).collect(), Some(credentials))
}

/// What a stage asks for these methods, or for all: so many requests a second, so many at once.
pub(crate) fn throttled(
    path: Option<&str>,
    verb: Option<HttpMethod>,
    rate: f64,
    burst: u32,
) -> MethodSetting {
    MethodSetting {
        resource_path: path.map(str::to_owned),
        http_method: verb,
        metrics: None,
        logging_level: None,
        data_trace: None,
        rate_per_second: Some(rate),
        burst_requests: Some(burst),
        caching: None,
        cache_ttl_s: None,
        cache_data_encrypted: None,
        require_authorization_for_cache_control: None,
        unauthorized_cache_control: None,
        place: text("setting").whole(),
    }
}
