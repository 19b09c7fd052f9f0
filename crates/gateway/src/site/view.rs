//! The stages that are served, by API and name. A site is replaced whole; a request keeps the one it began with.

use super::api_keys::ApiKeys;
use super::canary::{self, Canary, Release};
use super::domains::Domains;
use super::settings::{MethodSettings, Throttle};
use super::snapshot::{Route, Serving, Snapshot};
use crate::cache::MethodCache;
use crate::clock::Random;
use crate::digest::{Digest, Key};
use crate::observe::{AccessLogFormat, Counted};
use crate::throttle::{SoleBucket, StageBuckets};
use http::HeaderValue;
use std::sync::{Arc, OnceLock};
use vestibule_restapi::{Code, DeploymentId, Diagnostic, RestApiId, Stage, ThrottleSettings};

/// Every stage that is served.
#[derive(Debug, Default)]
pub struct Site {
    stages: Vec<Arc<StageView>>,
    domains: Domains,
    api_keys: ApiKeys,
    account_throttle: Option<Throttle>,
    has_rate_limit_headers: bool,
}

/// A stage and the deployment it points at.
#[derive(Debug)]
pub struct StageView {
    stage: Stage,
    snapshot: Arc<Snapshot>,
    sender: Sender,
    /// By the index of the method.
    settings: Vec<MethodSettings>,
    /// Once a gateway serves it.
    buckets: OnceLock<StageBuckets>,
    counted: Counted,
    /// Its own form of the access log.
    access_log: Option<AccessLogFormat>,
    release: Release,
    canary: Option<Canary>,
    /// What it is known by, with its canary.
    key: Key,
    /// What its entries in the cache are known by.
    cache_name: Arc<str>,
    /// By the index of the method; empty of a stage without a cache.
    caches: Vec<Option<MethodCache>>,
}

/// Who sends a request, as an endpoint is told.
#[derive(Debug)]
pub(crate) struct Sender {
    /// `User-Agent`, where nothing else says it.
    pub(crate) user_agent: HeaderValue,
    /// `X-Amzn-Apigateway-Api-Id`
    pub(crate) api_id: HeaderValue,
}

impl Site {
    /// A site of these stages. One stage alone answers at `/`.
    pub fn new(stages: impl IntoIterator<Item = StageView>) -> Site {
        Site { stages: stages.into_iter().map(Arc::new).collect(), ..Site::default() }
    }

    /// The same with custom domains, whose hosts answer for the stages that they map.
    pub fn with_domains(self, domains: Domains) -> Site {
        Site { domains, ..self }
    }

    /// The same with API keys, which open the stages of their usage plans.
    pub fn with_api_keys(self, api_keys: ApiKeys) -> Site {
        Site { api_keys, ..self }
    }

    /// The same with a limit of all requests together (AWS: 10,000 a second and 5,000 at once, of an account in a region). Without
    /// one there is none.
    pub fn with_account_throttle(self, throttle: &ThrottleSettings) -> Site {
        let ThrottleSettings { rate_per_second, burst_requests } = throttle;
        Site { account_throttle: Throttle::of(*rate_per_second, *burst_requests), ..self }
    }

    /// The same with answers that tell clients their limits: `RateLimit`, `RateLimit-Policy`, `Retry-After`. AWS's have none.
    pub fn with_rate_limit_headers(self) -> Site {
        Site { has_rate_limit_headers: true, ..self }
    }

    /// The stages, in the order they were given.
    pub fn stages(&self) -> impl Iterator<Item = &StageView> {
        self.stages.iter().map(Arc::as_ref)
    }

    /// The stages, each with its canary behind it.
    pub(crate) fn faces(&self) -> impl Iterator<Item = &StageView> {
        self.stages().flat_map(|stage| {
            let canary = stage.canary.as_ref().map(|canary| &*canary.view);
            std::iter::once(stage).chain(canary)
        })
    }

    /// The ids of the deployments that are served, each once.
    pub fn deployment_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for stage in &self.stages {
            let id = stage.deployment_id().as_str();
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
        ids
    }

    /// What stands in front of a stage's paths: nothing when it answers at `/`, else `/{api}/{stage}`.
    pub fn base_path(&self, stage: &StageView) -> String {
        match self.root() {
            Some(_) => String::new(),
            None => format!("/{}/{}", stage.api_id(), stage.name()),
        }
    }

