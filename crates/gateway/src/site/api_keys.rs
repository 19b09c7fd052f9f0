//! API keys, and the usage plans that bind them to stages. AWS docs: api-gateway-api-usage-plans.
//!
//! A key is kept and found by the SHA-256 of its value, so that how long a wrong one takes says nothing of a right one.

use super::usage_plan::{KeyOfPlan, Plan, name_of};
use super::view::StageView;
use crate::limits::{API_KEY_CHARS_MAX, API_KEY_CHARS_MIN};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use vestibule_restapi as restapi;
use vestibule_restapi::{
    ApiKeySource, Code, Diagnostic, RestApiId, Stage, StageName, UsagePlan, closest,
};

/// The API keys of a site.
#[derive(Debug, Default)]
pub struct ApiKeys {
    by_digest: HashMap<[u8; 32], ApiKey>,
    plans: Vec<Plan>,
}

/// A key.
#[derive(Debug)]
pub(crate) struct ApiKey {
    /// `$context.identity.apiKeyId`.
    pub(crate) id: Arc<str>,
    /// What its author calls it.
    pub(crate) label: String,
    pub(crate) is_enabled: bool,
    plans: Box<[InPlan]>,
}

/// Where a key is.
#[derive(Clone, Copy, Debug)]
struct InPlan {
    /// The index of the plan.
    plan: usize,
    /// The index of the key among the plan's.
    key: usize,
}

impl ApiKeys {
    /// Compiles keys and the plans that bind them to `stages`. What AWS refuses is an error, what opens nothing a warning.
    pub fn compile(
        keys: &[restapi::ApiKey],
        plans: &[UsagePlan],
        stages: &[Stage],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> ApiKeys {
        let mut by_digest: HashMap<[u8; 32], ApiKey> = HashMap::new();
        let mut planned = planned(plans);
        for key in keys {
            let in_plans = planned.remove(key.id.as_str()).unwrap_or_default();
            let Some(value) = checked(key, !in_plans.is_empty(), diagnostics) else { continue };
            let digest = digest(value);
            if let Some(first) = by_digest.get(&digest) {
                let message =
                    format!("the API keys `{}` and `{}` have one value", first.label, key.label);
                let finding = Diagnostic::error(Code::Duplicate, message).at(key.place.clone());
                diagnostics.push(finding.note("AWS: API Key already exists"));
                continue;
            }
            let (id, label) = (key.id.as_str().into(), key.label.clone());
            let plans = in_plans.into();
            by_digest.insert(digest, ApiKey { id, label, is_enabled: key.is_enabled, plans });
        }
        let ids: HashSet<&str> = keys.iter().map(|key| key.id.as_str()).collect();
        for plan in plans {
            check_plan(plan, &ids, keys, stages, diagnostics);
        }
        check_overlaps(plans, keys, diagnostics);
        ApiKeys { by_digest, plans: plans.iter().map(Plan::of).collect() }
    }

    /// Warns of a stage with methods that require a key which none can be, and of limits of methods that it does not have.
    pub fn check(&self, view: &StageView, diagnostics: &mut Vec<Diagnostic>) {
        self.plans.iter().for_each(|plan| plan.check(view, diagnostics));
        let Some(required) = view.snapshot().required_api_keys().next() else { return };
        if self.plans.iter().any(|plan| plan.holds(view)) {
            return;
        }
        let (stage, api) = (view.name(), view.api_name());
        let message = format!("no usage plan holds the stage `{stage}` of the API `{api}`");
        let finding = Diagnostic::warning(Code::OpensNothing, message).at(required.place.clone());
        let note = "every request to a method that requires an API key gets 403";
        let help = "add a usage plan with the stage and keys: `AWS::ApiGateway::UsagePlan`, \
                    `aws_api_gateway_usage_plan`, or `[[usage_plans]]` of `vestibule.toml`";
        diagnostics.push(finding.note(note).help(help));
    }

    /// The key with this value.
    pub(crate) fn find(&self, value: &str) -> Option<&ApiKey> {
        self.by_digest.get(&digest(value))
    }

    /// A key by the plans that hold it.
    pub(crate) fn plans_of<'k>(&'k self, key: &'k ApiKey) -> impl Iterator<Item = KeyOfPlan<'k>> {
        key.plans.iter().filter_map(|at| {
            let plan = self.plans.get(at.plan)?;
            Some(KeyOfPlan { key, plan, counts: plan.counts(at.key)? })
        })
    }

    /// The ids of the keys of a plan.
    pub(crate) fn ids_of<'k>(&'k self, plan: &'k Plan) -> impl Iterator<Item = &'k Arc<str>> {
        let is_in = |key: &&ApiKey| self.plans_of(key).any(|of| std::ptr::eq(of.plan, plan));
        self.by_digest.values().filter(is_in).map(|key| &key.id)
    }

    /// Every plan.
    pub(crate) fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.plans.iter()
    }
}

