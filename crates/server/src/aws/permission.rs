//! What a caller may do, by its policies: the same evaluation that roles of integrations have.

use vestibule_dynamodb::{Access, AccessFacts, Asks};
use vestibule_gateway::{Principals, RequestFacts};
use vestibule_iam::{
    Clause, Holder, PrincipalKind, Request, Verdict, by_identity, explain, partition_of,
};

use crate::limits::EXPLAINED_STATEMENTS_MAX;

/// Whose tables they are.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    /// The account that ARNs name.
    pub(super) account: String,
    /// The region that they name.
    pub(super) region: String,
}

/// The first thing that a request touches and its caller may not touch: AWS's sentence, which the caller is told.
pub(super) fn denied(
    holder: &Holder<'_>,
    principals: &Principals,
    accesses: &[Access],
    owner: &Owner,
    facts: &RequestFacts<'_>,
) -> Option<String> {
    let principal = holder.principal;
    // AWS: the account's own root may do all. Here it may be given policies, which then bound it.
    let is_root = *principal.kind() == PrincipalKind::Root;
    let is_unbounded = holder.all_policies().next().is_none();
    if is_root && is_unbounded && principal.account() == owner.account {
        return None;
    }
    let texts = holder.all_policies().filter_map(|policy| principals.text(policy));
    let asks = Asks::of(texts.map(|text| text.as_str()));
    accesses.iter().find_map(|access| {
        let facts = AccessFacts { access, request: facts };
        let action = access.policy_action();
        let resource = access.arn(partition_of(&owner.region), &owner.region, &owner.account);
        let request = Request {
            principal: Some(principal),
            action: &action,
            resource: &resource,
            facts: &facts,
        };
        let verdict =
            by_identity(holder.policies(), holder.bounds(), None, &owner.account, &request);
        let clause = match verdict {
            Verdict::Refused(refusal) => {
                let reason = refusal.reason(&request);
                let why = why(holder, principals, &request);
                tracing::info!("refused at the AWS endpoints: {reason}{why}");
                refusal.clause
            }
            Verdict::Allowed(_) if asks.for_hidden(access) => {
                tracing::info!(
                    "refused at the AWS endpoints: a policy of {} asks for keys or attributes that cannot be told of `{action}`",
                    principal.arn()
                );
                Clause::NoIdentityPolicyAllows
            }
            Verdict::Allowed(_) => return None,
        };
        Some(clause.sentence(&request, &resource))
    })
}

/// What the statements of a caller's policies say about a request, as far as one line of the log tells it.
fn why(holder: &Holder<'_>, principals: &Principals, request: &Request<'_>) -> String {
    let explanations = explain(holder.all_policies(), request);
    let further = explanations.len().saturating_sub(EXPLAINED_STATEMENTS_MAX);
    let mut why = String::new();
    for explanation in explanations.iter().take(EXPLAINED_STATEMENTS_MAX) {
        let place = principals.place(explanation.statement);
        let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
        why.push_str(&format!("; {place}{explanation}"));
    }
    if further > 0 {
        why.push_str(&format!("; and {further} further statements"));
    }
    why
}
