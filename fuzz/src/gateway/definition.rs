//! A whole definition: read, compiled, and each of its methods called once.

use std::sync::OnceLock;

use bytes::Bytes;
use vestibule_gateway::Response;
use vestibule_restapi::{HttpMethod, Method, ParameterLocation, RestApi};

use super::answer;
use super::service::Service;
use crate::definitions::import;

/// Methods of one definition that are called.
const METHODS_MAX: usize = 8;

/// Serves the input as a definition, as far as it compiles, and calls its first methods.
pub fn definition(data: &[u8]) {
    static SERVICE: OnceLock<Service> = OnceLock::new();
    let Some(imported) = import("api.yaml", data) else { return };
    let service = SERVICE.get_or_init(Service::new);
    for api in imported.definitions.apis {
        let Some(api) = service.serve(api) else { continue };
        for request in requests(&api) {
            let response: Response = service.answer(request);
            answer::check(response);
        }
    }
}

/// One request for each method, with the parameters that it wants.
fn requests(api: &RestApi) -> impl Iterator<Item = http::Request<Bytes>> {
    let methods = api.resources.iter().flat_map(|resource| {
        resource.methods.iter().map(move |method| (resource.path.as_str(), method))
    });
    methods.take(METHODS_MAX).filter_map(|(path, method)| request(path, method).ok())
}

fn request(path: &str, method: &Method) -> Result<http::Request<Bytes>, http::Error> {
    let verb =
        if method.http_method == HttpMethod::Any { "POST" } else { method.http_method.as_str() };
    let mut target = path.replace('{', "x").replace("+}", "/y").replace('}', "");
    let mut builder = http::Request::builder().method(verb);
    for (number, parameter) in method.request_parameters.iter().enumerate() {
        match parameter.location {
            ParameterLocation::Path => {}
            ParameterLocation::Querystring => {
                target.push_str(if number == 0 { "?" } else { "&" });
                target.push_str(&format!("{}=1", parameter.name));
            }
            ParameterLocation::Header => builder = builder.header(&parameter.name, "1"),
        }
    }
    let content_type = method.request_models.first().map_or("application/json", |m| &m.media_type);
    builder
        .uri(target)
        .header("content-type", content_type)
        .body(Bytes::from_static(br#"{"id": "a", "n": 1, "list": [1, {"b": null}]}"#))
}
