//! Extensions at the root that concern the API as a whole, in the order of their names.

use super::integration::{mappings, templates};
use super::value::{Object, Value};
use super::{Exporter, schema};
use crate::tree::{JsonWriter, Kind};
use vestibule_restapi::{
    ApiKeySource, Documentation, DocumentationPart, GatewayResponse, RequestValidator, RestApi,
};

/// Adds the extensions, when they are asked for.
pub(super) fn put(api: &RestApi, exporter: &Exporter<'_>, document: &mut Object) {
    if !exporter.options.extensions.has_settings() {
        return;
    }
    if api.api_key_source == ApiKeySource::Authorizer {
        document.put("x-amazon-apigateway-api-key-source", api.api_key_source.as_str());
    }
    if !api.binary_media_types.is_empty() {
        let types = api.binary_media_types.iter().map(|media_type| media_type.as_str());
        document.put("x-amazon-apigateway-binary-media-types", Value::texts(types));
    }
    if api.documentation != Documentation::default() {
        let documentation = documentation(&api.documentation);
        document.put("x-amazon-apigateway-documentation", documentation);
    }
    let mode = api.endpoint.access_mode.as_ref().map(|(mode, _)| mode.as_str());
    document.put_some("x-amazon-apigateway-endpoint-access-mode", mode);
    let responses = api.gateway_responses.iter().map(gateway_response).collect();
    document.put_filled("x-amazon-apigateway-gateway-responses", responses);
    let size = api.minimum_compression_size;
    document.put_some("x-amazon-apigateway-minimum-compression-size", size);
    document.put_some("x-amazon-apigateway-policy", api.policy.as_deref().map(embedded));
    let validators = api.request_validators.iter().map(validator).collect();
    document.put_filled("x-amazon-apigateway-request-validators", validators);
    let policy = api.endpoint.security_policy.as_deref();
    document.put_some("x-amazon-apigateway-security-policy", policy);
}

/// Adds the endpoint configuration to the root of Swagger 2.0 or the server of OpenAPI 3.0.
pub(super) fn endpoint(api: &RestApi, exporter: &Exporter<'_>, holder: &mut Object) {
    let mut object = Object::default();
    let endpoint = &api.endpoint;
    if endpoint.disable_execute_api_endpoint.is_some() {
        object.put("disableExecuteApiEndpoint", true);
    }
    if !endpoint.vpc_endpoint_ids.is_empty() {
        let ids = endpoint.vpc_endpoint_ids.iter().map(|id| id.as_str());
        object.put("vpcEndpointIds", Value::texts(ids));
    }
    if let Some((kind, _)) = &endpoint.kind {
        object.put("types", Value::texts([kind.as_str()]));
    }
    object.put_some("ipAddressType", endpoint.ip_address_type.map(|kind| kind.as_str()));
    if exporter.options.extensions.has_settings() {
        holder.put_filled("x-amazon-apigateway-endpoint-configuration", object);
    }
}

fn validator(validator: &RequestValidator) -> (String, Value) {
    let mut object = Object::default();
    object.put("validateRequestParameters", validator.validate_request_parameters);
    object.put("validateRequestBody", validator.validate_request_body);
    (validator.name.clone(), object.into())
}

fn gateway_response(response: &GatewayResponse) -> (String, Value) {
    let mut object = Object::default();
    object.put_some("statusCode", response.status_code.map(u32::from));
    object.put_filled("responseParameters", mappings(&response.response_parameters));
    object.put_filled("responseTemplates", templates(&response.response_templates));
    (response.kind.as_str().to_owned(), object.into())
}

fn documentation(documentation: &Documentation) -> Object {
    let mut object = Object::default();
    object.put_some("version", documentation.version.as_deref());
    let parts = documentation.parts.iter().map(|part| documentation_part(part).into());
    object.put("documentationParts", parts.collect::<Value>());
    object
}

fn documentation_part(part: &DocumentationPart) -> Object {
    let mut location = Object::default();
    location.put("type", &*part.location.kind);
    location.put_some("path", part.location.path.as_deref());
    location.put_some("method", part.location.method.as_deref());
    location.put_some("statusCode", part.location.status_code.as_deref());
    location.put_some("name", part.location.name.as_deref());
    let mut object = Object::default();
    object.put("location", location);
    object.put("properties", embedded(&part.properties));
    object
}

/// JSON text as the object it is, where that says the same; else as a text.
fn embedded(text: &str) -> Value {
    let object = schema::parsed(text, |root| {
        let mut again = JsonWriter::default();
        again.value(root, &|text| text);
        let is_same = root.kind() == Kind::Object && &*again.finish("") == text;
        is_same.then(|| schema::value(root, &mut |_| None))
    });
    object.flatten().unwrap_or_else(|| text.into())
}
