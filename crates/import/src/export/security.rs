//! Who may call: security schemes, and what methods require of them.

use super::Exporter;
use super::value::{Object, Value};
use vestibule_restapi::{AuthorizationType, Authorizer, AuthorizerType, Method, RestApi};

/// What a source of identity begins with that a scheme's `name` can say.
const HEADER: &str = "method.request.header.";

/// The names of the schemes that no authorizer has.
#[derive(Debug)]
pub(super) struct Names {
    iam: String,
    api_key: String,
}

impl Names {
    /// AWS's `sigv4` and `api_key`, made longer while an authorizer has that name.
    pub(super) fn of(api: &RestApi) -> Names {
        let unused = |name: &str| {
            let mut name = name.to_owned();
            while api.authorizers.iter().any(|authorizer| authorizer.name == name) {
                name.push('_');
            }
            name
        };
        Names { iam: unused("sigv4"), api_key: unused("api_key") }
    }

    /// What a method requires, one requirement an object.
    pub(super) fn requirements(&self, method: &Method) -> Vec<Value> {
        let authorization = &method.authorization;
        let scopes = || Value::texts(authorization.scopes.iter().map(String::as_str));
        let name = match authorization.kind {
            AuthorizationType::None => None,
            AuthorizationType::AwsIam => Some(self.iam.as_str()),
            AuthorizationType::Custom | AuthorizationType::CognitoUserPools => {
                authorization.authorizer.as_deref()
            }
        };
        let requirement = |name: &str, scopes: Value| {
            let mut object = Object::default();
            object.put(name, scopes);
            Value::Object(object)
        };
        let key = method.api_key_required.as_ref();
        let key = key.map(|_| requirement(&self.api_key, Value::Array(vec![])));
        name.map(|name| requirement(name, scopes())).into_iter().chain(key).collect()
    }
}

/// The schemes of all authorizers, and those that methods require beside them.
pub(super) fn schemes(api: &RestApi, exporter: &Exporter<'_>) -> Object {
    let names = Names::of(api);
    let mut schemes = Object::default();
    for authorizer in &api.authorizers {
        schemes.put(&*authorizer.name, self::authorizer(authorizer, exporter));
    }
    let methods = || api.resources.iter().flat_map(|resource| &resource.methods);
    if methods().any(|method| method.authorization.kind == AuthorizationType::AwsIam) {
        let mut scheme = header("Authorization");
        scheme.put("x-amazon-apigateway-authtype", "awsSigv4");
        schemes.put(&*names.iam, scheme);
    }
    if methods().any(|method| method.api_key_required.is_some()) {
        schemes.put(&*names.api_key, header("x-api-key"));
    }
    schemes
}

fn authorizer(authorizer: &Authorizer, exporter: &Exporter<'_>) -> Object {
    let source = authorizer.identity_source.as_deref();
    let name = source.and_then(|source| source.strip_prefix(HEADER));
    let name = name.filter(|name| {
        authorizer.kind != AuthorizerType::Request
            && !name.contains(',')
            && !name.eq_ignore_ascii_case("unused")
    });
    let mut scheme = header(name.unwrap_or("Unused"));
    if !exporter.options.extensions.has_authorizers() {
        return scheme;
    }
    scheme.put_some("x-amazon-apigateway-authtype", authorizer.auth_type.as_deref());
    let mut object = Object::default();
    object.put_some("identitySource", source.filter(|_| name.is_none()));
    object.put_some("authorizerUri", authorizer.uri.as_deref());
    object.put_some("authorizerCredentials", authorizer.credentials.as_deref());
    object.put_some("authorizerResultTtlInSeconds", authorizer.result_ttl_s);
    let expression = authorizer.identity_validation_expression.as_deref();
    object.put_some("identityValidationExpression", expression);
    if !authorizer.provider_arns.is_empty() {
        let arns = authorizer.provider_arns.iter().map(|arn| arn.as_str());
        object.put("providerARNs", Value::texts(arns));
    }
    object.put("type", &*authorizer.kind.as_str().to_ascii_lowercase());
    scheme.put("x-amazon-apigateway-authorizer", object);
    scheme
}

fn header(name: &str) -> Object {
    let mut scheme = Object::default();
    scheme.put("type", "apiKey");
    scheme.put("name", name);
    scheme.put("in", "header");
    scheme
}
