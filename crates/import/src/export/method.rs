//! A method as an operation: its parameters, its bodies and what it answers.

use super::value::{Object, Value};
use super::{Exporter, Format, integration, security};
use vestibule_restapi::{
    Method, MethodResponse, ParameterLocation, RequestModel, RequestParameter,
};

/// The operation that a method is.
pub(super) fn operation(
    method: &Method,
    names: &security::Names,
    exporter: &mut Exporter<'_>,
) -> Object {
    let mut operation = Object::default();
    operation.put_some("operationId", method.operation_name.as_deref());
    match exporter.options.format {
        Format::Oas30 => oas30(method, exporter, &mut operation),
        Format::Swagger => swagger(method, exporter, &mut operation),
    }
    let security = names.requirements(method);
    if !security.is_empty() {
        operation.put("security", Value::Array(security));
    }
    let extensions = exporter.options.extensions;
    if extensions.has_settings() {
        let validator = method.request_validator.as_ref();
        let name = validator.map(|validator| validator.name.as_str());
        operation.put_some("x-amazon-apigateway-request-validator", name);
    }
    if let Some(integration) = &method.integration
        && extensions.has_integrations()
    {
        let integration = integration::write(integration, exporter);
        operation.put("x-amazon-apigateway-integration", integration);
    }
    operation
}

fn oas30(method: &Method, exporter: &mut Exporter<'_>, operation: &mut Object) {
    let parameters = method.request_parameters.iter().map(|parameter| {
        let mut object = named(parameter);
        if parameter.is_required {
            object.put("required", true);
        }
        object.put("schema", string());
        object.into()
    });
    put_parameters(parameters.collect(), operation);
    if !method.request_models.is_empty() {
        let mut body = Object::default();
        body.put("content", content(&method.request_models, exporter));
        body.put("required", true);
        operation.put("requestBody", body);
    }
    let mut responses = Object::default();
    for response in &method.responses {
        let mut object = described(response);
        let headers = response.headers.iter().map(|header| {
            let mut object = Object::default();
            object.put("schema", string());
            (header.clone(), object.into())
        });
        object.put_filled("headers", headers.collect());
        object.put("content", content(&response.response_models, exporter));
        responses.put(&*response.status_code, object);
    }
    operation.put("responses", responses);
}

fn content(models: &[RequestModel], exporter: &Exporter<'_>) -> Object {
    let entry = |model: &RequestModel| {
        let mut object = Object::default();
        object.put("schema", reference(&model.model, exporter));
        (model.media_type.clone(), object.into())
    };
    models.iter().map(entry).collect()
}

fn swagger(method: &Method, exporter: &mut Exporter<'_>, operation: &mut Object) {
    let bodies = Bodies::of(method, exporter);
    for (name, types) in [("consumes", &bodies.consumes), ("produces", &bodies.produces)] {
        if !types.is_empty() {
            operation.put(name, Value::texts(types.iter().map(String::as_str)));
        }
    }
    let parameters = method.request_parameters.iter().map(|parameter| {
        let mut object = named(parameter);
        object.put("required", parameter.is_required);
        object.put("type", "string");
        object.into()
    });
    let body = method.request_models.first().map(|model| {
        let mut object = Object::default();
        object.put("in", "body");
        object.put("name", &*model.model);
        object.put("required", true);
        object.put("schema", reference(&model.model, exporter));
        object.into()
    });
    put_parameters(parameters.chain(body).collect(), operation);
    let mut responses = Object::default();
    for response in &method.responses {
        let mut object = described(response);
        let model = response.response_models.first();
        object.put_some("schema", model.map(|model| reference(&model.model, exporter)));
        let headers = response.headers.iter().map(|header| (header.clone(), string().into()));
        object.put_filled("headers", headers.collect());
        responses.put(&*response.status_code, object);
    }
    operation.put("responses", responses);
}

/// The media types of an operation of Swagger 2.0, which has one model a body.
struct Bodies {
    consumes: Vec<String>,
    produces: Vec<String>,
}

impl Bodies {
    /// Those that have models; without models, those that have templates. Recorded on AWS.
    fn of(method: &Method, exporter: &mut Exporter<'_>) -> Bodies {
        let consumes = types(&method.request_models);
        one_model(&method.request_models, exporter);
        let mut produces = vec![];
        for response in &method.responses {
            one_model(&response.response_models, exporter);
            let these = types(&response.response_models);
            if produces.is_empty() {
                produces = these;
            } else if let Some(first) = response.response_models.first()
                && these != produces
            {
                let status = &response.status_code;
                let message = format!("the media types of response {status} are left out");
                let note = "in Swagger 2.0 all responses of an operation have the same ones";
                exporter.left_out(message, first.model.whole(), note);
            }
        }
        let integration = method.integration.as_ref();
        let requests = integration.into_iter().flat_map(|part| &part.request_templates);
        let responses = integration.into_iter().flat_map(|part| &part.responses);
        let responses = responses.flat_map(|response| &response.response_templates);
        let distinct = |found: &mut Vec<String>, media_type: &String| {
            if !found.contains(media_type) {
                found.push(media_type.clone());
            }
        };
        let (mut of_requests, mut of_responses) = (vec![], vec![]);
        requests.for_each(|template| distinct(&mut of_requests, &template.media_type));
        responses.for_each(|template| distinct(&mut of_responses, &template.media_type));
        Bodies {
            consumes: if consumes.is_empty() { of_requests } else { consumes },
            produces: if produces.is_empty() { of_responses } else { produces },
        }
    }
}

fn types(models: &[RequestModel]) -> Vec<String> {
    models.iter().map(|model| model.media_type.clone()).collect()
}

fn one_model(models: &[RequestModel], exporter: &mut Exporter<'_>) {
    let Some(first) = models.first() else { return };
    for other in models.iter().filter(|other| other.model != first.model) {
        let (model, media_type) = (&*other.model, &other.media_type);
        let message = format!("the model `{model}` of `{media_type}` is left out");
        let note = "in Swagger 2.0 a body has one model, whatever its media type";
        exporter.left_out(message, other.model.whole(), note);
    }
}

fn put_parameters(parameters: Vec<Value>, operation: &mut Object) {
    if !parameters.is_empty() {
        operation.put("parameters", Value::Array(parameters));
    }
}

fn named(parameter: &RequestParameter) -> Object {
    let mut object = Object::default();
    object.put("name", &*parameter.name);
    object.put(
        "in",
        match parameter.location {
            ParameterLocation::Header => "header",
            ParameterLocation::Path => "path",
            ParameterLocation::Querystring => "query",
        },
    );
    object
}

fn described(response: &MethodResponse) -> Object {
    let mut object = Object::default();
    object.put("description", &*format!("{} response", response.status_code));
    object
}

fn string() -> Object {
    let mut object = Object::default();
    object.put("type", "string");
    object
}

fn reference(model: &str, exporter: &Exporter<'_>) -> Object {
    let mut object = Object::default();
    object.put("$ref", &*format!("{}{model}", exporter.models_prefix()));
    object
}
