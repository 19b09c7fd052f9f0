//! What is counted: AWS's metrics by API and stage, and by method where the stage's settings ask for that; calls of DynamoDB;
//! what goes on now.
//!
//! Counters are found once for each method of a stage and then only added to. They outlive a reload, unless what they are of
//! is gone; so there are never more of them than definitions have methods.

mod counted;
mod family;
mod histogram;
mod series;

pub(crate) use counted::Counted;
pub use family::{Distribution, Family, FamilyKind, Sample, SampleValue};
pub(crate) use series::Series;

use super::completed::Completed;
use crate::cache;
use crate::exchange::DynamoDbOutcome;
use crate::site::{Site, StageView};
use series::Key;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vestibule_restapi::GatewayResponseType;

/// All counters of a gateway.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    series: Mutex<BTreeMap<Key, Arc<Series>>>,
    /// Requests that are for no API, by status.
    unrouted: Mutex<BTreeMap<u16, u64>>,
    /// Calls of DynamoDB, by action and error; the error of a success is empty.
    dynamodb: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    in_flight: AtomicU64,
    panics: AtomicU64,
}

impl Metrics {
    /// Counts a request at its end.
    pub(super) fn count(&self, completed: &Completed<'_>) {
        let exchange = completed.exchange;
        match exchange.stage.as_deref() {
            Some(stage) => self.series(stage, exchange.matched).count(completed),
            None => {
                *lock(&self.unrouted).entry(completed.status.as_u16()).or_default() += 1;
            }
        }
        if let Some(DynamoDbOutcome { action, error }) = exchange.measured.dynamodb {
            let key = (action.name(), error.unwrap_or_default());
            *lock(&self.dynamodb).entry(key).or_default() += 1;
        }
    }

    /// Counts a request as one that is being answered until the guard is dropped.
    pub(crate) fn begin(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Relaxed);
        InFlight(self)
    }

    /// Forgets the counters of what a new site does not have.
    pub(crate) fn keep(&self, site: &Site) {
        let keys: Vec<Key> = site.faces().flat_map(keys).collect();
        lock(&self.series).retain(|key, _| keys.contains(key));
    }

    /// Where a request for a method of a stage is counted.
    fn series<'v>(&self, stage: &'v StageView, matched: Option<usize>) -> &'v Series {
        let method = matched.filter(|index| has_metrics(stage, *index));
        stage.counted().series(method).get_or_init(|| {
            let key = key(stage, method);
            Arc::clone(lock(&self.series).entry(key).or_default())
        })
    }

    /// Everything that is counted, with `bodies_bytes` of memory that bodies take now, and what is cached.
    pub(crate) fn families(&self, bodies_bytes: u64, cached: cache::Held) -> Vec<Family> {
        let series = lock(&self.series).clone();
        let mut families = of_requests(&series);
        families.push(gateway_responses(&series));
        families.push(Family {
            name: "vestibule_unrouted_requests",
            help: "Requests that no stage takes, and requests past AWS's limits of size.",
            kind: FamilyKind::Counter,
            samples: numbers(lock(&self.unrouted).iter(), |status| {
                vec![("status", status.to_string())]
            }),
        });
        families.push(Family {
            name: "vestibule_dynamodb_calls",
            help: "Calls of DynamoDB by integrations, by action; with an error where one came back.",
            kind: FamilyKind::Counter,
            samples: numbers(lock(&self.dynamodb).iter(), |(action, error)| {
                let error = Some(("error", (*error).to_owned())).filter(|(_, e)| !e.is_empty());
                [("action", (*action).to_owned())].into_iter().chain(error).collect()
            }),
        });
        families.push(Family::of_number(
            "vestibule_panics",
            "Requests that met a bug in this program and got 500; no API counts them.",
            FamilyKind::Counter,
            self.panics.load(Relaxed),
        ));
        families.push(Family::of_number(
            "vestibule_requests_in_flight",
            "Requests that are being answered.",
            FamilyKind::Gauge,
            self.in_flight.load(Relaxed),
        ));
        families.push(Family::of_number(
            "vestibule_bodies_bytes",
            "Memory that the bodies of all requests in flight take, of at most 512 MiB.",
            FamilyKind::Gauge,
            bodies_bytes,
        ));
        families.extend(of_lookups(&series));
        families.extend(of_cache(cached));
        families
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(crate) struct InFlight<'m>(&'m Metrics);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Relaxed);
        // Of a request that met a bug nothing else is left to count it by.
        if std::thread::panicking() {
            self.0.panics.fetch_add(1, Relaxed);
        }
    }
}

