//! Lambda authorizers: a function says who the caller is and returns a policy, which decides. AWS docs:
//! apigateway-use-lambda-authorizer.
//!
//! What a function returned is kept for its authorizer's time and decides about every method that the caller calls meanwhile
//! (AWS docs). What the operator reads of a refusal names the statement, the function's error or the missing identity source,
//! and nothing that a client sent to be known by.

mod event;
mod failure;
mod grants;
mod identity_source;
mod once;
mod result;

pub(crate) use grants::Grants;
pub(crate) use identity_source::IdentitySources;
pub use result::check_result;

use super::identity::{Asked, Authorizer};
use super::phases::{self, Phase, noted};
use super::policy::{self, INVOKE};
use crate::digest::{Digest, Key};
use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::integrate::{
    Called, EndpointError, Invocation, InvokedFunction, NotSigned, Reply, lambda, unreported,
};
use crate::limits::{
    AUTHORIZER_POLICY_FACTOR, AUTHORIZER_RESULT_BYTES_LEAST, AUTHORIZER_TIMEOUT, SHOWN_CHARS_MAX,
    SHOWN_STATEMENTS_MAX,
};
use crate::observe;
use crate::pipeline::Gateway;
use crate::route::Target;
use crate::site::{Method, StageView};
use failure::Failure;
use grants::{Keys, Outcome, Weighed};
use http::Uri;
use identity_source::Unidentified;
use result::AuthorizerResult;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use vestibule_iam::{
    Deciding, Policy, PolicyKind, Refusal, Request, Side, Verdict, before_authorizer,
    by_authorizer, explain,
};
use vestibule_restapi::Place;

/// The message of a function's error that means 401, no other (AWS docs).
const UNAUTHORIZED: &str = "Unauthorized";

/// An authorizer, compiled; the methods that name it share it.
#[derive(Debug)]
pub(crate) struct LambdaAuthorizer {
    pub(crate) name: String,
    pub(crate) invocation: Invocation,
    pub(crate) identity: IdentitySources,
    /// How long results are kept; none are without.
    pub(crate) ttl: Option<Duration>,
    /// Of all that its definition says: what another one's function returned is not taken for this one's.
    pub(crate) fingerprint: Key,
    pub(crate) place: Place,
}

/// What a function granted.
pub(crate) struct Grant {
    values: Vec<(String, String)>,
    usage_identifier_key: Option<String>,
    policy: Policy,
    bytes: usize,
}

impl Grant {
    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }
}

/// Nothing that the function said of its caller.
impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Weighed for Grant {
    fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Lets a caller in whom the function's policy, or the API's own, allows the method.
pub(super) async fn check(
    gateway: &Gateway,
    target: &Target,
    method: &Method,
    authorizer: &LambdaAuthorizer,
    exchange: &mut Exchange,
) -> Result<(), Stop> {
    let stage = &*target.stage;
    let arns = policy::invoked(target, exchange)?;
    let method_arn = arns.first().cloned().unwrap_or_default();
    let resource_policy = policy::resource_policy(stage.snapshot());
    let before = |request: &Request<'_>| before_authorizer(resource_policy, request);
    let clock = gateway.clock();
    let since = clock.elapsed();
    let permitted = policy::permit(arns.clone(), None, exchange, before, |refusal, request| {
        authorizer.denied(&refusal, request, stage, None)
    });
    if permitted.is_err() {
        return noted(Phase::Authorize, since, clock, exchange, permitted);
    }
    let unidentified = |why| authorizer.unidentified(&why).stop(&authorizer.place);
    let identified = authorizer.identity.check(exchange).map_err(unidentified);
    if identified.is_err() {
        return noted(Phase::Authorizer, since, clock, exchange, identified);
    }
    let since = clock.elapsed();
    let grant = grant(gateway, stage, method, authorizer, &method_arn, exchange).await;
    observe::authorized(exchange, grant.is_ok());
    let grant = grant.map_err(|failure| failure.stop(&authorizer.place));
    let grant = noted(Phase::Authorizer, since, clock, exchange, grant)?;
    let since = clock.elapsed();
    let climbs = policy::climbs(target.sent_path(exchange));
    let is_kept = exchange.identity.asked.as_ref().is_some_and(|asked| asked.is_kept);
    let decide = |request: &Request<'_>| {
        match by_authorizer(&grant.policy, resource_policy, request) {
            // AWS evaluates the path as it was sent, which is what the function was told. Of the path that was routed a
            // denial counts too. What is allowed below `/public/` says nothing of `/public/../admin`.
            Verdict::Refused(refusal)
                if request.resource != method_arn && !climbs && !refusal.clause.is_explicit() =>
            {
                Verdict::Allowed(None)
            }
            verdict => verdict,
        }
    };
    let permitted = policy::permit(arns, None, exchange, decide, |refusal, request| {
        authorizer.denied(&refusal, request, stage, Some((&grant.policy, is_kept)))
    });
    noted(Phase::Authorize, since, clock, exchange, permitted)?;
    exchange.identity.authorizer = Some(Authorizer {
        values: grant.values.clone(),
        usage_identifier_key: grant.usage_identifier_key.clone(),
        claims: None,
        grant: Some(grant),
    });
    Ok(())
}

