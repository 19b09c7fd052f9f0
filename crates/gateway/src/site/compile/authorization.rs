//! Who may call a method. What is not enforced yet is refused.

use super::super::snapshot::with_resources;
use super::Facts;
use super::authorizers::{Authorizer, Authorizers};
use crate::authorize::{Authorization, AuthorizationKind, CognitoAuthorization};
use crate::site::RequiredApiKey;
use vestibule_restapi::{ApiKeySource, AuthorizationType, Code, Diagnostic, Method, RestApi};

/// Compiles what a method asks of its callers, unless something in it is wrong.
pub(super) fn compile(
    method: &Method,
    authorizers: &mut Authorizers<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Authorization> {
    let authorization = &method.authorization;
    let kind = match authorization.kind {
        AuthorizationType::None => AuthorizationKind::None,
        AuthorizationType::AwsIam => AuthorizationKind::Iam,
        AuthorizationType::Custom | AuthorizationType::CognitoUserPools => {
            let name = authorization.authorizer.as_deref().unwrap_or_default();
            match authorizers.find(name, &authorization.place, diagnostics)? {
                Authorizer::Cognito(authorizer) => {
                    let (scopes, place) =
                        (authorization.scopes.clone(), authorization.place.clone());
                    AuthorizationKind::Cognito(CognitoAuthorization { authorizer, scopes, place })
                }
                Authorizer::Lambda(authorizer) => AuthorizationKind::Lambda(authorizer),
            }
        }
    };
    Some(Authorization {
        kind,
        api_key: api_key(authorizers.api_key_source(), method, diagnostics),
    })
}

/// The key that a method requires, if it does.
fn api_key(
    source: ApiKeySource,
    method: &Method,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<RequiredApiKey> {
    let place = method.api_key_required.clone()?;
    let has_function = method.authorization.kind == AuthorizationType::Custom;
    if source == ApiKeySource::Authorizer && !has_function {
        let message = "the API takes its keys from a Lambda authorizer, and this method has none";
        let finding = Diagnostic::warning(Code::OpensNothing, message).at(place.clone());
        let finding = finding.note("every request to it gets 403");
        diagnostics
            .push(finding.help("give it an authorizer, or let the source of keys be `HEADER`"));
    }
    Some(RequiredApiKey { source, place })
}

/// Warns of signatures that are asked for where nobody has an access key.
pub(super) fn nobody_known(api: &RestApi, facts: &Facts, diagnostics: &mut Vec<Diagnostic>) {
    let is_signed = |method: &&Method| method.authorization.kind == AuthorizationType::AwsIam;
    let mut methods = with_resources(api).map(|(_, method)| method);
    if !facts.principals.is_empty() {
        return;
    }
    if let Some(method) = methods.find(is_signed) {
        let message = "AWS_IAM authorization is asked for, and nobody has an access key";
        let finding = Diagnostic::warning(Code::OpensNothing, message);
        let finding = finding.at(method.authorization.place.clone());
        let help = "give users access keys: `[[users]]` in `vestibule.toml`";
        diagnostics.push(finding.note("every request is refused").help(help));
    }
}
