//! Policies: what is read decides alike twice, and what is told of a decision agrees with it.

use std::borrow::Cow;

use vestibule_iam::{
    ApiArn, Decision, Facts, Fault, Policy, PolicyKind, Principal, Request, Values, evaluate,
    explain, unescaped,
};

use crate::lines;
use crate::message::{is_one_line, is_within};

/// Reads the first line as `KIND WHO ACTION RESOURCE KEY=VALUE|VALUE...` and the rest as a policy of that kind.
pub fn policy(data: &[u8]) {
    let Some(text) = lines::text(data) else { return };
    let (asked, text) = lines::first_and_rest(text);
    let Some(api) = ApiArn::new("us-east-1", "123456789012", "abcde12345") else { return };
    let mut words = asked.split(' ');
    let kind = words.next().unwrap_or_default();
    let unescaped = unescaped(text);
    let policy = match parse(kind, &unescaped, &api) {
        Ok(policy) => policy,
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a fault");
            return are_placed(&unescaped, &faults);
        }
    };
    are_placed(&unescaped, &policy.lint(&api));
    let principal = principal(words.next().unwrap_or_default());
    let (action, resource) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let facts = Context(words.filter_map(|word| word.split_once('=')).collect());
    let request = Request { principal: principal.as_ref(), action, resource, facts: &facts };
    let decision = evaluate([&policy], &request);
    assert_eq!(said(&decision), said(&evaluate([&policy], &request)), "two decisions differ");
    agrees(&decision, &policy, &request);
    if kind == "api" {
        let expanded = Policy::expanded(&unescaped, &api);
        // What is written out may be longer than a policy can be.
        if let Ok(expanded) = Policy::parse(&expanded, PolicyKind::Resource) {
            let again = said(&evaluate([&expanded], &request));
            // `*` stands for what is no ARN, an API's `*` does not.
            assert!(
                resource == "*" || said(&decision) == again,
                "written out it decides otherwise"
            );
        }
    }
}

fn parse(kind: &str, text: &str, api: &ApiArn) -> Result<Policy, Vec<Fault>> {
    match kind {
        "api" => Policy::parse_for_api(text, api),
        "resource" => Policy::parse(text, PolicyKind::Resource),
        "authorizer" => Policy::parse(text, PolicyKind::Authorizer),
        "trust" => Policy::parse(text, PolicyKind::Trust),
        _ => Policy::parse(text, PolicyKind::Identity),
    }
}

fn are_placed(text: &str, faults: &[Fault]) {
    for fault in faults {
        is_one_line(fault);
        is_within(text, fault.range.clone(), fault);
        if let Some(help) = &fault.help {
            is_one_line(help);
        }
    }
}

/// Checks that the statements which have no mismatch are those that decide.
fn agrees(decision: &Decision<'_>, policy: &Policy, request: &Request<'_>) {
    let explanations = explain([policy], request);
    assert_eq!(explanations.len(), policy.len());
    let mut is_about = explanations.iter().filter(|one| one.mismatches.is_empty());
    for mismatch in explanations.iter().flat_map(|one| &one.mismatches) {
        is_one_line(mismatch);
    }
    match decision.because() {
        None => assert!(is_about.next().is_none(), "a statement is about it and decides nothing"),
        Some(decided) => {
            let is_it = is_about.any(|one| one.statement.index() == decided.index());
            assert!(is_it, "a statement decides that is not about it");
        }
    }
}

fn said(decision: &Decision<'_>) -> (&'static str, Option<usize>) {
    let name = match decision {
        Decision::Allow(_) => "allow",
        Decision::AllowToAccount(_) => "allow to the account",
        Decision::ImplicitDeny => "implicit deny",
        Decision::ExplicitDeny(_) => "explicit deny",
    };
    (name, decision.because().map(|statement| statement.index()))
}

fn principal(who: &str) -> Option<Principal> {
    match who {
        "user" => Principal::user("arn:aws:iam::123456789012:user/a/bob", "AIDAEXAMPLE").ok(),
        "role" => {
            let arn = "arn:aws:iam::999999999999:role/crew";
            Principal::assumed_role(arn, "AROAEXAMPLE", "job-1").ok()
        }
        "root" => Principal::root("123456789012").ok(),
        "service" => Some(Principal::service("apigateway.amazonaws.com")),
        _ => None,
    }
}

/// Keys and values as they are written.
struct Context<'a>(Vec<(&'a str, &'a str)>);

impl Facts for Context<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let (_, values) = self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
        Some(values.split('|').map(Cow::Borrowed).collect())
    }
}
