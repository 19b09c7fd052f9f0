//! One request, top to bottom: every step in AWS's order, and the one exit.

use crate::authorize::{self, Grant, Grants, Tokens};
use crate::cache::{self, CacheOptions, CacheStoreError, Lookup, ResponseCache};
use crate::clock::{Clock, Laps, Random};
use crate::error::Stop;
use crate::exchange::{BodyError, Client, Entry, Exchange, Memory, Progress, Reservation, Unread};
use crate::integrate::{self, EndpointBody, Endpoints};
use crate::limits::{Limits, SIGNING_KEYS_MAX};
use crate::map::{self, RequestParameters};
use crate::observe::{
    self, AccessLog, AccessLogFormat, Budget, Family, Metrics, Sampler, Span, Spans, Trace,
    TraceMode, Tracer,
};
use crate::ports::Ports;
use crate::respond::{self, Draft, Finished, Response};
use crate::route::{self, Target};
use crate::site::{Site, StageView};
use crate::throttle::{self, Admitted, Buckets, CountedPlan, Day, Shared, Sharing, Unwritten};
use crate::underway::{Guarded, Panicked, Underway};
use crate::validate::{self, Valid};
use arc_swap::ArcSwap;
use bytes::Bytes;
use http_body_util::Full;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio_util::task::TaskTracker;
use vestibule_dynamodb::Tables;
use vestibule_sigv4::SigningKeys;

/// The data plane: a site, and what outlives it.
#[derive(Debug)]
pub struct Gateway {
    site: ArcSwap<Site>,
    ports: Ports,
    memory: Arc<Memory>,
    grants: Grants<Grant>,
    responses: ResponseCache,
    running: TaskTracker,
    tracer: Tracer,
    buckets: Buckets,
    shared: OnceLock<Arc<Shared>>,
    metrics: Metrics,
    tokens: Tokens,
    signing_keys: SigningKeys,
    access_log: AccessLog,
    spans: Spans,
    execution_budget: Budget,
}

impl Gateway {
    /// A gateway with AWS's limits that serves nothing yet.
    pub fn new(ports: Ports) -> Arc<Gateway> {
        Gateway::with_limits(ports, Limits::AWS)
    }

    /// The same with other limits.
    pub fn with_limits(ports: Ports, limits: Limits) -> Arc<Gateway> {
        Gateway::with_cache(ports, limits, CacheOptions::default())
    }

    /// The same with other limits and another cache of answers.
    pub fn with_cache(ports: Ports, limits: Limits, cache: CacheOptions) -> Arc<Gateway> {
        Arc::new(Gateway {
            site: ArcSwap::from_pointee(Site::default()),
            ports,
            memory: Arc::new(Memory::new(limits)),
            grants: Grants::default(),
            responses: ResponseCache::new(cache),
            running: TaskTracker::new(),
            tracer: Tracer::default(),
            buckets: Buckets::default(),
            shared: OnceLock::new(),
            metrics: Metrics::default(),
            tokens: Tokens::default(),
            signing_keys: SigningKeys::new(SIGNING_KEYS_MAX),
            access_log: AccessLog::default(),
            spans: Spans::default(),
            execution_budget: observe::execution_budget(),
        })
    }

    /// Says which requests are traced from here on, and who is told of each trace besides the ring that keeps the last ones.
    /// The first call counts; without one no request is traced.
    pub fn trace(&self, mode: TraceMode, tell: impl Fn(&Trace) + Send + Sync + 'static) {
        self.tracer.begin(mode, Box::new(tell));
    }

    /// Says where several gateways count their limits together. The first call counts; without one this gateway counts alone.
    pub fn share(&self, sharing: Sharing) {
        let clock = Arc::clone(&self.ports.clock);
        self.shared.get_or_init(|| Shared::new(sharing, clock));
    }

    /// The traces that are kept, the newest first.
    pub fn traces(&self) -> Vec<Arc<Trace>> {
        self.tracer.all()
    }

    /// The traces that are kept with this id of their own, or with this id of their request, the newest first.
    pub fn traces_of(&self, id: &str) -> Vec<Arc<Trace>> {
        self.tracer.find(id)
    }

