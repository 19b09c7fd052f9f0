//! The resource policy: what is wrong with it is a finding at its place, and forbids all.

use super::Facts;
use crate::authorize::ResourcePolicy;
use crate::principals::Principals;
use std::sync::Arc;
use vestibule_iam::{ApiArn, Fault, Policy};
use vestibule_restapi::{Code, Diagnostic, RestApi, Sourced};

/// What policies call the API.
pub(super) fn arn(
    api: &RestApi,
    facts: &Facts,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ApiArn> {
    let arn = ApiArn::new(facts.region.as_str(), facts.account.as_str(), api.id.as_str());
    if arn.is_none() {
        let message = format!("the id `{}` of the API fits into no ARN", api.id);
        diagnostics.push(Diagnostic::error(Code::InvalidValue, message).at(api.place.clone()));
    }
    arn
}

/// Compiles the resource policy, where there is one and nothing in it is wrong.
pub(super) fn compile(
    api: &RestApi,
    arn: &ApiArn,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ResourcePolicy> {
    let text = api.policy.clone()?;
    match Policy::parse_for_api(&text, arn) {
        Ok(policy) => {
            let lints = policy.lint(arn);
            diagnostics.extend(lints.iter().map(|fault| {
                let message = fault.message.clone();
                at(Diagnostic::warning(Code::PolicyNeverMatches, message), fault, &text)
            }));
            Some(ResourcePolicy { policy, text })
        }
        Err(faults) => {
            diagnostics.extend(faults.iter().map(|fault| policy_fault(fault, &text)));
            None
        }
    }
}

/// Judges the policies of users, which are for all APIs: what none of them could be meant by is told.
pub fn check_principals(
    principals: &Principals,
    apis: &[Arc<RestApi>],
    facts: &Facts,
) -> Vec<Diagnostic> {
    let (region, account) = (facts.region.as_str(), facts.account.as_str());
    let arn = |api: &Arc<RestApi>| ApiArn::new(region, account, api.id.as_str());
    let arns: Vec<ApiArn> = apis.iter().filter_map(arn).collect();
    let Some((first, others)) = arns.split_first() else { return Vec::new() };
    let mut findings = Vec::new();
    for (policy, text) in principals.documents() {
        let of_others: Vec<Vec<Fault>> = others.iter().map(|arn| policy.lint(arn)).collect();
        for fault in policy.lint(first) {
            let is_same =
                |other: &Fault| (&other.range, &other.message) == (&fault.range, &fault.message);
            if of_others.iter().all(|faults| faults.iter().any(is_same)) {
                let finding = Diagnostic::warning(Code::PolicyNeverMatches, fault.message.clone());
                findings.push(at(finding, &fault, text));
            }
        }
    }
    findings
}

/// What keeps a policy from being used, at its place in the text.
pub fn policy_fault(fault: &Fault, text: &Sourced) -> Diagnostic {
    at(Diagnostic::error(Code::InvalidPolicy, fault.message.clone()), fault, text)
}

fn at(finding: Diagnostic, fault: &Fault, text: &Sourced) -> Diagnostic {
    let finding = finding.at(text.place(fault.range.clone()));
    match &fault.help {
        Some(help) => finding.help(help.clone()),
        None => finding,
    }
}
