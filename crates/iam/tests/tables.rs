//! Who decides about an invocation: every cell of the tables, every way in, and what is said.
//! Source: AWS docs (API Gateway developer guide, "How API Gateway resource policies affect
//! authorization workflow": tables A and B), but for lines that say `inferred`. The words of
//! refusals: recorded (AWS's answers in public, 2025 and 2026).

#![expect(clippy::unwrap_used, reason = "a test that cannot read its policy has failed")]

use vestibule_iam::{
    ApiArn, Bounds, Clause, NoFacts, Policy, PolicyKind, Principal, Refusal, Request, Side,
    Verdict, before_authorizer, by_authorizer, by_identity, by_resource_policy, of_private_api,
};

const ACTION: &str = "execute-api:Invoke";
const RESOURCE: &str = "arn:aws:execute-api:us-east-1:123456789012:abcde12345/prod/GET/music";

/// What a policy says about the request.
#[derive(Clone, Copy, Debug)]
enum Says {
    Allow,
    Nothing,
    Deny,
}

use Says::{Allow, Deny, Nothing};

fn policy(kind: PolicyKind, says: Says) -> Policy {
    let principal = if kind == PolicyKind::Resource { r#""Principal": "*","# } else { "" };
    let (effect, path) = match says {
        Allow => ("Allow", "*"),
        Nothing => ("Allow", "arn:aws:execute-api:*:*:*/POST/*"),
        Deny => ("Deny", "*"),
    };
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Sid": "S", {principal} "Effect": "{effect}",
            "Action": "{ACTION}", "Resource": "{path}"}}]}}"#
    );
    match kind {
        PolicyKind::Resource => Policy::parse_for_api(&text, &api()).unwrap(),
        _ => Policy::parse(&text, kind).unwrap(),
    }
}

fn api() -> ApiArn {
    ApiArn::new("us-east-1", "123456789012", "abcde12345").unwrap()
}

fn bob() -> Principal {
    Principal::user("arn:aws:iam::123456789012:user/bob", "AIDAEXAMPLE").unwrap()
}

fn request(principal: Option<&Principal>) -> Request<'_> {
    Request { principal, action: ACTION, resource: RESOURCE, facts: &NoFacts }
}

fn clause(verdict: &Verdict<'_>) -> Option<Clause> {
    match verdict {
        Verdict::Allowed(_) => None,
        Verdict::Refused(refusal) => Some(refusal.clause),
    }
}

const NO_IDENTITY: Option<Clause> = Some(Clause::NoIdentityPolicyAllows);
const NO_RESOURCE: Option<Clause> = Some(Clause::NoResourcePolicyAllows);
const BY_IDENTITY: Option<Clause> = Some(Clause::DenyInIdentityPolicy);
const BY_RESOURCE: Option<Clause> = Some(Clause::DenyInResourcePolicy);

/// Identity policy, resource policy, what comes of it. Which of two reasons is told: inferred.
const TABLE_A: [(Says, Says, Option<Clause>); 9] = [
    (Allow, Allow, None),
    (Allow, Nothing, None),
    (Allow, Deny, BY_RESOURCE),
    (Nothing, Allow, None),
    (Nothing, Nothing, NO_IDENTITY),
    (Nothing, Deny, BY_RESOURCE),
    (Deny, Allow, BY_IDENTITY),
    (Deny, Nothing, BY_IDENTITY),
    (Deny, Deny, BY_IDENTITY),
];

const TABLE_B: [(Says, Says, Option<Clause>); 9] = [
    (Allow, Allow, None),
    (Allow, Nothing, NO_RESOURCE),
    (Allow, Deny, BY_RESOURCE),
    (Nothing, Allow, NO_IDENTITY),
    (Nothing, Nothing, NO_RESOURCE),
    (Nothing, Deny, BY_RESOURCE),
    (Deny, Allow, BY_IDENTITY),
    (Deny, Nothing, BY_IDENTITY),
    (Deny, Deny, BY_IDENTITY),
];

#[test]
fn table_a_decides_about_callers_of_the_same_account() {
    let bob = bob();
    for (identity, resource, wanted) in TABLE_A {
        let identity_policy = policy(PolicyKind::Identity, identity);
        let resource_policy = policy(PolicyKind::Resource, resource);
        let verdict = by_identity(
            [&identity_policy],
            Bounds::default(),
            Some(&resource_policy),
            "123456789012",
            &request(Some(&bob)),
        );
        assert_eq!(clause(&verdict), wanted, "{identity:?} {resource:?}");
    }
}

#[test]
fn table_b_decides_about_callers_of_other_accounts() {
    let eve = Principal::user("arn:aws:iam::999999999999:user/eve", "AIDAEXAMPLE").unwrap();
    for (identity, resource, wanted) in TABLE_B {
        let identity_policy = policy(PolicyKind::Identity, identity);
        let resource_policy = policy(PolicyKind::Resource, resource);
        let verdict = by_identity(
            [&identity_policy],
            Bounds::default(),
            Some(&resource_policy),
            "123456789012",
            &request(Some(&eve)),
        );
        assert_eq!(clause(&verdict), wanted, "{identity:?} {resource:?}");
    }
}

