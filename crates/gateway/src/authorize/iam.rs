//! AWS_IAM: requests that are signed with an access key.

use super::Identity;
use super::explain::Refused;
use super::phases::{Phase, noted};
use super::policy::{self, denied, place};
use crate::error::{GatewayError, Stop};
use crate::exchange::{Exchange, pass_aside};
use crate::pipeline::Gateway;
use crate::route::Target;
use vestibule_iam::{Holder, Principal};
use vestibule_restapi::GatewayResponseType as Kind;
use vestibule_sigv4::{Claim, Expectation, Payload, Presented, Refusal, Request, Timestamp};

/// The name that requests to an API are signed for.
const SERVICE: &str = "execute-api";

/// Digits of a signature.
const SIGNATURE_CHARS: usize = 64;

/// Authenticates and authorizes whoever signed a request.
pub(super) async fn check(
    gateway: &Gateway,
    target: &Target,
    exchange: &mut Exchange,
) -> Result<(), Stop> {
    let clock = gateway.clock();
    let since = clock.elapsed();
    let authenticated = authenticate(gateway, target, exchange).await;
    let holder = noted(Phase::Authenticate, since, clock, exchange, authenticated)?;
    let since = clock.elapsed();
    let authorized = authorize(target, &holder, exchange);
    noted(Phase::Authorize, since, clock, exchange, authorized)
}

/// Whose access key signed a request.
async fn authenticate<'t>(
    gateway: &Gateway,
    target: &'t Target,
    exchange: &mut Exchange,
) -> Result<Holder<'t>, Stop> {
    let snapshot = target.stage.snapshot();
    let presented = signed(exchange, b"", Presented::find).map_err(|refusal| refused(&refusal))?;
    let Some(presented) = presented else { return Err(missing_token().into()) };
    let now = Timestamp::from_epoch_s(exchange.epoch_ms / 1000);
    let expectation = Expectation::new(snapshot.arn.region(), SERVICE, now);
    let claim = presented.check(&expectation).map_err(|refusal| refused(&refusal))?;
    check_verb(claim.presented(), exchange)?;
    let Some(holder) = snapshot.principals.find(claim.access_key_id()) else {
        let message = format!("nobody has the access key `{}`", claim.access_key_id());
        return Err(answer(&Refusal::UnknownAccessKey).detail(message, None).into());
    };
    let key = gateway.signing_keys().of(&claim, holder.key.secret());
    let body = exchange.sent_body().await?;
    let verified = pass_aside(body.len(), || {
        signed(exchange, &body, |request| claim.verify(request, &key).map(|_| ()))
    });
    if let Err(refusal) = verified {
        let error = mismatched(&refusal, &holder);
        exchange.refused = Some(Box::new(Refused::Signature { claim, key }));
        return Err(error.into());
    }
    check_session(&claim, &holder, exchange)?;
    exchange.identity = identity(&holder);
    Ok(holder)
}

/// What a request for no method of the API is told: whether a signature could be read (recorded on AWS).
pub(crate) fn of_unknown_method(exchange: &Exchange) -> GatewayError {
    match signed(exchange, b"", Presented::find) {
        Ok(_) => missing_token(),
        Err(refusal) => refused(&refusal),
    }
}

/// The signature in `Authorization`, where a whole one stands there: what of it is secret.
pub(crate) fn signature(exchange: &Exchange) -> Option<String> {
    let presented = signed(exchange, b"", Presented::find).ok()??;
    let is_whole = !presented.is_presigned() && presented.signature().len() == SIGNATURE_CHARS;
    is_whole.then(|| presented.signature().to_owned())
}

