//! The document as a whole.

use super::value::{Object, Value};
use super::{ExportOptions, Exported, Exporter, Format, Notation, json, method, yaml};
use super::{schema, security, settings};
use crate::findings::Findings;
use vestibule_restapi::{HttpMethod, RestApi};

/// Writes an API as GetExport does. What the language cannot say is left out, with a warning.
pub fn export(api: &RestApi, options: &ExportOptions) -> Exported {
    let mut exporter = Exporter { options, findings: Findings::default() };
    let document = match options.format {
        Format::Oas30 => oas30(api, &mut exporter),
        Format::Swagger => swagger(api, &mut exporter),
    };
    let mut text = String::new();
    match options.notation {
        Notation::Json => {
            json::write(&Value::Object(document), 0, &mut text);
            text.push('\n');
        }
        Notation::Yaml => yaml::write(&document, 0, &mut text),
    }
    Exported { text, diagnostics: exporter.findings.into_sorted() }
}

fn oas30(api: &RestApi, exporter: &mut Exporter<'_>) -> Object {
    let mut info = Object::default();
    info.put("title", &*api.name);
    info.put_some("description", api.description.as_deref());
    info.put_some("version", api.version.as_deref());
    let mut variable = Object::default();
    // Recorded on AWS: without a slash here, with one in Swagger.
    variable.put("default", exporter.options.stage.as_str());
    let mut variables = Object::default();
    variables.put("basePath", variable);
    let mut server = Object::default();
    server.put("url", &*format!("https://{}/{{basePath}}", host(api, exporter)));
    server.put("variables", variables);
    settings::endpoint(api, exporter, &mut server);
    let mut document = Object::default();
    document.put("openapi", "3.0.1");
    document.put("info", info);
    document.put("servers", Value::Array(vec![server.into()]));
    document.put("paths", paths(api, exporter));
    let mut components = Object::default();
    components.put_filled("schemas", schema::models(api, exporter));
    components.put_filled("securitySchemes", security::schemes(api, exporter));
    document.put_filled("components", components);
    settings::put(api, exporter, &mut document);
    document
}

fn swagger(api: &RestApi, exporter: &mut Exporter<'_>) -> Object {
    let mut info = Object::default();
    info.put_some("description", api.description.as_deref());
    info.put_some("version", api.version.as_deref());
    info.put("title", &*api.name);
    let mut document = Object::default();
    document.put("swagger", "2.0");
    document.put("info", info);
    document.put("host", &*host(api, exporter));
    document.put("basePath", &*format!("/{}", exporter.options.stage));
    document.put("schemes", Value::texts(["https"]));
    document.put("paths", paths(api, exporter));
    document.put_filled("securityDefinitions", security::schemes(api, exporter));
    document.put_filled("definitions", schema::models(api, exporter));
    settings::endpoint(api, exporter, &mut document);
    settings::put(api, exporter, &mut document);
    document
}

/// The host name of the default endpoint.
fn host(api: &RestApi, exporter: &Exporter<'_>) -> String {
    let region = exporter.options.region.as_str();
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("{}.execute-api.{region}.{suffix}", api.id)
}

fn paths(api: &RestApi, exporter: &mut Exporter<'_>) -> Object {
    let names = security::Names::of(api);
    let mut paths = Object::default();
    for resource in &api.resources {
        let mut item = Object::default();
        for method in &resource.methods {
            let key = match method.http_method {
                HttpMethod::Any => "x-amazon-apigateway-any-method".to_owned(),
                verb => verb.as_str().to_ascii_lowercase(),
            };
            item.put(key, method::operation(method, &names, exporter));
        }
        paths.put(&*resource.path, item);
    }
    paths
}
