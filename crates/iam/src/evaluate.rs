//! Policies of one kind evaluated together: a denial wins over what allows, and what nothing allows
//! is denied.
//!
//! Follows the IAM user guide, "Policy evaluation logic".

use crate::facts::{Asked, Request};
use crate::policy::{Effect, Grant, Policy, StatementRef};

/// What policies say about a request.
#[derive(Clone, Copy, Debug)]
pub enum Decision<'p> {
    /// A statement allows it, none denies it.
    Allow(StatementRef<'p>),
    /// No statement denies it. Of those that allow it each names the account of the principal alone,
    /// which hands on what it may by identity policies: this is the first of them.
    AllowToAccount(StatementRef<'p>),
    /// No statement is about it.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny(StatementRef<'p>),
}

impl<'p> Decision<'p> {
    /// The statement that decided.
    pub fn because(&self) -> Option<StatementRef<'p>> {
        match self {
            Decision::Allow(statement)
            | Decision::AllowToAccount(statement)
            | Decision::ExplicitDeny(statement) => Some(*statement),
            Decision::ImplicitDeny => None,
        }
    }
}

/// Evaluates policies together: the first statement in their order that denies, or else the first
/// that allows, decides. Needs no heap but for what the facts need, and for policy variables in
/// conditions on whole texts.
///
/// ```
/// use vestibule_iam::{Decision, NoFacts, Policy, PolicyKind, Request, evaluate};
///
/// let text = r#"{"Version": "2012-10-17", "Statement": {"Sid": "Read", "Effect": "Allow",
///     "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:*/GET/*"}}"#;
/// let policy = Policy::parse(text, PolicyKind::Identity).unwrap();
/// let resource = "arn:aws:execute-api:us-east-1:123456789012:abcde12345/prod/GET/music";
/// let action = "execute-api:Invoke";
/// let request = Request { principal: None, action, resource, facts: &NoFacts };
/// let Decision::Allow(statement) = evaluate([&policy], &request) else { panic!("refused") };
/// assert_eq!(statement.sid(), Some("Read"));
/// ```
pub fn evaluate<'p>(
    policies: impl IntoIterator<Item = &'p Policy>,
    request: &Request<'_>,
) -> Decision<'p> {
    let asked = Asked::new(request);
    let mut decision = Decision::ImplicitDeny;
    for (policy_index, policy) in policies.into_iter().enumerate() {
        for statement in &policy.statements {
            // What allows changes nothing any more, unless it does so to more than the account.
            if statement.effect == Effect::Allow && matches!(decision, Decision::Allow(_)) {
                continue;
            }
            let Some(grant) = statement.grant(&asked) else { continue };
            let found = StatementRef { policy_index, policy, statement };
            match (statement.effect, grant) {
                (Effect::Deny, _) => return Decision::ExplicitDeny(found),
                (Effect::Allow, Grant::Direct) => decision = Decision::Allow(found),
                (Effect::Allow, Grant::Account) => {
                    if let Decision::ImplicitDeny = decision {
                        decision = Decision::AllowToAccount(found);
                    }
                }
            }
        }
    }
    decision
}
