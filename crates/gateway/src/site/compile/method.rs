//! One method: its checks and its integration.

use super::super::snapshot::Method;
use super::integration;
use crate::validate::{Schemas, Validation};
use vestibule_restapi as restapi;
use vestibule_restapi::{Code, Diagnostic, ParameterLocation, Resource};

/// Compiles a method, unless something in it is wrong.
pub(super) fn compile(
    resource: &Resource,
    method: &restapi::Method,
    schemas: &mut Schemas<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Method> {
    let validation = validation(method, schemas, diagnostics);
    let Some(integration) = &method.integration else {
        let finding = Diagnostic::error(Code::Missing, "No integration defined for method");
        diagnostics.push(
            finding
                .at(method.place.clone())
                .help("add `x-amazon-apigateway-integration` to the operation"),
        );
        return None;
    };
    let declared_headers = method
        .request_parameters
        .iter()
        .filter(|parameter| parameter.location == ParameterLocation::Header)
        .map(|parameter| parameter.name.clone())
        .collect();
    Some(Method {
        http_method: method.http_method,
        resource_id: resource.id.clone(),
        resource_path: resource.path.as_str().to_owned(),
        declared_headers,
        validation,
        integration: integration::compile(integration, diagnostics)?,
    })
}

/// Models are compiled also where no validator asks for them, so that a broken one is found.
fn validation(
    method: &restapi::Method,
    schemas: &mut Schemas<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Validation> {
    let models = schemas.body_models(&method.request_models, diagnostics);
    let validator = method.request_validator.as_ref()?;
    let parameters =
        validator.validate_request_parameters.then_some(method.request_parameters.as_slice());
    Some(Validation::new(parameters, validator.validate_request_body.then_some(models)))
}
