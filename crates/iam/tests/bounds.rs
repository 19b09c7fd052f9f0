//! Permissions boundaries and session policies: every way in which they meet what a caller may do.
//! Source: AWS docs (IAM user guide, "Policy evaluation logic", "Permissions boundaries for IAM entities", "Session policies"; for the
//! words "Troubleshoot access denied error messages"), but for lines that say `inferred`.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its policy has failed")]

use std::sync::Arc;

use vestibule_iam::{
    ApiArn, Attached, Bounds, Clause, Directory, NoFacts, Policy, PolicyKind, Principal, Request,
    Side, Verdict, by_identity,
};

const ACTION: &str = "execute-api:Invoke";
const RESOURCE: &str = "arn:aws:execute-api:us-east-1:123456789012:abcde12345/prod/GET/music";
const ACCOUNT: &str = "123456789012";
const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/crew/alice";

/// What a policy says about the request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    Allow,
    Nothing,
    Deny,
}

use Says::{Allow, Deny, Nothing};

fn text(says: Says, principal: &str) -> String {
    let (effect, resource) = match says {
        Allow => ("Allow", "*"),
        Nothing => ("Allow", "arn:aws:execute-api:*:*:*/POST/*"),
        Deny => ("Deny", "*"),
    };
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{{principal} "Effect": "{effect}",
            "Action": "{ACTION}", "Resource": "{resource}"}}]}}"#
    )
}

fn policy(says: Says) -> Arc<Policy> {
    Arc::new(Policy::parse(&text(says, ""), PolicyKind::Identity).unwrap())
}

fn resource_policy(says: Says, principal: &str) -> Policy {
    let api = ApiArn::new("us-east-1", ACCOUNT, "abcde12345").unwrap();
    let principal = format!(r#""Principal": {principal},"#);
    Policy::parse_for_api(&text(says, &principal), &api).unwrap()
}

fn bob() -> Principal {
    Principal::user("arn:aws:iam::123456789012:user/bob", "AIDAEXAMPLE000000").unwrap()
}

fn alice() -> Principal {
    let role = "arn:aws:iam::123456789012:role/crew";
    Principal::assumed_role(role, "AROAEXAMPLE000000", "alice").unwrap()
}

fn request(principal: &Principal) -> Request<'_> {
    Request { principal: Some(principal), action: ACTION, resource: RESOURCE, facts: &NoFacts }
}

fn clause(verdict: &Verdict<'_>) -> Option<Clause> {
    match verdict {
        Verdict::Allowed(_) => None,
        Verdict::Refused(refusal) => Some(refusal.clause),
    }
}

/// Identity policy, boundary, what comes of it.
#[test]
fn a_boundary_and_an_identity_policy_both_have_to_allow() {
    let bob = bob();
    for (identity, boundary, wanted) in [
        (Allow, Allow, None),
        (Allow, Nothing, Some(Clause::NoBoundaryAllows)),
        (Allow, Deny, Some(Clause::DenyInBoundary)),
        (Nothing, Allow, Some(Clause::NoIdentityPolicyAllows)),
        // Which of two reasons is told: inferred.
        (Nothing, Nothing, Some(Clause::NoIdentityPolicyAllows)),
        (Nothing, Deny, Some(Clause::DenyInBoundary)),
        (Deny, Allow, Some(Clause::DenyInIdentityPolicy)),
        (Deny, Nothing, Some(Clause::DenyInIdentityPolicy)),
        (Deny, Deny, Some(Clause::DenyInIdentityPolicy)),
    ] {
        let (identity_policy, boundary_policy) = (policy(identity), policy(boundary));
        let bounds = Bounds { boundary: Some(&*boundary_policy), ..Bounds::default() };
        let verdict = by_identity([&*identity_policy], bounds, None, ACCOUNT, &request(&bob));
        assert_eq!(clause(&verdict), wanted, "{identity:?} {boundary:?}");
    }
}

/// Boundary of the role, session policy, what comes of it when the role's policies allow.
#[test]
fn a_session_may_do_what_boundary_and_session_policy_allow_as_well() {
    let alice = alice();
    for (boundary, session, wanted) in [
        (None, Allow, None),
        (None, Nothing, Some(Clause::NoSessionPolicyAllows)),
        (None, Deny, Some(Clause::DenyInSessionPolicy)),
        (Some(Allow), Allow, None),
        (Some(Allow), Nothing, Some(Clause::NoSessionPolicyAllows)),
        (Some(Nothing), Allow, Some(Clause::NoBoundaryAllows)),
        (Some(Nothing), Deny, Some(Clause::DenyInSessionPolicy)),
        (Some(Deny), Nothing, Some(Clause::DenyInBoundary)),
    ] {
        let (role, session_policies) = (policy(Allow), [policy(session)]);
        let boundary_policy = boundary.map(policy);
        let bounds =
            Bounds { boundary: boundary_policy.as_deref(), session_policies: &session_policies };
        let verdict = by_identity([&*role], bounds, None, ACCOUNT, &request(&alice));
        assert_eq!(clause(&verdict), wanted, "{boundary:?} {session:?}");
    }
}

