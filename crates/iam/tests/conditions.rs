//! Every condition operator: what it compares, what a missing key means, sets of values.
//! Source: AWS docs (IAM user guide, "Condition operators", "Single-valued vs. multivalued context
//! keys", "Variables and tags"), but for lines that say `inferred`.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its policy has failed")]

mod context;

use context::Context;
use vestibule_iam::{Decision, Policy, PolicyKind, Principal, Request, evaluate};

/// Whether a condition, written as JSON, holds in a context.
fn holds(condition: &str, context: &Context) -> bool {
    holds_for(condition, context, None)
}

fn holds_for(condition: &str, context: &Context, principal: Option<&Principal>) -> bool {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*",
            "Resource": "*", "Condition": {{{condition}}}}}}}"#
    );
    let policy = Policy::parse(&text, PolicyKind::Identity).unwrap();
    let request = Request { principal, action: "a:b", resource: "*", facts: context };
    matches!(evaluate([&policy], &request), Decision::Allow(_))
}

/// One value of the key `a:k`.
fn one(value: &str) -> Context {
    Context::default().with("a:k", &[value])
}

fn none() -> Context {
    Context::default()
}

#[test]
fn operators_compare_a_value_with_each_of_the_policy() {
    // Operator, values of the policy, values of the request that hold, that do not.
    let rows: &[(&str, &str, &[&str], &[&str])] = &[
        ("StringEquals", r#"["b", "a*"]"#, &["b", "a*"], &["B", "ab", ""]),
        ("StringNotEquals", r#"["b", "a*"]"#, &["B", "ab", ""], &["b", "a*"]),
        ("StringEqualsIgnoreCase", r#""Äb""#, &["äB", "Äb"], &["äc", "ab"]),
        ("StringNotEqualsIgnoreCase", r#""Äb""#, &["äc"], &["äB"]),
        ("StringLike", r#"["a*c", "?x"]"#, &["ac", "a/b/c", "éx"], &["AC", "x", "acd"]),
        ("StringNotLike", r#""a*c""#, &["AC", ""], &["abc"]),
        ("StringLike", r#""a${*}c${?}${$}""#, &["a*c?$"], &["abc?$", "a*cx$"]),
        ("NumericEquals", "10", &["10", "10.0"], &["11", "ten", "1e1"]),
        ("NumericEquals", r#"["10", 2.5]"#, &["2.50"], &["2"]),
        ("NumericNotEquals", "10", &["11", "ten"], &["10"]),
        ("NumericLessThan", "10", &["9.99", "-1"], &["10", "11", "ten"]),
        ("NumericLessThanEquals", "10", &["10"], &["10.1"]),
        ("NumericGreaterThan", "10", &["10.1"], &["10"]),
        ("NumericGreaterThanEquals", "10", &["10"], &["9"]),
        ("DateEquals", r#""2020-01-01T00:00:01Z""#, &["1577836801"], &["1577836802"]),
        ("DateNotEquals", r#""2020-01-01""#, &["1577836801"], &["2020-01-01T00:00Z"]),
        ("DateLessThan", r#""2020-01-01""#, &["2019-12-31T23:59:59.9Z"], &["2020-01-01"]),
        ("DateLessThanEquals", "1577836800", &["2020-01-01"], &["2020-01-01T00:00:00.1Z"]),
        ("DateGreaterThan", r#""2020-01-01""#, &["2020-01-01T00:00:00.1Z"], &["2020-01-01"]),
        ("DateGreaterThanEquals", r#""2020-01-01""#, &["2020-01-01"], &["2019", "soon"]),
        ("Bool", "true", &["true", "TRUE"], &["false", "1"]),
        ("Bool", r#""False""#, &["false"], &["true"]),
        ("BinaryEquals", r#""QmluYXJ5""#, &["Binary"], &["binary", "QmluYXJ5"]),
        (
            "IpAddress",
            r#"["203.0.113.0/24", "2001:DB8:1234:5678::/64"]"#,
            &["203.0.113.7", "2001:db8:1234:5678::9"],
            &["203.0.114.7", "2001:db8::1", "me"],
        ),
        ("NotIpAddress", r#""203.0.113.0/24""#, &["203.0.114.7"], &["203.0.113.7"]),
    ];
    for (operator, values, held, refused) in rows {
        let condition = format!(r#""{operator}": {{"a:k": {values}}}"#);
        for value in *held {
            assert!(holds(&condition, &one(value)), "{condition} of {value}");
        }
        for value in *refused {
            assert!(!holds(&condition, &one(value)), "{condition} of {value}");
        }
    }
}

#[test]
fn arn_operators_match_part_by_part_and_are_two_names_of_the_same() {
    let topic = "arn:aws:sns:us-east-1:123456789012:topic:a";
    for name in ["ArnEquals", "ArnLike"] {
        for (pattern, is_held) in [
            ("arn:aws:sns:*:123456789012:*", true),
            ("arn:aws:sns:us-east-?:*:topic:a", true),
            ("arn:aws:sns:*:topic:a", false),
            ("arn:aws:sns:us-east-1:123456789012:TOPIC:a", false),
        ] {
            let condition = format!(r#""{name}": {{"a:k": "{pattern}"}}"#);
            assert_eq!(holds(&condition, &one(topic)), is_held, "{condition}");
            let negated = condition.replacen("Arn", "ArnNot", 1);
            assert_eq!(holds(&negated, &one(topic)), !is_held, "{negated}");
        }
        assert!(!holds(&format!(r#""{name}": {{"a:k": "arn:*"}}"#), &one("no ARN")));
    }
}

#[test]
fn a_missing_key_is_false_unless_the_operator_is_negated_or_forgives_it() {
    for (operator, value) in [
        ("StringEquals", "a"),
        ("StringEqualsIgnoreCase", "a"),
        ("StringLike", "*"),
        ("NumericEquals", "1"),
        ("NumericLessThan", "1"),
        ("DateLessThan", "2020"),
        ("Bool", "false"),
        ("BinaryEquals", "YQ=="),
        ("IpAddress", "0.0.0.0/0"),
        ("ArnLike", "*"),
    ] {
        let condition = |operator: &str| format!(r#""{operator}": {{"a:k": "{value}"}}"#);
        assert!(!holds(&condition(operator), &none()), "{operator}");
        assert!(holds(&condition(&format!("{operator}IfExists")), &none()), "{operator}");
        let all = format!("ForAllValues:{operator}");
        assert!(holds(&condition(&all), &none()), "{all}");
        let any = format!("ForAnyValue:{operator}");
        assert!(!holds(&condition(&any), &none()), "{any}");
        assert!(holds(&condition(&format!("{any}IfExists")), &none()), "{any}IfExists");
    }
    for (operator, value) in [
        ("StringNotEquals", "a"),
        ("StringNotEqualsIgnoreCase", "a"),
        ("StringNotLike", "*"),
        ("NumericNotEquals", "1"),
        ("DateNotEquals", "2020"),
        ("NotIpAddress", "0.0.0.0/0"),
        ("ArnNotEquals", "*"),
        ("ArnNotLike", "*"),
    ] {
        assert!(holds(&format!(r#""{operator}": {{"a:k": "{value}"}}"#), &none()), "{operator}");
        let any = format!(r#""ForAnyValue:{operator}": {{"a:k": "{value}"}}"#);
        assert!(!holds(&any, &none()), "{any}");
    }
}

#[test]
fn if_exists_compares_a_key_that_is_there() {
    let condition = r#""StringLikeIfExists": {"a:k": "x*"}"#;
    assert!(holds(condition, &one("xy")));
    assert!(!holds(condition, &one("y")));
}

#[test]
fn null_asks_whether_the_key_is_there() {
    let absent = r#""Null": {"a:k": "true"}"#;
    let present = r#""Null": {"a:k": false}"#;
    assert!(holds(absent, &none()) && !holds(absent, &one("x")));
    assert!(!holds(present, &none()) && holds(present, &one("x")));
}

#[test]
fn sets_are_compared_value_by_value() {
    let request = |values: &[&str]| Context::default().with("dynamodb:Attributes", values);
    let all = r#""ForAllValues:StringEquals": {"dynamodb:Attributes": ["ID", "Message"]}"#;
    assert!(holds(all, &request(&["ID", "Message"])));
    assert!(holds(all, &request(&["ID"])));
    assert!(!holds(all, &request(&["ID", "UserName"])));
    assert!(holds(all, &request(&[])));
    assert!(holds(all, &request(&[""])));

    let any = r#""ForAnyValue:StringEquals": {"dynamodb:Attributes": ["ID", "Message"]}"#;
    assert!(holds(any, &request(&["ID", "UserName"])));
    assert!(!holds(any, &request(&["UserName"])));
    assert!(!holds(any, &request(&[])));

    let none_of = r#""ForAllValues:StringNotEquals": {"dynamodb:Attributes": ["ID"]}"#;
    assert!(holds(none_of, &request(&["Message", "UserName"])));
    assert!(!holds(none_of, &request(&["Message", "ID"])));

    let other = r#""ForAnyValue:StringNotEquals": {"dynamodb:Attributes": ["ID"]}"#;
    assert!(holds(other, &request(&["Message", "ID"])));
    assert!(!holds(other, &request(&["ID"])));
}

/// Source: inferred (of several values without a set operator any may match; a negation wants that
/// none does).
#[test]
fn several_values_without_a_set_operator_are_any_of_them() {
    let several = Context::default().with("a:k", &["x", "y"]);
    assert!(holds(r#""StringEquals": {"a:k": "y"}"#, &several));
    assert!(!holds(r#""StringNotEquals": {"a:k": "y"}"#, &several));
}

#[test]
fn operators_and_keys_are_all_to_hold() {
    let context = Context::default().with("a:k", &["x"]).with("a:l", &["5"]);
    assert!(holds(r#""StringEquals": {"a:k": "x"}, "NumericLessThan": {"a:l": 6}"#, &context));
    assert!(!holds(r#""StringEquals": {"a:k": "x"}, "NumericLessThan": {"a:l": 5}"#, &context));
    assert!(!holds(r#""StringEquals": {"a:k": "x", "a:l": "6"}"#, &context));
    assert!(holds("", &context));
}

#[test]
fn keys_are_named_without_regard_to_case() {
    let context = Context::default().with("aws:SourceIp", &["203.0.113.7"]);
    assert!(holds(r#""IpAddress": {"AWS:sourceIP": "203.0.113.0/24"}"#, &context));
}

#[test]
fn variables_stand_for_what_the_request_has() {
    let context = Context::default().with("a:k", &["home/bob/x"]).with("a:v", &["bob"]);
    assert!(holds(r#""StringLike": {"a:k": "home/${a:v}/*"}"#, &context));
    assert!(holds(r#""StringEquals": {"a:v": "${A:V}"}"#, &context));
    assert!(!holds(r#""StringLike": {"a:k": "home/${a:w}/*"}"#, &context));
    assert!(holds(r#""StringLike": {"a:k": "home/${a:w, 'bob'}/*"}"#, &context));
    assert!(holds(r#""StringLike": {"a:k": "home/${a:v, 'eve'}/*"}"#, &context));
    // What has no value equals nothing.
    assert!(holds(r#""StringNotLike": {"a:k": "home/${a:w}/*"}"#, &context));
    let arn = one("arn:aws:iam::123456789012:role/x").with("a:v", &["123456789012"]);
    assert!(holds(r#""ArnLike": {"a:k": "arn:aws:iam::${a:v}:role/*"}"#, &arn));
    assert!(holds(r#""Bool": {"a:k": "${a:b}"}"#, &one("true").with("a:b", &["true"])));
}

/// Source: inferred (a value is never a pattern).
#[test]
fn wildcards_in_the_value_of_a_variable_are_plain_characters() {
    let context = Context::default().with("a:k", &["home/bob/x"]).with("a:v", &["*"]);
    assert!(!holds(r#""StringLike": {"a:k": "home/${a:v}/x"}"#, &context));
    let literal = Context::default().with("a:k", &["home/*/x"]).with("a:v", &["*"]);
    assert!(holds(r#""StringLike": {"a:k": "home/${a:v}/x"}"#, &literal));
}

#[test]
fn a_key_of_several_values_is_no_variable() {
    let context = Context::default().with("a:k", &["x"]).with("a:v", &["x", "y"]);
    assert!(!holds(r#""StringEquals": {"a:k": "${a:v}"}"#, &context));
    assert!(holds(r#""StringEquals": {"a:k": "${a:v, 'x'}"}"#, &context));
}

#[test]
fn keys_of_the_principal_are_answered_by_the_principal() {
    let user =
        Principal::user("arn:aws:iam::123456789012:user/a/bob", "AIDAEXAMPLEBOB0000").unwrap();
    let user = user.with_tag("Team", "Blue");
    let role = "arn:aws:iam::123456789012:role/a/crew";
    let session = Principal::assumed_role(role, "AROAEXAMPLE", "job-1").unwrap();
    let root = Principal::root("123456789012").unwrap();
    let federated =
        Principal::federated_user("arn:aws:sts::123456789012:federated-user/eve").unwrap();
    // Principal, key, its value; nothing when there is none.
    let rows: &[(Option<&Principal>, &str, Option<&str>)] = &[
        (Some(&user), "aws:username", Some("bob")),
        (Some(&user), "aws:userid", Some("AIDAEXAMPLEBOB0000")),
        (Some(&user), "aws:PrincipalType", Some("User")),
        (Some(&user), "aws:PrincipalArn", Some("arn:aws:iam::123456789012:user/a/bob")),
        (Some(&user), "aws:PrincipalAccount", Some("123456789012")),
        (Some(&user), "aws:PrincipalTag/team", Some("Blue")),
        (Some(&user), "aws:PrincipalTag/none", None),
        (Some(&session), "aws:username", None),
        (Some(&session), "aws:userid", Some("AROAEXAMPLE:job-1")),
        (Some(&session), "aws:PrincipalType", Some("AssumedRole")),
        (Some(&session), "aws:PrincipalArn", Some(role)),
        (Some(&root), "aws:userid", Some("123456789012")),
        (Some(&root), "aws:PrincipalType", Some("Account")),
        (Some(&root), "aws:PrincipalArn", Some("arn:aws:iam::123456789012:root")),
        (Some(&federated), "aws:userid", Some("123456789012:eve")),
        (Some(&federated), "aws:PrincipalType", Some("FederatedUser")),
        (None, "aws:userid", Some("anonymous")),
        (None, "aws:PrincipalType", Some("Anonymous")),
        (None, "aws:PrincipalArn", None),
        (None, "aws:username", None),
    ];
    // The context is not asked for these.
    let forged = Context::default().with("aws:username", &["admin"]);
    for (principal, key, value) in rows {
        match value {
            Some(value) => {
                let condition = format!(r#""StringEquals": {{"{key}": "{value}"}}"#);
                assert!(holds_for(&condition, &forged, *principal), "{principal:?} {condition}");
            }
            None => {
                let condition = format!(r#""Null": {{"{key}": "true"}}"#);
                assert!(holds_for(&condition, &forged, *principal), "{principal:?} {condition}");
            }
        }
    }
}
