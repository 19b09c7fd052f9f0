//! Keys whose values cannot be told of a request.
//!
//! Source: inferred (whatever the values are, such a request must not be allowed what some of them would refuse).

#![expect(clippy::unwrap_used, reason = "a test that cannot read its inputs has failed")]

use std::borrow::Cow;

use vestibule_iam::{
    Facts, Hidden, Policy, PolicyKind, Principal, Request, Values, Verdict, by_identity, explain,
};

/// A request whose keys cannot be told, and which has a source address.
struct Partial(Hidden);

impl Facts for Partial {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        assert_ne!(key, "dynamodb:leadingkeys", "values of a hidden key are not asked");
        (key == "aws:sourceip").then(|| Values::from_iter([Cow::Borrowed("192.0.2.1")]))
    }

    fn hidden(&self, key: &str) -> Option<Hidden> {
        (key == "dynamodb:leadingkeys").then_some(self.0)
    }
}

const TABLE: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/items";

fn statement(effect: &str, resource: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Action": "dynamodb:*", {resource}, "Condition": {{{condition}}}}}"#
    )
}

/// Whether a request is allowed, decided against and for the caller, and why not.
fn told(statements: &[String]) -> (bool, bool, String) {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    let policy = Policy::parse(&text, PolicyKind::Identity).unwrap();
    let alice = Principal::user("arn:aws:iam::123456789012:user/alice", "AIDAEXAMPLE").unwrap();
    let decided = |hidden| {
        let facts = Partial(hidden);
        let request = Request {
            principal: Some(&alice),
            action: "dynamodb:GetItem",
            resource: TABLE,
            facts: &facts,
        };
        let verdict = by_identity([&policy], Default::default(), None, "123456789012", &request);
        let explained: Vec<String> =
            explain([&policy], &request).iter().map(ToString::to_string).collect();
        (matches!(verdict, Verdict::Allowed(_)), explained.join("; "))
    };
    let (against, why) = decided(Hidden::Against);
    (against, decided(Hidden::For).0, why)
}

const ALL: &str = r#""Resource": "*""#;
const HIS: &str = r#""ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "alice"}"#;
const NEAR: &str = r#""IpAddress": {"aws:SourceIp": "192.0.2.0/24"}"#;

#[test]
fn what_allows_by_a_hidden_key_allows_nothing_and_what_denies_denies() {
    let his = statement("Allow", ALL, HIS);
    let why = "statement 1 allows something else: `ForAllValues:StringEquals` of `dynamodb:LeadingKeys` does not hold: \
               what the request has cannot be told";
    assert_eq!(told(std::slice::from_ref(&his)), (false, true, why.to_owned()));
    let all = statement("Allow", ALL, NEAR);
    assert!(told(&[his, all.clone()]).0, "another statement allows it, whatever the keys are");
    let denied = statement("Deny", ALL, r#""StringEquals": {"dynamodb:LeadingKeys": "eve"}"#);
    let (against, favourable, _) = told(&[all.clone(), denied]);
    assert_eq!((against, favourable), (false, true));
    let absent = statement("Allow", ALL, r#""Null": {"dynamodb:LeadingKeys": "true"}"#);
    let (against, favourable, _) = told(&[absent]);
    assert_eq!((against, favourable), (false, true));
    let elsewhere = statement(
        "Deny",
        ALL,
        r#""StringEquals": {"dynamodb:LeadingKeys": "eve"}, "IpAddress": {"aws:SourceIp": "198.51.100.0/24"}"#,
    );
    assert!(told(&[all, elsewhere]).0, "what denies elsewhere does not hang on the keys");
}

#[test]
fn a_policy_variable_is_such_a_key_too() {
    let of = |element: &str| {
        format!(r#""{element}": "arn:aws:dynamodb:*:*:table/${{dynamodb:LeadingKeys, 'items'}}""#)
    };
    let all = statement("Allow", ALL, NEAR);
    for (effect, element) in [("Allow", "Resource"), ("Allow", "NotResource")] {
        let (against, favourable, _) = told(&[statement(effect, &of(element), NEAR)]);
        assert_eq!((against, favourable), (false, true), "{effect} {element}");
    }
    for element in ["Resource", "NotResource"] {
        let (against, favourable, _) = told(&[all.clone(), statement("Deny", &of(element), NEAR)]);
        assert_eq!((against, favourable), (false, true), "Deny {element}");
    }
    let variable = r#""StringNotEquals": {"aws:SourceIp": "${dynamodb:LeadingKeys}"}"#;
    assert!(!told(&[statement("Allow", ALL, variable)]).0);
}
