//! AWS_IAM: requests that are signed with an access key.

use super::Identity;
use super::explain::Refused;
use super::phases::{Phase, noted};
use super::policy::{self, denied, place};
use super::unadmitted::{self, SignedFor, Unadmitted};
use crate::error::{GatewayError, Stop};
use crate::exchange::{Exchange, pass_aside};
use crate::pipeline::Gateway;
use crate::route::Target;
use vestibule_iam::{Holder, Principal};
use vestibule_restapi::GatewayResponseType as Kind;
use vestibule_sigv4::{Expectation, Payload, Presented, Refusal, Request, Timestamp};

/// The name that requests to an API are signed for.
const SERVICE: &str = "execute-api";

/// AWS's words to whom signs nothing.
const MISSING_TOKEN: &str = "Missing Authentication Token";

/// What a signature in `Authorization` begins with.
const ALGORITHM: &str = "AWS4-HMAC-SHA256 ";

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
    let region = snapshot.arn.region();
    let wanted = SignedFor { service: SERVICE, region };
    let refused_by_rule = |refusal| refused(Unadmitted::of(refusal, wanted));
    let Some(presented) = signed(exchange, b"", Presented::find).map_err(refused_by_rule)? else {
        let why = "the method asks for AWS_IAM, and the request is not signed".to_owned();
        let logged = MISSING_TOKEN.to_owned();
        return Err(missing_token().detail(why, None).logged(logged).into());
    };
    let now = Timestamp::from_epoch_s(exchange.epoch_ms / 1000);
    let claim =
        presented.check(&Expectation::new(region, SERVICE, now)).map_err(refused_by_rule)?;
    check_verb(claim.presented(), exchange)?;
    let Some(holder) = snapshot.principals.find(claim.access_key_id()) else {
        return Err(refused(Unadmitted::of_nobody(claim.access_key_id(), wanted)).into());
    };
    let key = gateway.signing_keys().of(&claim, holder.key.secret());
    let body = exchange.sent_body().await?;
    let verified = pass_aside(body.len(), || {
        signed(exchange, &body, |request| claim.verify(request, &key).map(|_| ()))
    });
    if let Err(refusal) = verified {
        let error = refused(Unadmitted::of_another(refusal, &holder, wanted));
        exchange.refused = Some(Box::new(Refused::Signature { claim, key }));
        return Err(error.into());
    }
    if let Some(unadmitted) = Unadmitted::by_session(&claim, &holder, exchange.epoch_ms, wanted) {
        return Err(refused(unadmitted).into());
    }
    exchange.identity = identity(&holder);
    Ok(holder)
}

/// What a request for no method of the API is told: whether a signature could be read (recorded on AWS).
pub(crate) fn of_unknown_method(exchange: &Exchange) -> GatewayError {
    match signed(exchange, b"", Presented::find) {
        Ok(_) => missing_token(),
        Err(refusal) => answer(&refusal).detail(unadmitted::why(&refusal), None),
    }
}

/// The signature in `Authorization`, where nothing stands there but the parts of a signature: what of it is secret.
pub(crate) fn signature(exchange: &Exchange) -> Option<String> {
    let value = exchange.headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let parts = value.trim().strip_prefix(ALGORITHM)?.split([',', ' ']);
    let mut signature = None;
    for part in parts.filter(|part| !part.is_empty()) {
        match part.split_once('=')? {
            ("Signature", digits) => signature = Some(digits),
            ("Credential" | "SignedHeaders", _) => {}
            _ => return None,
        }
    }
    signature.filter(|digits| digits.len() == SIGNATURE_CHARS).map(str::to_owned)
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
        let error = denied(refusal.message(request)).detail(refusal.reason(request), place);
        error.help(refusal.remedy(request).map(str::to_owned))
    })
}

/// AWS's answer to a request without a signature.
pub(crate) fn missing_token() -> GatewayError {
    GatewayError::new(
        Kind::MissingAuthenticationToken,
        "MissingAuthenticationTokenException",
        MISSING_TOKEN,
    )
}

/// AWS's answer to a signature that admits nobody, with why and what to do.
fn refused(unadmitted: Unadmitted) -> GatewayError {
    let Unadmitted { refusal, why, help } = unadmitted;
    answer(&refusal).detail(why, None).help(help)
}

fn answer(refusal: &Refusal) -> GatewayError {
    let kind = match refusal {
        Refusal::ExpiredSecurityToken => Kind::ExpiredToken,
        // Which gateway response answers an unknown key, AWS's documentation does not say.
        _ => Kind::InvalidSignature,
    };
    GatewayError::new(kind, refusal.error_type(), refusal.to_string())
}
