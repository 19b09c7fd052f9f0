//! The roles of integrations, each compiled when an integration first names it. What is not known of a role is allowed, and said.

use super::Facts;
use super::policy::policy_fault;
use super::signer::role_of;
use crate::integrate::{IntegrationRole, SESSION};
use std::collections::HashMap;
use std::sync::Arc;
use vestibule_iam::{Policy, PolicyKind, Principal};
use vestibule_restapi::{
    Code, Diagnostic, Integration, PermissionsBoundary, Role, Sourced, iam_id,
};

/// The roles that the definitions hold.
pub(super) struct Roles<'f> {
    roles: &'f [Role],
    compiled: HashMap<String, Compiled>,
}

/// A role, where there is something to enforce, and what was found in it.
#[derive(Clone, Default)]
struct Compiled {
    role: Option<Arc<IntegrationRole>>,
    diagnostics: Vec<Diagnostic>,
}

impl<'f> Roles<'f> {
    pub(super) fn new(facts: &'f Facts) -> Roles<'f> {
        Roles { roles: &facts.roles, compiled: HashMap::new() }
    }

    /// The role that an integration acts as, where its policies are known. What is wrong with it is told of each integration
    /// that names it, so that none of them is served without it.
    pub(super) fn of(
        &mut self,
        integration: &Integration,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Arc<IntegrationRole>> {
        let arn = role_of(integration)?;
        let known = self.roles.iter().find(|role| *role.arn == **arn);
        let compile = || compile(arn, known);
        let compiled = self.compiled.entry(arn.to_string()).or_insert_with(compile).clone();
        diagnostics.extend(compiled.diagnostics);
        compiled.role
    }
}

fn compile(arn: &Sourced, known: Option<&Role>) -> Compiled {
    let unknown = |why: String| {
        let message =
            format!("what the role `{}` may do is not known: its calls are allowed", arn.as_str());
        let finding = Diagnostic::note_finding(Code::RoleNotKnown, message).at(arn.whole());
        Compiled { role: None, diagnostics: vec![finding.note(why)] }
    };
    let Some(role) = known else {
        return unknown("the definitions do not have it".to_owned());
    };
    let why = match role.managed_policies.first() {
        Some(managed) => {
            Some(format!("the definitions do not have its policy `{}`", managed.as_str()))
        }
        None if role.policies.is_empty() => Some("the definitions give it no policy".to_owned()),
        None => None,
    };
    let has_unknown = why.is_some();
    let mut compiled = why.map_or_else(Compiled::default, unknown);
    let boundary = match &role.permissions_boundary {
        Some(PermissionsBoundary::Document(text)) => Some(text),
        Some(PermissionsBoundary::Unknown(named)) => {
            compiled.diagnostics.push(unknown_boundary(arn, named));
            None
        }
        None => None,
    };
    if role.policies.is_empty() && boundary.is_none() {
        return compiled;
    }
    let session = match Principal::assumed_role(arn, &iam_id("AROA", arn), SESSION) {
        Ok(session) => session,
        Err(error) => {
            let finding = Diagnostic::error(Code::InvalidValue, error.to_string()).at(arn.whole());
            return Compiled { role: None, diagnostics: vec![finding.help(error.help())] };
        }
    };
    let diagnostics = &mut compiled.diagnostics;
    let mut parsed = |text: &Sourced| match Policy::parse(text, PolicyKind::Identity) {
        Ok(policy) => Some((policy, text.clone())),
        Err(faults) => {
            diagnostics.extend(faults.iter().map(|fault| policy_fault(fault, text)));
            None
        }
    };
    let policies: Vec<_> = role.policies.iter().filter_map(&mut parsed).collect();
    let bounding = boundary.and_then(parsed);
    // What is wrong with one of them is an error: the role is never taken without it.
    let is_whole =
        policies.len() == role.policies.len() && bounding.is_some() == boundary.is_some();
    compiled.role =
        is_whole.then(|| Arc::new(IntegrationRole::new(session, policies, bounding, has_unknown)));
    compiled
}

fn unknown_boundary(role: &Sourced, boundary: &Sourced) -> Diagnostic {
    let message =
        format!("what bounds the role `{}` is not known: nothing does here", role.as_str());
    let finding = Diagnostic::warning(Code::RoleNotKnown, message).at(boundary.whole());
    let boundary = boundary.as_str();
    finding
        .note(format!("the definitions do not have its permissions boundary `{boundary}`"))
        .help("define it as an `AWS::IAM::ManagedPolicy` beside the role")
}