    /// Says who is told of a line a request for an API, without its end, and the form of those for stages that say none. The
    /// first call counts; without one nobody is told. `tell` must not wait.
    pub fn log_access(
        &self,
        format: AccessLogFormat,
        tell: impl Fn(String) + Send + Sync + 'static,
    ) {
        self.access_log.begin(format, Box::new(tell));
    }

    /// Says which requests become spans of distributed traces, and who is told of them. Endpoints of HTTP are then told the trace by
    /// `traceparent`. The first call counts; without one there are no spans. `tell` must not wait.
    pub fn trace_spans(&self, sampler: Sampler, tell: impl Fn(Vec<Span>) + Send + Sync + 'static) {
        self.spans.begin(sampler, Box::new(tell));
    }

    /// Everything that is counted of requests, as it stands now.
    pub fn metrics(&self) -> Vec<Family> {
        let held = self.responses.held();
        let mut families = self.metrics.families(self.memory.used() as u64, held);
        families.extend(self.shared.get().into_iter().flat_map(|shared| shared.families()));
        families
    }

    /// Reads a body of this many bytes at most to its end, for a listener beside the data plane: within the memory for all bodies.
    ///
    /// # Errors
    ///
    /// [`Unread`] when its end is not reached.
    pub async fn read_body(&self, body: EndpointBody, bytes_max: usize) -> Result<Bytes, Unread> {
        Reservation::new(&self.memory).read_within(body, bytes_max).await
    }

    /// Takes out the cached answers of the stages that `is_meant` takes by API id and name, also those that are being fetched, and
    /// says which stages these are: `{api id}/{stage name}`, and `/canary` behind it for a canary that has its own. An error where a
    /// shared store did not; this gateway's own are out then.
    pub async fn flush_cache(
        &self,
        is_meant: impl Fn(&str, &str) -> bool,
    ) -> Result<Vec<String>, CacheStoreError> {
        let site = self.site.load_full();
        let cached = site.faces().filter(|stage| stage.cache_size().is_some());
        let meant = cached.filter(|stage| is_meant(stage.api_id().as_str(), stage.name()));
        let mut flushed: Vec<_> = meant.map(|stage| stage.cache_name().to_owned()).collect();
        flushed.dedup();
        self.responses.flush(flushed.clone()).await?;
        Ok(flushed)
    }

    /// Forgets what functions of authorizers said of callers of the stages that `is_meant` takes by API id and name, and says which
    /// stages these are: `{api id}/{stage name}`. Functions that are being asked are asked again.
    pub fn flush_authorizers(&self, is_meant: impl Fn(&str, &str) -> bool) -> Vec<String> {
        let site = self.site.load();
        let meant = site.stages().filter(|stage| is_meant(stage.api_id().as_str(), stage.name()));
        let (keys, names): (Vec<_>, _) = meant
            .map(|stage| (stage.key(), format!("{}/{}", stage.api_id(), stage.name())))
            .unzip();
        self.grants.flush(|stage| keys.contains(stage));
        names
    }

