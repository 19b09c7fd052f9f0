//! Which errors are of a single method, which with others can be served without it, and which keep all from being served.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use vestibule_import::{BasePath, NoFiles, Options, Source, read};
use vestibule_restapi::{AccountId, Region, Scope, Severity};

fn options() -> Options {
    let account = AccountId::parse("000000000000").unwrap();
    let region = Region::parse("us-east-1").unwrap();
    Options { account, region, parameters: vec![], base_path: BasePath::Ignore }
}

/// The scope of each finding and the pointer it stands at.
fn scopes(text: &str) -> Vec<(Scope, String)> {
    let imported = read(&[Source::new("api.yaml", text)], &options(), &NoFiles);
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

/// A template with an API, a method that takes every path, and more resources.
fn template(more: &str) -> String {
    format!(
        "
Resources:
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: case}}}}
  Key: {{Type: AWS::ApiGateway::ApiKey}}
  Proxy:
    Type: AWS::ApiGateway::Resource
    Properties: {{RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: '{{proxy+}}'}}
  Open:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Proxy
      HttpMethod: ANY
{more}"
    )
}

#[test]
fn a_method_whose_api_is_not_known_forbids_all() {
    let method = |api: &str| {
        template(&format!(
            "
  Get:
    Type: AWS::ApiGateway::Method
    Properties: {{{api}ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: AWS_IAM}}
"
        ))
    };
    let at = |pointer: &str| [(Scope::Definition, pointer.to_owned())];
    assert_eq!(scopes(&method("")), at("/Resources/Get"));
    assert_eq!(scopes(&method("RestApiId: !Ref AWS::NoValue, ")), at("/Resources/Get"));
    let unknown = scopes(&method("RestApiId: !Ref Nowhere, "));
    assert_eq!(unknown, at("/Resources/Get/Properties/RestApiId"));
}

#[test]
fn an_authorizer_that_aws_would_not_ask_is_refused_unless_none_is_said() {
    let found = |authorization: &str| {
        let text = template(&format!(
            "
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      {{RestApiId: !Ref Api, ResourceId: !Ref Proxy, HttpMethod: GET{authorization}, AuthorizerId: abc}}
"
        ));
        let imported = read(&[Source::new("api.yaml", text)], &options(), &NoFiles);
        imported.diagnostics.into_iter().map(|f| (f.severity, f.message)).collect::<Vec<_>>()
    };
    let message = "`AuthorizerId` has no effect without an `AuthorizationType`".to_owned();
    assert_eq!(found(""), [(Severity::Error, message)]);
    let message = "`AuthorizerId` has no effect, the authorization is `NONE`".to_owned();
    assert_eq!(found(", AuthorizationType: NONE"), [(Severity::Warning, message)]);
}

#[test]
fn a_protection_that_would_be_lost_on_the_way_forbids_all() {
    let of_body = template(
        "
  Other:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        openapi: 3.0.1
        info: {title: other}
        paths:
          /: {get: {responses: {'200': {description: ok}}, x-amazon-apigateway-auth: {type: NONE}}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Other
      ResourceId: !GetAtt Other.RootResourceId
      HttpMethod: GET
      AuthorizationType: AWS_IAM
",
    );
    assert_eq!(scopes(&of_body), [(Scope::Definition, "/Resources/Get".to_owned())]);
    let of_domain = template(
        "
  Domain:
    Type: AWS::ApiGateway::DomainName
    Properties: {DomainName: a.test, EndpointConfiguration: {Types: [PRIVATE]}}
",
    );
    let at = "/Resources/Domain/Properties/EndpointConfiguration/Types/0".to_owned();
    assert_eq!(scopes(&of_domain), [(Scope::Definition, at)]);
    let of_sam = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth: {ApiKeyRequired: true}
      DefinitionBody:
        openapi: 3.0.1
        info: {title: case}
        paths:
          /b: {get: {responses: {'200': {description: ok}}, x-amazon-apigateway-integration: {type: mock}}}
          /a: {$ref: '#/paths/~1b'}
";
    let at = "/Resources/Api/Properties/DefinitionBody/paths/~1a/$ref".to_owned();
    assert!(scopes(of_sam).contains(&(Scope::Definition, at)), "{:?}", scopes(of_sam));
}

#[test]
fn a_secret_parameter_is_not_quoted() {
    let text = template(
        "
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Proxy
      HttpMethod: GET
  Put:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !Sub 'a-${Secret}', HttpMethod: !Ref Secret}
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Proxy
      HttpMethod: POST
      Integration: {Type: !Ref Secret}
Parameters:
  Secret: {Type: String, NoEcho: true, AllowedValues: [other]}
",
    );
    let mut options = options();
    options.parameters = vec![("Secret".to_owned(), "hunter2".to_owned())];
    let imported = read(&[Source::new("api.yaml", text)], &options, &NoFiles);
    let shown = imported.diagnostics.iter().map(ToString::to_string).collect::<String>();
    assert!(shown.contains("no resource of this API has the id `a-***`"), "{shown}");
    assert!(shown.contains("the parameter `Secret` cannot be `***`"), "{shown}");
    let methods = imported.definitions.apis.iter().flat_map(|api| &api.resources);
    let refusals: Vec<_> = methods.flat_map(|r| &r.methods).map(|m| &m.refusal).collect();
    assert!(!format!("{shown}{refusals:?}").contains("hunter2"), "{shown}{refusals:?}");
}
