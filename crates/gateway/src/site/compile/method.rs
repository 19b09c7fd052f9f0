//! One method: its checks and its integration; refused with any error of its own.

use super::super::snapshot::{Method, Route, Serving};
use super::authorizers::Authorizers;
use super::roles::Roles;
use super::{Facts, authorization, integration, refusals};
use crate::validate::{Schemas, Validation};
use vestibule_restapi as restapi;
use vestibule_restapi::{Code, Diagnostic, ParameterLocation, Refusal, Resource, Scope};

/// What the methods of an API are compiled with.
pub(super) struct Shared<'s, 'a> {
    pub(super) facts: &'s Facts,
    pub(super) authorizers: &'s mut Authorizers<'a>,
    pub(super) roles: &'s mut Roles<'a>,
    pub(super) schemas: &'s mut Schemas<'a>,
}

/// Compiles a method in its place. An error is its own and refuses it.
pub(super) fn route(
    resource: &Resource,
    method: &restapi::Method,
    shared: Shared<'_, '_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Route {
    let mut own = Vec::new();
    refusals::of_method(method, &shared.facts.limits, &mut own);
    let compiled = compile(resource, method, shared, &mut own);
    own.iter_mut().for_each(|finding| finding.scope = Scope::Method);
    let refusal = method.refusal.clone().or_else(|| Refusal::of(&own));
    diagnostics.append(&mut own);
    let serving = match (refusal, compiled) {
        (Some(refusal), _) => Serving::Refused(refusal),
        (None, Some(compiled)) => Serving::Served(Box::new(compiled)),
        (None, None) => Serving::Refused(unexplained(method)),
    };
    Route {
        http_method: method.http_method,
        resource_id: resource.id.clone(),
        resource_path: resource.path.as_str().to_owned(),
        serving,
    }
}

/// A method that did not compile has said why; should it not have, it is refused all the same.
fn unexplained(method: &restapi::Method) -> Refusal {
    let message = "it cannot be compiled".to_owned();
    Refusal { code: Code::UnsupportedFeature, message, place: Some(method.place.clone()) }
}

/// Compiles a method, unless something in it is wrong.
fn compile(
    resource: &Resource,
    method: &restapi::Method,
    shared: Shared<'_, '_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Method> {
    let Shared { facts, authorizers, roles, schemas } = shared;
    let authorization = authorization::compile(method, authorizers, diagnostics);
    let validation = validation(method, schemas, diagnostics);
    let Some(integration) = &method.integration else {
        if method.refusal.is_some() {
            return None;
        }
        let verb = method.http_method;
        let message = format!("`{verb} {}` has no integration", &*resource.path);
        let finding = Diagnostic::error(Code::Missing, message).at(method.place.clone());
        let help = "add what answers it: `x-amazon-apigateway-integration` of OpenAPI, `Integration` of CloudFormation, \
                    `aws_api_gateway_integration` of Terraform";
        let finding = finding.note("AWS: No integration defined for method").help(help);
        diagnostics.push(finding);
        return None;
    };
    let declared_headers = method
        .request_parameters
        .iter()
        .filter(|parameter| parameter.location == ParameterLocation::Header)
        .map(|parameter| parameter.name.clone())
        .collect();
    Some(Method {
        authorization: authorization?,
        declared_headers,
        validation,
        integration: integration::compile(
            resource,
            integration,
            &facts.services,
            roles,
            diagnostics,
        )?,
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
