//! Which policies decide about an invocation, and how: by the authorization of the method, the
//! accounts of caller and API, and whether the API has a resource policy.
//!
//! Follows the API Gateway developer guide, "How API Gateway resource policies affect authorization
//! workflow": its tables A and B.

use std::fmt;

use crate::arn::masked_account;
use crate::bounds::{Bounds, allowed_by_name};
use crate::evaluate::{Decision, evaluate};
use crate::facts::Request;
use crate::policy::{Policy, StatementRef};
use crate::principal::PrincipalKind;

/// What was decided, and why.
#[derive(Clone, Copy, Debug)]
pub enum Verdict<'p> {
    /// It may happen. Nothing decided where nothing protects.
    Allowed(Option<Deciding<'p>>),
    /// It may not.
    Refused(Refusal<'p>),
}

/// The statement that decided, and whose policy it is of.
#[derive(Clone, Copy, Debug)]
pub struct Deciding<'p> {
    /// Whose policy.
    pub side: Side,
    /// The statement.
    pub statement: StatementRef<'p>,
}

/// Whose policy it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The caller's, or the one that an authorizer returned.
    Identity,
    /// The API's.
    Resource,
    /// The permissions boundary of the caller, or of its role.
    Boundary,
    /// Of the caller's session.
    Session,
}

/// Why a request may not happen.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'p> {
    /// What the caller is told of the reason.
    pub clause: Clause,
    /// The statement that denies it. Nothing when none allows it.
    pub because: Option<Deciding<'p>>,
    /// A statement that allows it to the caller's account alone: an identity policy has to hand it
    /// on.
    pub delegated: Option<StatementRef<'p>>,
}

/// The end of AWS's sentence to someone it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clause {
    /// `because no identity-based policy allows the ... action`
    NoIdentityPolicyAllows,
    /// `because no resource-based policy allows the ... action`
    NoResourcePolicyAllows,
    /// `with an explicit deny in an identity-based policy`
    DenyInIdentityPolicy,
    /// `with an explicit deny in a resource-based policy`
    DenyInResourcePolicy,
    /// `because no permissions boundary allows the ... action`
    NoBoundaryAllows,
    /// `with an explicit deny in a permissions boundary`
    DenyInBoundary,
    /// `because no session policy allows the ... action`
    NoSessionPolicyAllows,
    /// `with an explicit deny in a session policy`
    DenyInSessionPolicy,
}

impl<'p> Verdict<'p> {
    /// Whether it may happen.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Verdict::Allowed(_))
    }

    /// The statement that decided.
    pub fn because(&self) -> Option<Deciding<'p>> {
        match self {
            Verdict::Allowed(because) => *because,
            Verdict::Refused(refusal) => refusal.because,
        }
    }

    fn allowed(side: Side, statement: StatementRef<'p>) -> Verdict<'p> {
        Verdict::Allowed(Some(Deciding { side, statement }))
    }

    fn denied(side: Side, statement: StatementRef<'p>) -> Verdict<'p> {
        let because = Some(Deciding { side, statement });
        Verdict::Refused(Refusal { clause: Clause::of_denial(side), because, delegated: None })
    }

    fn silent(clause: Clause, delegated: Option<StatementRef<'p>>) -> Verdict<'p> {
        Verdict::Refused(Refusal { clause, because: None, delegated })
    }
}

/// Decides by the resource policy alone: a method without authorization, and one behind a user pool
/// once the token was good. Without a policy all may come; with one it has to allow.
pub fn by_resource_policy<'p>(
    resource_policy: Option<&'p Policy>,
    request: &Request<'_>,
) -> Verdict<'p> {
    let Some(policy) = resource_policy else { return Verdict::Allowed(None) };
    match evaluate([policy], request) {
        Decision::Allow(statement) => Verdict::allowed(Side::Resource, statement),
        Decision::ExplicitDeny(statement) => Verdict::denied(Side::Resource, statement),
        Decision::AllowToAccount(statement) => {
            Verdict::silent(Clause::NoResourcePolicyAllows, Some(statement))
        }
        Decision::ImplicitDeny => Verdict::silent(Clause::NoResourcePolicyAllows, None),
    }
}

/// Decides whether a private API can be called at all: never without a resource policy.
pub fn of_private_api<'p>(resource_policy: Option<&'p Policy>) -> Verdict<'p> {
    match resource_policy {
        Some(_) => Verdict::Allowed(None),
        None => Verdict::silent(Clause::NoResourcePolicyAllows, None),
    }
}

