//! Who may call a method. What is not enforced yet is refused.

use super::refusals::unenforced;
use crate::authorize::{Authorization, AuthorizationKind};
use vestibule_restapi::{
    AuthorizationType, AuthorizerType, Code, Diagnostic, Method, RestApi, closest,
};

/// Compiles what a method asks of its callers, unless something in it is wrong.
pub(super) fn compile(
    api: &RestApi,
    method: &Method,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Authorization> {
    let authorization = &method.authorization;
    let kind = authorization.kind;
    let mut refuse = |message: &str| {
        let code = Code::UnenforcedAuthorization;
        diagnostics.push(unenforced(code, message, &authorization.place));
        None
    };
    let kind = match kind {
        AuthorizationType::None => AuthorizationKind::None,
        AuthorizationType::AwsIam => return refuse("AWS_IAM authorization is not enforced yet"),
        AuthorizationType::Custom | AuthorizationType::CognitoUserPools => {
            let name = authorization.authorizer.as_deref().unwrap_or_default();
            let Some(authorizer) = api.authorizers.iter().find(|known| known.name == name) else {
                let known = api.authorizers.iter().map(|known| known.name.as_str());
                let message = format!("there is no authorizer `{name}`");
                let finding = Diagnostic::error(Code::UnknownReference, message);
                let finding = finding.at(authorization.place.clone());
                diagnostics.push(match closest(name, known) {
                    Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                    None => finding,
                });
                return None;
            };
            let message = format!(
                "{} authorization by the authorizer `{name}` is not enforced yet",
                kind.as_str()
            );
            match authorizer.kind {
                AuthorizerType::Token | AuthorizerType::Request => return refuse(&message),
                AuthorizerType::CognitoUserPools => return refuse(&message),
            }
        }
    };
    Some(Authorization { kind })
}
