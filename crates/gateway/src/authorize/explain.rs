//! Why a caller was refused, beyond what its refusal says: for traces, never on the way of a request.

use super::facts::RequestFacts;
use super::policy::{INVOKE, resource_policy};
use crate::exchange::Exchange;
use crate::limits::EXPLAINED_STATEMENTS_MAX;
use std::sync::Arc;
use vestibule_iam::{Explanation, Policy, Request, explain};
use vestibule_sigv4::{Claim, SigningKey};

/// What a refusal keeps for whoever explains it.
#[derive(Debug)]
pub(crate) enum Refused {
    /// A signature that is of something else.
    Signature {
        /// Whose it should be.
        claim: Claim,
        /// The key that it should be of.
        key: Arc<SigningKey>,
    },
    /// An invocation that no policy allows, or one denies.
    Policy {
        /// The ARN that was evaluated.
        arn: String,
    },
}

/// Lines that tell why, none of a caller that was let in. They hold no secret of ours; what a client sent in headers that
/// `is_secret` names in lower case is masked.
pub(crate) fn why(exchange: &Exchange, is_secret: impl Fn(&str) -> bool) -> Vec<String> {
    match exchange.refused.as_deref() {
        Some(Refused::Signature { claim, key }) => signature(exchange, claim, key, is_secret),
        Some(Refused::Policy { arn }) => policies(exchange, arn),
        None => Vec::new(),
    }
}

/// What the client did otherwise, where that can be told, and what it should have signed.
fn signature(
    exchange: &Exchange,
    claim: &Claim,
    key: &SigningKey,
    is_secret: impl Fn(&str) -> bool,
) -> Vec<String> {
    let body = exchange.read_sent_body();
    let mut lines = Vec::new();
    super::iam::signed(exchange, &body, |request| {
        lines.extend(claim.hint(request, key).map(|hint| hint.to_string()));
        if let Err(vestibule_sigv4::Refusal::Mismatch(mismatch)) = claim.verify(request, key) {
            lines.push("the canonical request that should have been signed:".to_owned());
            let canonical = mismatch.canonical_request.masked(is_secret);
            lines.extend(canonical.lines().map(|line| format!("| {line}")));
        }
    });
    lines
}

/// Each statement that could have allowed it, and what of it is not about the request.
fn policies(exchange: &Exchange, arn: &str) -> Vec<String> {
    let Some(stage) = &exchange.stage else { return Vec::new() };
    let snapshot = stage.snapshot();
    let holder = exchange.identity.member("accessKey").and_then(|id| snapshot.principals.find(id));
    let facts = RequestFacts::of(exchange);
    let principal = holder.as_ref().map(|holder| holder.principal);
    let request = Request { principal, action: INVOKE, resource: arn, facts: &facts };
    let own: Vec<&Policy> = holder.iter().flat_map(vestibule_iam::Holder::all_policies).collect();
    let mut lines = Vec::new();
    for explanation in explain(own, &request) {
        let place = snapshot.principals.place(explanation.statement);
        let place = place.map_or_else(|| "the caller's policy".to_owned(), |at| at.to_string());
        lines.push(line(&place, &explanation));
    }
    if let (Some(policy), Some(known)) = (resource_policy(snapshot), &snapshot.policy) {
        for explanation in explain([policy], &request) {
            let place = known.place(explanation.statement);
            let place = place.map_or_else(|| "the resource policy".to_owned(), |at| at.to_string());
            lines.push(line(&place, &explanation));
        }
    }
    if lines.len() > EXPLAINED_STATEMENTS_MAX {
        let more = lines.len() - EXPLAINED_STATEMENTS_MAX;
        lines.truncate(EXPLAINED_STATEMENTS_MAX);
        lines.push(format!("{more} further statements"));
    }
    lines
}

fn line(place: &str, explanation: &Explanation<'_>) -> String {
    format!("{place}: {explanation}")
}
