//! Who may call a method. What is not enforced yet is refused.

use super::authorizers::{Authorizer, Authorizers};
use super::refusals::unenforced;
use crate::authorize::{Authorization, AuthorizationKind, CognitoAuthorization};
use crate::site::RequiredApiKey;
use vestibule_restapi::{ApiKeySource, AuthorizationType, Code, Diagnostic, Method};

/// Compiles what a method asks of its callers, unless something in it is wrong.
pub(super) fn compile(
    method: &Method,
    authorizers: &mut Authorizers<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Authorization> {
    let authorization = &method.authorization;
    let kind = match authorization.kind {
        AuthorizationType::None => AuthorizationKind::None,
        AuthorizationType::AwsIam => {
            let code = Code::UnenforcedAuthorization;
            let message = "AWS_IAM authorization is not enforced yet";
            diagnostics.push(unenforced(code, message, &authorization.place));
            return None;
        }
        AuthorizationType::Custom | AuthorizationType::CognitoUserPools => {
            let name = authorization.authorizer.as_deref().unwrap_or_default();
            match authorizers.find(name, &authorization.place, diagnostics)? {
                Authorizer::Cognito(authorizer) => {
                    let (scopes, place) =
                        (authorization.scopes.clone(), authorization.place.clone());
                    AuthorizationKind::Cognito(CognitoAuthorization { authorizer, scopes, place })
                }
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
