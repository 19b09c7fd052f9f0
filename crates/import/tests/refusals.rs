//! Which errors are of a single method, which with others can be served without it, and which keep all from being served.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use vestibule_import::{BasePath, NoFiles, Options, Source, read};
use vestibule_restapi::{AccountId, Region, Scope};

/// The scope of each finding and the pointer it stands at.
fn scopes(text: &str) -> Vec<(Scope, String)> {
    let account = AccountId::parse("000000000000").unwrap();
    let region = Region::parse("us-east-1").unwrap();
    let options = Options { account, region, parameters: vec![], base_path: BasePath::Ignore };
    let imported = read(&[Source::new("api.yaml", text)], &options, &NoFiles);
    let pointer = |place: &vestibule_restapi::Place| place.pointer.to_string();
    let scope = |finding: &vestibule_restapi::Diagnostic| {
        (finding.scope, finding.place.as_ref().map(pointer).unwrap_or_default())
    };
    imported.diagnostics.iter().map(scope).collect()
}

#[test]
fn an_error_inside_a_method_is_its_own() {
    let text = "
openapi: 3.0.1
info: {title: case}
paths:
  /a:
    get:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration: {type: mock, timeoutInMillis: 1}
";
    let at = "/paths/~1a/get/x-amazon-apigateway-integration/timeoutInMillis";
    assert_eq!(scopes(text), [(Scope::Method, at.to_owned())]);
}

#[test]
fn an_error_in_a_part_that_another_method_lends_is_of_neither_alone() {
    let text = "
openapi: 3.0.1
info: {title: case}
paths:
  /a:
    get:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration: {type: mock, timeoutInMillis: &never 1}
    put:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration: {type: mock, timeoutInMillis: *never}
";
    let at = "/paths/~1a/get/x-amazon-apigateway-integration/timeoutInMillis".to_owned();
    assert_eq!(scopes(text), [(Scope::Definition, at)]);
}

#[test]
fn a_protection_of_the_api_is_not_the_methods_where_it_stands() {
    let text = "
openapi: 3.0.1
info: {title: case}
paths:
  /a:
    get:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-policy: {}
      x-amazon-apigateway-mutualTlsAuthentication: {}
      x-amazon-apigateway-authorizer: {}
      x-amazon-apigateway-integration: {type: mock}
";
    let at = |name: &str| format!("/paths/~1a/get/x-amazon-apigateway-{name}");
    assert_eq!(
        scopes(text),
        [
            (Scope::Definition, at("policy")),
            (Scope::Definition, at("mutualTlsAuthentication")),
            (Scope::Method, at("authorizer")),
        ]
    );
}

#[test]
fn an_error_outside_of_methods_is_of_none() {
    let text = "
openapi: 3.0.1
info: {title: case}
security: [{nobody: []}]
paths:
  /a:
    get:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration: {type: mock}
";
    assert_eq!(scopes(text), [(Scope::Definition, "/security/0/nobody".to_owned())]);
}
