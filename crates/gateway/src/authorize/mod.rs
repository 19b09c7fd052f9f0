//! Who may come in: the caller is authenticated, then authorized, then shows an API key, in AWS's order.
//!
//! A kind of authorization is a file or folder here and an arm in [`check`]. What it finds out is the exchange's [`Identity`];
//! what it refuses is a [`GatewayError`](crate::error::GatewayError) whose detail tells the operator which rule decided.

mod api_key;
mod cognito;
mod explain;
mod facts;
mod iam;
mod identity;
mod invalidation;
mod lambda;
mod phases;
mod policy;
mod unadmitted;

pub(crate) use cognito::{CognitoAuthorization, CognitoAuthorizer, Tokens};
pub(crate) use explain::{Refused, why};
pub use facts::RequestFacts;
pub(crate) use iam::{of_unknown_method, signature};
pub(crate) use identity::{Asked, Authorizer, Identity};
pub(crate) use invalidation::may_invalidate;
pub use lambda::check_result as check_authorizer_result;
pub(crate) use lambda::{Grant, Grants, IdentitySources, LambdaAuthorizer};
pub(crate) use phases::{Ended, FunctionCall, Phase, Phases};
pub(crate) use policy::ResourcePolicy;
pub use unadmitted::{SignedFor, Unadmitted};

pub(crate) use api_key::shown as shown_api_key;

use crate::error::Stop;
use crate::exchange::Exchange;
use crate::pipeline::Gateway;
use crate::route::Target;
use crate::site::{KeyOfPlan, Method, RequiredApiKey, Site, StageView};
use phases::noted;
use std::borrow::Cow;
use std::sync::Arc;

/// What a method asks of its callers, compiled.
#[derive(Debug)]
pub(crate) struct Authorization {
    pub(crate) kind: AuthorizationKind,
    pub(crate) api_key: Option<RequiredApiKey>,
}

/// Who decides about callers.
#[derive(Debug)]
pub(crate) enum AuthorizationKind {
    /// Nobody but the resource policy, where there is one: it is open to all.
    None,
    /// Whoever has an access key, as policies say.
    Iam,
    /// A user pool whose token they have.
    Cognito(CognitoAuthorization),
    /// The policy that a function returns.
    Lambda(Arc<LambdaAuthorizer>),
}

impl AuthorizationKind {
    /// AWS's word for it.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            AuthorizationKind::None => "NONE",
            AuthorizationKind::Iam => "AWS_IAM",
            AuthorizationKind::Cognito(_) => "COGNITO_USER_POOLS",
            AuthorizationKind::Lambda(_) => "CUSTOM",
        }
    }
}

/// Proof that a request may call its method: throttling takes nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'s> {
    method: &'s Method,
    key: Option<KeyOfPlan<'s>>,
}

impl<'s> Caller<'s> {
    pub(crate) fn method(&self) -> &'s Method {
        self.method
    }

    /// The API key, of a method that requires one.
    pub(crate) fn key(&self) -> Option<KeyOfPlan<'s>> {
        self.key
    }
}

/// Lets a caller in, or says why not.
pub(crate) async fn check<'s>(
    gateway: &Gateway,
    site: &'s Site,
    target: &'s Target,
    method: &'s Method,
    exchange: &mut Exchange,
) -> Result<Caller<'s>, Stop> {
    // What waits is boxed: else each request of an open method would carry the room for it along.
    match &method.authorization.kind {
        AuthorizationKind::None => policy::resource_alone(target, exchange)?,
        AuthorizationKind::Iam => Box::pin(iam::check(gateway, target, exchange)).await?,
        AuthorizationKind::Cognito(asked) => {
            let since = gateway.clock().elapsed();
            let checked = Box::pin(cognito::check(gateway, asked, exchange)).await;
            let authorizer = noted(Phase::Authorizer, since, gateway.clock(), exchange, checked)?;
            exchange.identity.authorizer = Some(authorizer);
            policy::resource_alone(target, exchange)?;
        }
        AuthorizationKind::Lambda(authorizer) => {
            Box::pin(lambda::check(gateway, target, method, authorizer, exchange)).await?;
        }
    }
    // Last: the key may come from the authorizer.
    let key = match &method.authorization.api_key {
        Some(required) => Some(api_key::check(site.api_keys(), &target.stage, required, exchange)?),
        None => None,
    };
    Ok(Caller { method, key })
}

/// What a request sent for an authorizer to know its caller by, whatever its name: nothing of it is ever shown.
pub(crate) fn secrets<'e>(stage: &'e StageView, exchange: &'e Exchange) -> Vec<Cow<'e, str>> {
    let method = exchange.matched.and_then(|index| stage.snapshot().method(index));
    match method.map(|method| &method.authorization.kind) {
        Some(AuthorizationKind::Lambda(authorizer)) => authorizer.identity.secrets(exchange),
        Some(AuthorizationKind::Cognito(asked)) => {
            let header = &asked.authorizer.header;
            exchange
                .headers
                .get_all(header)
                .iter()
                .map(|v| String::from_utf8_lossy(v.as_bytes()))
                .collect()
        }
        None | Some(AuthorizationKind::None | AuthorizationKind::Iam) => Vec::new(),
    }
}