/// What a method that requires an API key asks for.
#[derive(Debug)]
pub(crate) struct RequiredApiKey {
    pub(crate) source: ApiKeySource,
    /// Where it is said that one is required.
    pub(crate) place: restapi::Place,
}

/// Where each key is, by its id.
fn planned(plans: &[UsagePlan]) -> HashMap<&str, Vec<InPlan>> {
    let mut planned: HashMap<&str, Vec<InPlan>> = HashMap::new();
    for (plan, settings) in plans.iter().enumerate() {
        for (key, id) in settings.keys.iter().enumerate() {
            planned.entry(id).or_default().push(InPlan { plan, key });
        }
    }
    planned
}

fn digest(value: &str) -> [u8; 32] {
    Sha256::digest(value.as_bytes()).into()
}

/// The value of a key that can be looked for.
fn checked<'k>(
    key: &'k restapi::ApiKey,
    is_planned: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<&'k str> {
    let label = &key.label;
    let mut warn = |message: String, help: String| {
        let finding = Diagnostic::warning(Code::OpensNothing, message).at(key.place.clone());
        diagnostics.push(finding.help(help));
    };
    if !is_planned {
        let message = format!("the API key `{label}` is in no usage plan, so it opens nothing");
        warn(message, "add it to the keys of a usage plan".to_owned());
    }
    if !key.is_enabled {
        let message = format!("the API key `{label}` is disabled, so it opens nothing");
        warn(
            message,
            "enable it; CloudFormation leaves a key disabled without `Enabled: true`".to_owned(),
        );
    }
    let Some(value) = &key.value else {
        let message = format!("the API key `{label}` has no value here, so it opens nothing");
        let help = format!(
            "AWS makes one up when it is deployed; give it yours in `vestibule.toml`: `[[api_keys]]` with `id = \"{label}\"` \
             and `value_env` or `value_file`"
        );
        warn(message, help);
        return None;
    };
    let value = &*value.0;
    let mut refuse = |message: String, help: &str| {
        // Not at its place, whose line would show it.
        let finding = Diagnostic::error(Code::InvalidValue, message).at(key.place.clone());
        diagnostics.push(finding.help(help));
        None
    };
    let length = value.chars().count();
    if !(API_KEY_CHARS_MIN..=API_KEY_CHARS_MAX).contains(&length) {
        let message = format!("the value of the API key `{label}` has {length} characters");
        let help = format!(
            "AWS takes {API_KEY_CHARS_MIN} to {API_KEY_CHARS_MAX}; its own are 40 letters and digits"
        );
        return refuse(message, &help);
    }
    if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("the value of the API key `{label}` has more than visible ASCII");
        return refuse(message, "no client could send it in a header: use letters and digits");
    }
    Some(value)
}

/// Refuses what a plan names and is not there.
fn check_plan(
    plan: &UsagePlan,
    ids: &HashSet<&str>,
    keys: &[restapi::ApiKey],
    stages: &[Stage],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let name = name_of(plan);
    for id in &plan.keys {
        if !ids.contains(id.as_str()) {
            let message =
                format!("the usage plan `{name}` has the API key `{id}`, which is unknown");
            let finding = Diagnostic::error(Code::UnknownReference, message);
            let finding = finding.at(plan.place.clone());
            diagnostics.push(match closest(id, keys.iter().map(|key| key.id.as_str())) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding.help("add it to `[[api_keys]]` of `vestibule.toml`"),
            });
        }
    }
    for held in &plan.stages {
        if !stages.iter().any(|known| known.api == held.api && known.name == held.stage) {
            let (api, stage) = (&held.api, &held.stage);
            let message = format!(
                "the usage plan `{name}` holds the stage `{stage}` of the API `{api}`, which does not exist"
            );
            let finding = Diagnostic::error(Code::UnknownReference, message);
            diagnostics.push(finding.at(plan.place.clone()));
        }
    }
}

/// Refuses a key that two plans bind to one stage: whose limits would hold?
fn check_overlaps(
    plans: &[UsagePlan],
    keys: &[restapi::ApiKey],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut bound: HashMap<(&str, &RestApiId, &StageName), &UsagePlan> = HashMap::new();
    for plan in plans {
        for (key, held) in plan.keys.iter().flat_map(|k| plan.stages.iter().map(move |s| (k, s))) {
            let Some(first) = bound.insert((key, &held.api, &held.stage), plan) else { continue };
            let label = keys.iter().find(|known| known.id == *key).map_or(key, |key| &key.label);
            let message = format!(
                "the usage plans `{}` and `{}` both have the API key `{label}` for the stage `{}`",
                name_of(first),
                name_of(plan),
                held.stage
            );
            let finding = Diagnostic::error(Code::Duplicate, message).at(plan.place.clone());
            diagnostics.push(finding.note("AWS takes a key for a stage by one plan alone"));
        }
    }
}

#[cfg(test)]
mod tests;