/// Does something with a request as its client sent and signed it.
pub(super) fn signed<T>(
    exchange: &Exchange,
    body: &[u8],
    with: impl FnOnce(&Request<'_>) -> T,
) -> T {
    let is_host = |name: &str| name == "host";
    let headers = exchange.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    // HTTP/2 has none, and a trusted proxy says which one its client called.
    let host = exchange.host.as_deref().map(|host| ("host", host.as_bytes()));
    let headers: Vec<(&str, &[u8])> =
        host.into_iter().chain(headers.filter(|(name, _)| !is_host(name))).collect();
    with(&Request {
        method: exchange.method.as_str(),
        path: exchange.raw_path(),
        query: exchange.raw_query(),
        headers: &headers,
        payload: Payload::Bytes(body),
    })
}

/// A verb that replaces the one that is signed has to be signed itself: else whoever has a presigned GET could delete with it.
fn check_verb(presented: &Presented, exchange: &Exchange) -> Result<(), Stop> {
    let is_replaced = exchange.verb() != exchange.method.as_str();
    if !is_replaced || presented.signed_headers().contains("x-http-method-override") {
        return Ok(());
    }
    let message = "'X-HTTP-Method-Override' must be a 'SignedHeader' in the AWS Authorization.";
    let error = GatewayError::new(Kind::InvalidSignature, "InvalidSignatureException", message);
    let why = format!(
        "the client signed the method `{}`, and `X-HTTP-Method-Override`, which is not signed, replaces it",
        exchange.method
    );
    let help = "sign the header too, or send the method itself".to_owned();
    Err(error.detail(why, None).help(Some(help)).into())
}

fn check_session(claim: &Claim, holder: &Holder<'_>, exchange: &Exchange) -> Result<(), Stop> {
    let id = holder.key.id();
    if !claim.is_of_session(holder.key.session_token()) {
        let message = match (claim.presented().session_token(), holder.key.session_token()) {
            (None, _) => {
                format!("the access key `{id}` is temporary, and the request has no session token")
            }
            (Some(_), None) => format!(
                "the access key `{id}` belongs to no session, and the request has a session token"
            ),
            (Some(_), Some(_)) => format!("the session token is not that of the access key `{id}`"),
        };
        return Err(answer(&Refusal::InvalidSecurityToken).detail(message, None).into());
    }
    let now_s = i64::try_from(exchange.epoch_ms / 1000).unwrap_or(i64::MAX);
    if holder.key.is_expired(now_s) {
        let message = format!("the session of the access key `{id}` has ended");
        return Err(answer(&Refusal::ExpiredSecurityToken).detail(message, None).into());
    }
    Ok(())
}

fn identity(holder: &Holder<'_>) -> Identity {
    let Holder { key, principal, .. } = holder;
    let (account, id) = (principal.account().to_owned(), principal.user_id().to_owned());
    Identity {
        members: vec![
            ("accessKey", key.id().to_owned()),
            ("accountId", account),
            ("caller", id.clone()),
            ("user", id),
            ("userArn", principal.arn().to_owned()),
        ],
        ..Identity::default()
    }
}

fn authorize(target: &Target, holder: &Holder<'_>, exchange: &mut Exchange) -> Result<(), Stop> {
    let snapshot = target.stage.snapshot();
    let principal: &Principal = holder.principal;
    let arns = policy::invoked(target, exchange)?;
    let decide = |request: &vestibule_iam::Request<'_>| {
        let resource = policy::resource_policy(snapshot);
        let (policies, bounds) = (holder.policies(), holder.bounds());
        let account = snapshot.account.as_str();
        vestibule_iam::by_identity(policies, bounds, resource, account, request)
    };
    policy::permit(arns, Some(principal), exchange, decide, |refusal, request| {
        let place = refusal.because.and_then(|because| place(because, snapshot));
        denied(refusal.message(request)).detail(refusal.reason(request), place)
    })
}

/// AWS's answer to a request without a signature.
pub(crate) fn missing_token() -> GatewayError {
    GatewayError::new(
        Kind::MissingAuthenticationToken,
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    )
}

/// AWS's answer to a signature that admits nobody, with what the operator is told.
fn refused(refusal: &Refusal) -> GatewayError {
    let why = match refusal.clock_difference_s() {
        Some(seconds) if seconds < 0 => format!(
            "the request was signed {} seconds ago, or the client's clock is behind",
            seconds.unsigned_abs()
        ),
        Some(seconds) => format!("the client's clock is {seconds} seconds ahead"),
        None => format!("the signature cannot be taken: {refusal}"),
    };
    answer(refusal).detail(why, None)
}

fn answer(refusal: &Refusal) -> GatewayError {
    let kind = match refusal {
        Refusal::ExpiredSecurityToken => Kind::ExpiredToken,
        // Which gateway response answers an unknown key, AWS's documentation does not say.
        _ => Kind::InvalidSignature,
    };
    GatewayError::new(kind, refusal.error_type(), refusal.to_string())
}

/// AWS's answer to a signature of something else. What should have been signed is told by whoever explains it: a session token can
/// stand in it.
fn mismatched(refusal: &Refusal, holder: &Holder<'_>) -> GatewayError {
    let id = holder.key.id();
    let arn = holder.principal.arn();
    let message = format!("the signature is not one of the access key `{id}` of `{arn}`");
    answer(refusal).detail(message, None)
}