    pub(crate) fn account_throttle(&self) -> Option<&Throttle> {
        self.account_throttle.as_ref()
    }

    pub(crate) fn has_rate_limit_headers(&self) -> bool {
        self.has_rate_limit_headers
    }

    pub(crate) fn api_keys(&self) -> &ApiKeys {
        &self.api_keys
    }

    pub(crate) fn domains(&self) -> &Domains {
        &self.domains
    }

    /// The stage that answers at `/`, when there is only one.
    pub(crate) fn root(&self) -> Option<&Arc<StageView>> {
        match self.stages.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    pub(crate) fn stage(&self, api: &str, name: &str) -> Option<&Arc<StageView>> {
        self.stages.iter().find(|view| {
            // API ids are lower case; a host's label may be written otherwise.
            view.api_id().as_str().eq_ignore_ascii_case(api) && view.stage.name.as_str() == name
        })
    }
}

impl StageView {
    /// A stage that serves a compiled deployment, with its canary where it has one.
    pub fn new(stage: Stage, snapshot: Arc<Snapshot>) -> StageView {
        let Some(settings) = stage.canary.clone() else {
            return StageView::of(stage, snapshot, Release::Only, None);
        };
        // AWS docs: only as long as both are the same deployment.
        let is_same = settings
            .deployment
            .as_ref()
            .is_none_or(|own| stage.deployment.as_deref() == Some(&**own));
        let release = Release::Canary { uses_stage_cache: settings.uses_stage_cache && is_same };
        let overlaid = canary::overlaid(&stage, &settings);
        let view = StageView::of(overlaid, Arc::clone(&snapshot), release, None);
        let canary = Canary::new(&settings, view);
        StageView::of(stage, snapshot, Release::Production, Some(canary))
    }

    fn of(
        stage: Stage,
        snapshot: Arc<Snapshot>,
        release: Release,
        canary: Option<Canary>,
    ) -> StageView {
        let settings =
            |route: &Route| MethodSettings::of(&stage, &route.resource_path, route.http_method);
        let settings: Vec<MethodSettings> = snapshot.routes.iter().map(settings).collect();
        let of_canary = match release {
            Release::Canary { uses_stage_cache: false } => "/canary",
            Release::Canary { uses_stage_cache: true } | Release::Only | Release::Production => "",
        };
        let mut key = Digest::default();
        key.add(snapshot.api_id.as_str().as_bytes());
        key.add(stage.name.as_str().as_bytes());
        let key = key.key();
        let cache_name = Arc::from(format!("{}/{}{of_canary}", snapshot.api_id, stage.name));
        let caches = match stage.cache_cluster {
            Some(_) => caches(&snapshot, &settings, &cache_name),
            None => Vec::new(),
        };
        let sender = Sender::of(&snapshot.api_id);
        let form = stage.access_log.as_ref().and_then(|log| log.format.as_ref());
        let access_log = form.map(|form| AccessLogFormat::parse(form.as_str()));
        let counted = Counted::new(snapshot.routes.len());
        StageView {
            stage,
            snapshot,
            sender,
            settings,
            buckets: OnceLock::new(),
            counted,
            access_log,
            release,
            canary,
            key,
            cache_name,
            caches,
        }
    }

    /// Warns of what its deployment needs and it does not have: the stage variables in URIs of endpoints.
    pub fn check(&self, diagnostics: &mut Vec<Diagnostic>) {
        for (endpoint, name) in self
            .snapshot
            .endpoints()
            .flat_map(|endpoint| endpoint.uri.stage_variables().map(move |name| (endpoint, name)))
        {
            if self.variable(name).is_some() {
                continue;
            }
            let message = format!("the stage `{}` has no variable `{name}`", self.name());
            let finding = Diagnostic::warning(Code::UnknownReference, message);
            let finding = finding.at(endpoint.uri_place.clone());
            let note = "AWS answers every request that uses this URI with 500";
            let help = format!(
                "give the stage one, or say `--stage-variable {name}=...` where the definition has no stage"
            );
            diagnostics.push(finding.note(note).help(help));
        }
    }

    /// The stage's name.
    pub fn name(&self) -> &str {
        self.stage.name.as_str()
    }

    /// The API's id.
    pub fn api_id(&self) -> &RestApiId {
        &self.snapshot.api_id
    }

