//! Usage plans, compiled: which keys open which stages, and how often. AWS docs: api-gateway-api-usage-plans.

use super::api_keys::ApiKey;
use super::settings::Throttle;
use super::snapshot::Route;
use super::view::StageView;
use crate::throttle::KeyBuckets;
use std::collections::BTreeMap;
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
    stages: Vec<(RestApiId, StageName)>,
    /// Of each key, once a gateway serves it, where the plan has a limit.
    keys: BTreeMap<Arc<str>, OnceLock<KeyBuckets>>,
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
}

impl<'s> KeyOfPlan<'s> {
    /// What is counted of the key; none where the plan has no limit.
    pub(crate) fn buckets(&self) -> Option<&'s KeyBuckets> {
        self.plan.keys.get(self.key.id.as_str())?.get()
    }
}

impl Plan {
    pub(super) fn of(plan: &UsagePlan) -> Plan {
        let throttle = plan.throttle.as_ref();
        let keys = plan.keys.iter().map(|id| (Arc::from(id.as_str()), OnceLock::new()));
        Plan {
            id: plan.id.as_str().into(),
            name: name_of(plan).to_owned(),
            place: plan.place.clone(),
            throttle: throttle
                .and_then(|said| Throttle::of(said.rate_per_second, said.burst_requests)),
            quota: plan.quota.clone(),
            methods: method_limits(plan),
            stages: plan.stages.iter().map(|held| (held.api.clone(), held.stage.clone())).collect(),
            keys: keys.collect(),
        }
    }

    /// Whether it holds a key.
    pub(super) fn has(&self, key_id: &str) -> bool {
        self.keys.contains_key(key_id)
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

    /// Gives each of its keys what is counted of it. The first gateway that serves it counts.
    pub(crate) fn give_buckets(&self, mut buckets: impl FnMut(&Arc<str>) -> KeyBuckets) {
        if self.throttle.is_none() && self.quota.is_none() && self.methods.is_empty() {
            return;
        }
        for (key, slot) in &self.keys {
            slot.get_or_init(|| buckets(key));
        }
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