/// Decides about a caller who signed: by table A when the API is of the same `account`, else by
/// table B. Nobody, anonymous, is of another account. What either allows has to lie within the
/// caller's bounds, but for what the resource policy of its own account allows the caller by name. The `account`'s own root without
/// policies may do what the resource policy does not deny.
pub fn by_identity<'p>(
    identity_policies: impl IntoIterator<Item = &'p Policy>,
    bounds: Bounds<'p>,
    resource_policy: Option<&'p Policy>,
    account: &str,
    request: &Request<'_>,
) -> Verdict<'p> {
    let is_own = request.principal.is_some_and(|principal| principal.account() == account);
    let mut identity_policies = identity_policies.into_iter().peekable();
    let is_root = request.principal.is_some_and(|who| *who.kind() == PrincipalKind::Root);
    if is_own && is_root && bounds.are_none() && identity_policies.peek().is_none() {
        // AWS: it may do all, and has no policies of its own. One that has some here is decided as any other caller.
        return unless_denied(resource_policy, request);
    }
    let identity = evaluate(identity_policies, request);
    let resource = evaluate(resource_policy, request);
    let verdict =
        if is_own { same_account(identity, resource) } else { cross_account(identity, resource) };
    let Some(refusal) = bounds.refusal(request) else { return verdict };
    match verdict {
        Verdict::Refused(own) if own.clause.is_explicit() || !refusal.clause.is_explicit() => {
            verdict
        }
        Verdict::Allowed(_) if is_own && !refusal.clause.is_explicit() => {
            let own = resource_policy.zip(request.principal);
            let named = own.and_then(|(policy, who)| allowed_by_name(policy, who, request));
            let allowed = |statement| Verdict::allowed(Side::Resource, statement);
            named.map_or(Verdict::Refused(refusal), allowed)
        }
        Verdict::Allowed(_) | Verdict::Refused(_) => Verdict::Refused(refusal),
    }
}

/// Decides before a Lambda authorizer is called: a denial in the resource policy stops the request.
pub fn before_authorizer<'p>(
    resource_policy: Option<&'p Policy>,
    request: &Request<'_>,
) -> Verdict<'p> {
    unless_denied(resource_policy, request)
}

/// Allows what the resource policy does not deny.
fn unless_denied<'p>(resource_policy: Option<&'p Policy>, request: &Request<'_>) -> Verdict<'p> {
    match evaluate(resource_policy, request) {
        Decision::ExplicitDeny(statement) => Verdict::denied(Side::Resource, statement),
        Decision::Allow(_) | Decision::AllowToAccount(_) | Decision::ImplicitDeny => {
            Verdict::Allowed(None)
        }
    }
}

/// Decides with the policy that a Lambda authorizer returned: by table A.
pub fn by_authorizer<'p>(
    returned: &'p Policy,
    resource_policy: Option<&'p Policy>,
    request: &Request<'_>,
) -> Verdict<'p> {
    same_account(evaluate([returned], request), evaluate(resource_policy, request))
}

/// Table A: either side suffices.
///
/// AWS: what a resource policy allows to an account is not allowed to those in it; it is for the
/// account to hand it on.
fn same_account<'p>(identity: Decision<'p>, resource: Decision<'p>) -> Verdict<'p> {
    match (identity, resource) {
        (Decision::ExplicitDeny(statement), _) => Verdict::denied(Side::Identity, statement),
        (_, Decision::ExplicitDeny(statement)) => Verdict::denied(Side::Resource, statement),
        (Decision::Allow(statement) | Decision::AllowToAccount(statement), _) => {
            Verdict::allowed(Side::Identity, statement)
        }
        (_, Decision::Allow(statement)) => Verdict::allowed(Side::Resource, statement),
        (Decision::ImplicitDeny, Decision::AllowToAccount(statement)) => {
            Verdict::silent(Clause::NoIdentityPolicyAllows, Some(statement))
        }
        (Decision::ImplicitDeny, Decision::ImplicitDeny) => {
            Verdict::silent(Clause::NoIdentityPolicyAllows, None)
        }
    }
}

/// Table B: both sides have to allow it.
fn cross_account<'p>(identity: Decision<'p>, resource: Decision<'p>) -> Verdict<'p> {
    match (identity, resource) {
        (Decision::ExplicitDeny(statement), _) => Verdict::denied(Side::Identity, statement),
        (_, Decision::ExplicitDeny(statement)) => Verdict::denied(Side::Resource, statement),
        (_, Decision::ImplicitDeny) => Verdict::silent(Clause::NoResourcePolicyAllows, None),
        (Decision::ImplicitDeny, Decision::Allow(_)) => {
            Verdict::silent(Clause::NoIdentityPolicyAllows, None)
        }
        (Decision::ImplicitDeny, Decision::AllowToAccount(statement)) => {
            Verdict::silent(Clause::NoIdentityPolicyAllows, Some(statement))
        }
        (
            Decision::Allow(_) | Decision::AllowToAccount(_),
            Decision::Allow(statement) | Decision::AllowToAccount(statement),
        ) => Verdict::allowed(Side::Resource, statement),
    }
}

