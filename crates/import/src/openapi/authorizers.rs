//! `x-amazon-apigateway-authorizer` of a security scheme.
//! AWS docs: api-gateway-swagger-extensions-authorizer; where a token is taken from is recorded on AWS.

use super::members::Members;
use crate::reader::Reader;
use crate::tree::{Entry, Kind, Node, standing_for};
use vestibule_restapi::{Authorizer, AuthorizerType, Sourced};

const AUTHORIZER: Members = Members {
    what: "an authorizer",
    known: &[
        "type",
        "authorizerUri",
        "authorizerCredentials",
        "identitySource",
        "identityValidationExpression",
        "authorizerResultTtlInSeconds",
        "providerARNs",
    ],
    ignored: &[
        ("jwtConfiguration", HTTP_API),
        ("authorizerPayloadFormatVersion", HTTP_API),
        ("enableSimpleResponses", HTTP_API),
    ],
};

const HTTP_API: &str = "API Gateway reads it for HTTP APIs only";

/// Reads the authorizer `node` of the scheme `scheme`, which stands under `entry`; none when AWS refuses it.
pub(super) fn read(
    entry: Entry<'_>,
    scheme: Node<'_>,
    node: Node<'_>,
    reader: &mut Reader<'_>,
) -> Option<Authorizer> {
    reader.members(node, &AUTHORIZER);
    if node.kind() != Kind::Object {
        return None;
    }
    let Some(kind) = node.get("type") else {
        reader.missing(node, "an authorizer", "type");
        return None;
    };
    let words = [
        ("token", AuthorizerType::Token),
        ("request", AuthorizerType::Request),
        ("cognito_user_pools", AuthorizerType::CognitoUserPools),
    ];
    let word = kind.text().unwrap_or("");
    let kind = reader.word(kind, &words)?;
    let required = match kind {
        AuthorizerType::CognitoUserPools => "providerARNs",
        AuthorizerType::Token | AuthorizerType::Request => "authorizerUri",
    };
    if node.get(required).is_none() {
        reader.missing(node, &format!("an authorizer of type `{word}`"), required);
    }
    let value = |name: &str| node.get(name).filter(|value| !value.is_null());
    let mut text = |name: &str| value(name).and_then(|value| reader.text(value));
    let (uri, credentials) = (text("authorizerUri"), text("authorizerCredentials"));
    let identity_validation_expression = text("identityValidationExpression");
    let stated = text("identitySource");
    let arns = value("providerARNs").map_or_else(Vec::new, |arns| reader.array(arns));
    let result_ttl_s = value("authorizerResultTtlInSeconds")
        .and_then(|ttl| reader.integer(ttl, 0..=Authorizer::RESULT_TTL_S_MAX));
    let auth_type = scheme.get("x-amazon-apigateway-authtype").and_then(|word| word.text());
    Some(Authorizer {
        name: entry.name().to_owned(),
        kind,
        auth_type: auth_type.map(str::to_owned),
        uri,
        credentials,
        identity_source: identity_source(kind, stated, scheme),
        identity_validation_expression,
        result_ttl_s,
        provider_arns: arns.into_iter().filter_map(|arn| reader.text(arn)).collect(),
        place: node.place(),
    })
}

/// AWS: a token is taken from the header that the scheme names, whatever `identitySource` says. Requests are identified
/// by what `identitySource` says, or by that header; the name `Unused` stands for none.
fn identity_source(
    kind: AuthorizerType,
    stated: Option<Sourced>,
    scheme: Node<'_>,
) -> Option<Sourced> {
    let named = || {
        let name = scheme.get("name")?;
        let header = name.text().filter(|header| !header.eq_ignore_ascii_case("unused"))?;
        Some(standing_for(&format!("method.request.header.{header}"), &name.place()))
    };
    match kind {
        AuthorizerType::Request => stated.or_else(named),
        AuthorizerType::Token | AuthorizerType::CognitoUserPools => named().or(stated),
    }
}
