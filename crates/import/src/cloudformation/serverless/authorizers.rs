//! `Auth`: authorizers and API keys as security schemes, and who asks for them. AWS docs: sam-property-api-apiauth.

use super::body::Body;
use super::definition::{is_false, members_of};
use super::find;
use crate::assembled::{Member, array, member, object, opened, text};
use crate::cloudformation::properties::Properties;
use crate::reader::Reader;
use crate::tree::{Entry, Node, Value};
use std::collections::HashSet;
use vestibule_restapi::{Code, Diagnostic, Place};

const AUTH: Properties = Properties {
    what: "`Auth`",
    known: &[
        "AddApiKeyRequiredToCorsPreflight",
        "AddDefaultAuthorizerToCorsPreflight",
        "ApiKeyRequired",
        "Authorizers",
        "DefaultAuthorizer",
        "InvokeRole",
        "ResourcePolicy",
        "UsagePlan",
    ],
    ignored: &[],
};

const AUTHORIZER: Properties = Properties {
    what: "an authorizer",
    known: &[
        "AuthorizationScopes",
        "FunctionArn",
        "FunctionInvokeRole",
        "FunctionPayloadType",
        "Identity",
        "UserPoolArn",
    ],
    ignored: &[("DisableFunctionDefaultPermissions", "permissions of functions are not needed")],
};

/// The scheme of IAM, and that of API keys.
const IAM: &str = "AWS_IAM";
const API_KEY: &str = "api_key";

/// Adds schemes and requirements.
pub(super) fn add<'t>(auth: Node<'t>, body: &mut Body<'t>, reader: &mut Reader<'_>) {
    reader.properties(auth, &AUTH);
    let settings = members_of(Some(&Value::Copy(auth)));
    let mut schemes = vec![];
    let authorizers = auth.get("Authorizers");
    let authorizers = authorizers.map_or_else(Vec::new, |node| reader.object(node));
    for entry in &authorizers {
        reader.properties(entry.value, &AUTHORIZER);
        schemes.push((Value::Copy(entry.key), scheme(*entry)));
    }
    if let Some(default) = auth.get("DefaultAuthorizer") {
        default_authorizer(default, &authorizers, &settings, body, reader);
        if default.text() == Some(IAM) {
            let place = default.place();
            let kind = member("x-amazon-apigateway-authtype", &place, text("awsSigv4", &place));
            schemes.push(member(IAM, &place, api_key_scheme("Authorization", &place, vec![kind])));
        }
    }
    if let Some(required) = auth.get("ApiKeyRequired")
        && reader.boolean(required) == Some(true)
    {
        let place = required.place();
        let requirement = object(&place, vec![member(API_KEY, &place, array(&place, vec![]))]);
        let is_for_options = !is_false(&settings, "AddApiKeyRequiredToCorsPreflight");
        let names = HashSet::from([API_KEY, "api_key_false"]);
        require(&requirement, &names, is_for_options, body);
        schemes.push(member(API_KEY, &place, api_key_scheme("x-api-key", &place, vec![])));
    }
    if auth.get("DefaultAuthorizer").or_else(|| auth.get("ApiKeyRequired")).is_some() {
        paths_elsewhere(body, reader);
    }
    body.add_schemes(schemes);
    if let Some(policy) = auth.get("ResourcePolicy") {
        resource_policy(policy, body, reader);
    }
}

/// Methods that stand in another file are not there when SAM writes who may call them: they would stay open.
fn paths_elsewhere(body: &Body<'_>, reader: &mut Reader<'_>) {
    for reference in body.paths.iter().filter_map(|item| find(&item.members, "$ref")) {
        let message = "`Auth` does not reach the methods of a path that stands elsewhere";
        let finding = Diagnostic::error(Code::UnenforcedAuthorization, message);
        let help = "write the path here, or give its methods a `security` and take out `Auth`";
        reader.error(finding.at(reference.place()).help(help));
    }
}

fn default_authorizer<'t>(
    default: Node<'t>,
    authorizers: &[Entry<'t>],
    settings: &[Member<'t>],
    body: &mut Body<'t>,
    reader: &mut Reader<'_>,
) {
    let Some(name) = reader.text(default) else { return };
    let known = authorizers.iter().find(|entry| entry.name() == name.as_str());
    // One that is none of them is found where the methods ask for it.
    let place = default.place();
    let scopes = known.and_then(|entry| entry.value.get("AuthorizationScopes"));
    let scopes = scopes.map_or_else(|| array(&place, vec![]), Value::Copy);
    let requirement = object(&place, vec![(Value::Copy(default), scopes)]);
    let mut names: HashSet<&str> = authorizers.iter().map(|entry| entry.name()).collect();
    names.extend([IAM, "NONE"]);
    let is_for_options = !is_false(settings, "AddDefaultAuthorizerToCorsPreflight");
    require(&requirement, &names, is_for_options, body);
}

/// Adds a requirement to each method with an integration that has none of these. AWS: SAM's own marks, `NONE` and
/// `api_key_false`, keep a method from the default and are taken away.
fn require<'t>(
    requirement: &Value<'t>,
    names: &HashSet<&str>,
    is_for_options: bool,
    body: &mut Body<'t>,
) {
    let marks = HashSet::from(["NONE", "api_key_false"]);
    for item in &mut body.paths {
        for (verb, method) in item.methods() {
            let Some((stand, mut members)) = opened(method.clone()) else { continue };
            let has_integration = find(&members, "x-amazon-apigateway-integration").is_some();
            if !has_integration || (verb == "options" && !is_for_options) {
                continue;
            }
            let mut security = security_of(&members);
            let asks_for = |one: &Value<'t>, names: &HashSet<&str>| {
                let keys = members_of(Some(one)).into_iter();
                let mut keys = keys.filter_map(|(key, _)| key.scalar_text());
                keys.any(|key| names.contains(key.as_str()))
            };
            let has_own = security.iter().any(|one| asks_for(one, names));
            security.retain(|one| !asks_for(one, &marks));
            if !has_own {
                security.push(requirement.clone());
            }
            let place = requirement.place();
            members.retain(|(key, _)| key.scalar_text().as_deref() != Some("security"));
            members.push(member("security", &place, array(&place, security)));
            *method = Value::Object(stand, members);
        }
    }
}