/// What the function says of the caller, now or before.
async fn grant(
    gateway: &Gateway,
    stage: &StageView,
    method: &Method,
    authorizer: &LambdaAuthorizer,
    method_arn: &str,
    exchange: &mut Exchange,
) -> Outcome<Grant> {
    exchange.identity.asked = Some(Asked { authorizer: authorizer.name.clone(), is_kept: true });
    observe::authorizing(exchange, &authorizer.name);
    let invoked = authorizer.invocation.of(stage);
    let invoked = invoked.map_err(|why| Arc::new(Failure::broken(why)))?;
    let keys = keys(authorizer, stage, &invoked.address.uri, method_arn, exchange);
    let ask = async {
        exchange.identity.asked =
            Some(Asked { authorizer: authorizer.name.clone(), is_kept: false });
        let asked = ask(gateway, stage, method, authorizer, invoked, method_arn, exchange).await;
        asked.map(Arc::new).map_err(Arc::new)
    };
    match authorizer.ttl {
        Some(ttl) => gateway.grants().known_or(keys, ttl, gateway.clock(), ask).await,
        None => gateway.grants().counted(keys.authorizer, ask).await,
    }
}

/// A result is known by the authorizer, the stage, its function and the caller; a call by all that the function is told that
/// two requests can have in common.
fn keys(
    authorizer: &LambdaAuthorizer,
    stage: &StageView,
    function: &Uri,
    method_arn: &str,
    exchange: &Exchange,
) -> Keys {
    let mut digest = Digest::default();
    digest.add(authorizer.fingerprint.as_bytes());
    digest.add(stage.name().as_bytes());
    digest.add(function.to_string().as_bytes());
    authorizer.identity.add_to(&mut digest, exchange);
    let result = digest.clone().key();
    digest.add(method_arn.as_bytes());
    if let IdentitySources::Request(_) = authorizer.identity {
        digest.add(exchange.client.source_ip.to_string().as_bytes());
        digest.add(exchange.raw_query().as_bytes());
        for name in exchange.seen_names() {
            digest.add(name.as_str().as_bytes());
            digest.add_all(exchange.header_values(name.as_str()));
        }
    }
    Keys { stage: stage.key(), authorizer: authorizer.fingerprint, result, call: digest.key() }
}

/// Asks the function.
async fn ask(
    gateway: &Gateway,
    stage: &StageView,
    method: &Method,
    authorizer: &LambdaAuthorizer,
    invoked: InvokedFunction<'_>,
    method_arn: &str,
    exchange: &mut Exchange,
) -> Result<Grant, Failure> {
    let event = event::of(authorizer, method, stage, exchange, method_arn);
    let event = event.map_err(Failure::broken)?;
    let ready = invoked.ready(AUTHORIZER_TIMEOUT).await.map_err(unsigned)?;
    let call = invoked.call(gateway, stage, exchange, ready.as_ref(), event);
    let call = call.map_err(unsigned)?;
    let called = Called::of(&call);
    let memory = exchange.share();
    let since = gateway.clock().elapsed();
    let reply = unreported(gateway, memory, call, AUTHORIZER_TIMEOUT).await;
    phases::called(gateway.since(since), &reply, exchange);
    granted(&reply.map_err(|error| unanswered(&called, &error))?)
}

/// A function that is not called: nobody signs for it.
fn unsigned(not: NotSigned) -> Failure {
    let failure = Failure::broken(not.why);
    not.help.into_iter().fold(failure, Failure::help)
}

/// A function that did not answer.
fn unanswered(called: &Called, error: &EndpointError) -> Failure {
    match error {
        EndpointError::Full => Failure::full(),
        EndpointError::Timeout => {
            let seconds = AUTHORIZER_TIMEOUT.as_secs();
            Failure::broken(format!("the function at `{called}` took longer than {seconds} s"))
        }
        EndpointError::Address(_)
        | EndpointError::Certificate(_)
        | EndpointError::Network(_)
        | EndpointError::TooLarge { .. } => {
            let failure = Failure::broken(format!("the function at `{called}`: {error}"));
            failure.help("see that something answers there")
        }
    }
}