#[test]
fn without_a_resource_policy_the_callers_own_decides_in_the_account_alone() {
    let (bob, allow) = (bob(), policy(PolicyKind::Identity, Allow));
    let own = by_identity([&allow], Bounds::default(), None, "123456789012", &request(Some(&bob)));
    assert!(own.is_allowed());
    assert_eq!(own.because().unwrap().side, Side::Identity);
    let foreign =
        by_identity([&allow], Bounds::default(), None, "000000000000", &request(Some(&bob)));
    assert_eq!(clause(&foreign), NO_RESOURCE);
    let nothing = by_identity([], Bounds::default(), None, "123456789012", &request(Some(&bob)));
    assert_eq!(clause(&nothing), NO_IDENTITY);
    let nobody = by_identity([&allow], Bounds::default(), None, "123456789012", &request(None));
    assert_eq!(clause(&nobody), NO_RESOURCE);
}

#[test]
fn table_a_decides_with_the_policy_of_an_authorizer() {
    for (returned, resource, wanted) in TABLE_A {
        let returned_policy = policy(PolicyKind::Authorizer, returned);
        let resource_policy = policy(PolicyKind::Resource, resource);
        let verdict = by_authorizer(&returned_policy, Some(&resource_policy), &request(None));
        assert_eq!(clause(&verdict), wanted, "{returned:?} {resource:?}");
    }
    let allow = policy(PolicyKind::Authorizer, Allow);
    assert!(by_authorizer(&allow, None, &request(None)).is_allowed());
    let nothing = policy(PolicyKind::Authorizer, Nothing);
    assert_eq!(clause(&by_authorizer(&nothing, None, &request(None))), NO_IDENTITY);
}

#[test]
fn before_an_authorizer_only_a_denial_stops_a_request() {
    let verdict_of = |says| {
        let policy = policy(PolicyKind::Resource, says);
        clause(&before_authorizer(Some(&policy), &request(None)))
    };
    assert_eq!(verdict_of(Allow), None);
    assert_eq!(verdict_of(Nothing), None);
    assert_eq!(verdict_of(Deny), BY_RESOURCE);
    assert!(before_authorizer(None, &request(None)).is_allowed());
}

#[test]
fn a_resource_policy_alone_has_to_allow() {
    let verdict_of = |says| {
        let policy = policy(PolicyKind::Resource, says);
        clause(&by_resource_policy(Some(&policy), &request(None)))
    };
    assert_eq!(verdict_of(Allow), None);
    assert_eq!(verdict_of(Nothing), NO_RESOURCE);
    assert_eq!(verdict_of(Deny), BY_RESOURCE);
    assert!(by_resource_policy(None, &request(None)).is_allowed());
}

#[test]
fn a_private_api_without_a_policy_is_closed() {
    assert_eq!(clause(&of_private_api(None)), NO_RESOURCE);
    assert!(of_private_api(Some(&policy(PolicyKind::Resource, Nothing))).is_allowed());
}

/// Source: AWS docs (IAM user guide, Principal: an account delegates). That it alone allows nothing
/// to those in the account: inferred.
#[test]
fn what_is_allowed_to_an_account_is_for_the_account_to_hand_on() {
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": {"AWS": "ACCOUNT"}, "Action": "execute-api:Invoke", "Resource": "*"}}"#;
    let to =
        |account: &str| Policy::parse_for_api(&text.replace("ACCOUNT", account), &api()).unwrap();
    let (own, foreign) = (to("123456789012"), to("arn:aws:iam::999999999999:root"));
    let bob = bob();
    let eve = Principal::user("arn:aws:iam::999999999999:user/eve", "AIDAEXAMPLE").unwrap();
    let (allow, nothing) =
        (policy(PolicyKind::Identity, Allow), policy(PolicyKind::Identity, Nothing));
    let decide = |identity, resource, who| {
        by_identity(
            [identity],
            Bounds::default(),
            Some(resource),
            "123456789012",
            &request(Some(who)),
        )
    };

    let refused = decide(&nothing, &own, &bob);
    assert_eq!(clause(&refused), NO_IDENTITY);
    let Verdict::Refused(Refusal { delegated: Some(statement), .. }) = refused else {
        panic!("nothing is told of the delegation")
    };
    assert_eq!((statement.index(), statement.is_allow()), (0, true));
    assert!(decide(&allow, &own, &bob).is_allowed());
    assert!(decide(&allow, &foreign, &eve).is_allowed());
    assert_eq!(clause(&decide(&nothing, &foreign, &eve)), NO_IDENTITY);
    assert_eq!(clause(&decide(&allow, &foreign, &bob)), None);
    let root = Principal::root("123456789012").unwrap();
    assert!(decide(&nothing, &own, &root).is_allowed());
}

