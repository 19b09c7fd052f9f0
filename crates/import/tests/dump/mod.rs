//! What was read, as compact text: one line a fact, defaults left out.

mod served;

use std::fmt::Write;
use vestibule_import::{Definitions, Table};
use vestibule_restapi::{
    ApiKeySource, Authorizer, ConnectionType, Documentation, DocumentationPart,
    EndpointConfiguration, Integration, IntegrationResponse, MappingTemplate, Method,
    ParameterMapping, PassthroughBehavior, RequestModel, RequestValidator, RestApi,
};

/// All APIs and tables.
pub(crate) fn definitions(definitions: &Definitions) -> String {
    let mut text = String::new();
    definitions.apis.iter().for_each(|api| self::api(api, &mut text));
    served::write(definitions, &mut text);
    definitions.tables.iter().for_each(|table| self::table(table, &mut text));
    if text.is_empty() { "(nothing)\n".to_owned() } else { text }
}

macro_rules! line {
    ($text:expr, $($arguments:tt)*) => { writeln!($text, $($arguments)*).unwrap() };
}

fn api(api: &RestApi, text: &mut String) {
    line!(text, "api {:?}", &*api.name);
    api.version.iter().for_each(|version| line!(text, "  version {version:?}"));
    api.description.iter().for_each(|description| line!(text, "  description {description:?}"));
    if api.api_key_source == ApiKeySource::Authorizer {
        line!(text, "  api key source AUTHORIZER");
    }
    api.binary_media_types.iter().for_each(|kind| line!(text, "  binary {}", &**kind));
    api.minimum_compression_size.iter().for_each(|size| line!(text, "  compression from {size}"));
    api.policy.iter().for_each(|policy| line!(text, "  policy {}", &**policy));
    endpoint(&api.endpoint, text);
    for model in &api.models {
        line!(text, "  model {} {}", model.name, &*model.schema);
    }
    let used = |validator: &&RequestValidator| {
        let mut methods = api.resources.iter().flat_map(|resource| &resource.methods);
        methods.any(|method| method.request_validator.as_ref() == Some(*validator))
    };
    for validator in api.request_validators.iter().filter(|validator| !used(validator)) {
        line!(text, "  unused {}", self::validator(validator));
    }
    api.authorizers.iter().for_each(|authorizer| self::authorizer(authorizer, text));
    documentation(&api.documentation, text);
    for response in &api.gateway_responses {
        let status = response.status_code.map(|status| format!(" {status}")).unwrap_or_default();
        line!(text, "  gateway response {}{status}", response.kind);
        mappings(&response.response_parameters, "    ", text);
        templates(&response.response_templates, "    ", text);
    }
    for resource in &api.resources {
        for method in &resource.methods {
            line!(text, "  {} {} at {}", method.http_method, &*resource.path, method.place);
            self::method(method, text);
        }
    }
}

fn endpoint(endpoint: &EndpointConfiguration, text: &mut String) {
    endpoint.kind.iter().for_each(|(kind, at)| line!(text, "  endpoint {kind:?} at {at}"));
    endpoint.ip_address_type.iter().for_each(|kind| line!(text, "  addresses {kind:?}"));
    let disabled = &endpoint.disable_execute_api_endpoint;
    disabled.iter().for_each(|at| line!(text, "  endpoint disabled at {at}"));
    let vpc_endpoints = &endpoint.vpc_endpoint_ids;
    vpc_endpoints.iter().for_each(|id| line!(text, "  vpc endpoint {} at {}", &**id, id.whole()));
    endpoint.security_policy.iter().for_each(|name| line!(text, "  TLS policy {}", &**name));
    endpoint.access_mode.iter().for_each(|(mode, at)| line!(text, "  access {mode:?} at {at}"));
}

fn validator(validator: &RequestValidator) -> String {
    let (body, parameters) =
        (validator.validate_request_body, validator.validate_request_parameters);
    format!("validator {} body={body} parameters={parameters}", validator.name)
}

fn authorizer(authorizer: &Authorizer, text: &mut String) {
    let (name, kind, place) = (&authorizer.name, authorizer.kind.as_str(), &authorizer.place);
    line!(text, "  authorizer {name} {kind} at {place}");
    authorizer.auth_type.iter().for_each(|kind| line!(text, "    auth type {kind}"));
    let texts = [
        ("uri", &authorizer.uri),
        ("credentials", &authorizer.credentials),
        ("identity source", &authorizer.identity_source),
        ("identity validation", &authorizer.identity_validation_expression),
    ];
    for (what, value) in texts {
        value.iter().for_each(|value| line!(text, "    {what} {}", &**value));
    }
    authorizer.result_ttl_s.iter().for_each(|ttl| line!(text, "    results kept {ttl} s"));
    authorizer.provider_arns.iter().for_each(|arn| line!(text, "    provider {}", &**arn));
}