    /// Replaces what is served. Requests that have begun keep what they began with. Within a runtime the shared store of answers is
    /// told, beside this, of stages whose cache is another one.
    pub fn serve(&self, site: Site) {
        self.buckets.give(&site, &*self.ports.clock);
        self.metrics.keep(&site);
        let site = Arc::new(site);
        let before = self.site.swap(Arc::clone(&site));
        let forgotten = self.responses.keep(&before, &site);
        if !forgotten.is_empty()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            self.running.spawn_on(self.responses.flush(forgotten), &runtime);
        }
    }

    /// The quotas whose use was counted before and may be kept: [`recall_use`](Gateway::recall_use) takes it.
    pub fn counted_plans(&self) -> Vec<CountedPlan> {
        throttle::counted_plans(self.site.load().api_keys(), self.clock().epoch_ms())
    }

    /// Notes what is kept of the use of a plan's quota, by everybody: the requests of a key on a day.
    pub fn recall_use<'u>(&self, plan: &str, kept: impl IntoIterator<Item = (&'u str, Day, u32)>) {
        self.buckets.recall(self.site.load().api_keys(), plan, kept);
    }

    /// Fetches the use of quotas that nobody keeps yet, of `keys_max` keys at most.
    pub fn unwritten_use(&self, keys_max: usize) -> Vec<Unwritten> {
        self.buckets.ledger().fetch(keys_max)
    }

    /// Answers one request of a client. Once it has begun it runs to its end, also when the returned future
    /// is dropped: nothing that was sent to the store is left half done.
    pub async fn answer<B>(
        self: &Arc<Self>,
        request: http::Request<B>,
        client: impl Into<Client>,
    ) -> Response
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        self.enter(Entry::Client, request, client.into()).await
    }

    /// Answers one request of the gateway's owner, as TestInvokeMethod of API Gateway does: nobody is authorized or throttled.
    pub async fn test_invoke<B>(
        self: &Arc<Self>,
        request: http::Request<B>,
        client: impl Into<Client>,
    ) -> Response
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        self.enter(Entry::TestInvoke, request, client.into()).await
    }

    async fn enter<B>(
        self: &Arc<Self>,
        entry: Entry,
        request: http::Request<B>,
        client: Client,
    ) -> Response
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let (clock, random) = (&*self.ports.clock, &*self.ports.random);
        let exchange = Exchange::begin(entry, request, client, clock, random, &self.memory);
        let work = Guarded::new(answer(Arc::clone(self), Box::new(exchange)));
        match Underway::new(work, self.running.token(), unwanted).await {
            Ok(answered) => answered.response,
            Err(Panicked) => {
                observe::panicked();
                respond::after_panic(random)
            }
        }
    }

    /// Waits until every request that has begun is at its end.
    pub async fn drained(&self) {
        self.running.close();
        self.running.wait().await;
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.ports.tables
    }

    pub(crate) fn endpoints(&self) -> &dyn Endpoints {
        &*self.ports.endpoints
    }

    pub(crate) fn ports(&self) -> &Ports {
        &self.ports
    }

    /// What is known of tokens and the keys that verify them.
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.ports.clock
    }

    /// How long ago a moment of the clock was.
    pub(crate) fn since(&self, moment: Duration) -> Duration {
        self.clock().elapsed().saturating_sub(moment)
    }

    pub(crate) fn random(&self) -> &dyn Random {
        &*self.ports.random
    }

    pub(crate) fn grants(&self) -> &Grants<Grant> {
        &self.grants
    }

    /// Work that ends by itself, which [`drained`](Gateway::drained) waits for.
    pub(crate) fn running(&self) -> &TaskTracker {
        &self.running
    }

    /// Answers that are kept.
    pub(crate) fn responses(&self) -> &ResponseCache {
        &self.responses
    }

    pub(crate) fn signing_keys(&self) -> &SigningKeys {
        &self.signing_keys
    }

    pub(crate) fn buckets(&self) -> &Buckets {
        &self.buckets
    }

    pub(crate) fn shared(&self) -> Option<&Arc<Shared>> {
        self.shared.get()
    }

    pub(crate) fn tracer(&self) -> &Tracer {
        &self.tracer
    }

    pub(crate) fn spans(&self) -> &Spans {
        &self.spans
    }

    pub(crate) fn access_log(&self) -> &AccessLog {
        &self.access_log
    }

    /// How many requests go to the execution log.
    pub(crate) fn execution_budget(&self) -> &Budget {
        &self.execution_budget
    }

    /// What requests are counted in.
    pub(crate) fn counters(&self) -> &Metrics {
        &self.metrics
    }

    /// Notes the step that a request comes to, with its time where any request may be traced.
    pub(crate) fn step(&self, exchange: &mut Exchange, step: Progress) {
        exchange.progress = step;
        if self.tracer.is_on() {
            exchange.entered.push((step, self.clock().elapsed()));
        }
    }
}

/// A request at its end.
#[derive(Debug)]
struct Answered {
    response: Response,
    exchange: Box<Exchange>,
}

