//! What bounds a caller: a permissions boundary, and the policies of its session. They allow nothing; what they do not allow as well, the
//! caller may not do.
//!
//! Follows the IAM user guide, "Permissions boundaries for IAM entities", "Session policies" and "Policy evaluation logic".

use std::sync::Arc;

use crate::authorize::{Clause, Deciding, Refusal, Side};
use crate::evaluate::{Decision, evaluate};
use crate::facts::{Asked, Request};
use crate::policy::{Effect, Policy, StatementRef};
use crate::principal::Principal;

/// What bounds a caller; nothing does by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds<'p> {
    /// The permissions boundary of the user, or of the session's role.
    pub boundary: Option<&'p Policy>,
    /// The session policies, evaluated together. Without any the session has no bounds of its own.
    pub session_policies: &'p [Arc<Policy>],
}

impl<'p> Bounds<'p> {
    /// Whether nothing bounds it.
    pub fn are_none(&self) -> bool {
        self.boundary.is_none() && self.session_policies.is_empty()
    }

    /// What refuses a request that identity policies allow: a denial first, then bounds that do not allow it.
    pub fn refusal(&self, request: &Request<'_>) -> Option<Refusal<'p>> {
        let session = self.session_policies.iter().map(AsRef::as_ref);
        let decisions = [
            (Side::Boundary, self.boundary.map(|policy| evaluate([policy], request))),
            (Side::Session, (session.len() > 0).then(|| evaluate(session, request))),
        ];
        let refusals = decisions.map(|(side, decision)| refused(side, decision?));
        let mut found = refusals.iter().flatten();
        let denial = found.clone().find(|refusal| refusal.clause.is_explicit());
        denial.or_else(|| found.next()).copied()
    }
}

fn refused(side: Side, decision: Decision<'_>) -> Option<Refusal<'_>> {
    let (because, clause) = match (decision, side) {
        (Decision::Allow(_) | Decision::AllowToAccount(_), _) => return None,
        (Decision::ExplicitDeny(statement), _) => (Some(statement), Clause::of_denial(side)),
        (Decision::ImplicitDeny, _) => (None, Clause::of_silence(side)),
    };
    let because = because.map(|statement| Deciding { side, statement });
    Some(Refusal { clause, because, delegated: None })
}

/// The statement of a resource policy that allows a request to the user or session itself, which no bounds take back. What is allowed to
/// everyone, to an account, or to the role of a session, they do.
pub(crate) fn allowed_by_name<'p>(
    policy: &'p Policy,
    principal: &Principal,
    request: &Request<'_>,
) -> Option<StatementRef<'p>> {
    let asked = Asked::new(request);
    let names = |statement: &&crate::policy::Statement| {
        let listed = statement.principals.as_ref().filter(|listed| !listed.is_negated);
        statement.effect == Effect::Allow
            && listed.is_some_and(|listed| listed.of.names(principal))
            && statement.grant(&asked).is_some()
    };
    let statement = policy.statements.iter().find(names)?;
    Some(StatementRef { policy_index: 0, policy, statement })
}