fn security_of<'t>(operation: &[Member<'t>]) -> Vec<Value<'t>> {
    match find(operation, "security") {
        Some(Value::Copy(node)) => node.items().map(Value::Copy).collect(),
        Some(Value::Array(_, items)) => items.clone(),
        Some(_) | None => vec![],
    }
}

fn api_key_scheme<'t>(header: &str, place: &Place, more: Vec<Member<'t>>) -> Value<'t> {
    let mut members = vec![
        member("type", place, text("apiKey", place)),
        member("name", place, text(header, place)),
        member("in", place, text("header", place)),
    ];
    members.extend(more);
    object(place, members)
}

/// An authorizer of Cognito or of a function.
fn scheme<'t>(entry: Entry<'t>) -> Value<'t> {
    let place = entry.key.place();
    let node = entry.value;
    let identity = node.get("Identity");
    let of_identity = |name: &str| identity.and_then(|identity| identity.get(name));
    let header = of_identity("Header").and_then(|header| header.text()).unwrap_or("Authorization");
    let word = |name: &str, word: &str| member(name, &place, text(word, &place));
    let copy = |name: &str, node: Node<'t>| member(name, &node.place(), Value::Copy(node));
    let mut members = vec![];
    let is_request = node.get("FunctionPayloadType").and_then(|n| n.text()) == Some("REQUEST");
    let authtype = match node.get("UserPoolArn") {
        Some(pool) => {
            let arns = match pool.text() {
                Some(_) => array(&pool.place(), vec![Value::Copy(pool)]),
                None => Value::Copy(pool),
            };
            members.push(word("type", "cognito_user_pools"));
            members.push(member("providerARNs", &pool.place(), arns));
            "cognito_user_pools"
        }
        None => {
            members.push(word("type", if is_request { "request" } else { "token" }));
            members.extend(node.get("FunctionArn").and_then(authorizer_uri));
            let ttl = of_identity("ReauthorizeEvery");
            members.extend(ttl.map(|ttl| copy("authorizerResultTtlInSeconds", ttl)));
            let role = node.get("FunctionInvokeRole").filter(|role| role.text() != Some("NONE"));
            members.extend(role.map(|role| copy("authorizerCredentials", role)));
            if is_request {
                members.push(word("identitySource", &identity_source(identity)));
            }
            "custom"
        }
    };
    let expression = of_identity("ValidationExpression").filter(|_| !is_request);
    members.extend(expression.map(|node| copy("identityValidationExpression", node)));
    let more = vec![
        word("x-amazon-apigateway-authtype", authtype),
        member("x-amazon-apigateway-authorizer", &place, object(&place, members)),
    ];
    api_key_scheme(if is_request { "Unused" } else { header }, &place, more)
}

/// The reader of documents puts in partition and region.
fn authorizer_uri<'t>(function: Node<'t>) -> Option<Member<'t>> {
    let arn = function.text()?;
    let uri = format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/{arn}/invocations"
    );
    Some(member("authorizerUri", &function.place(), Value::standing(&uri, &function.place())))
}

fn identity_source(identity: Option<Node<'_>>) -> String {
    let groups = [
        ("Headers", "method.request.header."),
        ("QueryStrings", "method.request.querystring."),
        ("StageVariables", "stageVariables."),
        ("Context", "context."),
    ];
    let mut sources = vec![];
    for (name, prefix) in groups {
        let group = identity.and_then(|identity| identity.get(name));
        let names = group.into_iter().flat_map(|group| group.items());
        sources.extend(names.filter_map(|name| Some(format!("{prefix}{}", name.text()?))));
    }
    sources.join(", ")
}

/// Statements of the author's own become the policy; SAM's lists of accounts, ranges and VPCs are refused by name.
fn resource_policy<'t>(policy: Node<'t>, body: &mut Body<'t>, reader: &mut Reader<'_>) {
    for entry in reader.object(policy) {
        let place = entry.key.place();
        if entry.name() != "CustomStatements" {
            let message = format!("`{}` of a resource policy is not supported yet", entry.name());
            let finding = Diagnostic::error(Code::UnsupportedFeature, message).at(place);
            reader.error(finding.help("write the statements as `CustomStatements`"));
            continue;
        }
        let members = vec![
            member("Version", &place, text("2012-10-17", &place)),
            member("Statement", &place, Value::Copy(entry.value)),
        ];
        body.add_root("x-amazon-apigateway-policy", Some(members));
    }
}