/// Source: AWS docs (IAM user guide, "AWS account root user"; "Policy evaluation logic": a resource policy can deny the root user).
#[test]
fn the_root_of_the_own_account_may_do_what_no_resource_policy_denies() {
    let decide = |who: &Principal, own: &[&Policy], resource: Option<&Policy>| {
        let (own, bounds) = (own.iter().copied(), Bounds::default());
        let request = request(Some(who));
        clause(&by_identity(own, bounds, resource, "123456789012", &request))
    };
    let root = Principal::root("123456789012").unwrap();
    let deny = policy(PolicyKind::Resource, Deny);
    let silent = policy(PolicyKind::Resource, Nothing);
    assert_eq!(decide(&root, &[], None), None);
    assert_eq!(decide(&root, &[], Some(&silent)), None);
    assert_eq!(decide(&root, &[], Some(&deny)), Some(Clause::DenyInResourcePolicy));
    assert_eq!(decide(&bob(), &[], None), NO_IDENTITY);
    let foreign = Principal::root("999999999999").unwrap();
    assert_eq!(decide(&foreign, &[], None), NO_RESOURCE);
    // AWS has no policies of the root user. Here they bound it.
    let own = policy(PolicyKind::Identity, Nothing);
    assert_eq!(decide(&root, &[&own], None), NO_IDENTITY);
}

#[test]
fn the_words_of_a_refusal_mask_the_account_of_the_api() {
    let bob = bob();
    let say = |verdict: Verdict<'_>, request: &Request<'_>| match verdict {
        Verdict::Refused(refusal) => refusal.message(request),
        Verdict::Allowed(_) => panic!("allowed"),
    };
    let resource = policy(PolicyKind::Resource, Deny);
    let allow = policy(PolicyKind::Identity, Allow);
    let signed = request(Some(&bob));
    assert_eq!(
        say(
            by_identity([&allow], Bounds::default(), Some(&resource), "123456789012", &signed),
            &signed
        ),
        "User: arn:aws:iam::123456789012:user/bob is not authorized to perform: execute-api:Invoke \
         on resource: arn:aws:execute-api:us-east-1:********9012:abcde12345/prod/GET/music with an \
         explicit deny in a resource-based policy"
    );
    assert_eq!(
        say(by_identity([], Bounds::default(), None, "123456789012", &signed), &signed),
        "User: arn:aws:iam::123456789012:user/bob is not authorized to perform: execute-api:Invoke \
         on resource: arn:aws:execute-api:us-east-1:********9012:abcde12345/prod/GET/music because \
         no identity-based policy allows the execute-api:Invoke action"
    );
    let silent = policy(PolicyKind::Resource, Nothing);
    let nobody = request(None);
    assert_eq!(
        say(by_resource_policy(Some(&silent), &nobody), &nobody),
        "User: anonymous is not authorized to perform: execute-api:Invoke on resource: \
         arn:aws:execute-api:us-east-1:********9012:abcde12345/prod/GET/music because no \
         resource-based policy allows the execute-api:Invoke action"
    );
}

#[test]
fn the_words_of_an_authorizers_refusal_name_nobody() {
    let say = |says| {
        let policy = policy(PolicyKind::Authorizer, says);
        match by_authorizer(&policy, None, &request(None)) {
            Verdict::Refused(refusal) => refusal.message_of_authorizer(ACTION),
            Verdict::Allowed(_) => panic!("allowed"),
        }
    };
    assert_eq!(
        say(Deny),
        "User is not authorized to access this resource with an explicit deny in an identity-based \
         policy"
    );
    assert_eq!(
        say(Nothing),
        "User is not authorized to access this resource because no identity-based policy allows the \
         execute-api:Invoke action"
    );
}

/// Source: recorded (DynamoDB's answers in public).
#[test]
fn a_service_names_the_resource_whole() {
    let role = "arn:aws:iam::123456789012:role/crew";
    let session =
        Principal::assumed_role(role, "AROAEXAMPLE", "BackplaneAssumeRoleSession").unwrap();
    let resource = "arn:aws:dynamodb:us-east-1:123456789012:table/Music";
    let action = "dynamodb:GetItem";
    let request = Request { principal: Some(&session), action, resource, facts: &NoFacts };
    assert_eq!(
        Clause::NoIdentityPolicyAllows.sentence(&request, resource),
        "User: arn:aws:sts::123456789012:assumed-role/crew/BackplaneAssumeRoleSession is not \
         authorized to perform: dynamodb:GetItem on resource: \
         arn:aws:dynamodb:us-east-1:123456789012:table/Music because no identity-based policy allows \
         the dynamodb:GetItem action"
    );
}
