//! What comes of policies just past each limit.
//! Source: AWS docs (quotas of API Gateway and of IAM), but for the bounds of our own.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its policy has failed")]

use vestibule_iam::limits::{
    AUTHORIZER_POLICY_BYTES_MAX, AUTHORIZER_RESOURCE_CHARS_MAX, FAULTS_MAX,
    IDENTITY_POLICY_CHARS_MAX, POLICY_TEXT_BYTES_MAX, RESOURCE_POLICY_BYTES_MAX,
    TRUST_POLICY_CHARS_MAX,
};
use vestibule_iam::{ApiArn, Policy, PolicyKind};

/// A policy of that size, made of a long `Id` of `fill`.
fn policy(kind: PolicyKind, bytes: usize, fill: &str) -> String {
    let element = match kind {
        PolicyKind::Identity | PolicyKind::Authorizer => r#""Resource":"*""#,
        PolicyKind::Resource => r#""Resource":"*","Principal":"*""#,
        PolicyKind::Trust => r#""Principal":"*""#,
    };
    let end = format!(r#"","Statement":{{"Effect":"Allow","Action":"*",{element}}}}}"#);
    let start = r#"{"Id":""#;
    format!("{start}{}{end}", fill.repeat(bytes - start.len() - end.len()))
}

fn said(text: &str, kind: PolicyKind) -> String {
    let faults = Policy::parse(text, kind).unwrap_err();
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[test]
fn policies_have_the_size_of_their_kind() {
    for (kind, max, unit) in [
        (PolicyKind::Resource, RESOURCE_POLICY_BYTES_MAX, "bytes"),
        (PolicyKind::Authorizer, AUTHORIZER_POLICY_BYTES_MAX, "bytes"),
        (PolicyKind::Trust, TRUST_POLICY_CHARS_MAX, "characters"),
    ] {
        assert_eq!(Policy::parse(&policy(kind, max, "x"), kind).unwrap().len(), 1);
        let message = format!("the policy has {} {unit}, of {max} at most", max + 1);
        assert_eq!(said(&policy(kind, max + 1, "x"), kind), message);
    }
}

#[test]
fn white_space_counts_in_the_policies_of_apis_alone() {
    let white = " ".repeat(RESOURCE_POLICY_BYTES_MAX);
    let with_white = |kind| format!("{white}{}", policy(kind, 1_000, "x"));
    for kind in [PolicyKind::Identity, PolicyKind::Trust] {
        assert_eq!(Policy::parse(&with_white(kind), kind).unwrap().len(), 1);
    }
    for kind in [PolicyKind::Resource, PolicyKind::Authorizer] {
        assert_eq!(said(&with_white(kind), kind), "the policy has 9192 bytes, of 8192 at most");
    }
    let text = format!("{}{{}}", " ".repeat(POLICY_TEXT_BYTES_MAX));
    let message = "the policy has 524290 bytes, of 524288 at most";
    assert_eq!(said(&text, PolicyKind::Identity), message);
}

#[test]
fn identity_policies_that_only_aws_may_have_are_told_of() {
    let api = ApiArn::new("us-east-1", "123456789012", "abcde12345").unwrap();
    let kind = PolicyKind::Identity;
    let lint = |chars| Policy::parse(&policy(kind, chars, "x"), kind).unwrap().lint(&api);
    assert_eq!(lint(IDENTITY_POLICY_CHARS_MAX), []);
    let said: Vec<String> = lint(10_241).iter().map(ToString::to_string).collect();
    let message = "the policy has 10241 characters, of 10240 at most in one that is not AWS's own";
    assert_eq!(said, [message]);
}

#[test]
fn a_resource_of_an_authorizer_has_512_characters_at_most() {
    let policy = |chars: usize| {
        let arn = format!("arn:aws:s3:::{}", "é".repeat(chars - 13));
        format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"{arn}"}}}}"#)
    };
    let max = AUTHORIZER_RESOURCE_CHARS_MAX;
    assert_eq!(Policy::parse(&policy(max), PolicyKind::Authorizer).unwrap().len(), 1);
    let message = "a resource has 513 characters, of 512 at most";
    assert_eq!(said(&policy(max + 1), PolicyKind::Authorizer), message);
    assert_eq!(Policy::parse(&policy(max + 1), PolicyKind::Identity).unwrap().len(), 1);
}

#[test]
fn a_bounded_number_of_faults_is_told() {
    let statements = vec!["{}"; 30].join(",");
    let text = format!(r#"{{"Statement":[{statements}]}}"#);
    let faults = Policy::parse(&text, PolicyKind::Identity).unwrap_err();
    assert_eq!(faults.len(), FAULTS_MAX);
}
