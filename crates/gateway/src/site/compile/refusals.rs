//! What a definition demands and the gateway does not do yet: refused by name, at its place.
//!
//! Protections first: an API is never served less protected than its definition says.

use crate::limits::Limits;
use vestibule_restapi::{
    Code, ConnectionType, Diagnostic, EndpointAccessMode, EndpointType, Integration,
    IntegrationType, Method, Place, RestApi, Sourced,
};

/// Refuses what concerns the API as a whole.
pub(super) fn of_api(api: &RestApi, diagnostics: &mut Vec<Diagnostic>) {
    let endpoint = &api.endpoint;
    if let Some((EndpointType::Private, place)) = &endpoint.kind {
        diagnostics.push(unenforced(
            Code::UnenforcedEndpoint,
            "a private endpoint is not enforced yet",
            place,
        ));
    }
    let vpc_endpoint = endpoint.vpc_endpoint_ids.first().map(Sourced::whole);
    let strict = endpoint.access_mode.as_ref();
    let strict = strict.filter(|(mode, _)| *mode == EndpointAccessMode::Strict);
    let restrictions = [
        (vpc_endpoint.as_ref(), "a restriction to VPC endpoints is not enforced yet"),
        (endpoint.mutual_tls.as_ref(), "mutual TLS is not enforced yet"),
        (strict.map(|(_, place)| place), "the endpoint access mode `STRICT` is not enforced yet"),
    ];
    for (place, message) in restrictions {
        if let Some(place) = place {
            diagnostics.push(unenforced(Code::UnenforcedEndpoint, message, place));
        }
    }
    if let Some(policy) = &endpoint.security_policy {
        let message = format!("the TLS policy `{}` has no effect", &**policy);
        let finding = Diagnostic::warning(Code::UnsupportedFeature, message).at(policy.whole());
        let note = "TLS 1.2 and 1.3 are spoken with `--tls-certificate`; else TLS is ended in front of the gateway";
        diagnostics.push(finding.note(note));
    }
}

/// Refuses what concerns one method.
pub(super) fn of_method(method: &Method, limits: &Limits, diagnostics: &mut Vec<Diagnostic>) {
    if let Some(integration) = &method.integration {
        of_integration(integration, diagnostics);
        diagnostics.extend(long_timeout(integration, limits));
    }
}

fn of_integration(integration: &Integration, diagnostics: &mut Vec<Diagnostic>) {
    if let Some(credentials) = integration.credentials.as_ref().filter(|arn| arn.contains(":user/"))
    {
        let message = "calls with the caller's own identity are not supported yet";
        let place = &credentials.whole();
        diagnostics.push(unenforced(Code::UnenforcedAuthorization, message, place));
    }
    let mut refuse = |message: &str, place: &Place| {
        let finding = Diagnostic::error(Code::UnsupportedFeature, message);
        diagnostics.push(finding.at(place.clone()));
    };
    if let ConnectionType::VpcLink(id) = &integration.connection_type {
        refuse("VPC links are not supported", &id.whole());
    }
    if let Some(place) = &integration.response_stream {
        refuse("`responseTransferMode: STREAM` is not supported yet", place);
    }
    diagnostics.extend(verified(integration));
}

/// A timeout that is longer than the limits allow.
fn long_timeout(integration: &Integration, limits: &Limits) -> Option<Diagnostic> {
    let Limits { timeout_ms: longest, .. } = *limits;
    if integration.timeout_ms <= longest {
        return None;
    }
    let place = integration.timeout_place.clone().unwrap_or_else(|| integration.place.clone());
    let timeout = integration.timeout_ms;
    let message = format!("the timeout of {timeout} ms is longer than AWS's longest, {longest} ms");
    let help = format!("`--limits none` takes up to {} ms", Integration::TIMEOUT_MS_BEARABLE);
    let finding = Diagnostic::error(Code::LimitExceeded, message).at(place);
    let note = "AWS takes more of Regional and private APIs whose quota was raised";
    Some(finding.note(note).help(help))
}

/// What weakens nothing here, being stricter than the definition.
fn verified(integration: &Integration) -> Option<Diagnostic> {
    if matches!(integration.kind, IntegrationType::Http | IntegrationType::HttpProxy) {
        return None;
    }
    let place = integration.insecure_skip_verification.clone()?;
    let message = format!(
        "`insecureSkipVerification` has no effect on an integration of type `{}`",
        integration.kind.as_str()
    );
    let finding = Diagnostic::warning(Code::Ignored, message).at(place);
    Some(finding.note("AWS has it for HTTP and HTTP_PROXY alone"))
}

pub(super) fn unenforced(code: Code, message: &str, place: &Place) -> Diagnostic {
    Diagnostic::error(code, message)
        .at(place.clone())
        .note("an API is never served less protected than its definition says")
        .help("serve a definition without it, or wait for the version that enforces it")
}