fn of_requests(series: &BTreeMap<Key, Arc<Series>>) -> Vec<Family> {
    type Counter = fn(&Series) -> &AtomicU64;
    type Durations = fn(&Series) -> &histogram::Histogram;
    let counters: [(&'static str, &'static str, Counter); 5] = [
        ("vestibule_api_requests", "Requests for an API (AWS: Count).", |s| &s.requests),
        ("vestibule_api_4xx_errors", "Answers 400 to 499 (AWS: 4XXError).", |s| &s.errors_4xx),
        ("vestibule_api_5xx_errors", "Answers 500 to 599 (AWS: 5XXError).", |s| &s.errors_5xx),
        ("vestibule_api_request_bytes", "Bytes of bodies of requests, decompressed.", |s| {
            &s.request_bytes
        }),
        ("vestibule_api_response_bytes", "Bytes of bodies of answers, as they are sent.", |s| {
            &s.response_bytes
        }),
    ];
    let durations: [(&'static str, &'static str, Durations); 3] = [
        (
            "vestibule_api_latency_seconds",
            "From a request's head to its answer (AWS: Latency).",
            |s| &s.latency,
        ),
        (
            "vestibule_api_integration_latency_seconds",
            "From the call of an integration to its answer (AWS: IntegrationLatency).",
            |s| &s.integration_latency,
        ),
        (
            "vestibule_api_template_seconds",
            "Spent on mapping the bodies of requests and answers.",
            |s| &s.templates,
        ),
    ];
    let counters = counters.map(|(name, help, counter)| Family {
        name,
        help,
        kind: FamilyKind::Counter,
        samples: numbers(
            series.iter().map(|(key, s)| (key, counter(s).load(Relaxed))),
            Key::labels,
        ),
    });
    let durations = durations.map(|(name, help, durations)| Family {
        name,
        help,
        kind: FamilyKind::Histogram,
        samples: series
            .iter()
            .filter_map(|(key, series)| {
                let value = SampleValue::Distribution(durations(series).distribution()?);
                Some(Sample { labels: key.labels(), value })
            })
            .collect(),
    });
    counters.into_iter().chain(durations).collect()
}

/// As on AWS there is nothing of methods that are not cached.
fn of_lookups(series: &BTreeMap<Key, Arc<Series>>) -> [Family; 2] {
    type Counter = fn(&Series) -> &AtomicU64;
    let looked_up = series.iter().filter(|(_, series)| {
        [&series.cache_hits, &series.cache_misses].iter().any(|count| count.load(Relaxed) > 0)
    });
    let of = |name, help, counter: Counter| Family {
        name,
        help,
        kind: FamilyKind::Counter,
        samples: numbers(
            looked_up.clone().map(|(key, series)| (key, counter(series).load(Relaxed))),
            Key::labels,
        ),
    };
    [
        of(
            "vestibule_api_cache_hits",
            "Requests that were answered from the cache (AWS: CacheHitCount).",
            |series| &series.cache_hits,
        ),
        of(
            "vestibule_api_cache_misses",
            "Requests of cached methods that were not (AWS: CacheMissCount).",
            |series| &series.cache_misses,
        ),
    ]
}

fn of_cache(cached: cache::Held) -> [Family; 3] {
    let cache::Held { bytes, entries, evictions } = cached;
    let help =
        "Memory that cached answers take, at most 256 MiB unless the operator says otherwise.";
    [
        Family::of_number("vestibule_cache_bytes", help, FamilyKind::Gauge, bytes),
        Family::of_number(
            "vestibule_cache_entries",
            "Answers that are cached, with those whose time is over and whose room nobody needed yet.",
            FamilyKind::Gauge,
            entries,
        ),
        Family::of_number(
            "vestibule_cache_evictions",
            "Cached answers that went before their time because others needed their room.",
            FamilyKind::Counter,
            evictions,
        ),
    ]
}

/// Refused callers, throttled ones and all others that the gateway itself answered, by AWS's type of the answer.
fn gateway_responses(series: &BTreeMap<Key, Arc<Series>>) -> Family {
    let samples = series.iter().flat_map(|(key, series)| {
        let counts = series.gateway_responses.iter().map(|count| count.load(Relaxed));
        let counted = GatewayResponseType::ALL.iter().zip(counts).filter(|(_, count)| *count > 0);
        counted.map(|(kind, count)| {
            let mut labels = key.labels();
            labels.push(("response_type", kind.as_str().to_owned()));
            Sample { labels, value: SampleValue::Number(count) }
        })
    });
    Family {
        name: "vestibule_api_gateway_responses",
        help: "Answers that the gateway made itself, by their type: why callers were refused.",
        kind: FamilyKind::Counter,
        samples: samples.collect(),
    }
}

fn numbers<K>(
    counts: impl Iterator<Item = (K, impl std::borrow::Borrow<u64>)>,
    labels: impl Fn(K) -> Vec<(&'static str, String)>,
) -> Vec<Sample> {
    let sample = |(key, count): (K, _)| {
        let value = SampleValue::Number(*std::borrow::Borrow::<u64>::borrow(&count));
        Sample { labels: labels(key), value }
    };
    counts.map(sample).collect()
}

/// The series that the requests of a stage are counted in.
fn keys(stage: &StageView) -> impl Iterator<Item = Key> {
    let methods = 0..stage.snapshot().methods().count();
    let of_methods = methods.filter(|index| has_metrics(stage, *index)).map(Some);
    std::iter::once(None).chain(of_methods).map(|method| key(stage, method))
}

fn has_metrics(stage: &StageView, method: usize) -> bool {
    stage.settings(method).is_some_and(|settings| settings.has_metrics)
}

fn key(stage: &StageView, method: Option<usize>) -> Key {
    let route = method.and_then(|index| stage.snapshot().route(index));
    let method =
        route.map(|route| (route.resource_path.clone(), route.http_method.as_str().to_owned()));
    let is_canary = stage.release().is_canary_request() == Some(true);
    Key { api: stage.api_name().to_owned(), stage: stage.name().to_owned(), is_canary, method }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
