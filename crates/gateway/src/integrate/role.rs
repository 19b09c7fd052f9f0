//! What the role of an integration may do, where its policies are known: calls of DynamoDB outside of them are refused, as DynamoDB
//! refuses them, item by item and attribute by attribute.

use crate::authorize::{RequestFacts, told};
use crate::exchange::Exchange;
use std::borrow::Cow;
use vestibule_dynamodb::{Access, UNREADABLE};
use vestibule_iam::{
    ApiArn, Bounds, Clause, Decision, Explanation, Facts, Policy, Principal, Request, Values,
    evaluate, explain,
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
    /// Whether a policy asks for `dynamodb:LeadingKeys`.
    asks_for_leading_keys: bool,
    /// Whether a policy asks for `dynamodb:Attributes`.
    asks_for_attributes: bool,
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
        let all = || policies.iter().chain(&boundary);
        // As the key of a condition or as a policy variable; an escape may hide it.
        let asks = |key: &str| {
            all().any(|(_, text)| text.contains("\\u") || text.to_ascii_lowercase().contains(key))
        };
        let asks_for_leading_keys = asks("dynamodb:leadingkeys");
        let asks_for_attributes = asks("dynamodb:attributes");
        IntegrationRole {
            session,
            policies,
            boundary,
            has_unknown,
            asks_for_leading_keys,
            asks_for_attributes,
        }
    }

    /// The first thing that a call touches and the role may not touch.
    pub(crate) fn denied(
        &self,
        accesses: &[Access],
        api: &ApiArn,
        exchange: &Exchange,
    ) -> Option<Denied> {
        accesses.iter().find_map(|access| self.denied_access(access, api, exchange))
    }

    fn denied_access(&self, access: &Access, api: &ApiArn, exchange: &Exchange) -> Option<Denied> {
        let facts = AccessFacts { access, request: RequestFacts { exchange } };
        let action = format!("dynamodb:{}", access.action);
        let resource = resource(access, api);
        let principal = Some(&self.session);
        let request = Request { principal, action: &action, resource: &resource, facts: &facts };
        let clause = self.refusal(access, &request)?;
        let message = clause.sentence(&request, &resource);
        let all = self.all().map(|(policy, _)| policy);
        let why = explain(all, &request).iter().map(|one| self.line(one)).collect();
        Some(Denied { message, why })
    }

    /// The policies and the boundary.
    fn all(&self) -> impl Iterator<Item = &(Policy, Sourced)> {
        self.policies.iter().chain(&self.boundary)
    }

    fn refusal(&self, access: &Access, request: &Request<'_>) -> Option<Clause> {
        let boundary = self.boundary.as_ref().map(|(policy, _)| policy);
        let bounds = Bounds { boundary, ..Bounds::default() };
        let outside = bounds.refusal(request).map(|refusal| refusal.clause);
        match evaluate(self.policies.iter().map(|(policy, _)| policy), request) {
            Decision::ExplicitDeny(_) => Some(Clause::DenyInIdentityPolicy),
            _ if outside.is_some_and(Clause::is_explicit) => outside,
            _ if self.asks_what_is_hidden(access) => Some(Clause::NoIdentityPolicyAllows),
            Decision::Allow(_) | Decision::AllowToAccount(_) => outside,
            Decision::ImplicitDeny if self.has_unknown => outside,
            Decision::ImplicitDeny => Some(Clause::NoIdentityPolicyAllows),
        }
    }

    /// Whether a policy asks for keys or attributes that cannot be told of this access: a condition that denies would not hold.
    fn asks_what_is_hidden(&self, access: &Access) -> bool {
        let is_hidden = |values: &Option<Vec<String>>| {
            values.as_ref().is_some_and(|values| values.iter().any(|value| value == UNREADABLE))
        };
        (self.asks_for_leading_keys && is_hidden(&access.leading_keys))
            || (self.asks_for_attributes && is_hidden(&access.attributes))
    }

    fn line(&self, explanation: &Explanation<'_>) -> (Option<Place>, String) {
        let statement = explanation.statement;
        let document = self.all().nth(statement.policy_index);
        let place = document.map(|(_, text)| text.place(statement.range()));
        (place, told(explanation))
    }
}

/// The ARN of what is touched.
fn resource(access: &Access, api: &ApiArn) -> String {
    let Some(table) = &access.table else { return "*".to_owned() };
    let (partition, region, account) = (api.partition(), api.region(), api.account());
    let table = format!("arn:{partition}:dynamodb:{region}:{account}:table/{table}");
    match &access.index {
        Some(index) => format!("{table}/index/{index}"),
        None => table,
    }
}

/// What conditions ask of a call of DynamoDB, and of the request that it is made for.
struct AccessFacts<'a> {
    access: &'a Access,
    request: RequestFacts<'a>,
}

impl Facts for AccessFacts<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let Access {
            leading_keys,
            attributes,
            select,
            return_values,
            return_consumed_capacity,
            enclosing_operation,
            full_table_scan,
            ..
        } = self.access;
        let one = |text: &'_ Option<String>| {
            text.as_deref().map(|text| Values::from_iter([Cow::Owned(text.to_owned())]))
        };
        let all = |texts: &'_ Option<Vec<String>>| {
            texts.as_ref().map(|texts| texts.iter().cloned().map(Cow::Owned).collect())
        };
        match key {
            "dynamodb:leadingkeys" => all(leading_keys),
            "dynamodb:attributes" => all(attributes),
            "dynamodb:select" => one(select),
            "dynamodb:returnvalues" => one(return_values),
            "dynamodb:returnconsumedcapacity" => one(return_consumed_capacity),
            "dynamodb:enclosingoperation" => {
                enclosing_operation.map(|name| Values::from_iter([Cow::Borrowed(name)]))
            }
            "dynamodb:fulltablescan" => {
                full_table_scan.then(|| Values::from_iter([Cow::Borrowed("true")]))
            }
            // It is the gateway that calls, and over TLS: the client's address and headers say nothing about its role.
            "aws:securetransport" => Some(Values::from_iter([Cow::Borrowed("true")])),
            "aws:currenttime" | "aws:epochtime" | "aws:requestedregion" | "aws:viaawsservice" => {
                self.request.values(key)
            }
            _ => None,
        }
    }
}
