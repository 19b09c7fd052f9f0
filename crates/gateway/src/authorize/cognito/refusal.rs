//! The answers to those who are not let in, with what the operator is told: the rule, never the token.
//! AWS docs: supported-gateway-response-types; apigateway-integrate-with-cognito.

use super::keys::IssuerKeys;
use super::rules::Broken;
use super::{CognitoAuthorization, CognitoAuthorizer};
use crate::error::GatewayError;
use crate::limits::SHOWN_CHARS_MAX;
use vestibule_jwt::TokenError;
use vestibule_restapi::{GatewayResponseType, Place};

const ERROR_TYPE: &str = "UnauthorizedException";

/// AWS's one word for everything that is wrong with a token.
fn unauthorized(message: &'static str) -> GatewayError {
    GatewayError::new(GatewayResponseType::Unauthorized, ERROR_TYPE, message)
}

fn detailed(name: &str, says: &str, place: &Place) -> GatewayError {
    let detail = format!("the authorizer `{name}` refuses the token: {says}");
    unauthorized("Unauthorized").detail(detail, Some(place.clone()))
}

/// No token was sent.
pub(super) fn no_token(authorizer: &CognitoAuthorizer) -> GatewayError {
    let CognitoAuthorizer { name, header, place, .. } = authorizer;
    let detail = format!(
        "the authorizer `{name}` finds no token: the header `{header}` is missing or empty"
    );
    unauthorized("Unauthorized").detail(detail, Some(place.clone()))
}

/// What was sent is no token, or not signed as it should be.
pub(super) fn unreadable(authorizer: &CognitoAuthorizer, error: &TokenError) -> GatewayError {
    detailed(&authorizer.name, &error.to_string(), &authorizer.place)
}

/// It comes from somebody else.
pub(super) fn foreign(authorizer: &CognitoAuthorizer, issuer: Option<&str>) -> GatewayError {
    let taken: Vec<_> = authorizer.pools.iter().map(|pool| format!("`{}`", pool.issuer)).collect();
    let taken = taken.join(", ");
    let says = match issuer {
        Some(issuer) => {
            let issuer: String = issuer.chars().take(SHOWN_CHARS_MAX).collect();
            format!("its `iss` is `{issuer}`, taken are tokens of {taken}")
        }
        None => format!("it has no `iss`, taken are tokens of {taken}"),
    };
    let help = "another issuer stands behind a pool by `[user_pools]` of the settings";
    detailed(&authorizer.name, &says, &authorizer.place).help(Some(help.to_owned()))
}

/// It names a key that its issuer does not have.
pub(super) fn unknown_key(
    authorizer: &CognitoAuthorizer,
    keys: &IssuerKeys,
    id: &str,
) -> GatewayError {
    let id: String = id.chars().take(SHOWN_CHARS_MAX).collect();
    let (issuer, source) = (keys.issuer(), keys.source());
    let says =
        format!("its `kid` is `{id}`, which is not among the keys of `{issuer}` in `{source}`");
    detailed(&authorizer.name, &says, &authorizer.place)
}

/// The keys of its issuer are not to be had. AWS docs: `AUTHORIZER_CONFIGURATION_ERROR` is for authorizers that cannot be reached;
/// that keys which cannot be fetched count as that is inferred.
pub(super) fn no_keys(
    authorizer: &CognitoAuthorizer,
    keys: &IssuerKeys,
    why: &str,
) -> GatewayError {
    let kind = GatewayResponseType::AuthorizerConfigurationError;
    let mut error = GatewayError::new(kind, "AuthorizerConfigurationException", "");
    error.message = None;
    let (name, issuer, source) = (&authorizer.name, keys.issuer(), keys.source());
    let detail = format!(
        "the authorizer `{name}` has no keys: those of `{issuer}` cannot be had from `{source}`: {why}"
    );
    let help = "say where they are by `jwks` of `[user_pools]` in the settings, or use the local issuer: \
                `issuer = \"local\"`";
    error.detail(detail, Some(authorizer.place.clone())).help(Some(help.to_owned()))
}

/// A rule is not true of it.
pub(super) fn broken(asked: &CognitoAuthorization, broken: &Broken) -> GatewayError {
    let (says, message) = match broken {
        Broken::Expired(says) => (says, "The incoming token has expired"),
        Broken::Rule(says) => (says, "Unauthorized"),
    };
    let refused = detailed(&asked.authorizer.name, says, &asked.place);
    GatewayError { message: Some(message.into()), ..refused }
}
