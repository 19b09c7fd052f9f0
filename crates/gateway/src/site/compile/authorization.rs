//! Who may call a method. What is not enforced yet is refused.

use super::authorizers::{Authorizer, Authorizers};
use super::refusals::unenforced;
use crate::authorize::{Authorization, AuthorizationKind, CognitoAuthorization};
use vestibule_restapi::{AuthorizationType, Code, Diagnostic, Method};

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
    Some(Authorization { kind })
}
