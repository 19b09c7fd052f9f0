//! What a caller may do, by its policies: the same evaluation that roles of integrations have.

use vestibule_dynamodb::{Access, AccessFacts};
use vestibule_gateway::{Principals, RequestFacts};
use vestibule_iam::{Clause, Hidden, Holder, Request, Verdict, by_identity, explain, partition_of};

use crate::limits::EXPLAINED_STATEMENTS_MAX;

/// Whose tables they are.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    /// The account that ARNs name.
    pub(super) account: String,
    /// The region that they name.
    pub(super) region: String,
}

/// Why a caller may not do what it asks for.
#[derive(Debug)]
pub(super) struct Denied {
    /// AWS's sentence, which the caller is told.
    pub(super) sentence: String,
    /// What the operator is told: which statements decided, and what to do.
    pub(super) reason: String,
}

/// What is asked of a caller's policies beside what a request touches.
#[derive(Debug)]
pub(super) struct Asking<'r> {
    pub(super) holder: Holder<'r>,
    pub(super) principals: &'r Principals,
    pub(super) owner: &'r Owner,
    pub(super) facts: RequestFacts<'r>,
}

impl Asking<'_> {
    /// The first thing that a request touches and its caller may not touch.
    pub(super) fn denied(&self, accesses: &[Access], hidden: Hidden) -> Option<Denied> {
        let Asking { holder, principals, owner, facts } = self;
        let principal = holder.principal;
        accesses.iter().find_map(|access| {
            let facts = AccessFacts { access, request: facts, hidden };
            let action = access.policy_action();
            let resource = access.arn(partition_of(&owner.region), &owner.region, &owner.account);
            let request = Request {
                principal: Some(principal),
                action: &action,
                resource: &resource,
                facts: &facts,
            };
            let (policies, bounds) = (holder.policies(), holder.bounds());
            let verdict = by_identity(policies, bounds, None, &owner.account, &request);
            let Verdict::Refused(refusal) = verdict else { return None };
            let why = why(holder, principals, &request);
            let help = help(refusal.clause, &request);
            let reason = format!("{}{why} (help: {help})", refusal.reason(&request));
            Some(Denied { sentence: refusal.clause.sentence(&request, &resource), reason })
        })
    }
}

/// What whoever keeps the policies can do.
fn help(clause: Clause, request: &Request<'_>) -> String {
    let (action, resource) = (request.action, request.resource);
    match clause {
        Clause::DenyInIdentityPolicy
        | Clause::DenyInResourcePolicy
        | Clause::DenyInBoundary
        | Clause::DenyInSessionPolicy => {
            "a denial wins over all that allows: change its statement if the caller should do so"
                .to_owned()
        }
        Clause::NoBoundaryAllows => {
            format!("let the permissions boundary allow `{action}` on `{resource}` too")
        }
        Clause::NoSessionPolicyAllows => {
            format!("let the session policies allow `{action}` on `{resource}` too")
        }
        Clause::NoIdentityPolicyAllows | Clause::NoResourcePolicyAllows => {
            format!("if it should, let a policy of the user allow `{action}` on `{resource}`")
        }
    }
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