impl Refusal<'_> {
    /// Returns what API Gateway tells who signed, or nobody, anonymous: the API's account is masked.
    pub fn message(&self, request: &Request<'_>) -> String {
        self.clause.sentence(request, &masked_account(request.resource))
    }

    /// Returns what the operator is told: which statement denies, or that none allows.
    pub fn reason(&self, request: &Request<'_>) -> String {
        let who = request.principal.map_or("an anonymous caller", |principal| principal.arn());
        let (action, resource) = (request.action, request.resource);
        match (self.because, self.delegated) {
            (Some(Deciding { side, statement }), _) => {
                let of = match side {
                    Side::Identity => "the caller's policies",
                    Side::Resource => "the resource policy",
                    Side::Boundary => "the caller's permissions boundary",
                    Side::Session => "the caller's session policies",
                };
                format!("{statement} of {of} denies {who} `{action}` on `{resource}`")
            }
            (None, Some(statement)) => format!(
                "{statement} of the resource policy lets the account of {who} hand on `{action}` on `{resource}`, \
                 and no policy of the caller does"
            ),
            (None, None) => {
                let of = match self.clause {
                    Clause::NoBoundaryAllows => " of the caller's permissions boundary",
                    Clause::NoSessionPolicyAllows => " of the caller's session policies",
                    Clause::NoResourcePolicyAllows => " of the resource policy",
                    Clause::NoIdentityPolicyAllows if is_foreign(request) => {
                        " of the caller's policies"
                    }
                    Clause::NoIdentityPolicyAllows
                    | Clause::DenyInIdentityPolicy
                    | Clause::DenyInResourcePolicy
                    | Clause::DenyInBoundary
                    | Clause::DenyInSessionPolicy => "",
                };
                format!("no statement{of} allows {who} `{action}` on `{resource}`")
            }
        }
    }

    /// Returns what the operator has to know beyond who does not allow it.
    pub fn remedy(&self, request: &Request<'_>) -> Option<&'static str> {
        let is_silent = self.because.is_none() && self.delegated.is_none();
        (is_silent && is_foreign(request)).then_some(
            "the caller is of another account: both its own policies and the resource policy have to allow it",
        )
    }

    /// Returns what API Gateway tells whom a Lambda authorizer's policy refused.
    pub fn message_of_authorizer(&self, action: &str) -> String {
        let clause = self.clause.words(action);
        format!("User is not authorized to access this resource{clause}")
    }
}

/// Whether the caller is of another account than what it asks for.
fn is_foreign(request: &Request<'_>) -> bool {
    let account = request.resource.split(':').nth(4);
    request.principal.is_some_and(|principal| Some(principal.account()) != account)
}

impl Clause {
    /// Returns what a service of AWS tells whom it refuses, `resource` as it is shown to them.
    pub fn sentence(self, request: &Request<'_>, resource: &str) -> String {
        let who = request.principal.map_or("anonymous", |principal| principal.arn());
        let action = request.action;
        let clause = self.words(action);
        format!(
            "User: {who} is not authorized to perform: {action} on resource: {resource}{clause}"
        )
    }

    /// Returns AWS's words for `action`, beginning with a space.
    ///
    /// ```
    /// let clause = vestibule_iam::Clause::NoIdentityPolicyAllows;
    /// let words = " because no identity-based policy allows the execute-api:Invoke action";
    /// assert_eq!(clause.words("execute-api:Invoke").to_string(), words);
    /// ```
    pub fn words<'a>(self, action: &'a str) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| match self {
            Clause::NoIdentityPolicyAllows => {
                write!(f, " because no identity-based policy allows the {action} action")
            }
            Clause::NoResourcePolicyAllows => {
                write!(f, " because no resource-based policy allows the {action} action")
            }
            Clause::DenyInIdentityPolicy => {
                f.write_str(" with an explicit deny in an identity-based policy")
            }
            Clause::DenyInResourcePolicy => {
                f.write_str(" with an explicit deny in a resource-based policy")
            }
            Clause::NoBoundaryAllows => {
                write!(f, " because no permissions boundary allows the {action} action")
            }
            Clause::DenyInBoundary => {
                f.write_str(" with an explicit deny in a permissions boundary")
            }
            Clause::NoSessionPolicyAllows => {
                write!(f, " because no session policy allows the {action} action")
            }
            Clause::DenyInSessionPolicy => {
                f.write_str(" with an explicit deny in a session policy")
            }
        })
    }

    /// Whether a statement denies it.
    pub fn is_explicit(self) -> bool {
        match self {
            Clause::DenyInIdentityPolicy
            | Clause::DenyInResourcePolicy
            | Clause::DenyInBoundary
            | Clause::DenyInSessionPolicy => true,
            Clause::NoIdentityPolicyAllows
            | Clause::NoResourcePolicyAllows
            | Clause::NoBoundaryAllows
            | Clause::NoSessionPolicyAllows => false,
        }
    }

    /// What is told of a denial on that side.
    pub(crate) fn of_denial(side: Side) -> Clause {
        match side {
            Side::Identity => Clause::DenyInIdentityPolicy,
            Side::Resource => Clause::DenyInResourcePolicy,
            Side::Boundary => Clause::DenyInBoundary,
            Side::Session => Clause::DenyInSessionPolicy,
        }
    }

    /// What is told when nothing on that side allows it.
    pub(crate) fn of_silence(side: Side) -> Clause {
        match side {
            Side::Identity => Clause::NoIdentityPolicyAllows,
            Side::Resource => Clause::NoResourcePolicyAllows,
            Side::Boundary => Clause::NoBoundaryAllows,
            Side::Session => Clause::NoSessionPolicyAllows,
        }
    }
}
