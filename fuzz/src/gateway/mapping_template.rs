//! Mapping templates with all that AWS puts into them: `$input`, `$context`, `$util`, `$stageVariables`.

use std::sync::OnceLock;

use bytes::Bytes;
use vestibule_restapi::{RestApi, Sourced};

use super::answer;
use super::service::Service;
use crate::definitions::import;
use crate::lines;

/// Renders the input but its first line as a mapping template, once of a request and once of a response. The first line
/// is the body.
pub fn mapping_template(data: &[u8]) {
    static FIXTURE: OnceLock<(Service, Option<RestApi>)> = OnceLock::new();
    let Some(text) = lines::text(data) else { return };
    let (body, template) = lines::first_and_rest(text);
    let (service, api) = FIXTURE.get_or_init(|| {
        let imported = import("template.yaml", include_bytes!("../../definitions/template.yaml"));
        (Service::new(), imported.and_then(|imported| imported.definitions.apis.into_iter().next()))
    });
    let mut api = api.clone();
    replace(api.as_mut(), &Sourced::inline("template", template));
    if api.and_then(|api| service.serve(api)).is_none() {
        return;
    }
    for path in ["/request/a%20b?q=1&q=%C3%A9", "/response/a%20b?q=1&q=%C3%A9"] {
        let request = http::Request::post(path)
            .header("content-type", "application/json")
            .header("x-trace", "root=1")
            .header("x-quoted", "a \"quoted\" 'text'")
            .body(Bytes::copy_from_slice(body.as_bytes()));
        let Ok(request) = request else { return };
        let (_, headers, body) = answer::check(service.answer(request));
        if headers.contains_key("x-amzn-errortype") {
            answer::is_json(&body);
        }
    }
}

/// Makes `template` the request's template of one method and the response's of the other.
fn replace(api: Option<&mut RestApi>, template: &Sourced) {
    for resource in api.into_iter().flat_map(|api| &mut api.resources) {
        let is_request = resource.path.starts_with("/request");
        for integration in resource.methods.iter_mut().filter_map(|m| m.integration.as_mut()) {
            let responses =
                integration.responses.iter_mut().flat_map(|r| &mut r.response_templates);
            let of_response = responses.filter(|_| !is_request);
            let of_request = integration.request_templates.iter_mut().filter(|_| is_request);
            for mapping in of_request.chain(of_response) {
                mapping.template = template.clone();
            }
        }
    }
}