#[test]
fn of_several_session_policies_one_has_to_allow_and_none_to_deny() {
    let alice = alice();
    let role = policy(Allow);
    let decided = |session: &[Says]| {
        let session_policies: Vec<_> = session.iter().copied().map(policy).collect();
        let bounds = Bounds { session_policies: &session_policies, ..Bounds::default() };
        clause(&by_identity([&*role], bounds, None, ACCOUNT, &request(&alice)))
    };
    assert_eq!(decided(&[Nothing, Allow]), None);
    assert_eq!(decided(&[Nothing, Nothing]), Some(Clause::NoSessionPolicyAllows));
    assert_eq!(decided(&[Allow, Deny]), Some(Clause::DenyInSessionPolicy));
}

/// Whom a resource policy of the same account allows, and whether the bounds still count. Of everyone and of a federation: inferred.
#[test]
fn what_a_resource_policy_allows_by_name_is_not_bounded() {
    let unbounded = None;
    let bounded = Some(Clause::NoBoundaryAllows);
    for (principal, of_bob, of_alice) in [
        (r#"{"AWS": "arn:aws:iam::123456789012:user/bob"}"#, unbounded, None),
        (r#"{"AWS": "AIDAEXAMPLE000000"}"#, unbounded, None),
        (r#"{"AWS": "arn:aws:sts::123456789012:assumed-role/crew/alice"}"#, None, unbounded),
        (r#"{"AWS": "arn:aws:iam::123456789012:role/crew"}"#, None, bounded),
        (r#"{"AWS": "AROAEXAMPLE000000"}"#, None, bounded),
        (r#"{"AWS": "*"}"#, bounded, bounded),
        (r#""*""#, bounded, bounded),
    ] {
        let (boundary, nothing) = (policy(Nothing), policy(Nothing));
        let bounds = Bounds { boundary: Some(&*boundary), ..Bounds::default() };
        let resource = resource_policy(Allow, principal);
        for (who, wanted) in [(bob(), of_bob), (alice(), of_alice)] {
            let request = request(&who);
            let verdict = by_identity([&*nothing], bounds, Some(&resource), ACCOUNT, &request);
            // Whom the policy does not name at all, nothing allows.
            let is_about = by_identity([], Bounds::default(), Some(&resource), ACCOUNT, &request);
            let wanted =
                if is_about.is_allowed() { wanted } else { Some(Clause::NoIdentityPolicyAllows) };
            assert_eq!(clause(&verdict), wanted, "{principal} {}", who.arn());
        }
    }
}

#[test]
fn a_denial_of_the_bounds_counts_whoever_allows() {
    let bob = bob();
    let (identity, boundary) = (policy(Allow), policy(Deny));
    let bounds = Bounds { boundary: Some(&*boundary), ..Bounds::default() };
    let resource = resource_policy(Allow, r#"{"AWS": "arn:aws:iam::123456789012:user/bob"}"#);
    let verdict = by_identity([&*identity], bounds, Some(&resource), ACCOUNT, &request(&bob));
    assert_eq!(clause(&verdict), Some(Clause::DenyInBoundary));
    let because = verdict.because().unwrap();
    assert_eq!((because.side, because.statement.is_allow()), (Side::Boundary, false));
}

#[test]
fn across_accounts_bounds_count_even_for_who_is_named() {
    let bob = bob();
    let (identity, boundary) = (policy(Allow), policy(Nothing));
    let bounds = Bounds { boundary: Some(&*boundary), ..Bounds::default() };
    let resource = resource_policy(Allow, r#"{"AWS": "arn:aws:iam::123456789012:user/bob"}"#);
    let verdict =
        by_identity([&*identity], bounds, Some(&resource), "999999999999", &request(&bob));
    assert_eq!(clause(&verdict), Some(Clause::NoBoundaryAllows));
}

#[test]
fn a_refusal_says_what_bounds() {
    let said = |clause: Clause| clause.words(ACTION).to_string();
    let action = "the execute-api:Invoke action";
    assert_eq!(
        said(Clause::NoBoundaryAllows),
        format!(" because no permissions boundary allows {action}")
    );
    assert_eq!(said(Clause::DenyInBoundary), " with an explicit deny in a permissions boundary");
    assert_eq!(
        said(Clause::NoSessionPolicyAllows),
        format!(" because no session policy allows {action}")
    );
    assert_eq!(said(Clause::DenyInSessionPolicy), " with an explicit deny in a session policy");
}

#[test]
fn a_session_alone_has_session_policies() {
    let attached = || Attached {
        policies: vec![policy(Allow)],
        boundary: Some(policy(Nothing)),
        session_policies: vec![policy(Allow)],
    };
    let mut directory = Directory::new();
    assert_eq!(
        directory.insert(bob(), attached()).unwrap_err().to_string(),
        "`arn:aws:iam::123456789012:user/bob` has session policies and is no session of a role"
    );
    let id = directory.insert(alice(), attached()).unwrap();
    let key = vestibule_iam::AccessKey::long_term("AKIA1", "SECRET".to_owned()).unwrap();
    directory.give(key, id).unwrap();
    let holder = directory.find("AKIA1").unwrap();
    assert_eq!(holder.principal.arn(), SESSION);
    assert_eq!((holder.policies().len(), holder.all_policies().count()), (1, 3));
    assert!(holder.bounds().boundary.is_some());
}