fn documentation(documentation: &Documentation, text: &mut String) {
    documentation.version.iter().for_each(|version| line!(text, "  documentation {version}"));
    for DocumentationPart { location, properties } in &documentation.parts {
        let parts = [&location.path, &location.method, &location.status_code, &location.name];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        line!(text, "  about {} {parts:?}: {}", location.kind, &**properties);
    }
}

fn method(method: &Method, text: &mut String) {
    if let Some(refusal) = &method.refusal {
        line!(text, "    refused {}: {}", refusal.code.id(), refusal.message);
    }
    method.operation_name.iter().for_each(|name| line!(text, "    operation {name}"));
    let authorization = &method.authorization;
    if authorization.kind.as_str() != "NONE" {
        let authorizer = authorization.authorizer.as_deref().unwrap_or("");
        let kind = authorization.kind.as_str();
        line!(
            text,
            "    auth {kind} {authorizer} {:?} at {}",
            authorization.scopes,
            authorization.place
        );
    }
    method.api_key_required.iter().for_each(|at| line!(text, "    api key required at {at}"));
    if let Some(validator) = &method.request_validator {
        line!(text, "    {}", self::validator(validator));
    }
    for parameter in &method.request_parameters {
        let (location, name) = (parameter.location.as_str(), &parameter.name);
        line!(
            text,
            "    {location} {name}{}",
            if parameter.is_required { " required" } else { "" }
        );
    }
    models("request", &method.request_models, text);
    for response in &method.responses {
        line!(text, "    response {} {:?}", response.status_code, response.headers);
        models("response", &response.response_models, text);
    }
    method.integration.iter().for_each(|integration| self::integration(integration, text));
}

fn models(what: &str, models: &[RequestModel], text: &mut String) {
    for model in models {
        line!(
            text,
            "    {what} model {} {} at {}",
            model.media_type,
            &*model.model,
            model.model.whole()
        );
    }
}

fn integration(integration: &Integration, text: &mut String) {
    let part = |value: &Option<vestibule_restapi::Sourced>| {
        value.as_ref().map(|value| format!(" {}", &**value)).unwrap_or_default()
    };
    let (verb, uri) = (part(&integration.http_method), part(&integration.uri));
    line!(text, "    integration {}{verb}{uri}", integration.kind.as_str());
    if let Some(credentials) = &integration.credentials {
        line!(text, "      credentials {}", &**credentials);
    }
    if integration.passthrough_behavior != PassthroughBehavior::WhenNoMatch {
        line!(text, "      passthrough {:?}", integration.passthrough_behavior);
    }
    integration.content_handling.iter().for_each(|(handling, _)| line!(text, "      {handling:?}"));
    if integration.timeout_ms != Integration::TIMEOUT_MS_MAX {
        line!(text, "      timeout {} ms", integration.timeout_ms);
    }
    integration.cache_namespace.iter().for_each(|name| line!(text, "      cache {name}"));
    integration
        .cache_key_parameters
        .iter()
        .for_each(|key| line!(text, "      cache key {}", &**key));
    if let ConnectionType::VpcLink(id) = &integration.connection_type {
        line!(text, "      vpc link {}", &**id);
    }
    let insecure = &integration.insecure_skip_verification;
    insecure.iter().for_each(|at| line!(text, "      insecure at {at}"));
    integration.response_stream.iter().for_each(|at| line!(text, "      stream at {at}"));
    mappings(&integration.request_parameters, "      ", text);
    templates(&integration.request_templates, "      ", text);
    integration.responses.iter().for_each(|response| self::response(response, text));
}

fn response(response: &IntegrationResponse, text: &mut String) {
    let pattern = response.selection_pattern.as_ref().map_or("default", |pattern| pattern);
    line!(text, "      on {pattern} -> {}", &*response.status_code);
    response.content_handling.iter().for_each(|(handling, _)| line!(text, "        {handling:?}"));
    mappings(&response.response_parameters, "        ", text);
    templates(&response.response_templates, "        ", text);
}

fn mappings(mappings: &[ParameterMapping], margin: &str, text: &mut String) {
    for mapping in mappings {
        line!(text, "{margin}{} = {}", &*mapping.destination, &*mapping.source);
    }
}

fn templates(templates: &[MappingTemplate], margin: &str, text: &mut String) {
    for template in templates {
        let place = template.template.whole();
        line!(text, "{margin}{} at {place}: {:?}", template.media_type, &*template.template);
    }
}

fn table(table: &Table, text: &mut String) {
    line!(text, "table {} ({}) at {}", &*table.name, table.logical_id, table.place);
    line!(text, "  {}", table.create_table);
    if let Some(attribute) = &table.time_to_live_attribute {
        line!(text, "  time to live {}", &**attribute);
    }
}
