//! `x-amazon-apigateway-integration`. Members in the order recorded on AWS, which has `type` last in OpenAPI 3.0.

use super::value::{Object, Value};
use super::{Exporter, Format};
use vestibule_restapi::{
    ConnectionType, Integration, IntegrationResponse, MappingTemplate, ParameterMapping,
};

/// The integration of a method. Defaults that AWS leaves out are left out.
pub(super) fn write(integration: &Integration, exporter: &mut Exporter<'_>) -> Object {
    let mut object = Object::default();
    let kind = integration.kind.as_str().to_ascii_lowercase();
    let format = exporter.options.format;
    if format == Format::Swagger {
        object.put("type", &*kind);
    }
    object.put_some("credentials", integration.credentials.as_deref());
    object.put_some("httpMethod", integration.http_method.as_deref());
    object.put_some("uri", integration.uri.as_deref());
    object.put_filled("responses", responses(&integration.responses, exporter));
    object.put_filled("requestParameters", mappings(&integration.request_parameters));
    object.put_filled("requestTemplates", templates(&integration.request_templates));
    let passthrough = integration.passthrough_behavior.as_str().to_ascii_lowercase();
    object.put("passthroughBehavior", &*passthrough);
    if let ConnectionType::VpcLink(id) = &integration.connection_type {
        object.put("connectionType", "VPC_LINK");
        object.put("connectionId", &**id);
    }
    if integration.insecure_skip_verification.is_some() {
        let mut tls = Object::default();
        tls.put("insecureSkipVerification", true);
        object.put("tlsConfig", tls);
    }
    if integration.timeout_ms != Integration::TIMEOUT_MS_MAX {
        object.put("timeoutInMillis", integration.timeout_ms);
    }
    object.put_some("cacheNamespace", integration.cache_namespace.as_deref());
    if !integration.cache_key_parameters.is_empty() {
        let keys = integration.cache_key_parameters.iter().map(|key| key.as_str());
        object.put("cacheKeyParameters", Value::texts(keys));
    }
    let handling = integration.content_handling.as_ref();
    object.put_some("contentHandling", handling.map(|(handling, _)| handling.as_str()));
    if integration.response_stream.is_some() {
        object.put("responseTransferMode", "STREAM");
    }
    if format == Format::Oas30 {
        object.put("type", &*kind);
    }
    object
}

fn responses(responses: &[IntegrationResponse], exporter: &mut Exporter<'_>) -> Object {
    let mut object = Object::default();
    for response in responses {
        let pattern = response.selection_pattern.as_deref();
        let key = pattern.unwrap_or("default");
        let is_taken = object.has(key) || matches!(pattern, Some("default" | ""));
        if is_taken {
            let message = format!("the integration response `{key}` is left out");
            let note = "in OpenAPI the selection pattern is the key, and `default` has none";
            exporter.left_out(message, response.place.clone(), note);
            continue;
        }
        object.put(key, self::response(response));
    }
    object
}

fn response(response: &IntegrationResponse) -> Object {
    let mut object = Object::default();
    object.put("statusCode", &*response.status_code);
    object.put_filled("responseParameters", mappings(&response.response_parameters));
    object.put_filled("responseTemplates", templates(&response.response_templates));
    let handling = response.content_handling.as_ref();
    object.put_some("contentHandling", handling.map(|(handling, _)| handling.as_str()));
    object
}

/// Mappings from destination to source.
pub(super) fn mappings(mappings: &[ParameterMapping]) -> Object {
    let member = |line: &ParameterMapping| (line.destination.to_string(), (&*line.source).into());
    mappings.iter().map(member).collect()
}

/// Templates by media type.
pub(super) fn templates(templates: &[MappingTemplate]) -> Object {
    let member =
        |template: &MappingTemplate| (template.media_type.clone(), (&*template.template).into());
    templates.iter().map(member).collect()
}
