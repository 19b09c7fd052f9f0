//! Usage plans, compiled: which keys open which stages, and how often. AWS docs: api-gateway-api-usage-plans.

use super::api_keys::ApiKey;
use super::settings::Throttle;
use super::snapshot::Route;
use super::view::StageView;
use crate::throttle::KeyCounts;
use std::sync::{Arc, OnceLock};
use vestibule_restapi::{
    Code, Diagnostic, HttpMethod, Place, QuotaSettings, RestApiId, StageName, UsagePlan,
};

/// A usage plan.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) id: Arc<str>,
    /// What its author calls it.
    pub(crate) name: String,
    pub(crate) place: Place,
    /// How often each of its keys may call, all stages together.
    pub(crate) throttle: Option<Throttle>,
    /// How often in a period.
    pub(crate) quota: Option<QuotaSettings>,
    /// How often each of its keys may call single methods.
    pub(crate) methods: Vec<MethodLimit>,
    /// The names of `methods`.
    method_names: Arc<[Arc<str>]>,
    stages: Vec<(RestApiId, StageName)>,
    /// By the index of the key among the plan's, from its first request on, where the plan has a limit.
    counts: Box<[OnceLock<Arc<KeyCounts>>]>,
}

/// How often a key may call a method of a stage.
#[derive(Debug)]
pub(crate) struct MethodLimit {
    pub(crate) throttle: Throttle,
    /// What no other method is called.
    pub(crate) name: Arc<str>,
    api: RestApiId,
    stage: StageName,
    resource_path: String,
    /// None of a word that is no verb, which limits nothing.
    verb: Option<HttpMethod>,
}

/// A key that opened a method, and the plan by which it did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyOfPlan<'s> {
    pub(crate) key: &'s ApiKey,
    pub(crate) plan: &'s Plan,
    /// What is counted of it, from its first request on.
    pub(crate) counts: &'s OnceLock<Arc<KeyCounts>>,
}

impl Plan {
    pub(super) fn of(plan: &UsagePlan) -> Plan {
        let throttle = plan.throttle.as_ref();
        let methods = method_limits(plan);
        Plan {
            id: plan.id.as_str().into(),
            name: name_of(plan).to_owned(),
            place: plan.place.clone(),
            throttle: throttle
                .and_then(|said| Throttle::of(said.rate_per_second, said.burst_requests)),
            quota: plan.quota.clone(),
            method_names: methods.iter().map(|limit| Arc::clone(&limit.name)).collect(),
            methods,
            stages: plan.stages.iter().map(|held| (held.api.clone(), held.stage.clone())).collect(),
            counts: plan.keys.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// Whether it limits its keys.
    pub(crate) fn is_limited(&self) -> bool {
        self.throttle.is_some() || self.quota.is_some() || !self.methods.is_empty()
    }

    /// What is counted of the key at an index among the plan's.
    pub(super) fn counts(&self, index: usize) -> Option<&OnceLock<Arc<KeyCounts>>> {
        self.counts.get(index)
    }

    /// What the limits of methods are called, by their index.
    pub(crate) fn method_names(&self) -> &Arc<[Arc<str>]> {
        &self.method_names
    }

    /// Whether it opens a stage.
    pub(crate) fn holds(&self, stage: &StageView) -> bool {
        let is_of = |(api, name): &(RestApiId, StageName)| {
            api == stage.api_id() && name.as_str() == stage.name()
        };
        self.stages.iter().any(is_of)
    }

    /// The limit of a method of a stage, with its index.
    pub(crate) fn method(&self, stage: &StageView, route: &Route) -> Option<(usize, &MethodLimit)> {
        let limits = self.methods.iter().enumerate();
        limits.into_iter().find(|(_, limit)| limit.is_of(stage) && limit.is_about(route))
    }

    /// Warns of limits of methods that a stage does not have.
    pub(super) fn check(&self, stage: &StageView, diagnostics: &mut Vec<Diagnostic>) {
        for limit in self.methods.iter().filter(|limit| limit.is_of(stage)) {
            if stage.snapshot().routes.iter().any(|route| limit.is_about(route)) {
                continue;
            }
            let verb = limit.verb.map_or("?", HttpMethod::as_str);
            let message = format!(
                "the usage plan `{}` limits {verb} `{}` of the stage `{}`, which has no such method",
                self.name,
                limit.resource_path,
                stage.name()
            );
            let finding = Diagnostic::warning(Code::UnknownReference, message);
            let help = "name the path of a resource and the verb of its method, as in `/items/GET`";
            diagnostics.push(finding.at(self.place.clone()).help(help));
        }
    }
}

impl MethodLimit {
    fn is_of(&self, stage: &StageView) -> bool {
        self.stage.as_str() == stage.name() && self.api == *stage.api_id()
    }

    fn is_about(&self, route: &Route) -> bool {
        self.verb == Some(route.http_method) && self.resource_path == route.resource_path
    }
}

/// The name of a usage plan, else what its author calls it.
pub(super) fn name_of(plan: &UsagePlan) -> &str {
    plan.name.as_deref().unwrap_or(&plan.label)
}

/// The limits of methods, which are written as `/path/VERB`; that of the root is `//VERB` or `/VERB`.
fn method_limits(plan: &UsagePlan) -> Vec<MethodLimit> {
    let mut limits = Vec::new();
    for held in &plan.stages {
        for (written, said) in &held.throttle {
            let Some(throttle) = Throttle::of(said.rate_per_second, said.burst_requests) else {
                continue;
            };
            // A slash within a path is `~1` in the paths of AWS's patches.
            let written = written.replace("~1", "/");
            let (path, verb) = written.rsplit_once('/').unwrap_or((&written, ""));
            limits.push(MethodLimit {
                throttle,
                name: format!("{}/{}{path}/{verb}", held.api, held.stage).into(),
                api: held.api.clone(),
                stage: held.stage.clone(),
                resource_path: if path.is_empty() { "/" } else { path }.to_owned(),
                verb: HttpMethod::parse(verb),
            });
        }
    }
    limits
}
