//! Calls of AWS that will not be signed, as far as that is known without asking anybody: a gateway that has no credentials says so when it
//! starts, not at the first request.

use crate::authorize::AuthorizationKind;
use crate::integrate::Signer;
use crate::site::IntegrationKind;
use crate::site::snapshot::{Method, Route, Serving};
use std::ptr;
use vestibule_restapi::{Code, Diagnostic, Place};
use vestibule_sigv4::CredentialsError;

/// A call that is signed.
struct Signed<'r> {
    /// Who makes it, such as `POST /orders`.
    by: String,
    signer: &'r Signer,
    place: &'r Place,
}

/// Warns of calls that there is nothing to sign with: of all that lack the same once, at the first of them.
pub(super) fn missing(routes: &[Route], diagnostics: &mut Vec<Diagnostic>) {
    let mut found: Vec<(Signed<'_>, CredentialsError, usize)> = Vec::new();
    let mut seen: Vec<*const Signer> = Vec::new();
    for signed in routes.iter().flat_map(of_route) {
        // Methods share their authorizer.
        let signer = ptr::from_ref(signed.signer);
        if seen.contains(&signer) {
            continue;
        }
        seen.push(signer);
        let Some(error) = signed.signer.foreseen() else { continue };
        match found.iter_mut().find(|(_, known, _)| *known == error) {
            Some((.., further)) => *further += 1,
            None => found.push((signed, error, 0)),
        }
    }
    let findings = found.iter().map(|(signed, error, further)| finding(signed, error, *further));
    diagnostics.extend(findings);
}

fn finding(signed: &Signed<'_>, error: &CredentialsError, further: usize) -> Diagnostic {
    let Signed { by, signer, place } = signed;
    let service = signer.service();
    let role = signer.role().map_or_else(String::new, |role| format!(" as the role `{role}`"));
    let message = format!("{by} calls `{service}`{role}, and {error}");
    let finding = Diagnostic::warning(Code::NothingToSignWith, message).at((*place).clone());
    let finding = finding.note("such a call is not made: its request is answered with 500");
    let finding = match further {
        0 => finding,
        1 => finding.note("of 1 further call the same is true"),
        further => finding.note(format!("of {further} further calls the same is true")),
    };
    finding.help(error.help())
}

fn of_route(route: &Route) -> impl Iterator<Item = Signed<'_>> {
    let method = match &route.serving {
        Serving::Served(method) => Some(&**method),
        Serving::Refused(_) => None,
    };
    let of_method = |method| authorizer(method).into_iter().chain(integration(route, method));
    method.into_iter().flat_map(of_method)
}

fn authorizer(method: &Method) -> Option<Signed<'_>> {
    let AuthorizationKind::Lambda(authorizer) = &method.authorization.kind else { return None };
    let by = format!("the authorizer `{}`", authorizer.name);
    Some(Signed { by, signer: authorizer.invocation.signer()?, place: &authorizer.place })
}

fn integration<'r>(route: &'r Route, method: &'r Method) -> Option<Signed<'r>> {
    let integration = &method.integration;
    let (signer, place) = match &integration.kind {
        IntegrationKind::Lambda(function) => (function.invocation.signer()?, &function.uri_place),
        IntegrationKind::Service(service) => (&service.signer, &service.uri_place),
        IntegrationKind::DynamoDb(_) => (integration.assumed.as_ref()?, &integration.place),
        IntegrationKind::Mock | IntegrationKind::Http(_) => return None,
    };
    Some(Signed { by: format!("`{}`", route.named()), signer, place })
}