    /// The API's name.
    pub fn api_name(&self) -> &str {
        &self.snapshot.api_name
    }

    /// The id of the deployment it points at.
    pub fn deployment_id(&self) -> &DeploymentId {
        &self.snapshot.deployment_id
    }

    /// Whether it answers at other hosts than custom domains.
    pub fn has_default_endpoint(&self) -> bool {
        self.snapshot.default_endpoint_disabled().is_none()
    }

    /// The compiled deployment.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// What the stage asks for the method at an index.
    pub(crate) fn settings(&self, index: usize) -> Option<&MethodSettings> {
        self.settings.get(index)
    }

    /// The limit of the method at an index with its bucket, where it has one.
    pub(crate) fn throttled(&self, index: usize) -> Option<(&Throttle, &SoleBucket)> {
        let bucket = self.buckets.get()?.get(index)?.as_deref()?;
        Some((&self.settings(index)?.throttle.as_ref()?.0, bucket))
    }

    /// Gives each method with a limit its bucket. The first gateway that serves it counts.
    pub(crate) fn give_buckets(&self, mut bucket: impl FnMut(&Route) -> Arc<SoleBucket>) {
        let routes = self.snapshot.routes.iter().zip(&self.settings);
        self.buckets.get_or_init(|| {
            routes
                .map(|(route, settings)| settings.throttle.as_ref().map(|_| bucket(route)))
                .collect()
        });
        if let Some(canary) = &self.canary {
            canary.view.give_buckets(bucket);
        }
    }

    /// Which face of the stage this is.
    pub(crate) fn release(&self) -> Release {
        self.release
    }

    /// The canary, where it takes a request for the stage. There is a draw for each request of a stage with a canary.
    pub(crate) fn drawn(&self, random: &dyn Random) -> Option<&Arc<StageView>> {
        self.canary.as_ref().filter(|canary| canary.takes(random)).map(|canary| &canary.view)
    }

    /// How the answers of the method at an index are cached, where they are.
    pub(crate) fn cache(&self, index: usize) -> Option<&MethodCache> {
        self.caches.get(index)?.as_ref()
    }

    /// What its entries in the cache are known by: `{api id}/{stage name}`, and `/canary` behind it for a canary that has its own.
    pub(crate) fn cache_name(&self) -> &str {
        &self.cache_name
    }

    /// What it is known by, with its canary.
    pub(crate) fn key(&self) -> Key {
        self.key
    }

    /// The size of its cache as the definition says it, where it has one.
    pub(crate) fn cache_size(&self) -> Option<Option<&str>> {
        self.stage.cache_cluster.as_ref().map(|(_, size)| size.as_deref())
    }

    /// Whether it asks for tracing by X-Ray.
    pub(crate) fn asks_for_tracing(&self) -> bool {
        self.stage.tracing.is_some()
    }

    pub(crate) fn sender(&self) -> &Sender {
        &self.sender
    }

    /// The form of its access log, where it says one.
    pub(crate) fn access_log_format(&self) -> Option<&AccessLogFormat> {
        self.access_log.as_ref()
    }

    /// Where its requests are counted.
    pub(crate) fn counted(&self) -> &Counted {
        &self.counted
    }

    /// `$stageVariables`, in the order they were given.
    pub(crate) fn variables(&self) -> &[(String, String)] {
        &self.stage.variables
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let named = self.stage.variables.iter().find(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }
}

/// What the methods of a stage with a cache ask of it, by their index.
fn caches(
    snapshot: &Snapshot,
    settings: &[MethodSettings],
    name: &Arc<str>,
) -> Vec<Option<MethodCache>> {
    let one = |(route, settings): (&Route, &MethodSettings)| {
        let Serving::Served(method) = &route.serving else { return None };
        let (name, names) = (Arc::clone(name), &method.integration.cache_names);
        Some(MethodCache::new(settings.caching?, name, route.http_method, names))
    };
    snapshot.routes.iter().zip(settings).map(one).collect()
}

impl Sender {
    fn of(api_id: &RestApiId) -> Sender {
        // An id has letters, digits and `-` alone.
        let value = |text: &str| {
            HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
        };
        let user_agent = value(&format!("AmazonAPIGateway_{api_id}"));
        Sender { user_agent, api_id: value(api_id.as_str()) }
    }
}
