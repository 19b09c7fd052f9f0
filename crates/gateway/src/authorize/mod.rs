//! Who may come in: the caller is authenticated, then authorized, then shows an API key, in AWS's order.
//!
//! A kind of authorization is a file or folder here and an arm in [`check`]. What it finds out is the exchange's [`Identity`];
//! what it refuses is a [`GatewayError`](crate::error::GatewayError) whose detail tells the operator which rule decided.

mod api_key;
mod cognito;
mod identity;

pub(crate) use cognito::{CognitoAuthorization, CognitoAuthorizer, Tokens};
pub(crate) use identity::{Authorizer, Identity};

use crate::error::Stop;
use crate::exchange::Exchange;
use crate::pipeline::Gateway;
use crate::route::Target;
use crate::site::{Method, RequiredApiKey, Site};

/// What a method asks of its callers, compiled.
#[derive(Debug)]
pub(crate) struct Authorization {
    pub(crate) kind: AuthorizationKind,
    pub(crate) api_key: Option<RequiredApiKey>,
}

/// Who decides about callers.
#[derive(Debug)]
pub(crate) enum AuthorizationKind {
    /// Nobody: it is open to all.
    None,
    /// A user pool whose token they have.
    Cognito(CognitoAuthorization),
}

/// Proof that a request may call its method: throttling takes nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'s> {
    method: &'s Method,
}

impl<'s> Caller<'s> {
    pub(crate) fn method(&self) -> &'s Method {
        self.method
    }
}

/// Lets a caller in, or says why not.
pub(crate) async fn check<'s>(
    gateway: &Gateway,
    site: &Site,
    target: &'s Target,
    method: &'s Method,
    exchange: &mut Exchange,
) -> Result<Caller<'s>, Stop> {
    match &method.authorization.kind {
        AuthorizationKind::None => {}
        AuthorizationKind::Cognito(asked) => {
            exchange.identity.authorizer = Some(cognito::check(gateway, asked, exchange).await?);
        }
    }
    // A resource policy is evaluated here, on its own, once the caller is known; an API that has one is refused until then.
    // Last: the key may come from the authorizer.
    if let Some(required) = &method.authorization.api_key {
        api_key::check(site.api_keys(), &target.stage, required, exchange)?;
    }
    Ok(Caller { method })
}
