//! Models: any schema is compiled or refused, and any body is checked against it.

use std::sync::OnceLock;

use bytes::Bytes;
use vestibule_restapi::{RestApi, Sourced};

use super::answer;
use super::service::Service;
use crate::definitions::import;
use crate::lines;

/// Takes the input but its first line as the schema of a model, and checks the first line as a body.
pub fn json_schema(data: &[u8]) {
    static FIXTURE: OnceLock<(Service, Option<RestApi>)> = OnceLock::new();
    let Some(text) = lines::text(data) else { return };
    let (body, schema) = lines::first_and_rest(text);
    let (service, api) = FIXTURE.get_or_init(|| {
        let imported = import("schema.yaml", include_bytes!("../../definitions/schema.yaml"));
        (Service::new(), imported.and_then(|imported| imported.definitions.apis.into_iter().next()))
    });
    let mut api = api.clone();
    for model in api.iter_mut().flat_map(|api| &mut api.models) {
        if model.name == "Body" {
            model.schema = Sourced::inline("schema", schema);
        }
    }
    if api.and_then(|api| service.serve(api)).is_none() {
        return;
    }
    let request = http::Request::post("/")
        .header("content-type", "application/json")
        .body(Bytes::copy_from_slice(body.as_bytes()));
    let Ok(request) = request else { return };
    let (status, headers, body) = answer::check(service.answer(request));
    let is_refused = headers.contains_key("x-amzn-errortype");
    assert_eq!(status.as_u16(), if is_refused { 400 } else { 200 }, "{body:?}");
    if is_refused {
        answer::is_json(&body);
    }
}