/// What a function's answer grants. An error is one by the header that Lambda sets, or by its form: emulators leave the
/// header out.
fn granted(reply: &Reply) -> Result<Grant, Failure> {
    let message = lambda::error_message(&reply.body);
    if message.as_deref() == Some(UNAUTHORIZED) {
        let said = "the function does not know the caller: it failed with `Unauthorized`";
        return Err(Failure::unauthorized(said));
    }
    if lambda::has_failed(reply) || message.is_some() {
        let failed = format!("Authorizer error: {}", lambda::function_error(reply));
        let help = "a function that fails with the message `Unauthorized`, no other, means 401";
        return Err(Failure::broken(failed).help(help));
    }
    if !reply.status.starts_with('2') {
        let lambda::Refused { why, help } = lambda::Refused::of(reply);
        let failure = Failure::broken(format!("Authorizer error: {why}"));
        return Err(help.into_iter().fold(failure, Failure::help));
    }
    let AuthorizerResult { values, usage_identifier_key, policy } =
        result::read(&reply.body).map_err(|why| Failure::broken(why.to_string()))?;
    let compiled = Policy::parse(&policy, PolicyKind::Authorizer).map_err(|faults| {
        let fault = faults.first();
        let why = fault.map(ToString::to_string).unwrap_or_default();
        Failure::broken(format!("Could not parse policy: {why}"))
    })?;
    let bytes = reply.body.len() + policy.len().saturating_mul(AUTHORIZER_POLICY_FACTOR);
    let bytes = AUTHORIZER_RESULT_BYTES_LEAST + bytes;
    Ok(Grant { values, usage_identifier_key, policy: compiled, bytes })
}

impl LambdaAuthorizer {
    fn unidentified(&self, why: &Unidentified) -> Failure {
        let name = &self.name;
        match why {
            Unidentified::Missing(source) => Failure::unauthorized(format!(
                "the identity source `{source}` of the authorizer `{name}` is absent or empty"
            ))
            .help("send it: without it the function is not asked"),
            Unidentified::Mismatch => Failure::unauthorized(format!(
                "the token does not match `identityValidationExpression` of the authorizer `{name}`"
            ))
            .help("the expression has to match the whole header, with a word such as `Bearer` before the token"),
        }
    }

    /// `returned` is the function's policy, and whether it was returned for an earlier request.
    fn denied(
        &self,
        refusal: &Refusal<'_>,
        request: &Request<'_>,
        stage: &StageView,
        returned: Option<(&Policy, bool)>,
    ) -> GatewayError {
        let is_kept = returned.is_some_and(|(_, is_kept)| is_kept);
        let before = if is_kept { " for an earlier request" } else { "" };
        let name = &self.name;
        let own = format!("the policy that the authorizer `{name}` returned{before}");
        let resource = shown(request.resource);
        let (message, place, values) = match refusal.because {
            Some(Deciding { side, statement }) => {
                let known = stage.snapshot().policy.as_ref();
                let (whose, place) = match side {
                    Side::Identity | Side::Boundary | Side::Session => (own.as_str(), None),
                    Side::Resource => {
                        ("the resource policy", known.and_then(|known| known.place(statement)))
                    }
                };
                let message = format!("{statement} of {whose} denies `{INVOKE}` on `{resource}`");
                (message, place, Vec::new())
            }
            None => {
                let message = format!("no statement of {own} allows `{INVOKE}` on `{resource}`");
                let policy = returned.map(|(policy, _)| policy);
                let why = policy.map_or_else(Vec::new, |policy| mismatches(policy, request));
                (message, None, why)
            }
        };
        let help = is_kept.then(|| {
            "the policy is kept: let the function return one for all methods \
             that the caller may call, or set `authorizerResultTtlInSeconds` to 0"
                .to_owned()
        });
        let place = place.unwrap_or_else(|| self.place.clone());
        let error = policy::denied(refusal.message_of_authorizer(INVOKE));
        error.detail(message, Some(place)).values(values).help(help)
    }
}

/// Why the statements of a policy are not about a request, the first of them.
fn mismatches(policy: &Policy, request: &Request<'_>) -> Vec<String> {
    let explanations = explain([policy], request).into_iter().take(SHOWN_STATEMENTS_MAX);
    let told = explanations.map(|explanation| {
        let why = explanation
            .mismatches
            .first()
            .map_or_else(|| "it is a denial".to_owned(), |mismatch| shown(&mismatch.to_string()));
        format!("{}: {why}", explanation.statement)
    });
    told.collect()
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS_MAX).collect()
}