/// Reports a request at its end whose client has gone.
fn unwanted(answered: Result<Answered, Panicked>) {
    match answered {
        Ok(Answered { response, exchange }) => observe::hung_up(&exchange, response.status()),
        Err(Panicked) => observe::panicked(),
    }
}

async fn answer(gateway: Arc<Gateway>, mut exchange: Box<Exchange>) -> Answered {
    let _in_flight = gateway.metrics.begin();
    gateway.step(&mut exchange, Progress::Routing);
    let site = gateway.site.load_full();
    // Fails bare: no API is known yet.
    let outcome = match route::target(&site, gateway.random(), &mut exchange) {
        Ok(target) => run(&gateway, &site, &target, &mut exchange).await,
        Err(stop) => Err(stop),
    };
    // Successes and errors alike.
    let Finished { response, stop } = respond::finish(&exchange, outcome);
    observe::completed(&gateway, &exchange, &response, stop.as_ref());
    if let Some(wanted) = observe::wanted(&gateway, &exchange, &response, stop.as_ref()) {
        let explained = observe::explain(&gateway, &mut exchange, &response, stop, wanted);
        // A bug in the explanation costs the explanation alone.
        if let Err(Panicked) = Guarded::new(explained).await {
            observe::not_explained();
        }
    }
    Answered { response: response.map(Full::new), exchange }
}

async fn run(
    gateway: &Gateway,
    site: &Site,
    target: &Target,
    exchange: &mut Exchange,
) -> Result<Draft, Stop> {
    let stage = &target.stage;
    let method = route::find(target, exchange)?;
    let admitted = match exchange.entry {
        Entry::Client => {
            gateway.step(exchange, Progress::Authorization);
            let caller = authorize::check(gateway, site, target, method, exchange).await?;
            throttle::admit(gateway, site, target, caller, exchange).await?
        }
        Entry::TestInvoke => Admitted::owner(method),
    };
    gateway.step(exchange, Progress::Validation);
    let valid = validate::check(admitted, exchange).await?;
    // Integrations buffer, as AWS's do.
    exchange.body().await?;
    gateway.step(exchange, Progress::Parameters);
    let parameters = map::parameters(&valid, exchange)?;
    let slot = match cache::lookup(gateway, target, &valid, exchange).await? {
        Lookup::Hit(answer) => return Ok(answer),
        Lookup::Miss(slot) => Some(slot),
        Lookup::Off => None,
    };
    let outcome = fetch(gateway, stage, &valid, parameters, exchange).await;
    if let Some(slot) = slot {
        (*slot).end(gateway, exchange, &outcome);
    }
    outcome
}

/// The answer of the integration.
async fn fetch(
    gateway: &Gateway,
    stage: &StageView,
    valid: &Valid<'_>,
    parameters: RequestParameters,
    exchange: &mut Exchange,
) -> Result<Draft, Stop> {
    gateway.step(exchange, Progress::Request);
    let mut laps = Laps::begin(gateway.clock());
    let mapped = map::request(valid, stage, parameters, exchange);
    exchange.measured.add_templates(laps.lap());
    let mapped = mapped?;
    gateway.step(exchange, Progress::Call);
    exchange.measured.called_at = Some(laps.at());
    let reply = integrate::call(gateway, valid, stage, mapped, exchange).await;
    exchange.measured.integration = Some(laps.lap());
    let reply = reply?;
    gateway.step(exchange, Progress::Response);
    let draft = match integrate::passed(valid, stage, exchange, &reply) {
        Some(answer) => answer,
        None => {
            let draft = map::response(valid, stage, exchange, &reply);
            exchange.measured.add_templates(laps.lap());
            draft
        }
    };
    // Kept for whoever explains what came of it.
    exchange.replied = Some(reply);
    draft
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_of_work<F>(_: impl FnOnce(Arc<Gateway>, Box<Exchange>) -> F) -> usize {
        size_of::<F>()
    }

    /// It is moved with each request: what is large and rare in it belongs in a box.
    #[test]
    fn the_work_on_a_request_is_small() {
        let bytes = bytes_of_work(answer);
        assert!(bytes <= 4 * 1024, "{bytes}");
    }
}
