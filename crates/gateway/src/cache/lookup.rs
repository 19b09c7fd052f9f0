//! The step of the pipeline: an answer that is kept, or the place to put the one that is fetched.

use super::answer::Answer;
use super::fetches::{End, Fetch, Joined};
use super::memory::Entry;
use super::store::{CacheKey, CacheStore, CacheStoreError, CacheVersion, Cached};
use super::{MethodCache, ResponseCache, control};
use crate::digest::Key;
use crate::error::{GatewayError, Stop};
use crate::exchange::{Entry as Door, Exchange, LookedUp, Progress};
use crate::integrate::EndpointError;
use crate::limits::CACHE_STORE_TIMEOUT;
use crate::pipeline::Gateway;
use crate::respond::Draft;
use crate::route::Target;
use crate::site::StageView;
use crate::validate::Valid;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use vestibule_restapi::GatewayResponseType;

/// What the cache has for a request.
#[derive(Debug)]
pub(crate) enum Lookup<'s> {
    /// Its answer.
    Hit(Draft),
    /// A place for its answer.
    Miss(Box<Slot<'s>>),
    /// Nothing, and its answer is not kept.
    Off,
}

/// Where the answer goes that a request fetches. Whoever waits for it is woken at its end, also when it is dropped.
#[derive(Debug)]
pub(crate) struct Slot<'s> {
    fetch: Fetch,
    key: Key,
    cache: &'s MethodCache,
    /// Of a shared store; without one that does not answer keeps nothing.
    version: Option<CacheVersion>,
}

/// Looks up the answer to a request whose parameters were mapped.
pub(crate) async fn lookup<'s>(
    gateway: &Gateway,
    target: &'s Target,
    valid: &Valid<'_>,
    exchange: &mut Exchange,
) -> Result<Lookup<'s>, Stop> {
    let Some(cache) = cache_of(&target.stage, exchange) else { return Ok(Lookup::Off) };
    gateway.step(exchange, Progress::Cache);
    let method = valid.method();
    let is_invalidation = control::is_invalidation(cache, target, method, exchange)?;
    let key = cache.key(&method.integration.cache_names, exchange)?;
    let responses = gateway.responses();
    let found = match (&responses.shared, is_invalidation) {
        (None, false) => responses.find(cache, key, gateway.clock().elapsed()),
        (None, true) => Found::Fetch(responses.anew(cache, key)),
        (Some(shared), false) => {
            Box::pin(responses.find_shared(&**shared, cache, key, exchange)).await?
        }
        (Some(shared), true) => {
            Found::Fetch(Box::pin(responses.anew_shared(&**shared, cache, key)).await)
        }
    };
    let end = match found {
        Found::Answer(answer) => End::Answer(answer),
        Found::Fetch(slot) => {
            exchange.measured.cache = Some(LookedUp::Miss);
            return Ok(Lookup::Miss(slot));
        }
        Found::Wait(end) => Box::pin(ended(end, method.integration.timeout)).await,
        Found::Full => End::Own,
    };
    match end {
        End::Answer(answer) => {
            exchange.measured.cache = Some(LookedUp::Hit);
            Ok(Lookup::Hit(answer.draft()))
        }
        End::TimedOut => {
            exchange.measured.cache = Some(LookedUp::Miss);
            let whose = "the call of another request for the same answer";
            Err(EndpointError::Timeout.stop(whose, &method.integration))
        }
        End::None | End::Own => {
            exchange.measured.cache = Some(LookedUp::Miss);
            Ok(Lookup::Off)
        }
    }
}

/// The cache of the method that was found. TestInvokeMethod has no stage, so no cache either.
pub(crate) fn cache_of<'s>(stage: &'s StageView, exchange: &Exchange) -> Option<&'s MethodCache> {
    let cache = stage.cache(exchange.matched?)?;
    (exchange.entry == Door::Client && cache.takes(exchange.verb())).then_some(cache)
}

/// How a fetch ended that was waited for, in the time of the integration.
async fn ended(mut end: watch::Receiver<End>, timeout: Duration) -> End {
    let ended = end.wait_for(|end| !matches!(end, End::None));
    match tokio::time::timeout(timeout, ended).await {
        Ok(Ok(end)) => end.clone(),
        // It was given up, or takes longer than a call of this request's own may.
        Ok(Err(_)) | Err(_) => End::Own,
    }
}

/// Where the answer to a request is.
enum Found<'s> {
    Answer(Arc<Answer>),
    Fetch(Box<Slot<'s>>),
    Wait(watch::Receiver<End>),
    Full,
}

