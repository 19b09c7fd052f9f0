//! What the role of an integration may do, where its policies are known: calls of DynamoDB outside of them are refused, as DynamoDB
//! refuses them, item by item and attribute by attribute.

use crate::authorize::RequestFacts;
use crate::exchange::Exchange;
use std::borrow::Cow;
use vestibule_dynamodb::{Access, AccessFacts};
use vestibule_iam::{
    ApiArn, Bounds, Clause, Decision, Explanation, Facts, Hidden, Policy, Principal, Request,
    Values, evaluate, explain,
};
use vestibule_restapi::{Place, Sourced};

/// The name of the session in which API Gateway takes roles (observed on AWS).
pub const SESSION: &str = "BackplaneAssumeRoleSession";

/// A role with its policies.
#[derive(Debug)]
pub(crate) struct IntegrationRole {
    session: Principal,
    policies: Vec<(Policy, Sourced)>,
    boundary: Option<(Policy, Sourced)>,
    /// Whether it has further policies that are not known: then what denies counts alone, and what the boundary leaves out.
    has_unknown: bool,
}

/// What a role may not do.
#[derive(Clone, Debug)]
pub(crate) struct Denied {
    /// In DynamoDB's words.
    pub(crate) message: String,
    /// What of each statement is not about it, with the statement's place.
    pub(crate) why: Vec<(Option<Place>, String)>,
}

impl IntegrationRole {
    pub(crate) fn new(
        session: Principal,
        policies: Vec<(Policy, Sourced)>,
        boundary: Option<(Policy, Sourced)>,
        has_unknown: bool,
    ) -> IntegrationRole {
        IntegrationRole { session, policies, boundary, has_unknown }
    }

    /// The first thing that a call touches and the role may not touch, hidden keys and attributes decided so.
    pub(crate) fn denied(
        &self,
        accesses: &[Access],
        hidden: Hidden,
        api: &ApiArn,
        facts: &RoleFacts<'_>,
    ) -> Option<Denied> {
        accesses.iter().find_map(|access| self.denied_access(access, hidden, api, facts))
    }

    fn denied_access(
        &self,
        access: &Access,
        hidden: Hidden,
        api: &ApiArn,
        facts: &RoleFacts<'_>,
    ) -> Option<Denied> {
        let facts = AccessFacts { access, request: facts, hidden };
        let action = access.policy_action();
        let resource = access.arn(api.partition(), api.region(), api.account());
        let principal = Some(&self.session);
        let request = Request { principal, action: &action, resource: &resource, facts: &facts };
        let clause = self.refusal(&request)?;
        let message = clause.sentence(&request, &resource);
        let all = self.all().map(|(policy, _)| policy);
        let why = explain(all, &request).iter().map(|one| self.line(one)).collect();
        Some(Denied { message, why })
    }

    /// The policies and the boundary.
    fn all(&self) -> impl Iterator<Item = &(Policy, Sourced)> {
        self.policies.iter().chain(&self.boundary)
    }

    fn refusal(&self, request: &Request<'_>) -> Option<Clause> {
        let boundary = self.boundary.as_ref().map(|(policy, _)| policy);
        let bounds = Bounds { boundary, ..Bounds::default() };
        let outside = bounds.refusal(request).map(|refusal| refusal.clause);
        match evaluate(self.policies.iter().map(|(policy, _)| policy), request) {
            Decision::ExplicitDeny(_) => Some(Clause::DenyInIdentityPolicy),
            _ if outside.is_some_and(Clause::is_explicit) => outside,
            Decision::Allow(_) | Decision::AllowToAccount(_) => outside,
            Decision::ImplicitDeny if self.has_unknown => outside,
            Decision::ImplicitDeny => Some(Clause::NoIdentityPolicyAllows),
        }
    }

    fn line(&self, explanation: &Explanation<'_>) -> (Option<Place>, String) {
        let statement = explanation.statement;
        let document = self.all().nth(statement.policy_index);
        let place = document.map(|(_, text)| text.place(statement.range()));
        (place, explanation.to_string())
    }
}

/// What conditions ask of the request that a role's call is made for.
pub(crate) struct RoleFacts<'e>(RequestFacts<'e>);

impl<'e> RoleFacts<'e> {
    pub(crate) fn of(exchange: &'e Exchange) -> RoleFacts<'e> {
        RoleFacts(RequestFacts::of(exchange))
    }
}

impl Facts for RoleFacts<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        match key {
            // It is the gateway that calls, and over TLS: the client's address and headers say nothing about its role.
            "aws:securetransport" => Some(Values::from_iter([Cow::Borrowed("true")])),
            "aws:currenttime" | "aws:epochtime" | "aws:requestedregion" | "aws:viaawsservice" => {
                self.0.values(key)
            }
            _ => None,
        }
    }
}
