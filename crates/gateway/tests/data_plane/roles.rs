//! The roles of integrations. Source: AWS docs (fine-grained access control); what is done where a policy is unknown, or a statement of
//! PartiQL hides its keys, is inferred (ours).

use crate::definition::{api, dynamodb, method, services, text};
use crate::fixture::{Noon, ask, get, ports, store_of_things};
use std::sync::Arc;
use vestibule_gateway::{Facts, Gateway, Site, StageView, compile};
use vestibule_restapi::{
    AccountId, Deployment, DeploymentId, HttpMethod, PermissionsBoundary, Region, Role, Stage,
    StageName,
};

const ROLE: &str = "arn:aws:iam::000000000000:role/api";

/// The answer to `GET /`, which calls an action as a role with this policy, and perhaps with one that nobody knows.
async fn answer(action: &str, request: &str, policy: &str, has_unknown: bool) -> String {
    bounded_answer(action, request, policy, None, has_unknown).await
}

async fn bounded_answer(
    action: &str,
    request: &str,
    policy: &str,
    boundary: Option<&str>,
    has_unknown: bool,
) -> String {
    let mut integration = dynamodb(action, request);
    integration.credentials = Some(text(ROLE));
    let api = api([("/", method(HttpMethod::Get, integration))]);
    let deployment = Deployment { id: DeploymentId::of(b"content"), api: Arc::new(api) };
    let managed = has_unknown.then(|| text("arn:aws:iam::aws:policy/Unknown"));
    let role = Role {
        arn: ROLE.to_owned(),
        policies: vec![text(policy)],
        managed_policies: managed.into_iter().collect(),
        permissions_boundary: boundary.map(|text_of| PermissionsBoundary::Document(text(text_of))),
        place: text("role").whole(),
    };
    let account = AccountId::parse("000000000000").unwrap();
    let facts = Facts {
        services: services(),
        roles: vec![role],
        ..Facts::new(account, Region::parse("us-east-1").unwrap())
    };
    let snapshot = compile(&deployment, &facts).snapshot.unwrap();
    let stage = Stage::new(StageName::parse("prod").unwrap(), deployment.api.id.clone());
    let gateway = Gateway::new(ports(store_of_things().await, Arc::new(Noon)));
    gateway.serve(Site::new([StageView::new(stage, Arc::new(snapshot))]));
    ask(&gateway, get("/")).await
}

const GET: &str = r#"{"TableName": "things", "Key": {"id": {"S": "eve"}}}"#;
const SELECT: &str = r#"{"Statement": "SELECT * FROM things WHERE id = 'eve'"}"#;
const DENY_EVE: &str = r#"{"Statement": {"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*",
    "Condition": {"ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": "eve"}}}}"#;
const ALLOW_BOB: &str = r#"{"Statement": {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*",
    "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "bob"}}}}"#;

fn is_denied(answer: &str) -> bool {
    answer.contains("AccessDeniedException")
}

#[tokio::test]
async fn what_is_denied_holds_where_another_policy_is_unknown() {
    assert!(is_denied(&answer("GetItem", GET, DENY_EVE, true).await));
    let of_bob = GET.replace("eve", "bob");
    assert!(!is_denied(&answer("GetItem", &of_bob, DENY_EVE, true).await));
    assert!(is_denied(&answer("GetItem", &of_bob, DENY_EVE, false).await));
    assert!(!is_denied(&answer("GetItem", GET, ALLOW_BOB, true).await));
    assert!(is_denied(&answer("GetItem", GET, ALLOW_BOB, false).await));
}

/// Source: AWS docs (access_policies_boundaries); what is done where a policy is unknown is inferred (ours).
#[tokio::test]
async fn a_boundary_has_to_allow_as_well() {
    let all = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let of_bob = GET.replace("eve", "bob");
    for has_unknown in [true, false] {
        let answer = |request, policy, boundary| {
            bounded_answer("GetItem", request, policy, Some(boundary), has_unknown)
        };
        let refused = answer(GET, all, ALLOW_BOB).await;
        let why = "because no permissions boundary allows the dynamodb:GetItem action";
        assert!(is_denied(&refused) && refused.contains(why), "{refused}");
        assert!(!is_denied(&answer(&of_bob, all, ALLOW_BOB).await));
        let refused = answer(GET, all, DENY_EVE).await;
        let why = "with an explicit deny in a permissions boundary";
        assert!(is_denied(&refused) && refused.contains(why), "{refused}");
    }
    // A boundary gives nothing.
    assert!(is_denied(&bounded_answer("GetItem", GET, ALLOW_BOB, Some(all), false).await));
    // Its conditions count of what a statement hides.
    let hidden = bounded_answer("ExecuteStatement", SELECT, all, Some(ALLOW_BOB), false).await;
    assert!(is_denied(&hidden), "{hidden}");
}

#[tokio::test]
async fn a_statement_that_hides_its_keys_is_refused_where_a_policy_asks_for_them() {
    for (policy, has_unknown) in [(DENY_EVE, true), (DENY_EVE, false), (ALLOW_BOB, false)] {
        let answer = answer("ExecuteStatement", SELECT, policy, has_unknown).await;
        assert!(is_denied(&answer), "{policy} {has_unknown}: {answer}");
    }
    let all = r#"{"Statement": {"Effect": "Allow", "Action": "dynamodb:PartiQLSelect", "Resource": "*"}}"#;
    assert!(!is_denied(&answer("ExecuteStatement", SELECT, all, false).await));
    // A policy that is not known may allow it whatever its keys are.
    assert!(!is_denied(&answer("ExecuteStatement", SELECT, ALLOW_BOB, true).await));
}