impl ResponseCache {
    fn find<'s>(&self, cache: &'s MethodCache, key: Key, now: Duration) -> Found<'s> {
        match self.memory.get(&key, now) {
            Some(answer) => Found::Answer(answer),
            None => self.join(cache, key, None, || self.memory.get(&key, now)),
        }
    }

    fn anew<'s>(&self, cache: &'s MethodCache, key: Key) -> Box<Slot<'s>> {
        let fetch = self.fetches.anew(key, &cache.stage, None, || self.memory.remove(&key));
        Slot::new(fetch, cache, key, None)
    }

    async fn find_shared<'s>(
        &self,
        shared: &dyn CacheStore,
        cache: &'s MethodCache,
        key: Key,
        exchange: &mut Exchange,
    ) -> Result<Found<'s>, Stop> {
        let version = match within(shared.get(CacheKey::new(&cache.stage, &key))).await {
            Ok(Cached::Entry(bytes)) => {
                // What a client waits for counts towards the memory for bodies, as what an endpoint answered does.
                if let Some(answer) = Answer::decoded(exchange.held(bytes)?) {
                    return Ok(Found::Answer(Arc::new(answer)));
                }
                None
            }
            Ok(Cached::Nothing(version)) => Some(version),
            Err(CacheStoreError) => None,
        };
        Ok(self.join(cache, key, version, || None))
    }

    async fn anew_shared<'s>(
        &self,
        shared: &dyn CacheStore,
        cache: &'s MethodCache,
        key: Key,
    ) -> Box<Slot<'s>> {
        let version = within(shared.invalidate(CacheKey::new(&cache.stage, &key))).await.ok();
        let fetch = self.fetches.anew(key, &cache.stage, version, || ());
        Slot::new(fetch, cache, key, version)
    }

    fn join<'s>(
        &self,
        cache: &'s MethodCache,
        key: Key,
        version: Option<CacheVersion>,
        kept: impl FnOnce() -> Option<Arc<Answer>>,
    ) -> Found<'s> {
        match self.fetches.join(key, &cache.stage, version, kept) {
            Joined::Fetch(fetch) => Found::Fetch(Slot::new(fetch, cache, key, version)),
            Joined::Wait(end) => Found::Wait(end),
            Joined::Full => Found::Full,
            Joined::Known(answer) => Found::Answer(answer),
        }
    }

    /// What of an outcome is for everybody.
    fn kept(&self, cache: &MethodCache, exchange: &Exchange, outcome: &Result<Draft, Stop>) -> End {
        match outcome {
            Ok(draft) if !cache.is_for_all(draft) => End::Own,
            Ok(draft) if draft.status.is_success() || self.keeps_errors => {
                let answer = match &self.shared {
                    Some(_) => Answer::shared(draft, exchange),
                    None => self.memory.copy(draft),
                };
                answer.map_or(End::Own, |answer| End::Answer(Arc::new(answer)))
            }
            Err(Stop::Gateway(error)) if is_timeout(error) => End::TimedOut,
            Ok(_) | Err(_) => End::Own,
        }
    }
}

fn is_timeout(error: &GatewayError) -> bool {
    error.kind == GatewayResponseType::IntegrationTimeout
}

/// What a shared store answers in time.
pub(super) async fn within<T>(
    call: impl Future<Output = Result<T, CacheStoreError>>,
) -> Result<T, CacheStoreError> {
    tokio::time::timeout(CACHE_STORE_TIMEOUT, call).await.unwrap_or(Err(CacheStoreError))
}

impl<'s> Slot<'s> {
    fn new(
        fetch: Fetch,
        cache: &'s MethodCache,
        key: Key,
        version: Option<CacheVersion>,
    ) -> Box<Slot<'s>> {
        Box::new(Slot { fetch, key, cache, version })
    }

    /// Keeps what came of the request, where that is for everybody, and wakes whoever waits for it. Nobody waits for a shared store.
    pub(crate) fn end(self, gateway: &Gateway, exchange: &Exchange, outcome: &Result<Draft, Stop>) {
        let Slot { fetch, key, cache, version } = self;
        let (stage, ttl) = (Arc::clone(&cache.stage), cache.caching.ttl);
        let responses = gateway.responses();
        let end = responses.kept(cache, exchange, outcome);
        fetch.tell(end.clone());
        let End::Answer(answer) = end else { return };
        let Some(shared) = &responses.shared else {
            let until = gateway.clock().elapsed().saturating_add(ttl);
            let entry = Entry { answer, stage, until };
            return fetch.leave(|| responses.memory.put(key, entry));
        };
        // What has no room on its way to the store is not kept.
        let (Some(version), Ok(encoded)) = (version, exchange.held(answer.encoded())) else {
            return;
        };
        let shared = Arc::clone(shared);
        gateway.running().spawn(async move {
            // Who comes until it is kept is told by the fetch.
            let _fetch = fetch;
            let put = shared.put(CacheKey::new(&stage, &key), encoded, ttl, version);
            // The store has said what is wrong with it; the request has its answer.
            let _: Result<(), CacheStoreError> = within(put).await;
        });
    }
}
